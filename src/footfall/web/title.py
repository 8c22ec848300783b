"""Title: what a page's first bytes say that it is called; looked for where these are at hand anyway."""

from __future__ import annotations

import html

__all__ = ["title_of"]

_FIRST = 8_192  # bytes that are looked at


def title_of(body: bytes | bytearray | memoryview) -> str | None:
    """The title in the beginning of a page in UTF-8; None where there is none, or the bytes are packed.

    Some servers take a page as another kind of buffer than bytes.
    """
    if not isinstance(body, bytes):
        body = bytes(body[: 2 * _FIRST])
    start = body.find(b"<title>", 0, _FIRST)
    if start < 0:
        return None
    end = body.find(b"</title>", start, start + _FIRST)
    if end < 0:
        return None
    try:
        text = body[start + 7 : end].decode("utf-8", "replace")
        title = " ".join((html.unescape(text) if "&" in text else text).split())
    except ValueError:  # a character's number of thousands of digits
        return None
    return title or None
