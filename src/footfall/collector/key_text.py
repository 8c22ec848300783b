"""The text form of a key that we make: `ff_<role>_<id>_<secret and check>`. Pure: the entropy is handed in.

The beginning says what it is, to secret scanners and to whoever meets the key in the wrong place. The id is public: it
names the key in lists and logs. The check (CRC-32) distinguishes a typing error from a wrong key.

The secret has 192 random bits, so a fast hash (SHA-256) is right to keep it by: nobody can try even a small part of
them. A slow hash and a salt protect words that people think of, and would cost each request what they cost a guesser.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import NamedTuple

from footfall.storage.control import ROLES, Role

__all__ = ["ENTROPY", "NewKey", "can_be_sent", "digest_of", "id_of", "is_mistyped", "new_key"]

_ID_BYTES, _SECRET_BYTES = 5, 24
ENTROPY = _ID_BYTES + _SECRET_BYTES
"""How many random bytes a new key takes."""

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # none that look alike: people read ids to one another
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH, _SECRET_LENGTH, _CHECK_LENGTH = 8, 33, 6
_LONGEST = 1_000  # characters; a key of somebody's own has to fit into the head of a request
_BEGINNING = re.compile(f"ff_(?:{'|'.join(ROLES)})_")
_FORM = re.compile(
    f"{_BEGINNING.pattern}([{_ID_LETTERS}]{{{_ID_LENGTH}}})_"
    f"[{_LETTERS}]{{{_SECRET_LENGTH}}}([{_LETTERS}]{{{_CHECK_LENGTH}}})"
)


class NewKey(NamedTuple):
    """A key that was made just now. `text` is the secret: it is shown once and kept nowhere."""

    id: str
    text: str

    def __repr__(self) -> str:
        return f"NewKey({self.id!r}, '…')"


def new_key(role: Role, entropy: bytes) -> NewKey:
    """A key from ENTROPY random bytes of the operating system."""
    if len(entropy) != ENTROPY:
        raise ValueError(f"a key takes {ENTROPY} random bytes")
    key_id = _written(int.from_bytes(entropy[:_ID_BYTES], "big"), _ID_LETTERS, _ID_LENGTH)
    secret = _written(int.from_bytes(entropy[_ID_BYTES:], "big"), _LETTERS, _SECRET_LENGTH)
    start = f"ff_{role}_{key_id}_{secret}"
    return NewKey(key_id, start + _check(start))


def can_be_sent(key: object) -> bool:
    """Whether a value can be the user name of Basic auth (RFC 7617): a text with no colon, no space and no control."""
    return isinstance(key, str) and key.isprintable() and 0 < len(key) <= _LONGEST and not set(" :") & set(key)


def digest_of(key: str) -> bytes:
    """What a key is kept and looked up by: its SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def id_of(key: str) -> str | None:
    """The public id inside a key of our form, None for any other text."""
    match = _FORM.fullmatch(key)
    return match[1] if match else None


def is_mistyped(key: str) -> bool:
    """Whether a text begins as a key of our form and is none: a letter is wrong, or the text was cut."""
    if not _BEGINNING.match(key):
        return False
    match = _FORM.fullmatch(key)
    return match is None or match[2] != _check(key[:-_CHECK_LENGTH])


def _check(start: str) -> str:
    return _written(zlib.crc32(start.encode()), _LETTERS, _CHECK_LENGTH)


def _written(number: int, letters: str, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(letters))
        digits.append(letters[digit])
    return "".join(reversed(digits))
