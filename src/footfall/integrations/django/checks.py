"""Checks: what `manage.py check` says of the settings, the place of the middleware, and the plan's consent."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.core.exceptions import ImproperlyConfigured

from footfall.client.environment import URL, is_disabled, value_of
from footfall.integrations.django.settings import make_site
from footfall.integrations.settings import setting_problems

__all__ = ["check_middleware", "check_settings"]

MIDDLEWARE = "footfall.integrations.django.FootfallMiddleware"
# Those that keep responses: what passes them on its way in from us is kept with our cookie, or never comes to us.
_CACHES = (
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "django.middleware.cache.CacheMiddleware",
)


def check_settings(**_: Any) -> list[CheckMessage]:
    """`FOOTFALL`: each key that there is not, and what else keeps the integration from starting."""
    setting = getattr(settings, "FOOTFALL", None)
    if setting is None:
        hint = "FOOTFALL = {'collector': URL, 'write_key': KEY, 'plan': PATH, 'cookie_keys': [SECRET]}"
        return [Error("The setting FOOTFALL is missing.", hint=hint, id="footfall.E001")]
    if problems := setting_problems(setting):
        return [Error(problem, id="footfall.E002") for problem in problems]
    if not ({"client", "collector"} & setting.keys() or value_of(URL, os.environ) or is_disabled(os.environ)):
        # A server without it does not start; a command of a build, which sends nothing, goes on.
        hint = f"FOOTFALL['collector'] or the variable {URL} says where a collector is."
        return [Warning("There is no collector to send to.", hint=hint, id="footfall.W003")]
    try:
        make_site()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="footfall.E003")]
    return []


def check_middleware(**_: Any) -> list[CheckMessage]:
    """`MIDDLEWARE`: ours is there, once, and before what keeps responses."""
    middleware = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in middleware:
        hint = f"MIDDLEWARE = [{MIDDLEWARE!r}, …], before all others"
        return [Warning("No request is counted: the middleware of footfall is missing.", hint=hint, id="footfall.W001")]
    caches = [path for path in _CACHES if path in middleware and middleware.index(path) < middleware.index(MIDDLEWARE)]
    text = "{} is before the middleware of footfall: pages that it answers are not counted."
    hint = f"Put {MIDDLEWARE!r} before all others."
    return [Warning(text.format(path), hint=hint, id="footfall.W002") for path in caches]
