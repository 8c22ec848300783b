"""Secret: text and bytes that work as any other and never show themselves, in a repr, a traceback's locals or a log."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["SecretBytes", "SecretText", "without"]


class SecretText(str):
    """A text whose repr is `'…'`: a write key, or a URL that may have a password."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


class SecretBytes(bytes):
    """Bytes whose repr, and text, is `b'…'`: a key to hash with."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'…'"

    __str__ = __repr__


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with `…` for each of the secrets."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
