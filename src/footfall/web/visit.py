"""Visit: what is known of one hit when it arrives, and the context of every message inside of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.web.language import locale_of
from footfall.web.proxies import cut_address
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules
from footfall.web.visitor_cookie import CookieVisitor

__all__ = ["Visit"]


class Visit(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One hit as it arrived.

    `reason` says why it cannot become a page view, None where it can. `visitor` is who the cookie says, or a new one
    where `is_new`; None where nobody may be recognised: a refusal, no consent yet, a bot. `statement` is the visitor's,
    by purpose; `choice` is what they chose during this hit. `arrived_us` is in microseconds since 1970-01-01 UTC.
    """

    request: WebRequest
    rules: WebRules
    arrived_us: int
    reason: str | None
    visitor: CookieVisitor | None
    is_new: bool
    is_forged: bool
    is_embedded: bool
    statement: Mapping[str, bool]
    choice: Mapping[str, bool] | None = None

    @property
    def anonymous_id(self) -> str | None:
        """The visitor's id, for messages."""
        return None if self.visitor is None else self.visitor.anonymous_id

    def context(self) -> dict[str, Any]:
        """The context of every message inside of this hit; a new dict each time."""
        request = self.request
        headers = request.headers
        context: dict[str, Any] = {
            "page": self.page(None),
            "consent": {"categoryPreferences": dict(self.statement)},
        }
        if user_agent := headers.get("user-agent"):
            context["userAgent"] = user_agent[:1_024]
        if (locale := locale_of(headers.get("accept-language", ""))) is not None:
            context["locale"] = locale
        if (address := cut_address(request.peer)) is not None:
            context["ip"] = address
        if self.is_embedded:
            context["embedded"] = True
        return context

    def page(self, route: str | None) -> dict[str, str]:
        """`path`, and what else is known of the page, in Segment's names."""
        page = {}
        path = self.request.path if self.rules.full_paths else route
        if path is not None:
            page["path"] = path[:2_048]
        if referrer := self.request.headers.get("referer"):
            page["referrer"] = referrer.partition("?")[0][:2_048]
        return page
