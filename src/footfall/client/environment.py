"""Environment: what a client takes from `FOOTFALL_*` where its maker did not say it. An empty variable says nothing."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.errors import UsageError

__all__ = ["DISABLED", "PLAN", "URL", "WRITE_KEY", "is_disabled", "value_of"]

DISABLED = "FOOTFALL_DISABLED"
PLAN = "FOOTFALL_PLAN"
URL = "FOOTFALL_URL"
WRITE_KEY = "FOOTFALL_WRITE_KEY"

_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def value_of(name: str, environment: Mapping[str, str]) -> str | None:
    """The value of a variable, None where it is not set or empty."""
    return environment.get(name) or None


def is_disabled(environment: Mapping[str, str]) -> bool:
    """What FOOTFALL_DISABLED says. Raises UsageError for what is neither yes nor no."""
    text = value_of(DISABLED, environment)
    if text is None:
        return False
    if (word := _WORDS.get(text.strip().lower())) is None:
        raise UsageError(f"{DISABLED} must be one of {', '.join(_WORDS)}")
    return word
