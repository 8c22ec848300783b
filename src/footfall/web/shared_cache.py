"""Shared cache: whether a cookie may go with a response, by what the response says to caches (RFC 9111).

A cache between the site and its visitors may keep a response for others, with the cookie in it. So a cookie goes only
with a response that such a cache may not keep; where the response says nothing of it, we say `private`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

__all__ = ["CookieRule", "cookie_rule"]

CookieRule = Literal["as_it_is", "make_private", "no_cookie"]

# Fields that speak to a content delivery network alone.
_OF_NETWORKS = frozenset({"surrogate-control", "edge-control", "x-accel-expires"})
# What says that a shared cache is welcome to the response.
_INVITES = frozenset({"public", "s-maxage", "immutable", "must-understand", "proxy-revalidate",
                      "stale-while-revalidate", "stale-if-error"})  # fmt: skip


def cookie_rule(headers: Mapping[str, str]) -> CookieRule:
    """Whether a cookie may go with a response of these headers: as it is, after `private` was added, or not at all."""
    if _speaks_to_networks(tuple(headers)):
        return "no_cookie"
    text = headers.get("cache-control")
    if text is None and "expires" not in headers:
        return "make_private"
    directives = {} if text is None else _directives(text)
    if "no-store" in directives or directives.get("private") == "":
        return "as_it_is"
    if _INVITES & directives.keys() or directives.get("max-age", "0") != "0":
        return "no_cookie"
    return "no_cookie" if "max-age" not in directives and _lasts(headers) else "make_private"


@lru_cache(maxsize=256)
def _speaks_to_networks(names: tuple[str, ...]) -> bool:
    """Whether one of a response's headers is for networks; RFC 9213 has each name its own `…-Cache-Control`."""
    return any(name in _OF_NETWORKS or name.endswith("-cache-control") for name in names)


def _directives(text: str) -> dict[str, str]:
    pairs = (part.strip().lower().partition("=") for part in text.split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if name}


def _lasts(headers: Mapping[str, str]) -> bool:
    """Whether `Expires` gives the response a life; `0`, and the time of the response itself, give it none."""
    expires = headers.get("expires", "0").strip()
    return expires not in ("0", "-1", "") and expires != headers.get("date", "").strip()
