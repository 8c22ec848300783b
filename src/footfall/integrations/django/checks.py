"""Checks: what `manage.py check` says of the settings, the place of the middleware, and the plan's consent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.core.exceptions import ImproperlyConfigured

from footfall.client.environment import DISABLED, URL, WRITE_KEY, is_disabled, value_of
from footfall.errors import FootfallError
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


class _Needed(NamedTuple):
    """A setting of the client without which a server does not start; `example` is any value that is well formed."""

    name: str
    key: str
    variable: str
    example: str
    id: str


_COLLECTOR = _Needed("collector to send to", "collector", URL, "http://127.0.0.1", "footfall.W003")
_WRITE_KEY = _Needed("write key", "write_key", WRITE_KEY, "key", "footfall.W004")


def check_settings(**_: Any) -> list[CheckMessage]:
    """`FOOTFALL`: each key that there is not, and what else keeps the integration from starting."""
    setting = getattr(settings, "FOOTFALL", None)
    if setting is None:
        hint = "FOOTFALL = {'collector': URL, 'write_key': KEY, 'plan': PATH, 'cookie_keys': [SECRET]}"
        return [Error("The setting FOOTFALL is missing.", hint=hint, id="footfall.E001")]
    if problems := setting_problems(setting):
        return [Error(problem, id="footfall.E002") for problem in problems]
    try:
        absent = [] if is_disabled(os.environ) else _absent(setting)
        # What else is wrong is an error all the same.
        make_site({**setting, **{each.key: each.example for each in absent}})
    except (FootfallError, ImproperlyConfigured) as error:
        return [Error(str(error), id="footfall.E003")]
    # A server does not start without it; a command, which sends nothing, goes on.
    return [
        Warning(
            f"There is no {each.name}: commands run, but the site refuses to start when it is to serve.",
            hint=f"Set FOOTFALL[{each.key!r}] or the variable {each.variable}; {DISABLED}=1, as in CI and in shells, "
            "serves the site without it and sends nothing.",
            id=each.id,
        )
        for each in absent
    ]


def _absent(setting: Mapping[str, Any]) -> list[_Needed]:
    """What the client needs and nobody has set; a client or a transport that is given needs nothing."""
    if setting.get("client") is not None:
        return []
    collector = setting.get("collector")
    key = value_of(WRITE_KEY, os.environ) if setting.get("write_key") is None else setting["write_key"]
    return [
        *([_COLLECTOR] if collector is None and value_of(URL, os.environ) is None else []),
        *([_WRITE_KEY] if key in (None, "") and (collector is None or isinstance(collector, str)) else []),
    ]


def check_middleware(**_: Any) -> list[CheckMessage]:
    """`MIDDLEWARE`: ours is there, and before all others."""
    middleware = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in middleware:
        hint = f"MIDDLEWARE = [{MIDDLEWARE!r}, …], before all others"
        return [Warning("No request is counted: the middleware of footfall is missing.", hint=hint, id="footfall.W001")]
    before = middleware[: middleware.index(MIDDLEWARE)]
    caches = [path for path in before if path in _CACHES]
    hint = f"Put {MIDDLEWARE!r} before all others."
    text = "{} is before the middleware of footfall: pages that it answers are not counted."
    warnings: list[CheckMessage] = [Warning(text.format(path), hint=hint, id="footfall.W002") for path in caches]
    if others := [path for path in before if path not in _CACHES]:
        text = (
            f"The middleware of footfall comes after {', '.join(others)}: what these answer themselves is not counted, "
            "and what they change of a response is not seen."
        )
        warnings.append(Warning(text, hint=hint, id="footfall.W005"))
    return warnings
