"""Printable: what people read, from text that somebody else wrote and from counts."""

from __future__ import annotations

import re

__all__ = ["STEERING", "counted", "printable", "printable_lines"]

# What a terminal obeys instead of showing: C0 and C1 controls (ECMA-48), line and paragraph separators, the marks that
# turn the direction of text (Unicode UAX #9; "Trojan Source", CVE-2021-42574), the byte order mark, and the tags of
# plane 14. Lone surrogates are here because no encoding can write them. Joiners stay: scripts and emoji need them.
# `STEERING` is the part of them that JSON leaves as it is, each one unit of UTF-16.
STEERING = "\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_OBEYED = re.compile(f"[\x00-\x1f{STEERING}\ud800-\udfff\U000e0000-\U000e007f]")


def printable(text: str) -> str:
    """The text in one line that steers no terminal: `\\x1b`, `\\n`, `\\u202e` stand for the characters themselves."""
    return _OBEYED.sub(_escape, text)


def printable_lines(text: str) -> str:
    """The same for a text of ours with lines of its own: line ends stay."""
    return "\n".join(map(printable, text.split("\n")))


def counted(count: int, noun: str) -> str:
    """`1 person`, `2,000 persons`, `0 properties`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ty") else f"{count:,} {noun}s"


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
