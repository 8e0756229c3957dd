"""How each server is started."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

WORK, HERE = Path(sys.argv[2]), Path(__file__).parent
DEBIAN, PYTHON = WORK / "debian", WORK / "python/bin"
LIBRARIES = [next(iter((DEBIAN / "usr/lib").glob("*-linux-gnu*")), DEBIAN), DEBIAN / "usr/lib"]
# A name that only a proxy with its own table knows; the tests never leave this machine.
HOST = "service.test"

ENVOY_LIMIT = """{name: envoy.filters.http.local_ratelimit, typed_config: {
            "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit,
            stat_prefix: limit, token_bucket: {max_tokens: 8, tokens_per_fill: 8, fill_interval: 4s},
            filter_enabled: {default_value: {numerator: 100}}, filter_enforced: {default_value: {numerator: 100}}}}"""
ENVOY_SMALL = """{name: envoy.filters.http.buffer, typed_config: {
            "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 10000}}"""
FORWARD = "ProxyPass / http://127.0.0.1:@app@/"
JSON = ('SecRuleEngine On\nSecRule REQUEST_HEADERS:Content-Type "json" '
        '"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"\n')
OWASP = (f"Include {DEBIAN}/etc/modsecurity/crs/crs-setup.conf\nInclude {DEBIAN}/usr/share/modsecurity-crs/rules/*.conf\n")
TLS = "ssl_certificate @work@/ca.pem; ssl_certificate_key @work@/key.pem;"


@dataclass
class Before:
    """A program of a file in conf/, with the words that replace `@key@` in it; `behind` is the service behind it."""

    program: str
    file: str
    words: dict
    behind: str | None = "express"
    # It is a proxy of the import, not the endpoint.
    proxy: bool = False


def nginx(http="", listen="", server="", location="", **more):
    return Before("nginx", "nginx.conf", {"http": http, "listen": listen, "server": server, "location": location}, **more)


def squid(access, **more):
    return Before("squid", "squid.conf", {"access": access}, proxy=True, **more)


BEFORE = {
    "nginx": nginx(),
    "nginx-small": nginx(location="client_max_body_size 10k;"),
    "nginx-limit": nginx(http="limit_req_zone $binary_remote_addr zone=all:1m rate=5r/s;", location="limit_req zone=all;"),
    "nginx-h2": nginx(listen=" ssl http2", server=TLS + " keepalive_requests 3;"),
    "nginx-dead": nginx(behind=None),
    "nginx-proxy": nginx(behind=None, proxy=True),
    "haproxy": Before("haproxy", "haproxy.cfg", {"frontend": ""}),
    "haproxy-two": Before("haproxy", "haproxy.cfg", {"frontend": "tcp-request connection reject if { fe_conn gt 2 }"}),
    "haproxy-dead": Before("haproxy", "haproxy.cfg", {"frontend": ""}, behind=None),
    "apache": Before("apache2", "apache.conf", {"rules": FORWARD}),
    "apache-rule": Before("apache2", "apache.conf", {
        "rules": JSON + 'SecRule ARGS "@rx 777$" "id:2,phase:2,deny,status:403"\n' + FORWARD}),
    "apache-owasp": Before("apache2", "apache.conf", {"rules": JSON + OWASP + FORWARD}),
    "apache-proxy": Before("apache2", "apache.conf", {"rules": "ProxyRequests On"}, behind=None, proxy=True),
    "caddy": Before("caddy", "caddy.conf", {}),
    "envoy-limit": Before("envoy", "envoy.yaml", {"filter": ENVOY_LIMIT}),
    "envoy-small": Before("envoy", "envoy.yaml", {"filter": ENVOY_SMALL}),
    "squid": squid("http_access allow all", behind="nginx-tls"),
    "squid-denied": squid("http_access deny all", behind=None),
    "squid-password": squid("auth_param basic program /bin/cat\nacl known proxy_auth REQUIRED\nhttp_access allow known", behind=None),
    "squid-dead": squid("http_access allow all", behind=None),
    "tinyproxy": Before("tinyproxy", "tinyproxy.conf", {"allowed": "80"}, behind=None, proxy=True),
    "tinyproxy-any": Before("tinyproxy", "tinyproxy.conf", {"allowed": "@app@"}, behind=None, proxy=True),
    "nginx-tls": nginx(listen=" ssl", server=TLS),
    "mitmproxy": Before("mitmdump", "none", {}, behind=None, proxy=True),
}
OPTIONS = {
    "nginx": ["-p", "@folder@", "-c", "@file@"],
    "haproxy": ["-db", "-f", "@file@"],
    "apache2": ["-D", "FOREGROUND", "-f", "@file@"],
    "caddy": ["run", "--adapter", "caddyfile", "--config", "@file@"],
    "envoy": ["--log-level", "error", "--base-id", "@port@", "-c", "@file@"],
    "squid": ["-N", "-f", "@file@"],
    "tinyproxy": ["-d", "-c", "@file@"],
    "mitmdump": ["-q", "--listen-host", "127.0.0.1", "-p", "@port@", "--set", "connection_strategy=eager", "--set", "confdir=@folder@"],
}
UVICORN = ["uvicorn", "--app-dir", str(HERE), "fastapi_app:app", "--log-level", "error", "--port", "@port@"]
GUNICORN = ["gunicorn", "--pythonpath", str(HERE), "--threads", "4", "--log-level", "error", "-b", "127.0.0.1:@port@", "django_app"]
IN_PYTHON = {
    "fastapi": (UVICORN, {}),
    "fastapi-two": (UVICORN + ["--limit-concurrency", "2"], {}),
    "django": (GUNICORN, {}),
    "django-small": (GUNICORN, {"MOST_BYTES": "10000"}),
    "django-throttle": (GUNICORN, {"RATE": "8/second"}),
    "gunicorn-five": (GUNICORN + ["--max-requests", "5"], {}),
}


def service(name):
    """The service that is behind all; None where there is none."""
    while name in BEFORE:
        name = BEFORE[name].behind
    return name


def find(program):
    """A program of the system, or of a package that was unpacked; None where it is not there."""
    places = [DEBIAN / "usr/sbin", DEBIAN / "usr/bin", PYTHON]
    unpacked = [str(place / program) for place in places if (place / program).exists()]
    return shutil.which(program) or next(iter(unpacked), None)


def replaced(text, words):
    """Twice, since words may hold others."""
    for key, value in list(words.items()) * 2:
        text = text.replace(f"@{key}@", str(value))
    return text


def programs(name, folder, port, app, second):
    """What is to be started, as (command, variables, port), what is behind something first; None where a program is not there."""
    words = {"folder": folder, "port": port, "app": app, "debian": DEBIAN, "work": WORK}
    if name in IN_PYTHON:
        command, variables = IN_PYTHON[name]
        command = [find(command[0]), *(replaced(word, words) for word in command[1:])]
        return [(command, variables, port)] if command[0] else None
    if name not in BEFORE:
        node = shutil.which("node")
        shutil.copy(HERE / "app.js", WORK / "npm")
        return [([node, str(WORK / "npm/app.js"), name, str(port)], {}, port)] if node else None
    before = BEFORE[name]
    behind = programs(before.behind, folder, app, second, second) if before.behind else []
    found = find(before.program)
    if found is None or behind is None:
        return None
    file = folder / before.file
    if before.file != "none":
        file.write_text(replaced((HERE / "conf" / before.file).read_text(), {**before.words, **words}))
    words["file"] = file
    command = [found, *(replaced(word, words) for word in OPTIONS[before.program])]
    variables = {"LD_LIBRARY_PATH": ":".join(map(str, LIBRARIES))} if found.startswith(str(DEBIAN)) else {}
    return behind + [(command, variables, port)]
