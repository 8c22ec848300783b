"""Rules: what a site's settings and its plan say about its hits, in the form in which hits are judged by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from footfall.plan.consent import ConsentRules
from footfall.plan.model import Web
from footfall.web.choice_texts import ChoiceTexts
from footfall.web.request import WebRequest
from footfall.web.staff import StaffMarks
from footfall.web.visitor_cookie import VisitorCookie

__all__ = ["WebRules"]


class WebRules(msgspec.Struct, frozen=True, kw_only=True):
    """All that the decisions about a hit depend on, besides the hit.

    `consent` and `web` are the plan's, `purposes` the names of its purposes, that of page views first. `own_rule` says
    what the visitor of a request stated, where the site asks in its own way. `prefix` is the path below which footfall
    answers itself. `exclude` are more paths of which nothing is kept, as in `web`. `client_hints` asks
    recognised visitors' browsers for more than their agent says. `locate` finds country and region of an address.
    `texts` are what the pages say on which visitors choose.
    """

    consent: ConsentRules
    purposes: tuple[str, ...]
    cookie: VisitorCookie
    staff: StaffMarks
    web: Web = Web()
    own_rule: Callable[[WebRequest], Mapping[str, bool | None]] | None = None
    prefix: str = "/footfall"
    exclude: Sequence[str] = ()
    consent_cookie: str = "ff_consent"
    client_hints: bool = False
    locate: Callable[[str], Mapping[str, str] | None] | None = None
    honours_gpc: bool = True
    texts: ChoiceTexts = ChoiceTexts()
    secure: bool = True
    debug: bool = False
