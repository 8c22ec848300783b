"""Signing: short keyed texts that nobody else can make; each use has keys that follow from the site's, newest first."""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import sha256

from footfall.errors import UsageError
from footfall.secret import SecretBytes

__all__ = ["Signer"]

_MIN_KEY = 16  # bytes
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class Signer:
    """Signs with the newest of some keys, and verifies with each, for one use: a text of another use never fits.

    Raises UsageError, which names the `setting`, where there is no key, or one is shorter than 16 bytes.
    """

    def __init__(self, keys: Sequence[str | bytes], use: str, setting: str = "cookie_keys") -> None:
        secrets = [SecretBytes(key.encode() if isinstance(key, str) else key) for key in keys]
        if not secrets or min(map(len, secrets)) < _MIN_KEY:
            raise UsageError(
                f"{setting} needs {_MIN_KEY} bytes or more in each key, and one key at least, the newest first; "
                "set FOOTFALL_COOKIE_KEYS, or make one by `openssl rand -base64 32`"
            )
        self._macs = [_Mac(hmac.digest(secret, b"footfall " + use.encode(), "sha256")) for secret in secrets]

    def sign(self, text: str, size: int = 16) -> str:
        """The signature of a text with the newest key: `size` bytes of it, as text for a cookie or a URL."""
        return _signature(self._macs[0], text, size)

    def signatures(self, text: str, size: int = 16) -> list[str]:
        """The signatures of a text with each key, newest first."""
        return [_signature(mac, text, size) for mac in self._macs]

    def age(self, text: str, signature: str) -> int | None:
        """Which key made the signature: 0 is the newest; None where no key did."""
        if not signature.isascii():
            return None
        for age, mac in enumerate(self._macs):
            if hmac.compare_digest(_signature(mac, text, 16), signature):
                return age
        return None


class _Mac:
    """HMAC-SHA-256 (RFC 2104) of one key, which is at most 64 bytes.

    Its two hashes are copied for each text: `hmac.digest` lets go of the interpreter, and a request waits until it has
    it again; an object of `hmac` takes twice as long.
    """

    def __init__(self, key: bytes) -> None:
        block = key.ljust(sha256().block_size, b"\0")
        self._inner, self._outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))

    def digest(self, text: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()


def _signature(mac: _Mac, text: str, size: int) -> str:
    code = b2a_base64(mac.digest(text.encode("utf-8", "replace"))[:size], newline=False)
    return code.translate(_URL_SAFE).rstrip(b"=").decode()
