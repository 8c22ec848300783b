"""Who owns, who sends, who is who, and what is kept of whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.part import PlanPart

__all__ = [
    "Channel",
    "Consent",
    "ConsentLevel",
    "ConsentRule",
    "IdentityKeys",
    "Purpose",
    "Source",
    "Staff",
    "Team",
    "Web",
]

Channel = Literal["web", "shop", "app", "chat", "email", "social", "device", "phone", "store"]
"""Where a person meets the team."""

ConsentLevel = Literal["full", "count_only", "none"]
ConsentRule = Literal["opt_in", "statistics_exempt", "own_rule"]


class Team(PlanPart, frozen=True, kw_only=True):
    """Who can own a part of the plan, and how they are reached; `codeowners` is their name in a CODEOWNERS file."""

    name: str
    contact: str = ""
    slack: str = ""
    codeowners: str = ""
    x: Mapping[str, Any] = {}


class Source(PlanPart, frozen=True, kw_only=True):
    """Who sends, and by which channel of contact.

    A source of kind `device` names its connected product by the property of `identity.device`.
    """

    name: str
    kind: Literal["server", "device", "web", "app", "import"] = "server"
    language: str = ""
    paths: tuple[str, ...] = ()
    min_version: str = ""
    channel: Channel | None = None
    x: Mapping[str, Any] = {}


class IdentityKeys(PlanPart, frozen=True, kw_only=True):
    """Which property names a connected product, and which a group."""

    device: str | None = None
    account: str | None = None


class Purpose(PlanPart, frozen=True, kw_only=True):
    """What people are asked to agree to. `refused` is what is kept of a message of somebody who did not agree."""

    name: str
    description: str = ""
    refused: ConsentLevel = "count_only"
    x: Mapping[str, Any] = {}


class Consent(PlanPart, frozen=True, kw_only=True):
    """What is kept of whom. `rule` is how people are asked; `default` is what is kept of a message that says nothing.

    There is at least one purpose; the first is that of pages and of events that name none.
    """

    rule: ConsentRule
    default: ConsentLevel
    purposes: Mapping[str, Purpose]
    x: Mapping[str, Any] = {}


class Web(PlanPart, frozen=True, kw_only=True):
    """What web capture keeps of a request.

    `query` are the keys of the address whose values are kept, `click_ids` those of advertisers' click ids whose values
    are kept (of the others it is kept that they were there). `full_url` and `full_referrer` keep whole addresses where
    otherwise the route and the referrer's host are kept; `paths` keeps the path as it was asked for, which may have ids
    in it, and names a page by it that has no route. `exclude` are paths of which nothing is kept: each with all below
    it, and `*` is any text.
    """

    query: tuple[str, ...] = ()
    click_ids: tuple[str, ...] = ()
    full_url: bool = False
    full_referrer: bool = False
    paths: bool = False
    exclude: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Staff(PlanPart, frozen=True, kw_only=True):
    """How the team's own people are recognised, whom figures leave out.

    `traits` has for each user trait the values of own people, `email_domains` the domains of their e-mail addresses,
    `networks` addresses or networks (CIDR) that they come from. `signed_link` says whether a link with our signature
    marks a browser.
    """

    traits: Mapping[str, tuple[str | int | bool, ...]] = {}
    email_domains: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    signed_link: bool = False
    x: Mapping[str, Any] = {}
