"""Environments: whether a message is of production, or of staging or a test, and how the books name who sent it.

A message of another environment than production never costs one of production: ids are compared within a source and an
environment, so the same order number that a copy of a database sends from staging is no repeat of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from footfall.errors import UsageError

__all__ = [
    "ALL", "ENVIRONMENTS", "KEPT_AS", "PRODUCTION", "Environment", "Sender", "environment_of", "is_of", "line_source",
    "named", "source_of", "wanted",
]  # fmt: skip

Environment = Literal["production", "staging", "test"]
"""Of a write key, and of each message that was sent with it."""

ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)
PRODUCTION: Environment = "production"
ALL = "all"
"""What readers call all environments together."""

KEPT_AS: Mapping[str, Environment | None] = {name: None if name == PRODUCTION else name for name in ENVIRONMENTS}
"""By the name of an environment, what a row and a key have of it."""

_ENDINGS = {f" ({environment})": environment for environment in ENVIRONMENTS}


class Sender(NamedTuple):
    """Whose messages a write key sends: those of a source, in an environment; None is production."""

    source: str
    environment: Environment | None = None


def wanted(environment: str) -> str | None:
    """What a reader asks for by the name of an environment, or `all`: None is all. Raises UsageError."""
    if environment == ALL:
        return None
    if environment not in ENVIRONMENTS:
        names = ", ".join(ENVIRONMENTS)
        raise UsageError(f"there is no environment {environment!r}; name one of {names}, or {ALL}")
    return environment


def named(environment: str | None) -> str:
    """The name of an environment as a row has it: None is production."""
    return PRODUCTION if environment is None else environment


def line_source(source: str, environment: str | None) -> str:
    """What the books call a source in an environment, and within which ids are unique: `shop`, `shop (staging)`."""
    return source if environment is None else f"{source} ({environment})"


def environment_of(line: str) -> str:
    """The environment in the name of a line of the books."""
    return next((environment for ending, environment in _ENDINGS.items() if line.endswith(ending)), PRODUCTION)


def source_of(line: str) -> str:
    """The source in the name of a line of the books."""
    return next((line.removesuffix(ending) for ending in _ENDINGS if line.endswith(ending)), line)


def is_of(environment: str | None, wanted: str | None) -> bool:
    """Whether a row's environment is the one that is wanted; None wants all."""
    return wanted is None or named(environment) == wanted
