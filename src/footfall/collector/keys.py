"""Keys: which source a request belongs to, without telling a guesser anything, and what values are hashed with."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from footfall.disk import Disk, SystemDisk
from footfall.errors import UsageError

__all__ = ["DEFAULT_SOURCE", "TRANSFORM_KEY_FILE", "Keyring", "header_key", "parse_keys", "read_transform_key"]

TRANSFORM_KEY_FILE = "FOOTFALL_TRANSFORM_KEY_FILE"
"""The environment's variable that names the file of the transform key."""

DEFAULT_SOURCE = "default"
_NAMED_KEY = re.compile(rb'"writeKey"[ \t\r\n]*+:[ \t\r\n]*+("(?:[^"\\]|\\.){1,1000}+")')
_NAMED_KEYS = 10_000  # more than a batch may have messages


def _text(literal: bytes) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return ""


class Keyring:
    """The write keys of a collector. Every look-up compares with every key, in the same time whatever was sent."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = tuple((key.encode(), source) for key, source in keys.items())

    def may_be_in(self, content: bytes) -> bool:
        """Whether a body names a write key that we know. It costs next to nothing, so that it can be asked first."""
        named = (match[1] for match in _NAMED_KEY.finditer(content))
        return any(self.source(_text(literal)) is not None for literal in islice(named, _NAMED_KEYS))

    def source(self, key: str) -> str | None:
        """The source that a write key belongs to, or None."""
        given = key.encode("utf-8", "surrogatepass")
        found = None
        for known, source in self._keys:
            if hmac.compare_digest(known, given):
                found = source
        return found


def header_key(header: bytes) -> str | None:
    """The write key of an `Authorization` header, or None when it has none.

    It is the user name of `Basic` (RFC 7617), or the token of `Bearer` (RFC 6750).
    """
    scheme, _, credentials = header.partition(b" ")
    credentials = credentials.strip()
    try:
        if scheme.lower() == b"bearer":
            return credentials.decode()
        if scheme.lower() == b"basic":
            return base64.b64decode(credentials, validate=True).partition(b":")[0].decode()
    except (binascii.Error, UnicodeDecodeError):
        pass  # nobody's key
    return None


def parse_keys(texts: Sequence[str]) -> dict[str, str]:
    """`KEY` or `KEY=SOURCE`, as given on the command line, as a mapping of key to source.

    Raises UsageError, listing every text that cannot be used.
    """
    keys: dict[str, str] = {}
    problems = []
    for number, text in enumerate(texts, 1):
        key, separator, source = text.partition("=")
        if not key or (separator and not source) or not key.isprintable() or " " in key or ":" in key:
            problems.append(f"write key {number}: write KEY or KEY=SOURCE, without spaces or colons")
        elif key in keys:
            problems.append(f"write key {number}: given twice")
        keys[key] = source or DEFAULT_SOURCE
    if problems:
        raise UsageError("; ".join(problems))  # never the keys themselves: they are secrets
    return keys


def read_transform_key(path: Path, disk: Disk | None = None) -> bytes:
    """The key in a file: its bytes without the line end after them. Raises UsageError, which never has the key."""
    try:
        with (disk or SystemDisk()).open(path, "read") as file:
            key = file.read()
    except OSError as error:
        raise UsageError(f"the transform key file {path} cannot be read ({error.strerror})") from error
    key = key.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise UsageError(f"the transform key file {path} is empty; write a long random text into it")
    return key
