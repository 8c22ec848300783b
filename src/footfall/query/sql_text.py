"""Words about SQL: where something is in a query, which name was meant, and how to write it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from footfall.query.views import fold

__all__ = ["nearest", "place_of", "quoted"]

# What DuckDB takes for a name in double quotes alone.
_KEYWORDS = {
    "all", "analyse", "analyze", "and", "anti", "any", "array", "as", "asc", "asof", "asymmetric", "at",
    "authorization", "binary", "both", "by", "case", "cast", "check", "collate", "collation", "column", "columns",
    "concurrently", "constraint", "create", "cross", "default", "deferrable", "desc", "describe", "distinct",
    "do", "else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "generated",
    "glob", "group", "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join",
    "lambda", "lateral", "leading", "left", "like", "limit", "map", "natural", "not", "notnull", "null", "offset",
    "on", "only", "or", "order", "outer", "overlaps", "pivot", "pivot_longer", "pivot_wider", "placing",
    "positional", "primary", "qualify", "references", "returning", "right", "select", "semi", "show", "similar",
    "some", "struct", "summarize", "symmetric", "table", "tablesample", "then", "to", "trailing", "true",
    "try_cast", "tuple", "union", "unique", "unpack", "unpivot", "using", "variadic", "verbose", "when", "where",
    "window", "with",
}  # fmt: skip
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
    is_plain = name.isascii() and name.isidentifier() and name == fold(name) and name not in _KEYWORDS
    if is_plain and len(name) <= _LONGEST:
        return name
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return '"' + shown.replace('"', '""') + '"'


def place_of(sql: str, offset: int) -> str:
    """`line 2, column 7: ` of a number of bytes from the start of the SQL."""
    before = sql.encode()[:offset].decode(errors="ignore")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}: "
