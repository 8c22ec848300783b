"""Somebody joins, leaves and comes back by django-allauth's own pages; run by a test in a process of its own.

allauth wants its middleware in every project that has it, so it is in no other test's project.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings
from django.http import HttpResponse

from footfall.testing import Recorder

RECORDER = Recorder()


def home(request: Any) -> HttpResponse:
    return HttpResponse("<h1>Home</h1>")


def main(plan: str, headers: dict[str, str]) -> None:
    """Print each message: its type and its user."""
    key = "a key of the tests that is long enough"
    settings.configure(
        SECRET_KEY=key,
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
            "allauth", "allauth.account", "footfall.integrations.django",
        ],
        MIDDLEWARE=[
            "footfall.integrations.django.FootfallMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
            "context_processors": ["django.template.context_processors.request",
                                   "django.contrib.auth.context_processors.auth",
                                   "django.contrib.messages.context_processors.messages"]}}],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        ACCOUNT_EMAIL_VERIFICATION="none",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        FOOTFALL={"client": RECORDER, "plan": plan, "cookie_keys": [key]},
        LOGIN_REDIRECT_URL="/",
        USE_TZ=True,
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.urls import include, path

    globals()["urlpatterns"] = [path("", home), path("accounts/", include("allauth.urls"))]
    call_command("migrate", verbosity=0)
    browser = Client(headers=headers)
    password = "correct horse 7 battery"
    browser.get("/")
    joined = {"username": "kari", "email": "kari@example.com", "password1": password, "password2": password}
    statuses = [browser.post("/accounts/signup/", joined).status_code]
    browser.get("/")
    statuses.append(browser.post("/accounts/logout/").status_code)
    browser.get("/")
    statuses.append(browser.post("/accounts/login/", {"login": "kari", "password": password}).status_code)
    browser.get("/")
    messages = [(message["type"], message.get("userId")) for message in RECORDER.messages]
    print(json.dumps({"statuses": statuses, "messages": messages}))  # noqa: T201 - for the test


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
