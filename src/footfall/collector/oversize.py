"""What is kept of a message over the size limit: not the message, but enough to know which one it was.

The body of its row in quarantine is then a JSON object of our own, and the row has the fault `too_large`:

| key      | its value                                                                                |
|----------|------------------------------------------------------------------------------------------|
| `head`   | its first 4,096 bytes as text, with planned names' values transformed; U+FFFD for no UTF-8 |
| `length` | how many bytes it had as it came                                                         |
| `sha256` | the SHA-256 of these bytes, in hexadecimal                                               |

So it can never be replayed. All else of the row (source, type, event, ids, time) is read from the whole message.
"""

from __future__ import annotations

import hashlib

import msgspec

__all__ = ["HEAD_BYTES", "excerpt"]

HEAD_BYTES = 4096


class _Excerpt(msgspec.Struct):
    head: str
    length: int
    sha256: str


def excerpt(raw: bytes, head: bytes) -> bytes:
    """The body to keep for a message that came as `raw`, of which `head` is the beginning as it may be kept."""
    text = head[:HEAD_BYTES].decode("utf-8", "replace")
    return msgspec.json.encode(_Excerpt(text, len(raw), hashlib.sha256(raw).hexdigest()))
