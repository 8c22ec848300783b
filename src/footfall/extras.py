"""Extras: which pip extra brings which library, and the error that says so where one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from footfall.errors import MissingExtraError

__all__ = ["EXTRAS", "missing_extra", "needs"]

# The module that is imported: the extra whose installation brings it.
EXTRAS: Mapping[str, str] = {
    "apsw": "collector",
    "backports": "collector",
    "brotli": "collector",
    "click": "cli",
    "duckdb": "analytics",
    "httptools": "collector",
    "pyarrow": "analytics",
    "rich": "cli",
    "uvicorn": "collector",
    "uvloop": "collector",
    "yaml": "plan",
}


def missing_extra(what: str, error: ImportError, extras: Iterable[str] = ()) -> MissingExtraError | None:
    """The error for a library that an extra brings, None where another import failed.

    `extras` are all that `what` needs, so that one pip command is enough.
    """
    if isinstance(error, MissingExtraError):  # a part inside said what it lacks; `what` needs more
        lacking = set(error.extras)
    else:
        lacking = {EXTRAS[name] for name in [(error.name or "").partition(".")[0]] if name in EXTRAS}
    return MissingExtraError(what, *sorted({*extras} or lacking)) if lacking else None


@contextmanager
def needs(what: str, *extras: str) -> Iterator[None]:
    """Import in this block what needs libraries of `extras`: raises MissingExtraError where one is not installed."""
    try:
        yield
    except ImportError as error:
        clear = missing_extra(what, error, extras)
        if clear is None:
            raise
        raise clear from error
