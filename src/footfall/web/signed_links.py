"""SignedLinks: an event with its properties, and where to lead to, as a text that only the site can make; pure.

`payload.signature`, both in base64url. The signature is an HMAC by the newest key; each of the keys verifies. What is
signed can be read by whoever has the link: no secret belongs into it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

import msgspec

from footfall.errors import UsageError
from footfall.secret import SecretBytes

__all__ = ["SignedLink", "SignedLinks"]

_MIN_KEY = 16  # bytes
_SIGNATURE = 22  # characters: 16 bytes of the HMAC
_LONGEST = 8_192  # characters; servers take no longer path


class SignedLink(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What a link says: `event` of the plan and its properties, once for each `id`.

    `expires_at` is in seconds since 1970-01-01 UTC. `target` is where a redirect leads, "" for a picture. `properties`
    are the JSON text of an object. `user_id` is who the link was sent to, where the site knows it.
    """

    id: str
    event: str
    expires_at: int
    target: str = ""
    properties: msgspec.Raw = msgspec.Raw(b"{}")
    user_id: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SignedLink).decode


class SignedLinks:
    """Makes and reads the links of one kind: what was signed for another `use` is none.

    Raises UsageError for a key shorter than 16 bytes.
    """

    def __init__(self, keys: Sequence[str | bytes], use: str) -> None:
        secrets = [key.encode() if isinstance(key, str) else key for key in keys]
        if any(len(key) < _MIN_KEY for key in secrets):
            raise UsageError(
                f"link_keys needs {_MIN_KEY} bytes or more in each key; make one by `openssl rand -base64 32`"
            )
        self._keys = [SecretBytes(hmac.digest(key, f"footfall {use}".encode(), "sha256")) for key in secrets]

    def text(self, link: SignedLink) -> str:
        """The link, signed with the newest key."""
        body = _text(_encode(link))
        return f"{body}.{_signature(self._keys[0], body)}"

    def read(self, text: str) -> SignedLink | None:
        """The link in a text; None where it is forged or damaged. Whether it has expired is for the caller to say."""
        body, _, signature = text.rpartition(".")
        if len(text) > _LONGEST or len(signature) != _SIGNATURE or not text.isascii():
            return None
        if not any(hmac.compare_digest(_signature(key, body), signature) for key in self._keys):
            return None
        try:
            return _decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError, msgspec.DecodeError):
            return None

    def digest(self, link: SignedLink, reader: str) -> str:
        """What says that it is the same reader of the same link, and nothing else of who that is."""
        return _text(hmac.digest(self._keys[0], f"{link.id} {reader}".encode("utf-8", "replace"), "sha256")[:16])


def _signature(key: bytes, body: str) -> str:
    return _text(hmac.digest(key, body.encode(), "sha256")[:16])


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
