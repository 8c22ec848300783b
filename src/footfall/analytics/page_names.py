"""The names of pages and screens, which are in the bodies of their messages alone."""

from __future__ import annotations

import msgspec

__all__ = ["page_name"]


class _Named(msgspec.Struct):
    name: msgspec.Raw = msgspec.Raw(b"null")


_read_name = msgspec.json.Decoder(_Named).decode
_read_text = msgspec.json.Decoder(str).decode


def page_name(body: bytes) -> str | None:
    """The name that the body of a page or screen gives; None where it gives no text."""
    try:
        return _read_text(_read_name(body).name)
    except msgspec.MsgspecError:
        return None
