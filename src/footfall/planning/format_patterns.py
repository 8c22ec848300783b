"""The formats of strings as regular expressions, for what takes a pattern and no predicate.

Each says the same as its predicate in `checking.formats`: those that are expressions there are read from there;
addresses, which are parsed there, are written down here by the grammar of RFC 3986, section 3.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from footfall.plan.checking.formats import FORMATS

__all__ = ["FORMAT_PATTERNS"]

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"(?:{_BYTE}\.){{3}}{_BYTE}"
_GROUP = "[0-9A-Fa-f]{1,4}"
_LAST = f"(?:{_GROUP}:{_GROUP}|{_IPV4})"


def _ipv6() -> str:
    forms = [f"(?:{_GROUP}:){{6}}{_LAST}", f"::(?:{_GROUP}:){{5}}{_LAST}"]
    for before in range(6):
        after = 4 - before
        head = f"(?:(?:{_GROUP}:){{0,{before}}}{_GROUP})?::"
        forms.append(head + (f"(?:{_GROUP}:){{{after}}}{_LAST}" if after >= 0 else _GROUP))
    forms.append(f"(?:(?:{_GROUP}:){{0,6}}{_GROUP})?::")
    return f"(?:{'|'.join(forms)})"


def _patterns() -> dict[str, str]:
    written = {"ipv4": _IPV4, "ipv6": _ipv6(), "ip": f"(?:{_IPV4}|{_ipv6()})"}
    read = {name: getattr(predicate, "__self__", None) for name, predicate in FORMATS.items()}
    return written | {
        name: expression.pattern for name, expression in read.items() if isinstance(expression, re.Pattern)
    }


FORMAT_PATTERNS: Mapping[str, str] = _patterns()
"""Name in the plan -> an expression of Python's `re` that the whole string must match (`re.fullmatch`)."""
