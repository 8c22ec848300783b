"""Links: signed addresses that count something without a script: a redirect, a ping, a picture.

    links = site.links
    links.redirect("https://partner.example/offer", "partner_link_clicked", {"partner": "acme"})
    links.pixel("newsletter_opened", {"issue": "2026-11"}, user_id="kari")

Each counts one event of the plan, once for each link and reader, however it comes: by the redirect, by the ping of
`<a ping>`, or by both.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from footfall.client.base import BaseClient
from footfall.client.message import Id
from footfall.clock import Clock
from footfall.encoding import encode
from footfall.errors import UsageError
from footfall.events import Receipt
from footfall.identity.given import id_text, plain_text
from footfall.integrations.hit import Hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.web.pages import reason_by_request
from footfall.web.request import WebResponse
from footfall.web.signed_links import SignedLink, SignedLinks
from footfall.web.targets import why_no_target

__all__ = ["LINK_ROUTES", "NEVER_KEPT", "PICTURE", "LinkSite", "Links", "OwnRoute", "path_parts"]

_US = 1_000_000
NEVER_KEPT = (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"))
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # 1 × 1, transparent
PICTURE = OwnResponse(200, (("Content-Type", "image/gif"), *NEVER_KEPT), _PIXEL)
"""What is shown whatever comes of the request: a broken picture would be visible."""

_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)


class Links:
    """Makes a site's signed addresses, and knows its own.

    `prefix` is the path below which they are. An address begins with the site's root; for a mail put the site's own
    `https://…` before it.
    """

    def __init__(self, client: BaseClient, keys: Sequence[str | bytes], prefix: str) -> None:
        self._client = client
        self._clock: Clock = client.clock
        self.prefix = prefix
        self._signed = {name: SignedLinks(keys, name) for name in ("beats", "mark", "pixel", "redirect")}

    def redirect(
        self,
        target: str,
        event: str,
        properties: Mapping[str, Any] | None = None,
        *,
        user_id: Id | None = None,
        lasts: timedelta = _YEAR,
    ) -> str:
        """The address that counts `event` and leads on to `target`; by `ping_of` the one for `<a ping>`.

        Raises UsageError for a target that an address of the web is not, or that could be taken for another: one with
        a user's name, control characters, two layers of percent-encoding, or no scheme.
        """
        if (why := why_no_target(target)) is not None:
            raise UsageError(f"the target {why}; a redirect leads to an absolute https:// or http:// address")
        return self._address("redirect", event, properties, user_id, lasts, target)

    def ping_of(self, address: str) -> str:
        """The address for the `ping` attribute of a link to an address that `redirect` made: a click counts once."""
        return address.replace(f"{self.prefix}/redirect/", f"{self.prefix}/ping/", 1)

    def pixel(
        self,
        event: str,
        properties: Mapping[str, Any] | None = None,
        *,
        user_id: Id | None = None,
        lasts: timedelta = _YEAR,
    ) -> str:
        """The address of a picture of one transparent pixel that counts `event` when it is loaded."""
        return self._address("pixel", event, properties, user_id, lasts, "")

    def signed(self, use: str, event: str, properties: Mapping[str, Any] | None = None) -> str:
        """A signed text that counts `event`, for a `use` that has its own keys; the caller makes its address.

        Raises UsageError for properties that JSON cannot say.
        """
        return self._text(use, event, properties, None, _DAY, "")

    def _address(
        self,
        name: str,
        event: str,
        properties: Mapping[str, Any] | None,
        user_id: Id | None,
        lasts: timedelta,
        target: str,
    ) -> str:
        return f"{self.prefix}/{name}/{self._text(name, event, properties, user_id, lasts, target)}"

    def _text(
        self,
        use: str,
        event: str,
        properties: Mapping[str, Any] | None,
        user_id: Id | None,
        lasts: timedelta,
        target: str,
    ) -> str:
        text, faults = encode({} if properties is None else properties)
        if text is None or faults:
            raise UsageError(f"the properties of {event} cannot be in a link: {'; '.join(map(str, faults))}")
        expires_at = self._clock.now_us() // _US + int(lasts.total_seconds())
        link = SignedLink(
            self._clock.new_id(), plain_text(event) or "", expires_at, plain_text(target) or "", msgspec.Raw(text),
            plain_text(id_text(user_id)) or "",
        )  # fmt: skip
        return self._signed[use].text(link)

    def read(self, text: str, use: str) -> SignedLink | None:
        """The link in a text; None where it is forged, damaged or over, which is counted."""
        link = self._signed[use].read(text)
        if link is None or link.expires_at < self._clock.now_us() // _US:
            self._client.leave_uncounted("forged_link" if link is None else "expired_link")
            return None
        return link

    def count(
        self, hit: Hit, link: SignedLink, use: str, more: Mapping[str, Any] | None = None, part: str = ""
    ) -> Receipt | None:
        """Count what a link says, once for each reader of it; None for a prefetch, which is counted as one.

        `more` are further properties, and `part` says which of several things of one link this is.
        """
        visit = hit.visit
        if visit is None:
            return None
        if reason_by_request(visit.request) == "prefetch":
            self._client.leave_uncounted("prefetch")
            return None
        # A page that a cache keeps has one link for all of its readers. A new visitor has an id for each of two
        # requests that come together, so these are told by what both say.
        request, recognition = visit.request, visit.recognition
        visitor = None if recognition.is_new else recognition.visitor
        reader = f"{request.headers.get('user-agent')} {request.peer}" if visitor is None else visitor.anonymous_id
        # The id of the link itself would connect a click that may only be counted with all others of that link.
        kind = "click" if use == "redirect" else "link"  # a picture shows that a page was rendered, a click does not
        message_id = f"{kind}-{self._signed[use].digest(link, reader + part)}{part}"
        # An amount keeps its digits.
        properties = {**json.loads(bytes(link.properties), parse_float=Decimal), **(more or {})}
        if link.user_id:
            # Without the visitor's id: whoever the mail was passed on to has another browser, and is somebody else.
            return self._client.track(
                link.event, properties, user_id=link.user_id, message_id=message_id, context=visit.context
            )
        with hit.scope():
            return self._client.track(link.event, properties, message_id=message_id)


class LinkSite(Protocol):
    """What a path of our own asks of its site."""

    links: Links
    options: SiteOptions

    def depart(self, hit: Hit, response: WebResponse) -> Sequence[tuple[str, str]]:
        """The headers to add to a response. Never raises."""
        ...


OwnRoute = Callable[[LinkSite, Hit], OwnResponse | None]
"""Answers a hit on one of our paths; None leaves it to the application."""


def _redirect(site: LinkSite, hit: Hit) -> OwnResponse:
    """303 to the target; the visitor gets their cookie as on a page, if they may."""
    link = site.links.read(path_parts(hit)[-1], "redirect")
    if link is None or why_no_target(link.target) is not None:
        return _NOT_VALID
    if _method(hit) == "GET":
        site.links.count(hit, link, "redirect")
    headers = (("Location", link.target), ("Referrer-Policy", "strict-origin-when-cross-origin"), *NEVER_KEPT)
    response = WebResponse(status=303, headers={name.lower(): value for name, value in headers})
    return OwnResponse(303, (*headers, *site.depart(hit, response)))


def _ping(site: LinkSite, hit: Hit) -> OwnResponse:
    link = site.links.read(path_parts(hit)[-1], "redirect")
    if link is None:
        return _NOT_VALID
    if _method(hit) == "POST":
        site.links.count(hit, link, "redirect")
    return OwnResponse(204, NEVER_KEPT)


def _pixel(site: LinkSite, hit: Hit) -> OwnResponse:
    link = site.links.read(path_parts(hit)[-1], "pixel")
    if link is not None and _method(hit) == "GET":
        site.links.count(hit, link, "pixel")
    return PICTURE


def path_parts(hit: Hit) -> list[str]:
    """The parts of the path of a hit; the last is a link's text, or says which beat of it this is."""
    return ("" if hit.visit is None else hit.visit.request.path).split("/")


def _method(hit: Hit) -> str:
    return "" if hit.visit is None else hit.visit.request.method


_NOT_VALID = OwnResponse(
    404, (("Content-Type", "text/plain; charset=utf-8"), *NEVER_KEPT), b"This link is not valid.\n"
)

LINK_ROUTES: Mapping[str, OwnRoute] = {"ping": _ping, "pixel": _pixel, "redirect": _redirect}
"""By the first name below the prefix."""
