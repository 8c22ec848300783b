"""The `footfall` command: one subcommand a file, every error one clear line and exit code 2 or 3."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from footfall.cli.output import guarded
from footfall.errors import BrokenInputError, FootfallError, MissingExtraError, PlanError
from footfall.extras import missing_extra
from footfall.printable import printable

__all__ = ["EXTRAS_OF", "main"]

USAGE, BROKEN_INPUT = 2, 3
_OUR_LINES = "\n  "

# The extras that a subcommand needs, so that the line about a missing library is right the first time.
EXTRAS_OF: Mapping[str, tuple[str, ...]] = {
    "demo": ("all",),
    "export": ("analytics", "cli"),
    "keys": ("cli", "collector"),
    "person": ("analytics", "cli"),
    "plan": ("cli",),
    "quarantine": ("cli", "collector", "plan"),
    "report": ("analytics", "cli"),
    "serve": ("cli", "collector"),
    "stats": ("cli", "collector"),
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `footfall` with these arguments (by default the process's own), and leave with its exit code.

    0 is success, 1 that a check found something, 2 that the command cannot be carried out as it was given, 3 that a
    file or reference that it was given beside the plan is broken.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with guarded():
            # Loaded late: without click there is still a clear line.
            from footfall.cli.app import app

            app.main(args=words, prog_name="footfall")
    except PlanError as error:
        only = error.problems[0] if len(error.problems) == 1 else error
        _leave(str(only))
    except ImportError as error:
        clear = missing_extra("this command", error, _needs(words, error))
        if clear is None:
            raise
        _leave(str(clear))
    except FootfallError as error:
        _leave(str(error), BROKEN_INPUT if isinstance(error, BrokenInputError) else USAGE)
    sys.exit(0)


def _needs(words: Sequence[str], error: ImportError) -> set[str]:
    """What the subcommand needs, and what the part of it that failed needs besides."""
    of_command = EXTRAS_OF.get(next((word for word in words if word in EXTRAS_OF), ""), ("cli",))
    of_part = error.extras if isinstance(error, MissingExtraError) else ()
    return {*of_command, *of_part} if "all" not in of_command else {"all"}


def _leave(message: str, code: int = USAGE) -> NoReturn:
    with suppress(OSError, AttributeError):  # standard error may be full, or closed: the exit code is left
        # Lines of ours are indented, so that a line break in a name that somebody else chose begins none.
        lines = _OUR_LINES.join(map(printable, message.split(_OUR_LINES)))
        sys.stderr.write(f"footfall: {lines}\n")
        sys.stderr.flush()
    sys.exit(code)
