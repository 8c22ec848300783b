"""Rules: what a site's settings and its plan say about its hits, in the form in which hits are judged by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from footfall.web.request import WebRequest
from footfall.web.visitor_cookie import VisitorCookie

__all__ = ["ConsentRules", "Level", "WebRules"]

Level = Literal["full", "count_only", "none"]


class ConsentRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan's `consent:` says to a web integration.

    `purposes` are the names of the purposes, that of page views first. `page_level` says what is kept of a page view by
    what the visitor stated.
    """

    rule: Literal["opt_in", "statistics_exempt", "own_rule"]
    purposes: Sequence[str]
    page_level: Callable[[Mapping[str, bool | None]], Level]
    own_rule: Callable[[WebRequest], Mapping[str, bool | None]] | None = None


class WebRules(msgspec.Struct, frozen=True, kw_only=True):
    """All that the decisions about a hit depend on, besides the hit.

    `prefix` is the path below which footfall answers itself. `exclude` are beginnings of paths, or patterns with `*`,
    that are not counted. `query_keys` are the keys of the query that may be kept, `click_ids` those of click ids whose
    values may. `paths`, `full_url` and `full_referrer` let these be kept, where otherwise the route and the referrer's
    host are. `client_hints` asks recognised visitors' browsers for more than their agent says. `locate` finds what a
    database says of an address.
    """

    consent: ConsentRules
    cookie: VisitorCookie
    prefix: str = "/footfall"
    exclude: Sequence[str] = ()
    query_keys: frozenset[str] = frozenset()
    click_ids: frozenset[str] = frozenset()
    paths: bool = False
    full_url: bool = False
    full_referrer: bool = False
    consent_cookie: str = "ff_consent"
    client_hints: bool = False
    locate: Callable[[str], object] | None = None
    honours_gpc: bool = True
    secure: bool = True
    debug: bool = False
