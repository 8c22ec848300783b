"""Settings: one dict of a project's settings as a client and its options, the same keys in every framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.client import Client
from footfall.client.base import BaseClient
from footfall.errors import UsageError
from footfall.integrations.options import SiteOptions
from footfall.plan.problems import did_you_mean

__all__ = ["KEYS", "read_settings", "setting_problems"]

# What makes the client. `client` is a Client, or a transport as footfall.testing.Recorder; without it a Client is made
# of the others, and of FOOTFALL_URL, FOOTFALL_WRITE_KEY and FOOTFALL_PLAN.
_OF_CLIENT = ("client", "collector", "plan", "write_key")
_OF_SITE = SiteOptions.__struct_fields__

KEYS = frozenset((*_OF_CLIENT, *_OF_SITE))

_FUNCTIONS = ("consent", "user")
_LISTS = ("cookie_keys", "exclude", "link_keys", "trusted_proxies")
_TEXTS = ("cookie_name", "geo", "prefix")
_SWITCHES = ("client_hints", "debug", "engagement", "honours_gpc", "secure")


def setting_problems(settings: object) -> list[str]:
    """What is wrong with a dict of settings, a line for each key: unknown, or of another type than it must be."""
    if not isinstance(settings, Mapping):
        return [f"FOOTFALL must be a dict, not {type(settings).__name__}"]
    every = f"the keys are {', '.join(sorted(KEYS))}"
    problems = [
        f"FOOTFALL[{key!r}]: there is no such key; {did_you_mean(str(key), KEYS, every)}"
        for key in settings
        if key not in KEYS
    ]
    for keys, is_right, form in _FORMS:
        problems += [
            f"FOOTFALL[{key!r}] must be {form}" for key in keys if key in settings and not is_right(settings[key])
        ]
    return problems


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


_FORMS: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (_LISTS, lambda value: _is_list(value) and all(isinstance(item, str | bytes | None) for item in value),
     "a list of texts"),
    (_LISTS, lambda value: not _is_list(value) or None not in value,
     "without None; set what it is read from first, such as app.secret_key"),
    (_TEXTS, lambda value: isinstance(value, str) and value != "", "text"),
    (("texts",), lambda value: isinstance(value, Mapping), "a dict of languages"),
    (_SWITCHES, lambda value: isinstance(value, bool), "True or False"),
    (_FUNCTIONS, lambda value: value is None or callable(value) or isinstance(value, str),
     "a function, or the dotted path of one"),
)  # fmt: skip


def read_settings(
    settings: object, defaults: Mapping[str, Any], imported: Callable[[str], Any]
) -> tuple[BaseClient, SiteOptions]:
    """The client and the options that a dict says. `imported` finds an object by its dotted path.

    Raises UsageError with every problem, PlanError for a plan that cannot be used.
    """
    if isinstance(settings, Mapping):
        named = {key: settings[key] for key in ("client", *_FUNCTIONS) if isinstance(settings.get(key), str)}
        try:
            settings = {**settings, **{key: imported(path) for key, path in named.items()}}
        except ImportError as error:
            raise UsageError(f"FOOTFALL: {error}") from error
    if problems := setting_problems(settings):
        raise UsageError("; ".join(problems))
    assert isinstance(settings, Mapping)
    options = SiteOptions(**{**defaults, **{key: settings[key] for key in _OF_SITE if key in settings}})
    client = settings.get("client")
    if isinstance(client, BaseClient):
        return client, options
    collector = settings.get("collector") if client is None else client
    return Client(collector, write_key=settings.get("write_key"), plan=settings.get("plan")), options
