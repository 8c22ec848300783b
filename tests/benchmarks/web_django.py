"""Django's application for bench_web.py: the middleware of a new project, views of both kinds, and one integration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path
from tests.benchmarks.web_apps import HTML, KEY, client

__all__ = ["async_handler", "handler"]

_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_OURS = {"footfall": ["footfall.integrations.django.FootfallMiddleware"]}
_THEIRS = {"posthog": ["posthog.integrations.django.PosthogContextMiddleware"]}


def _product(_request: HttpRequest, sku: str) -> HttpResponse:
    return HttpResponse(HTML)


async def _product_async(_request: HttpRequest, sku: str) -> HttpResponse:
    return HttpResponse(HTML)


def _data(_request: HttpRequest, number: str) -> HttpResponse:
    return JsonResponse({})


async def _data_async(_request: HttpRequest, number: str) -> HttpResponse:
    return JsonResponse({})


urlpatterns = [
    path("products/<sku>", _product),
    path("data/<number>", _data),
    path("async/products/<sku>", _product_async),
    path("async/data/<number>", _data_async),
]


def _made(kind: type, middleware: Sequence[str]) -> Any:
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["shop.example"],
            SECRET_KEY=KEY,
            ROOT_URLCONF=__name__,
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
            FOOTFALL={"client": client(), "cookie_keys": [KEY]},
        )
        django.setup()
    with override_settings(MIDDLEWARE=middleware):
        return kind()


def handler(variant: str) -> Any:
    """The application under WSGI."""
    return _made(WSGIHandler, [*_OURS.get(variant, ()), *_MIDDLEWARE, *_THEIRS.get(variant, ())])


def async_handler(variant: str) -> Any:
    """The application under ASGI, without other middleware."""
    return _made(ASGIHandler, [*_OURS.get(variant, ()), *_THEIRS.get(variant, ())])
