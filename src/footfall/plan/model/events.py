"""Events and pages, and what becomes of messages that do not keep to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from footfall.plan.model.collecting import Channel
from footfall.plan.model.derived import DerivedProperty
from footfall.plan.model.part import PlanPart
from footfall.plan.model.properties import Property

__all__ = ["Alias", "Deprecation", "Enforcement", "Event", "EventStatus", "Page", "Policy", "Rule", "VolumeExpectation"]

EventStatus = Literal["draft", "active", "deprecated"]
Policy = Literal["raise", "warn", "flag", "keep", "drop", "quarantine"]


class Alias(PlanPart, frozen=True, kw_only=True):
    """An earlier name on the wire, accepted for what is received before the day `until` (ISO date; "" for ever)."""

    name: str
    until: str = ""


class Rule(PlanPart, frozen=True, kw_only=True):
    """A check over several properties of one event: an expression, and a message for when it is false."""

    id: str
    check: str
    message: str = ""


class Deprecation(PlanPart, frozen=True, kw_only=True):
    """Why senders are to stop, and what to send in its place; dates are YYYY-MM-DD, empty where the plan has none."""

    since: str = ""
    reason: str = ""
    replaced_by: str | None = None
    remove_after: str = ""


class VolumeExpectation(PlanPart, frozen=True, kw_only=True):
    """How many of an event to expect per hour, day or week, by the plan's timezone."""

    per: Literal["hour", "day", "week"]
    min: int | None = None
    max: int | None = None


class Enforcement(PlanPart, frozen=True, kw_only=True):
    """What happens on a fault, at one stage (test, client or collector)."""

    unknown_event: Policy
    unknown_property: Policy
    invalid: Policy


class Event(PlanPart, frozen=True, kw_only=True):
    """One event. `wire_name` is its name on the wire; the canonical `name` and the aliases are accepted too.

    `additional` is that of a `Property`, for the object of the event's properties. `consent` has the purposes for which
    a person must agree to it, or one level that counts whatever a person says; without any, it is the plan's first
    purpose. `channel` is the channel of contact where it is not that of the source.
    """

    name: str
    wire_name: str
    description: str = ""
    owner: str = ""
    status: EventStatus = "active"
    purpose: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    channel: Channel | None = None
    aliases: tuple[Alias, ...] = ()
    since: str = ""
    expires: str = ""
    links: tuple[str, ...] = ()
    deprecated: Deprecation | None = None
    properties: tuple[Property, ...] = ()
    derived: tuple[DerivedProperty, ...] = ()
    additional: bool | None = None
    rules: tuple[Rule, ...] = ()
    volume: VolumeExpectation | None = None
    enforcement: Mapping[str, Enforcement] = {}
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Page(PlanPart, frozen=True, kw_only=True):
    """What is known of a page or screen by its name, or of every call of a type: `page`, `screen`, `identify`, `group`.

    Its properties are read by figures, and never checked. `consent` is that of an `Event`.
    """

    name: str
    description: str = ""
    consent: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    x: Mapping[str, Any] = {}
