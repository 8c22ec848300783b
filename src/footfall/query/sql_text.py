"""Words about SQL: where something is in a query, which name was meant, and how to write it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from footfall.query.views import fold

__all__ = ["nearest", "place_of", "quoted"]

_LISTED = 12
_LONGEST = 80  # characters of a name that is shown


def nearest(name: str, names: Sequence[str]) -> str:
    """Which of these names was meant: the one that is most like it, else some of them."""
    by_fold = {fold(each)[:_LONGEST]: each for each in names}
    close = get_close_matches(fold(name)[:_LONGEST], by_fold, n=1)
    if close:
        return f"write {quoted(by_fold[close[0]])}"
    shown = ", ".join(quoted(each) for each in names[:_LISTED])
    return f"there are {shown}{', …' if len(names) > _LISTED else ''}"


def quoted(name: str) -> str:
    """A name as SQL takes it, without quotes where it needs none; a long one is cut."""
    if name.isascii() and name.isidentifier() and name == fold(name) and len(name) <= _LONGEST:
        return name
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return '"' + shown.replace('"', '""') + '"'


def place_of(sql: str, offset: int) -> str:
    """`line 2, column 7: ` of a number of bytes from the start of the SQL."""
    before = sql.encode()[:offset].decode(errors="ignore")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}: "
