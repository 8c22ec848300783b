"""Extras: which pip extra brings which library, and the error that says so where one is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from footfall.errors import MissingExtraError

__all__ = ["EXTRAS", "Extra", "missing_extra", "needs"]

Extra = Literal["celery", "demo", "discover", "django", "flask", "geo", "plan", "server", "starlette", "web"]

# The module that is imported: the smallest extra whose installation brings it. `demo` and `discover` bring all that
# `server` does, and `server` all that `plan` does.
EXTRAS: Mapping[str, Extra] = {
    "adbc_driver_sqlite": "server",
    "apsw": "server",
    "backports": "server",
    "brotli": "server",
    "celery": "celery",
    "click": "plan",
    "django": "django",
    "duckdb": "server",
    "flask": "flask",
    "httptools": "server",
    "is_crawler": "web",
    "itsdangerous": "demo",
    "jinja2": "demo",
    "maxminddb": "geo",
    "pyarrow": "server",
    "python_multipart": "demo",
    "rich": "plan",
    "sklearn": "discover",
    "starlette": "starlette",
    "ua_parser": "web",
    "uvicorn": "server",
    "uvloop": "server",
    "yaml": "plan",
}


def missing_extra(what: str, error: ImportError, extra: Extra | None = None) -> MissingExtraError | None:
    """The error for a library that an extra brings, None where another import failed.

    `extra` is the one that `what` needs as a whole, so that one pip command is enough.
    """
    # An error that is one of ours already names what a part inside lacks; `what` may need more.
    lacking = error.extra if isinstance(error, MissingExtraError) else EXTRAS.get((error.name or "").partition(".")[0])
    if lacking is None:
        return None
    return MissingExtraError(
        what, next((wide for wide in ("demo", "discover", "server") if wide in (lacking, extra)), lacking)
    )


@contextmanager
def needs(what: str, extra: Extra | None = None) -> Iterator[None]:
    """Import in this block what needs libraries of `extra`: raises MissingExtraError where one is not installed."""
    try:
        yield
    except ImportError as error:
        clear = missing_extra(what, error, extra)
        if clear is None:
            raise
        raise clear from error
