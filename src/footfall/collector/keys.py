"""Keys: which source a request belongs to, without telling a guesser anything, and what values are hashed with.

A key is hashed first and looked up by its hash, so how long an answer takes says nothing of the keys, however many
there are.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from footfall.collector.key_text import can_be_sent, digest_of, id_of, is_mistyped
from footfall.directory import is_open_to_others
from footfall.disk import Disk, SystemDisk, read_whole
from footfall.errors import RequestError, UsageError
from footfall.storage.control import KeyRecord, Role
from footfall.storage.environments import Sender, source_of

__all__ = [
    "DEFAULT_SOURCE",
    "TRANSFORM_KEY_FILE",
    "Keyring",
    "header_key",
    "is_source",
    "read_secret_file",
    "read_transform_key",
]

TRANSFORM_KEY_FILE = "FOOTFALL_TRANSFORM_KEY_FILE"
"""The environment's variable that names the file of the transform key."""

DEFAULT_SOURCE = "default"
_log = logging.getLogger("footfall")
_NAMED_KEYS = 16


class _Grant(NamedTuple):
    digest: bytes
    role: Role
    sender: Sender


class Keyring:
    """The keys of a collector: those that it was given, as key to source, and those of its control store.

    A source alone is of production; a Sender names the environment too. Only their hashes are kept. Any thread may use
    it; `take_stored` changes it for all at once. Raises UsageError for a key that no request can carry, which does not
    repeat it: an empty one would let in whoever sends none.
    """

    def __init__(self, keys: Mapping[str, str | Sender]) -> None:
        if not isinstance(keys, Mapping):
            raise UsageError("keys: give a mapping of each write key to its source")
        senders = {key: sender if isinstance(sender, Sender) else Sender(sender) for key, sender in keys.items()}
        if not all(can_be_sent(key) and is_source(sender.source) for key, sender in senders.items()):
            raise UsageError("keys: a write key is empty, has a space or a colon in it, or has no source; give another")
        digests = {digest_of(key): sender for key, sender in senders.items()}
        self._given = {digest: _Grant(digest, "write", sender) for digest, sender in digests.items()}
        self._grants = self._given

    def has_senders(self) -> bool:
        """Whether there is any key that may send."""
        return any(grant.role == "write" for grant in self._grants.values())

    def take_stored(self, records: Iterable[KeyRecord]) -> None:
        """Put these in the place of the stored keys. A key that is revoked is no key, wherever else it is given."""
        grants = dict(self._given)
        for record in records:
            sender = Sender(record.source or DEFAULT_SOURCE, record.environment)
            grants.setdefault(record.digest, _Grant(record.digest, record.role, sender))
            if record.revoked_at is not None:
                del grants[record.digest]
        self._grants = grants

    def knows_one_of(self, keys: Iterable[str]) -> bool:
        """Whether one of the first few of these is a write key that we know."""
        return any(self._grant(key) is not None for key in islice(keys, _NAMED_KEYS))

    def sender(self, key: str) -> Sender | None:
        """Whose messages a write key sends; None where we do not know the key.

        Raises RequestError, which says what is wrong: 401 for a key of our form with a typing error, 403
        for a key whose role may not send.
        """
        grant = self._grant(key)
        if grant is None:
            if is_mistyped(key):
                raise RequestError(401, "mistyped_key", "the key has a typing error, or was cut; copy it again")
            return None
        if grant.role != "write":
            # Least privilege: the key of a reader, or of an administrator, is no key to put into an application.
            raise RequestError(403, "role", f"this key has the role {grant.role}; to send needs one of the role write")
        return grant.sender

    def _grant(self, key: str) -> _Grant | None:
        digest = digest_of(key)
        grant = self._grants.get(digest)
        return grant if grant is not None and hmac.compare_digest(grant.digest, digest) else None


def is_source(source: object) -> bool:
    """Whether a value can be the name of a source: none that the books have for another one in an environment."""
    return isinstance(source, str) and source != "" and source_of(source) == source


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


def read_secret_file(path: Path, what: str, disk: Disk | None = None) -> bytes:
    """The content of a file with secrets; one that other users may read gets a warning in the log.

    Raises UsageError, which names the file as `what`.
    """
    if id_of(path.name) is not None:
        raise UsageError(f"the {what} that was given is a key and no file; write the key into a file, and name that")
    try:
        with (disk or SystemDisk()).open(path, "read") as file:
            if is_open_to_others(file):
                _log.warning("the %s %s can be read by other users of this machine; chmod 600 it", what, path)
            return read_whole(file, path)
    except OSError as error:
        raise UsageError(f"the {what} {path} cannot be read ({error.strerror})") from error


def read_transform_key(path: Path, disk: Disk | None = None) -> bytes:
    """The key in a file: its bytes without the line end after them. Raises UsageError, which never has the key."""
    key = read_secret_file(path, "transform key file", disk)
    key = key.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise UsageError(f"the transform key file {path} is empty; write a long random text into it")
    return key
