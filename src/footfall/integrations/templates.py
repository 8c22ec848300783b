"""Templates: what a page counts besides its view, for templates of Jinja; Django has the same as tags.

    environment.globals["footfall"] = Templates()

    <a href="{{ footfall.link('https://partner.example/', 'partner_link_clicked', partner='acme') }}">Acme</a>
    {{ footfall.pixel("page_rendered", page="offer") }}
    {{ footfall.stylesheet("page_engaged", page="offer") }}
    {{ footfall.mark("prices_seen", place="footer") }}

Each names an event of the plan, and its properties. A picture and a stylesheet are HTML, a link is an address.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, Protocol, cast

from footfall.errors import UsageError
from footfall.integrations.engagement import Engagement, Html
from footfall.integrations.hit import current_hit
from footfall.integrations.links import Links

__all__ = ["TEMPLATE_NAMES", "TemplateSite", "Templates", "site_of_request"]

TEMPLATE_NAMES = ("link", "mark", "ping", "pixel", "stylesheet")
"""What templates may call."""


class TemplateSite(Protocol):
    """What templates ask of their site."""

    links: Links
    engagement: Engagement


def site_of_request() -> TemplateSite:
    """The site of the request that is being answered. Raises UsageError outside of one."""
    hit = current_hit()
    if hit is None:
        raise UsageError("a template that footfall fills needs a request, or a site: Templates(lambda: site)")
    return cast("TemplateSite", hit.site)


class Templates:
    """What templates call; `find_site` gives their site. Each call raises UsageError for properties JSON cannot say."""

    def __init__(self, find_site: Callable[[], TemplateSite] = site_of_request) -> None:
        self._find_site = find_site

    def link(self, target: str, event: str, /, **properties: Any) -> str:
        """The address that counts `event` and leads on to `target`. See Links.redirect."""
        return self._find_site().links.redirect(target, event, properties)

    def ping(self, address: str, /) -> str:
        """The address for `<a ping>` of one that `link` made: a click counts once."""
        return self._find_site().links.ping_of(address)

    def pixel(self, event: str, /, **properties: Any) -> Html:
        """A picture that nobody sees and that counts `event` when it is loaded. See Links.pixel."""
        address = html.escape(self._find_site().links.pixel(event, properties))
        return Html(f'<img src="{address}" alt="" width="1" height="1">')

    def mark(self, event: str, /, **properties: Any) -> Html:
        """What counts `event` when this place of the page comes into view. See Engagement.mark."""
        return self._find_site().engagement.mark(event, properties)

    def stylesheet(self, event: str, /, **properties: Any) -> Html:
        """What counts `event` every 15 seconds that the page is visible. See Engagement.beats."""
        return self._find_site().engagement.beats(event, properties)
