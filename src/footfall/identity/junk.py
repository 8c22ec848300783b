"""Junk ids: placeholders that SDKs and bugs send instead of an id; they must never link anything.

One table makes one pattern, and both the Python function and the SQL condition match that very text, so that they
cannot drift apart. It spells out what it means by case (ASCII letters only), for `(?i)` and `lower()` mean different
letters in Python and in a database. What counts as space, `footfall.identity.ids` says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from footfall.identity.ids import AROUND, any_of, composed

__all__ = ["JUNK_IDS", "JUNK_PATTERN", "is_junk", "junk_sql"]

# Who says so -> ids, in lower case and bare of spaces and quotes.
JUNK_IDS: Mapping[str, tuple[str, ...]] = {
    # PostHog's ingestion never merges on these (nodejs/src/common/persons/person-utils.ts, isDistinctIdIllegal).
    "PostHog": (
        "",
        "anonymous",
        "guest",
        "distinctid",
        "distinct_id",
        "id",
        "not_authenticated",
        "email",
        "undefined",
        "true",
        "false",
        "[object object]",
        "nan",
        "none",
        "null",
        "0",
    ),
    # Mixpanel's import refuses these (docs.mixpanel.com, Import Events; the list in its own mixpanel-import tool).
    "Mixpanel": (
        "-1",
        "00000000-0000-0000-0000-000000000000",
        "<nil>",
        "[]",
        "anon",
        "lmy47d",
        "n/a",
        "na",
        "nil",
        "unknown",
        "{}",
    ),
    # The same mistake under other names: how languages print a missing value, and a key sent in place of its value.
    "footfall": (
        "(null)",
        "<null>",
        "nsnull",
        "(none)",
        "(not set)",
        "[object undefined]",
        "[object null]",
        "[object promise]",
        "infinity",
        "-infinity",
        "anonymousid",
        "anonymous_id",
        "deviceid",
        "device_id",
        "userid",
        "user_id",
    ),
}

# Any way to write zero or minus one, as a number without a value is often printed.
_NUMBERS = (r"[-+]?0+(?:\.0*)?", r"-0*1(?:\.0*)?")

# Quotes, and the backslash that escapes a quote when JSON was encoded twice. Written as numbers where they are easily
# taken for one another.
_QUOTES = "\"'`\\" + "".join(map(chr, (0xAB, 0xB4, 0xBB, *range(0x2018, 0x2020), 0x2039, 0x203A)))


def _either_case(junk: str) -> str:
    return "".join(any_of(letter + letter.upper() if "a" <= letter <= "z" else letter) for letter in junk)


# What Python's re and DuckDB's RE2 read alike: literals, classes, alternatives and repeats.
_WORDS = "|".join((*_NUMBERS, *(_either_case(junk) for ids in JUNK_IDS.values() for junk in ids)))
_DRESS = AROUND + _QUOTES
_IS_JUNK = re.compile(_WORDS).fullmatch

JUNK_PATTERN = f"{any_of(_DRESS)}*(?:{_WORDS}){any_of(_DRESS)}*"
"""What RE2 matches of a whole id, as it is compared, where the id is junk."""


def is_junk(id: str) -> bool:  # noqa: A002 - the word of the domain; the builtin is not needed here
    """Whether an id is a placeholder: as it is compared, in the table once spaces and quotes around it are gone.

    The case of ASCII letters does not count here. An id that UTF-8 cannot write (a lone surrogate) is junk too: it
    could be neither kept nor hashed.
    """
    # Taken off first: a pattern with an end that varies on both sides tries all pairs of ends, which RE2 does not.
    return _IS_JUNK(composed(id).strip(_DRESS)) is not None or not (id.isascii() or _is_utf8(id))


def junk_sql(expression: str) -> str:
    """The same rule as a DuckDB condition over a VARCHAR expression, an id as it is compared; NULL stays NULL."""
    pattern = JUNK_PATTERN.replace("'", "''")
    return f"regexp_full_match({expression}, '{pattern}')"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
