"""Ids as they are compared: NFC, without the white space, control and zero-width characters around them.

Identity is the one owner of this rule: a message and its row in the journal keep an id as it was sent, and whoever
compares ids compares `comparable(id)`. So a change of the rule rewrites no data. The case of letters counts, and so
does everything inside an id.

One table of code points says what is taken off, for `strip()` and `\\s` each mean other characters. NFC is by Unicode's
own tables.
"""

from __future__ import annotations

from itertools import groupby
from unicodedata import combining, normalize

__all__ = ["AROUND", "any_of", "comparable", "composed"]

# What Unicode calls white space (White_Space), control (Cc) or format (Cf, where it is drawn without a width). The tags
# of U+E0000 are left out: they spell flags.
AROUND = "".join(
    map(
        chr,
        (
            *range(0x21), *range(0x7F, 0xA1), 0xAD, 0x61C, 0x1680, 0x180E, *range(0x2000, 0x2010),
            *range(0x2028, 0x2030), *range(0x205F, 0x2065), *range(0x2066, 0x2070), 0x3000, 0xFEFF,
            *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B),
        ),
    )
)  # fmt: skip
"""The characters that are taken off both ends of an id."""


def any_of(characters: str) -> str:
    """A class of characters for a pattern that Python's re and RE2 read alike."""
    return "[" + "".join(_in_class(character) for character in characters) + "]"


def _in_class(character: str) -> str:
    if character < " ":
        return f"\\x{ord(character):02x}"  # no pattern has a NUL
    return f"\\{character}" if character in "\\[]^-" else character


def comparable(id: str) -> str:  # noqa: A002 - the word of the domain; the builtin is not needed here
    """An id as it is compared with others. Doing it twice changes nothing more."""
    return composed(id).strip(AROUND)


# Up to here a text of marks alone takes no longer than one of letters takes in the slow way.
_SHORT = 128


def composed(text: str) -> str:
    """A text in NFC, in time that grows with its length alone."""
    if text.isascii():
        return text
    if len(text) > _SHORT:
        # To order a run of marks costs the square of its length, unless it is in order already.
        parts = (part for char in text for part in normalize("NFD", char))
        runs = groupby(parts, key=lambda part: combining(part) > 0)
        text = "".join("".join(sorted(run, key=combining) if is_marks else run) for is_marks, run in runs)
    return normalize("NFC", text)
