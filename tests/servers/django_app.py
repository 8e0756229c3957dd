"""An import service on Django with its REST framework, as app.js has them on others."""

import os
from pathlib import Path

import django
from django.conf import settings

RATE = os.environ.get("RATE")
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["rest_framework"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    DATA_UPLOAD_MAX_MEMORY_SIZE=int(os.environ.get("MOST_BYTES", 2_500_000)),
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_THROTTLE_RATES": {"anon": RATE},
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

# Workers are replaced, and forget: what was taken stands in a file of the current folder, a phone a line.
HELD = Path("held")
HELD.touch()


class Phone(serializers.Serializer):
    prefix = serializers.CharField()
    number = serializers.CharField()

    def validate_number(self, number):
        if number.endswith("777"):
            raise serializers.ValidationError("is not a number")
        return number


def nested(key, inner):
    return type(key.title(), (serializers.Serializer,), {key: inner})


class Import(APIView):
    throttle_classes = [AnonRateThrottle] if RATE else []

    def post(self, request):
        within = Phone()
        for key in ["phone", "contact", "userDetails"]:
            within = nested(key, within)()
        user = nested("profile", within)
        users = user(data=request.data, many=True)
        users.is_valid(raise_exception=True)
        phones = [one["profile"]["userDetails"]["contact"]["phone"] for one in users.validated_data]
        with HELD.open("a") as file:
            file.write("".join(f"{phone['prefix']}{phone['number']}\n" for phone in phones))
        return Response({"status": "success", "message": "User profiles imported successfully."})


def get_held(_):
    held = HELD.read_text().split()
    return JsonResponse({"contacts": len(set(held)), "sent": len(held)})


urlpatterns = [path("inbox/users/import", Import.as_view()), path("held", get_held)]
application = get_wsgi_application()
