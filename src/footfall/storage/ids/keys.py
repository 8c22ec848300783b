"""How an id is compared, and the checksum that says whether a repeat has the same bytes."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import Final

from footfall.message_reader import json_object

__all__ = ["KEY_BYTES", "NOT_COMPARED", "Key", "body_checksum", "is_conflict", "key_of", "sort_key"]

# As `footfall.integrations.links` makes them.
_SIGNED_LINK = re.compile(r"(?:click|link)-[0-9A-Za-z_-]{22}(?:-[0-9]+)?")

Key = bytes | str
"""A UUID in canonical form as its 16 bytes, any other id as it is: different ids never share a key."""

KEY_BYTES: Final = 16

NOT_COMPARED: Final = 0
"""The checksum of a body that no repeat conflicts with."""

_is_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_UUID_LENGTH = 36
# A member of an object up to its value.
_MEMBER = re.compile(rb'\s*,?\s*"((?:[^"\\]|\\.)*)"\s*:\s*', re.DOTALL)
# As our client ends a message whose time it put right between two attempts: the repeat has another time.
_REPAIRED = b'"clock":"repaired"}}}'


def key_of(message_id: str) -> Key:
    """The key of an id."""
    if len(message_id) == _UUID_LENGTH and _is_uuid(message_id):
        return bytes.fromhex(message_id.replace("-", ""))
    return message_id


def sort_key(key: Key) -> bytes:
    """The 16 bytes by which a run is sorted. Those of a text may be shared, so a run keeps the text too."""
    if type(key) is bytes:
        return key
    return hashlib.blake2b(utf8(str(key)), digest_size=KEY_BYTES).digest()


def utf8(text: str) -> bytes:
    """Any text as bytes, also one with lone surrogates; no two texts have the same."""
    return text.encode("utf-8", "surrogatepass")


def body_checksum(body: bytes) -> int:
    """The CRC-32 of a message's body without what differs between two attempts to send it.

    That is its own `sentAt`. A body whose time our client put right between two attempts is NOT_COMPARED.
    """
    if body.endswith(_REPAIRED):
        return NOT_COMPARED
    if b'"sentAt"' in body:
        body = _without_sent_at(body)
    return zlib.crc32(body)


def is_conflict(message_id: str, checksum: int, earlier: int) -> bool:
    """Whether the checksums of a body and of the one that came first say that they differ, and should not.

    Never for the id of a signed link: event and properties are in what it is made of, and a second click or load of a
    picture by the same reader differs in its context alone.
    """
    return (
        checksum != earlier and NOT_COMPARED not in (checksum, earlier) and _SIGNED_LINK.fullmatch(message_id) is None
    )


def _without_sent_at(body: bytes) -> bytes:
    end = body.find(b"{") + 1
    for key, raw in json_object(body).items():
        start, member, value = end, _MEMBER.match(body, end), bytes(raw)
        if member is None or not body.startswith(value, member.end()):
            return body  # a key is there twice
        end = member.end() + len(value)
        if key == "sentAt":
            rest = body[end:].lstrip()
            # Without the comma before it or, where it is the first, the one after it.
            is_first = b"," not in body[start : member.start(1)]
            return body[:start] + (rest.removeprefix(b",").lstrip() if is_first else rest)
    return body
