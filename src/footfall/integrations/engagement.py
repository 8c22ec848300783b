"""Engagement: what a person looks at and for how long, without a script; where the site and the person agree to it.

    engagement = site.engagement
    engagement.beats("page_engaged", {"page": "offer"})      # into the page: each beat adds its seconds
    engagement.mark("prices_seen", {"place": "footer"})      # where it stands: counts when it comes into view

Both are HTML for a template: a link to a stylesheet of footfall's own, so a Content-Security-Policy needs no more than
`style-src 'self'; img-src 'self'`. Only of visitors with our cookie anything is counted, and of none whose browser says
GPC or DNT, whatever the site's other settings.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from footfall.errors import UsageError
from footfall.integrations.hit import Hit
from footfall.integrations.links import NEVER_KEPT, PICTURE, Links, LinkSite, OwnRoute, path_parts
from footfall.integrations.own_response import OwnResponse
from footfall.web.consent_signals import gpc_refuses
from footfall.web.stylesheets import BEATS, beats_style, mark_style

__all__ = ["ENGAGEMENT_ROUTES", "Engagement", "Html", "check_step"]

_NUMBERS = frozenset(map(str, range(1, BEATS + 1)))
_NAME = 22  # letters of a signature: enough to tell two marks of a page apart


class Html(str):
    """Text that is HTML already, for templates of Django and Jinja."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Engagement:
    """Makes the HTML of marks and beats; it is empty where the site has not switched `engagement` on."""

    def __init__(self, links: Links, *, is_on: bool) -> None:
        self._links = links
        self._is_on = is_on

    def mark(self, event: str, properties: Mapping[str, Any] | None = None) -> Html:
        """What counts `event` when this place of the page comes into view, once for each page and reader.

        Raises UsageError for properties that JSON cannot say.
        """
        text = self._links.signed("mark", event, properties)
        return self._html(
            f'{_link(self._links, "mark", text)}<i class="footfall-{_name(text)}" aria-hidden="true"></i>'
        )

    def beats(self, event: str, properties: Mapping[str, Any] | None = None) -> Html:
        """What counts `event` every 15 seconds that the page is visible, up to 20 times, with `seconds: 15`.

        Their sum is the engaged time. A page that comes back into view may count up to one beat too early. Raises
        UsageError for properties that JSON cannot say.
        """
        return self._html(_link(self._links, "beats", self._links.signed("beats", event, properties)))

    def _html(self, text: str) -> Html:
        return Html(text if self._is_on else "")


def _link(links: Links, use: str, text: str) -> str:
    return f'<link rel="stylesheet" href="{html.escape(links.prefix)}/style-{use}/{text}">'


def _name(text: str) -> str:
    """A name for the class of a link's element: its signature."""
    return text[-_NAME:]


def _may_count(site: LinkSite, hit: Hit) -> bool:
    """Whether the visitor is one whose engagement may be counted; if not, that is counted."""
    visit = hit.visit
    if site.options.engagement and visit is not None:
        recognition = visit.recognition
        if recognition.visitor is not None and not recognition.is_new and not gpc_refuses(visit.request):
            return True
    hit.site.client.leave_uncounted("engagement")
    return False


def _style(use: str) -> OwnRoute:
    def route(site: LinkSite, hit: Hit) -> OwnResponse:
        text = path_parts(hit)[-1]
        style = ""
        if site.links.read(text, use) is not None and _may_count(site, hit):
            address = f"{site.links.prefix}/{use}/{text}"
            step = site.options.engagement_step
            style = mark_style(_name(text), address) if use == "mark" else beats_style(_name(text), address, step)
        return OwnResponse(200, (("Content-Type", "text/css; charset=utf-8"), *NEVER_KEPT), style.encode())

    return route


def _mark(site: LinkSite, hit: Hit) -> OwnResponse:
    if (link := site.links.read(path_parts(hit)[-1], "mark")) is not None and _may_count(site, hit):
        site.links.count(hit, link, "mark")
    return PICTURE


def _beat(site: LinkSite, hit: Hit) -> OwnResponse:
    *_, text, number = ("", *path_parts(hit))
    if (link := site.links.read(text, "beats")) is not None and number in _NUMBERS and _may_count(site, hit):
        site.links.count(hit, link, "beats", {"seconds": site.options.engagement_step}, f"-{number}")
    return PICTURE


ENGAGEMENT_ROUTES: Mapping[str, OwnRoute] = {
    "beats": _beat,
    "mark": _mark,
    "style-beats": _style("beats"),
    "style-mark": _style("mark"),
}
"""By the first name below the prefix."""


def check_step(step: object) -> None:
    """Raises UsageError for a step that is no whole number of seconds, or shorter than five: that watches people."""
    if type(step) is not int or not 5 <= step <= 300:
        raise UsageError("engagement_step must be a whole number of seconds, from 5 to 300")
