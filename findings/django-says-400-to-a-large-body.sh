#!/usr/bin/env bash
# Django 5.2.19 and Django REST framework 3.18.3 (PyPI).
# RFC 9110 has 413 for a body that is too large. Django answers one over DATA_UPLOAD_MAX_MEMORY_SIZE (2.5 MB by default) with 400
# and an HTML page, also to a JSON call of REST framework, so to a client the size of the batch looks like bad data in it.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 djangorestframework==3.18.3
"$work/venv/bin/python" - <<'PYTHON'
import json
import django
from django.conf import settings

settings.configure(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SECRET_KEY="x", INSTALLED_APPS=["rest_framework"],
                   REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
                   DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
django.setup()
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView


class Import(APIView):
    def post(self, request):
        return Response({"count": len(request.data)}, status=201)


urlpatterns = [path("import", Import.as_view())]
client = Client(raise_request_exception=False)
for count in (10, 100):
    body = json.dumps([{"number": "2025550101"}] * count)
    answer = client.post("/import", body, content_type="application/json")
    print(f"{len(body)} bytes: {answer.status_code} {answer['content-type']}")
    assert answer.status_code == (201 if count == 10 else 400)
assert answer["content-type"].startswith("text/html")
PYTHON
