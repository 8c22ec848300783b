"""CookieVisitor cookie: `version.uuid7.day.user.signature`, made and read; what is forged or damaged is none.

`day` is when the id was issued, in days since 1970-01-01: the cookie ends a fixed time after it, and visits do not
prolong it. `user` is a keyed mark of the user who was last identified with it, or empty. The signature is an HMAC by
the newest key; each of the keys verifies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from footfall.web.signing import Signer

__all__ = ["CookieVisitor", "VisitorCookie"]

_VERSION = "1"
_USER = 9  # bytes of the user's mark
_LONGEST = 128
_FORM = re.compile(
    r"1\.([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([0-9]{1,6})\.([\w-]{12})?\.[\w-]{22}",
    re.ASCII,
)


class CookieVisitor(msgspec.Struct, frozen=True):
    """Who a cookie says the visitor is.

    `user` is the mark of the user last identified, "" where none was. `is_stale` says that an older key signed it.
    """

    anonymous_id: str
    day: int
    user: str = ""
    is_stale: bool = False


class VisitorCookie:
    """Makes and reads the cookie `name` with `keys`, newest first, for `days` from its issue.

    Raises UsageError where there is no key, or one is shorter than 16 bytes.
    """

    def __init__(self, name: str, keys: Sequence[str | bytes], days: int = 390) -> None:
        self.name = name
        self.days = days
        self._signer = Signer(keys, "visitor cookie")

    def read(self, value: str, today: int) -> CookieVisitor | None:
        """The visitor in a cookie's value; None where it is forged, damaged, over, or from the future."""
        if len(value) > _LONGEST or (match := _FORM.fullmatch(value)) is None:
            return None
        body, _, signature = value.rpartition(".")
        if (age := self._signer.age(body, signature)) is None:
            return None
        visitor = CookieVisitor(match[1], int(match[2]), match[3] or "", age > 0)
        # A day of grace: the clock of another server may be ahead.
        return visitor if -1 <= today - visitor.day < self.days else None

    def value(self, visitor: CookieVisitor) -> str:
        """The cookie's value for a visitor, signed with the newest key."""
        body = f"{_VERSION}.{visitor.anonymous_id}.{visitor.day}.{visitor.user}"
        return f"{body}.{self._signer.sign(body)}"

    def max_age(self, visitor: CookieVisitor, today: int) -> int:
        """How long the cookie is to live from now, in seconds; visits do not prolong it."""
        return max(0, visitor.day + self.days - today) * 86_400

    def marks_of(self, user_id: str) -> Sequence[str]:
        """The marks of a user: that of the newest key, then those of older keys."""
        return self._signer.signatures(f"user:{user_id}", _USER)
