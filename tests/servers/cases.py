"""What is tried: a server, options of the import, and what must come of it."""

from dataclasses import dataclass, field

ROWS = 2000


@dataclass
class Case:
    name: str
    # A service of app.js or of the Python files, or what stands before one; `servers.py` knows how it is started.
    server: str
    options: list = field(default_factory=list)
    exit: int = 0
    accepted: int = ROWS
    refused: int = 0
    # A word of standard error or of the messages in results.csv.
    says: str = ""
    # At most so many requests are sent, and so many of a hundred are turned away as too fast.
    requests: int = 100
    throttled: int = 0


VALIDATED = {"exit": 1, "accepted": ROWS - 2, "refused": 2, "says": "is not a number", "requests": 26}
LIMITED = {"throttled": 40}
SOON = ["--give-up-after", "5s"]
HEADER = ["--header", "X-Long: " + "x" * 9000]
TOO_LONG = {"exit": 78, "accepted": 0, "says": "[server.headers_too_large]", "requests": 1}
DENIED = {"exit": 78, "accepted": 0, "requests": 1}
GONE = {"exit": 75, "accepted": 0}

FRAMEWORKS = [
    Case("Express 4", "express4", requests=20),
    Case("Express 5", "express", requests=20),
    Case("Express 5, bodies over 100 kB", "express", ["--batch-size", "2000", "--batch-bytes", "1MB"],
         says="[server.batch_too_large]"),
    Case("Express 5, gzip unasked", "express-gzip"),
    Case("Express 4, 500 for two contacts", "express4-500", exit=1, accepted=ROWS - 2, refused=2, says="cannot read number"),
    Case("Express 5, 500 for two contacts", "express-500", exit=1, accepted=ROWS - 2, refused=2, says="cannot read number"),
    *[Case(name, name, **VALIDATED) for name in ["express-validator", "zod", "zod-treeify", "celebrate"]],
    Case("Fastify, schema", "fastify-schema", **{**VALIDATED, "says": "must NOT be valid"}),
    Case("Fastify, bodies over 1 MiB", "fastify", ["--batch-size", "9000", "--batch-bytes", "3MB"]),
    Case("NestJS, class-validator", "nest", **VALIDATED),
    Case("FastAPI, pydantic", "fastapi", **VALIDATED),
    Case("uvicorn, two at once", "fastapi-two", **{**VALIDATED, "requests": 60, **LIMITED}),
    Case("Django REST framework", "django", **VALIDATED),
    Case("Django, bodies over 10 kB", "django-small", **{**VALIDATED, "requests": 120}),
    Case("gunicorn, five requests a worker", "gunicorn-five", **{**VALIDATED, "requests": 40}),
]
LIMITERS = [
    Case("express-rate-limit, draft-8", "express-rate-limit", **LIMITED),
    Case("express-rate-limit, no header", "express-rate-limit-silent", **LIMITED),
    Case("express-rate-limit, 403", "express-rate-limit-403", **LIMITED),
    Case("@fastify/rate-limit", "fastify-rate-limit", **LIMITED),
    Case("NestJS, named throttlers", "nest-throttler", exit=1, accepted=ROWS - 2, refused=2, says="is not a number", **LIMITED),
    Case("Django REST framework, 8/s", "django-throttle", exit=1, accepted=ROWS - 2, refused=2, **LIMITED),
    Case("nginx, limit_req 5r/s", "nginx-limit", **LIMITED),
    Case("Envoy, 8 in 4 s, no header", "envoy-limit", **LIMITED),
    Case("Node, two connections", "express-two", ["--batch-size", "20"], requests=200),
    Case("HAProxy, two connections", "haproxy-two", ["--batch-size", "20"], requests=200),
]
BEFORE_A_SERVICE = [
    Case("nginx, bodies up to 10 kB", "nginx-small", says="[server.batch_too_large]"),
    Case("nginx, header of 9 kB", "nginx", HEADER, **TOO_LONG),
    Case("nginx, HTTP/2, three a connection", "nginx-h2", ["--batch-size", "5"], requests=420),
    Case("nginx, service away", "nginx-dead", SOON, says="HTTP 502", **GONE),
    Case("HAProxy", "haproxy", requests=20),
    Case("HAProxy, header of 20 kB", "haproxy", ["--header", "X-Long: " + "x" * 20000], 78, 0, says="[server.bad_request]"),
    Case("HAProxy, service away", "haproxy-dead", SOON, says="HTTP 503", throttled=100, **GONE),
    Case("Apache", "apache", requests=20),
    Case("Apache, header of 9 kB", "apache", HEADER, **TOO_LONG),
    Case("Apache, mod_security dislikes two", "apache-rule", ["--batch-size", "30"], exit=1, accepted=ROWS - 2, refused=2,
         says="Forbidden", requests=120),
    Case("Apache, OWASP rules", "apache-owasp", exit=76, accepted=0, says="[server.firewall]", requests=6),
    Case("Caddy, bodies up to 10 kB", "caddy"),
    Case("Envoy, bodies up to 10 kB", "envoy-small", says="[server.batch_too_large]"),
]
PROXIES = [
    Case("squid", "squid", requests=20),
    Case("squid, CONNECT denied", "squid-denied", says="answered 403 to CONNECT", **DENIED),
    Case("squid, no password", "squid-password", exit=77, accepted=0, says="wants credentials", requests=1),
    Case("squid, service away", "squid-dead", SOON, says="answered 503 to CONNECT", **GONE),
    Case("tinyproxy, CONNECT denied", "tinyproxy", says="answered 403 to CONNECT", **DENIED),
    Case("tinyproxy, unknown host", "tinyproxy-any", SOON, says="answered 500 to CONNECT", **GONE),
    Case("Apache, unknown host", "apache-proxy", SOON, says="answered 502 to CONNECT", **GONE),
    Case("mitmproxy, unknown host", "mitmproxy", SOON, says="answered 502 to CONNECT", **GONE),
    Case("nginx, no proxy at all", "nginx-proxy", says="to CONNECT", **DENIED),
]
CASES = FRAMEWORKS + LIMITERS + BEFORE_A_SERVICE + PROXIES
