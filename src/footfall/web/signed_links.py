"""SignedLinks: an event with its properties, and where to lead to, as a text that only the site can make; pure.

`payload.signature`, both in base64url. The signature is an HMAC by the newest key; each of the keys verifies. What is
signed can be read by whoever has the link: no secret belongs into it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import msgspec

from footfall.web.signing import Signer

__all__ = ["SignedLink", "SignedLinks"]

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

    Raises UsageError where there is no key, or one is shorter than 16 bytes.
    """

    def __init__(self, keys: Sequence[str | bytes], use: str) -> None:
        self._signer = Signer(keys, use, "link_keys")

    def text(self, link: SignedLink) -> str:
        """The link, signed with the newest key."""
        body = base64.urlsafe_b64encode(_encode(link)).rstrip(b"=").decode()
        return f"{body}.{self._signer.sign(body)}"

    def read(self, text: str) -> SignedLink | None:
        """The link in a text; None where it is forged or damaged. Whether it has expired is for the caller to say."""
        body, _, signature = text.rpartition(".")
        if len(text) > _LONGEST or not text.isascii() or self._signer.age(body, signature) is None:
            return None
        try:
            return _decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError, msgspec.DecodeError):
            return None

    def digest(self, link: SignedLink, reader: str) -> str:
        """What says that it is the same reader of the same link, and nothing else of who that is."""
        return self._signer.sign(f"{link.id} {reader}")
