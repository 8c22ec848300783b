"""Says in one line what DuckDB says in many: what is wrong with a query, where, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from footfall.errors import UsageError
from footfall.query.sql_text import nearest
from footfall.query.views import fold

__all__ = ["clear_error"]

# What DuckDB puts before its message; pyarrow hands it on as it is.
_CLASS = re.compile(r"[A-Za-z][A-Za-z /-]{0,40}Error: ")
_CARET = re.compile(r"\n\nLINE (\d+): ([^\n]*)\n( *)\^")
_CUT = "..."  # where DuckDB shows only a part of a long line
_NO_COLUMN = re.compile(
    r'(?:Referenced column|Column|does not have a column named) "(.*?)"'
    r"(?: in \w+ list not found| not found| was not found|$)",
    re.DOTALL,
)
_TOO_BIG = re.compile("out of memory|failed to allocate|could not allocate", re.IGNORECASE)
_EXPECTED = re.compile(r"\n\t?(?:Candidate functions|Candidate macros|Possible solutions|See also).*", re.DOTALL)
_SETTING = re.compile(r'[.,;]? (?:Use|You can) "?SET \w.*', re.DOTALL)  # no query changes a setting


def clear_error(error: Exception, columns: Sequence[str] = (), places: Mapping[str, str] | None = None) -> UsageError:
    """The error of DuckDB, or of Arrow that ran it, in one line.

    `columns` are those of the views in the query, `places` where each of its names is first.
    """
    text = str(error)
    if _TOO_BIG.search(text):
        return UsageError("the query needs more memory than it may take; select fewer columns or rows, or group them")
    caret = _CARET.search(text)
    message = _CLASS.sub("", text[: caret.start()] if caret else text, count=1)
    absent = _NO_COLUMN.search(message)
    if absent is not None and columns:
        place = (places or {}).get(fold(absent[1]), "") or _place(caret)
        return UsageError(f"{place}there is no column {absent[1]!r}; {nearest(absent[1], columns)}")
    words = " ".join(_SETTING.sub("", _EXPECTED.sub("", message)).split()).rstrip(".")
    return UsageError(f"{_place(caret)}{words}; mend the query")


def _place(caret: re.Match[str] | None) -> str:
    if caret is None:
        return ""
    line, shown, spaces = caret.groups()
    column = len(spaces) - len(f"LINE {line}: ") + 1
    return f"line {line}: " if shown.startswith(_CUT) else f"line {line}, column {column}: "
