"""The parts of a message's `context` that a plan can name: `context.page.path`, each with its type.

It is the one table of them: names are checked by it, values are read by it, and the documentation lists it. They are
Segment's names where Segment has one, and what our web integrations send. What else a context has is kept, and can be
asked in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from footfall.plan.model import Property, PropertyType

__all__ = ["CONTEXT", "CONTEXT_FIELDS"]

CONTEXT_FIELDS: Final[Mapping[str, tuple[PropertyType, str]]] = {
    "page.path": ("string", "The path of the page."),
    "page.url": ("string", "Its whole address."),
    "page.title": ("string", "Its title."),
    "page.name": ("string", "Its name, where a sender gives one."),
    "page.referrer": ("string", "The address that led to it, or the site."),
    "page.search": ("string", "The query of its address."),
    "campaign.source": ("string", "utm_source"),
    "campaign.medium": ("string", "utm_medium"),
    "campaign.name": ("string", "utm_campaign"),
    "campaign.term": ("string", "utm_term"),
    "campaign.content": ("string", "utm_content"),
    "campaign.id": ("string", "utm_id"),
    "origin.type": ("string", "How the visitor came: direct, search, social, campaign, …"),
    "origin.name": ("string", "The site or campaign that the visitor came from."),
    "referrer.type": ("string", "The type of a referring site, as origin.type."),
    "referrer.name": ("string", "The name of a referring site."),
    "referrer.host": ("string", "The host of a referring site."),
    "app.name": ("string", "The application that sends."),
    "app.version": ("string", "Its release."),
    "app.build": ("string", "Its build."),
    "app.namespace": ("string", "Its identifier, such as com.example.shop."),
    "library.name": ("string", "The client library."),
    "library.version": ("string", "Its version."),
    "device.id": ("string", "The device, as its sender calls it."),
    "device.type": ("string", "ios, android, desktop, …"),
    "device.name": ("string", "Its name."),
    "device.model": ("string", "Its model."),
    "device.manufacturer": ("string", "Who made it."),
    "os.name": ("string", "The operating system."),
    "os.version": ("string", "Its version."),
    "browser.name": ("string", "The browser's family."),
    "browser.version": ("string", "Its version."),
    "browser.os": ("string", "The system that the browser runs on."),
    "browser.device": ("string", "desktop, phone, tablet, …"),
    "network.carrier": ("string", "The mobile carrier."),
    "network.wifi": ("boolean", "Whether it was sent by Wi-Fi."),
    "location.country": ("string", "The country, by the network's address."),
    "location.region": ("string", "The region."),
    "location.city": ("string", "The city."),
    "locale": ("string", "The language, as nb-NO."),
    "timezone": ("string", "The sender's time zone."),
    "returned": ("boolean", "True for a visitor who was here before."),
    "embedded": ("boolean", "True for a page inside of another site."),
}
"""By its name below `context`: the type of a field, and what it is."""


def _tree(fields: Mapping[str, tuple[PropertyType, str]]) -> Iterator[Property]:
    tops = dict.fromkeys(name.partition(".")[0] for name in fields)
    for top in tops:
        if top in fields:
            type_, about = fields[top]
            yield Property(name=top, wire_name=top, type=type_, description=about)
        else:
            inner = {name.partition(".")[2]: field for name, field in fields.items() if name.startswith(f"{top}.")}
            yield Property(name=top, wire_name=top, type="object", properties=tuple(_tree(inner)))


CONTEXT: Final = Property(name="context", wire_name="context", type="object", properties=tuple(_tree(CONTEXT_FIELDS)))
"""The same as a property, an object of objects."""
