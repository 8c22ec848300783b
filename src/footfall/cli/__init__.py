"""The `footfall` command: one subcommand a file, every error one clear line and exit code 2 or 3."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from footfall.cli.arrow_setup import set_up_arrow
from footfall.cli.output import guarded
from footfall.errors import BrokenInputError, FootfallError, PlanError
from footfall.extras import Extra, missing_extra
from footfall.printable import printable

__all__ = ["main"]

USAGE, BROKEN_INPUT = 2, 3
_OUR_LINES = "\n  "


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `footfall` with these arguments (by default the process's own), and leave with its exit code.

    0 is success, 1 that a check found something, 2 that the command cannot be carried out as it was given, 3 that a
    file or reference that it was given beside the plan is broken.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None:  # the process is this command
        set_up_arrow()
    try:
        with guarded():
            # Loaded late: without click there is still a clear line.
            from footfall.cli.app import app

            app.main(args=words, prog_name="footfall")
    except PlanError as error:
        only = error.problems[0] if len(error.problems) == 1 else error
        _leave(str(only))
    except ImportError as error:
        clear = missing_extra("this command", error, _extra(words))
        if clear is None:
            raise
        _leave(str(clear))
    except FootfallError as error:
        _leave(str(error), BROKEN_INPUT if isinstance(error, BrokenInputError) else USAGE)
    except RecursionError:
        _leave("what was asked, or a rule of the plan, is nested too deeply to be computed; make it flatter")
    except UnicodeError:
        broken = next((word for word in words if _is_broken(word)), None)
        if broken is None:
            raise
        _leave(f"{broken!r} is not UTF-8; write whole characters")
    except OSError as error:
        # Even to ask whether a path exists can fail: its name is too long, or its folder may not be searched.
        if error.filename is None:
            raise
        _leave(f"{error.filename}: {error.strerror}; choose another path")
    sys.exit(0)


def _extra(words: Sequence[str]) -> Extra:
    """The extra that a command needs: what reads a collector's data needs more than the tools for plans."""
    command = next((word for word in words if not word.startswith("-")), "plan")
    if command == "demo":
        return "demo"
    return "server" if command != "plan" or any(word.startswith("--data") for word in words) else "plan"


def _is_broken(word: str) -> bool:
    """Whether a word has bytes that are no character; a path may."""
    return any("\ud800" <= character <= "\udfff" for character in word)


def _leave(message: str, code: int = USAGE) -> NoReturn:
    with suppress(OSError, AttributeError):  # standard error may be full, or closed: the exit code is left
        # Lines of ours are indented, so that a line break in a name that somebody else chose begins none.
        lines = _OUR_LINES.join(map(printable, message.split(_OUR_LINES)))
        sys.stderr.write(f"footfall: {lines}\n")
        sys.stderr.flush()
    sys.exit(code)
