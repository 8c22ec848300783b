"""Printable: what people read, from text that somebody else wrote and from counts."""

from __future__ import annotations

import json
import re

__all__ = ["counted", "printable", "printable_lines", "tame_json"]

# What a terminal obeys instead of showing: C0 and C1 controls (ECMA-48), line and paragraph separators, the marks that
# turn the direction of text (Unicode UAX #9; "Trojan Source", CVE-2021-42574), the byte order mark, and the tags of
# plane 14. Lone surrogates are here because no encoding can write them. Joiners stay: scripts and emoji need them.
# `_IN_JSON` is the part of them that JSON leaves as it is.
_IN_JSON = "\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f"
_OBEYED = re.compile(f"[\x00-\x1f{_IN_JSON}\ud800-\udfff]")
_LEFT_BY_JSON = re.compile(f"[{_IN_JSON}]")


def printable(text: str) -> str:
    """The text in one line that steers no terminal: controls are written as `\\x1b`, `\\n`, `\\u202e`."""
    return _OBEYED.sub(_escape, text)


def printable_lines(text: str) -> str:
    """The same for a text of several lines: line ends stay."""
    return "\n".join(map(printable, text.split("\n")))


def tame_json(text: bytes) -> bytes:
    """The same JSON, with escapes for what a terminal would obey. It decodes to the same values."""
    if text.isascii() and b"\x7f" not in text:
        return text
    return _LEFT_BY_JSON.sub(_json_escape, text.decode()).encode()


def counted(count: int, noun: str) -> str:
    """`1 person`, `2,000 persons`, `0 properties`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ty") else f"{count:,} {noun}s"


def _json_escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else r"\u007f"


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
