"""Options: the settings of an integration, frozen."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from footfall.errors import UsageError
from footfall.secret import SecretBytes
from footfall.web.request import WebRequest

__all__ = ["COOKIE_KEYS", "SiteOptions"]

COOKIE_KEYS = "FOOTFALL_COOKIE_KEYS"
_PREFIX = re.compile(r"(?:/[\w.~-]+)+/?", re.ASCII)
_COOKIE_NAME = re.compile(r"[\w-]+", re.ASCII)


class SiteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of an integration.

    `cookie_keys` sign the visitor's cookie: 16 bytes or more each, the newest first; missing, they are read from
    FOOTFALL_COOKIE_KEYS, separated by spaces. `link_keys` sign redirects and pixels; missing, `cookie_keys` do.
    `prefix` is the path below which footfall answers itself. `exclude` are paths that are not counted, each with all
    below it; `*` is any text. `trusted_proxies` are networks whose `X-Forwarded-For` counts. `consent` is the site's
    own rule of consent: from a request to what its visitor stated by purpose. `user` finds the user of the framework's
    request; None leaves that to the integration. `client_hints` asks the browsers of recognised visitors for the
    version of their system and the form of their device. `engagement` counts the marks and beats of pages that have
    them, a beat every `engagement_step` seconds. `geo` is a database in MaxMind's format, by which country and region
    are kept of an address before it is cut. `honours_gpc=False` leaves `Sec-GPC` and `DNT` to the site's own rule.
    `texts` are what the pages of consent say, by language. `secure=False` sends the cookie over plain HTTP too, for
    development. `debug` has each response say whether it was counted.

    Raises UsageError for a prefix that is no path, and for a name that no cookie may have.
    """

    cookie_keys: Sequence[str | bytes] = ()
    link_keys: Sequence[str | bytes] = ()
    cookie_name: str = "ff_id"
    prefix: str = "/footfall"
    exclude: Sequence[str] = ()
    trusted_proxies: Sequence[str] = ()
    consent: Callable[[WebRequest], Mapping[str, bool | None]] | None = None
    user: Callable[[Any], object] | None = None
    client_hints: bool = False
    engagement: bool = False
    engagement_step: int = 15
    geo: str | os.PathLike[str] | None = None
    honours_gpc: bool = True
    texts: Mapping[str, Mapping[str, str]] = {}
    secure: bool = True
    debug: bool = False

    def __post_init__(self) -> None:
        if _PREFIX.fullmatch(self.prefix) is None:
            raise UsageError(f"prefix must be a path below the root, as /footfall, and not {self.prefix!r}")
        if _COOKIE_NAME.fullmatch(self.cookie_name) is None:
            raise UsageError(f"cookie_name must be letters, digits, - and _, and not {self.cookie_name!r}")
        keys = self.cookie_keys or os.environ.get(COOKIE_KEYS, "").split()
        msgspec.structs.force_setattr(self, "cookie_keys", _secrets(keys))
        msgspec.structs.force_setattr(self, "link_keys", _secrets(self.link_keys or keys))


def _secrets(keys: Sequence[str | bytes]) -> Sequence[SecretBytes]:
    return tuple(SecretBytes(key.encode() if isinstance(key, str) else key) for key in keys)
