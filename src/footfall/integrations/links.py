"""Links: signed addresses that count something without a script: a redirect, a ping, a picture.

    links = site.links
    links.redirect("https://partner.example/offer", "partner_link_clicked", {"partner": "acme"})
    links.pixel("newsletter_opened", {"issue": "2026-11"}, user_id="kari")

Each counts one event of the plan, once for each link that was made, however it comes: by the redirect, by the ping of
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
from footfall.integrations.own_response import OwnResponse
from footfall.web.pages import reason_by_request
from footfall.web.request import WebResponse
from footfall.web.signed_links import SignedLink, SignedLinks
from footfall.web.targets import why_no_target

__all__ = ["LINK_ROUTES", "LinkSite", "Links", "OwnRoute"]

_US = 1_000_000
_NEVER_KEPT = (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"))
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # 1 × 1, transparent
_YEAR = timedelta(days=365)


class Links:
    """Makes a site's signed addresses, and knows its own.

    `prefix` is the path below which they are. An address begins with the site's root; for a mail put the site's own
    `https://…` before it.
    """

    def __init__(self, client: BaseClient, keys: Sequence[str | bytes], prefix: str) -> None:
        self._client = client
        self._clock: Clock = client.clock
        self._prefix = prefix
        self._signed = {name: SignedLinks(keys, name) for name in ("redirect", "pixel")}

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
        return address.replace(f"{self._prefix}/redirect/", f"{self._prefix}/ping/", 1)

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

    def _address(
        self,
        name: str,
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
        return f"{self._prefix}/{name}/{self._signed[name].text(link)}"

    def read(self, hit: Hit, use: str) -> SignedLink | None:
        """The link that a hit asks for; None where it is forged, damaged or over, which is counted."""
        path = "" if hit.visit is None else hit.visit.request.path
        link = self._signed[use].read(path.rpartition("/")[2])
        if link is None or link.expires_at < self._clock.now_us() // _US:
            self._client.leave_uncounted("forged_link" if link is None else "expired_link")
            return None
        return link

    def count(self, hit: Hit, link: SignedLink) -> Receipt | None:
        """Count what a link says, once for each link; None for a prefetch, which is counted as one."""
        if hit.visit is not None and reason_by_request(hit.visit.request) == "prefetch":
            self._client.leave_uncounted("prefetch")
            return None
        with hit.scope():
            # An amount keeps its digits.
            properties = json.loads(bytes(link.properties), parse_float=Decimal)
            return self._client.track(
                link.event, properties, user_id=link.user_id or None, message_id=f"link-{link.id}"
            )


class LinkSite(Protocol):
    """What a path of our own asks of its site."""

    links: Links

    def depart(self, hit: Hit, response: WebResponse) -> Sequence[tuple[str, str]]:
        """The headers to add to a response. Never raises."""
        ...


OwnRoute = Callable[[LinkSite, Hit], OwnResponse | None]
"""Answers a hit on one of our paths; None leaves it to the application."""


def _redirect(site: LinkSite, hit: Hit) -> OwnResponse:
    """303 to the target; the visitor gets their cookie as on a page, if they may."""
    link = site.links.read(hit, "redirect")
    if link is None or why_no_target(link.target) is not None:
        return _NOT_VALID
    if _method(hit) == "GET":
        site.links.count(hit, link)
    headers = (("Location", link.target), ("Referrer-Policy", "strict-origin-when-cross-origin"), *_NEVER_KEPT)
    response = WebResponse(status=303, headers={name.lower(): value for name, value in headers})
    return OwnResponse(303, (*headers, *site.depart(hit, response)))


def _ping(site: LinkSite, hit: Hit) -> OwnResponse:
    link = site.links.read(hit, "redirect")
    if link is None:
        return _NOT_VALID
    if _method(hit) == "POST":
        site.links.count(hit, link)
    return OwnResponse(204, _NEVER_KEPT)


def _pixel(site: LinkSite, hit: Hit) -> OwnResponse:
    """The picture, whatever comes of it: a broken one would be visible."""
    link = site.links.read(hit, "pixel")
    if link is not None and _method(hit) == "GET":
        site.links.count(hit, link)
    return OwnResponse(200, (("Content-Type", "image/gif"), *_NEVER_KEPT), _PIXEL)


def _method(hit: Hit) -> str:
    return "" if hit.visit is None else hit.visit.request.method


_NOT_VALID = OwnResponse(
    404, (("Content-Type", "text/plain; charset=utf-8"), *_NEVER_KEPT), b"This link is not valid.\n"
)

LINK_ROUTES: Mapping[str, OwnRoute] = {"ping": _ping, "pixel": _pixel, "redirect": _redirect}
"""By the first name below the prefix."""
