"""Tags for Django's templates: `{% load footfall %}`, then addresses that count an event of the plan.

{% footfall_redirect "https://partner.example/" "partner_link_clicked" partner="acme" %}
{% footfall_ping address %}
{% footfall_pixel "page_rendered" page="offer" %}
{% footfall_beats "page_engaged" page="offer" %}
{% footfall_mark "prices_seen" %}
"""

from __future__ import annotations

from typing import Any

from django import template

from footfall.integrations.django.settings import current_site

__all__ = ["register"]

register = template.Library()


def footfall_redirect(target: str, event: str, **properties: Any) -> str:
    """The address that counts `event` and leads on to `target`. See Links.redirect."""
    return current_site().links.redirect(target, event, properties)


def footfall_ping(address: str) -> str:
    """The address for `<a ping>` of one that `footfall_redirect` made."""
    return current_site().links.ping_of(address)


def footfall_pixel(event: str, **properties: Any) -> str:
    """The address of a picture that counts `event`. See Links.pixel."""
    return current_site().links.pixel(event, properties)


def footfall_beats(event: str, **properties: Any) -> str:
    """HTML that counts `event` every 15 seconds that the page is visible. See Engagement.beats."""
    return current_site().engagement.beats(event, properties)


def footfall_mark(event: str, **properties: Any) -> str:
    """HTML that counts `event` when it comes into view. See Engagement.mark."""
    return current_site().engagement.mark(event, properties)


for _tag in (footfall_beats, footfall_mark, footfall_ping, footfall_pixel, footfall_redirect):
    register.simple_tag(_tag)
