"""Title: what a page's first bytes say that it is called; looked for where these are at hand anyway."""

from __future__ import annotations

import html

__all__ = ["title_of"]

_FIRST = 8_192  # bytes that are looked at


def title_of(body: bytes) -> str | None:
    """The title in the beginning of a page in UTF-8; None where there is none, or the bytes are packed."""
    start = body.find(b"<title>", 0, _FIRST)
    if start < 0:
        return None
    end = body.find(b"</title>", start, start + _FIRST)
    if end < 0:
        return None
    title = " ".join(html.unescape(body[start + 7 : end].decode("utf-8", "replace")).split())
    return title or None
