"""The `footfall` command: one subcommand a file, every error one clear line and exit code 2 or 3."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from footfall.errors import BrokenInputError, FootfallError, MissingExtraError, PlanError

__all__ = ["main"]

USAGE, BROKEN_INPUT = 2, 3

# Which extra brings a library that a subcommand may find missing.
_EXTRAS: Mapping[str, str] = {
    "apsw": "collector",
    "click": "cli",
    "duckdb": "analytics",
    "httptools": "collector",
    "pyarrow": "analytics",
    "rich": "cli",
    "uvicorn": "collector",
    "uvloop": "collector",
    "yaml": "plan",
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `footfall` with these arguments (by default the process's own), and leave with its exit code.

    0 is success, 1 that a check found something, 2 that the command cannot be carried out as it was given, 3 that a
    file or reference that it was given beside the plan is broken.
    """
    try:
        from footfall.cli.app import app  # loaded late: without click there is still a clear line

        app.main(args=None if arguments is None else list(arguments), prog_name="footfall")
    except PlanError as error:
        only = error.problems[0] if len(error.problems) == 1 else error
        _leave(str(only))
    except FootfallError as error:
        _leave(str(error), BROKEN_INPUT if isinstance(error, BrokenInputError) else USAGE)
    except ImportError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        _leave(str(MissingExtraError("this command", extra)))
    sys.exit(0)


def _leave(message: str, code: int = USAGE) -> NoReturn:
    sys.stderr.write(f"footfall: {message}\n")
    sys.exit(code)
