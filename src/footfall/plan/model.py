"""The tracking plan as data: loaded, resolved, frozen, without file positions, the same from YAML or bundle.

`use`, `include` and `defaults` are already resolved here: every property is complete where it is used. Durations are
whole seconds. Bounds are Decimal whatever the type, so that they are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

__all__ = [
    "ANY_EVENT",
    "NUMERIC",
    "PATTERN_MAX_LENGTH",
    "TRAITS_OF",
    "Aggregate",
    "Alias",
    "Branch",
    "Consent",
    "ConsentLevel",
    "ConsentRule",
    "Conversion",
    "Count",
    "Deprecation",
    "Enforcement",
    "Event",
    "EventFilter",
    "EventStatus",
    "Goal",
    "Guard",
    "IdentityKeys",
    "Journey",
    "Kpi",
    "LintLevel",
    "Measure",
    "Page",
    "Plan",
    "Policy",
    "Property",
    "PropertyType",
    "Purpose",
    "Ratio",
    "Rule",
    "ScalarType",
    "Source",
    "Staff",
    "Step",
    "Target",
    "Team",
    "TraitKind",
    "Transform",
    "Unique",
    "VolumeExpectation",
    "Web",
    "Where",
]  # fmt: skip

PropertyType = Literal[
    "string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid", "object", "array", "map", "any",
    "union",
]  # fmt: skip
ScalarType = Literal["string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid"]
Transform = Literal["hash", "drop", "truncate", "mask"]
EventStatus = Literal["draft", "active", "deprecated"]
LintLevel = Literal["error", "warning", "off"]
Policy = Literal["raise", "warn", "flag", "keep", "drop", "quarantine"]
TraitKind = Literal["user", "account"]
ConsentLevel = Literal["full", "count_only", "none"]
ConsentRule = Literal["opt_in", "statistics_exempt", "own_rule"]

NUMERIC: Final = frozenset[PropertyType]({"integer", "number", "decimal"})
"""The types whose values are numbers."""

ANY_EVENT: Final = "*"
"""The event of a filter that every message passes."""

PATTERN_MAX_LENGTH: Final = 1_024
"""The most characters of a string with a `pattern` and no `max_length`."""

TRAITS_OF: Mapping[str, TraitKind] = {"group": "account", "identify": "user"}
"""Which traits of the plan those of a message of each type are."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a plan. `x` has its `x_*` keys, as written."""


class Property(_Part, frozen=True, kw_only=True):
    """One property of an event, one trait, one item of an array, or one value of a map.

    `name` is the plan's name, `wire_name` the key in the JSON ("" for items and values, which have none).
    `min`/`max` bound numbers, `min_length`/`max_length` strings (in code points), `min_items`/`max_items` arrays and
    maps. A string with a `pattern` has a `max_length`, `PATTERN_MAX_LENGTH` unless another is given: no value is then
    long enough to keep the pattern busy. `scale` is the most decimals a decimal may have. `currency` is the name of the
    property beside it that says in which currency an amount is, or an ISO 4217 code. An `open` enum only warns about
    new values. A value of the type `union` is of one of `types`, no two of which share a value: each
    constraint applies to values of the types that it belongs to. `additional` says whether an object may have keys that
    `properties` does not name; None leaves that to the enforcement of unknown properties.
    """

    name: str = ""
    wire_name: str = ""
    type: PropertyType
    types: tuple[ScalarType, ...] = ()
    description: str = ""
    required: bool = False
    nullable: bool = False
    enum: tuple[str | int, ...] = ()
    open: bool = False
    pattern: str | None = None
    format: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    scale: int | None = None
    unit: str | None = None
    currency: str | None = None
    examples: tuple[Any, ...] = ()
    sensitivity: str | None = None
    transform: Transform | None = None
    retention: int | None = None
    items: Property | None = None
    values: Property | None = None
    properties: tuple[Property, ...] = ()
    additional: bool | None = None
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}

    def __post_init__(self) -> None:
        if self.pattern is not None and self.max_length is None:
            msgspec.structs.force_setattr(self, "max_length", PATTERN_MAX_LENGTH)


class Alias(_Part, frozen=True, kw_only=True):
    """An earlier name on the wire, accepted for what is received before the day `until` (ISO date; "" for ever)."""

    name: str
    until: str = ""


class Rule(_Part, frozen=True, kw_only=True):
    """A check over several properties of one event: an expression, and a message for when it is false."""

    id: str
    check: str
    message: str = ""


class Deprecation(_Part, frozen=True, kw_only=True):
    """Why senders are to stop, and what to send in its place; dates are YYYY-MM-DD, empty where the plan has none."""

    since: str = ""
    reason: str = ""
    replaced_by: str | None = None
    remove_after: str = ""


class VolumeExpectation(_Part, frozen=True, kw_only=True):
    """How many of an event to expect per hour, day or week, by the plan's timezone."""

    per: Literal["hour", "day", "week"]
    min: int | None = None
    max: int | None = None


class Enforcement(_Part, frozen=True, kw_only=True):
    """What happens on a fault, at one stage (test, client or collector)."""

    unknown_event: Policy
    unknown_property: Policy
    invalid: Policy


class Event(_Part, frozen=True, kw_only=True):
    """One event. `wire_name` is its name on the wire; the canonical `name` and the aliases are accepted too.

    `additional` is that of a `Property`, for the object of the event's properties. `consent` has the purposes for which
    a person must agree to it, or one level that counts whatever a person says; without any, it is the plan's first
    purpose.
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
    aliases: tuple[Alias, ...] = ()
    since: str = ""
    expires: str = ""
    links: tuple[str, ...] = ()
    deprecated: Deprecation | None = None
    properties: tuple[Property, ...] = ()
    additional: bool | None = None
    rules: tuple[Rule, ...] = ()
    volume: VolumeExpectation | None = None
    enforcement: Mapping[str, Enforcement] = {}
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Page(_Part, frozen=True, kw_only=True):
    """What is known of a page or screen by its name, or of every call of a type: `page`, `screen`, `identify`, `group`.

    Its properties are read by figures, and never checked. `consent` is that of an `Event`.
    """

    name: str
    description: str = ""
    consent: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    x: Mapping[str, Any] = {}


class Where(_Part, frozen=True, kw_only=True):
    """A condition on one property of an event: `op` against any of `values` (`in`), or against the one value."""

    property: str
    op: Literal["in", "not_in", "gt", "gte", "lt", "lte"]
    values: tuple[str | int | bool | float | None, ...]


class EventFilter(_Part, frozen=True, kw_only=True):
    """Which messages: those of an event or call that meet all of `where`; of ANY_EVENT every message."""

    event: str
    where: tuple[Where, ...] = ()


class Count(_Part, frozen=True, kw_only=True, tag_field="measure", tag="count"):
    """How many events."""

    event: str
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Aggregate(_Part, frozen=True, kw_only=True, tag_field="measure", tag="aggregate"):
    """A figure over one numeric property: its exact sum, or its average, minimum, maximum or median."""

    function: Literal["sum", "average", "minimum", "maximum", "median"]
    event: str
    property: str
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Unique(_Part, frozen=True, kw_only=True, tag_field="measure", tag="unique"):
    """How many different values of a property; `actor` is the person, or the device where there is none."""

    event: str
    property: str
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Ratio(_Part, frozen=True, kw_only=True, tag_field="measure", tag="ratio"):
    """One figure divided by another over the same window; null when the divisor is 0."""

    of: Count | Aggregate | Unique
    to: Count | Aggregate | Unique


class Conversion(_Part, frozen=True, kw_only=True, tag_field="measure", tag="journey"):
    """The share of those who entered a journey's step `start` that reached its step `end`, on any path."""

    journey: str
    start: str
    end: str


Measure = Count | Aggregate | Unique | Ratio | Conversion


class Target(_Part, frozen=True, kw_only=True):
    """Where a KPI is to go: at least `value` when the direction is up, at most `value` when it is down."""

    direction: Literal["up", "down"]
    value: Decimal
    unit: str | None = None


class Kpi(_Part, frozen=True, kw_only=True):
    """A number the team steers by. `window` is how far it looks back, in seconds; None is all there is."""

    name: str
    measure: Measure
    window: int | None
    owner: str = ""
    question: str = ""
    target: Target | None = None
    drives: str | None = None
    guardrails: tuple[str, ...] = ()
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Goal(_Part, frozen=True, kw_only=True):
    """What the team wants to reach, and the KPIs that show whether it does."""

    name: str
    owner: str = ""
    description: str = ""
    kpis: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Step(_Part, frozen=True, kw_only=True):
    """A step of a journey: an event that meets `where`, at most `within` seconds after the step before.

    `expect` is the share of the step before that should get here.
    """

    id: str
    event: str
    where: tuple[Where, ...] = ()
    within: int | None = None
    expect: float | None = None


class Branch(_Part, frozen=True, kw_only=True):
    """Another way: from step `after` straight to `steps` (ids of later steps), leaving out those between."""

    id: str
    after: str
    steps: tuple[str, ...]
    note: str = ""


class Guard(_Part, frozen=True, kw_only=True):
    """What should not happen between two steps: `event` after step `start` and before step `end`, counted as `name`."""

    event: str
    start: str
    end: str
    name: str
    where: tuple[Where, ...] = ()


class Journey(_Part, frozen=True, kw_only=True):
    """The way that is best for user and business. `by` says who walks it: a person (`user`) or a connected `device`.

    `within` is the most seconds from the first step to any later one; None is no limit.
    """

    name: str
    by: Literal["user", "device"]
    steps: tuple[Step, ...]
    within: int | None = None
    owner: str = ""
    description: str = ""
    branches: tuple[Branch, ...] = ()
    never: tuple[Guard, ...] = ()
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Team(_Part, frozen=True, kw_only=True):
    """Who can own a part of the plan, and how they are reached; `codeowners` is their name in a CODEOWNERS file."""

    name: str
    contact: str = ""
    slack: str = ""
    codeowners: str = ""
    x: Mapping[str, Any] = {}


class Source(_Part, frozen=True, kw_only=True):
    """Who sends. A source of kind `device` names its connected product by the property of `identity.device`."""

    name: str
    kind: Literal["server", "device", "web", "app", "import"] = "server"
    language: str = ""
    paths: tuple[str, ...] = ()
    min_version: str = ""
    x: Mapping[str, Any] = {}


class IdentityKeys(_Part, frozen=True, kw_only=True):
    """Which property names a connected product, and which a group."""

    device: str | None = None
    account: str | None = None


class Purpose(_Part, frozen=True, kw_only=True):
    """What people are asked to agree to. `refused` is what is kept of a message of somebody who did not agree."""

    name: str
    description: str = ""
    refused: ConsentLevel = "count_only"
    x: Mapping[str, Any] = {}


class Consent(_Part, frozen=True, kw_only=True):
    """What is kept of whom. `rule` is how people are asked; `default` is what is kept of a message that says nothing.

    There is at least one purpose; the first is that of pages and of events that name none.
    """

    rule: ConsentRule
    default: ConsentLevel
    purposes: Mapping[str, Purpose]
    x: Mapping[str, Any] = {}


class Web(_Part, frozen=True, kw_only=True):
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


class Staff(_Part, frozen=True, kw_only=True):
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


class Plan(_Part, frozen=True, kw_only=True):
    """A whole tracking plan, resolved. Maps keep the order of the files."""

    id: str
    format: int = 1
    description: str = ""
    timezone: str = "UTC"
    teams: Mapping[str, Team] = {}
    sources: Mapping[str, Source] = {}
    naming: Mapping[str, Any] = {}
    lint: Mapping[str, LintLevel] = {}
    require: Mapping[str, tuple[str, ...]] = {}
    sensitivity_levels: tuple[str, ...] = ("public", "internal", "personal", "special")
    identity: IdentityKeys = IdentityKeys()
    consent: Consent | None = None
    web: Web = Web()
    staff: Staff | None = None
    enforcement: Mapping[str, Enforcement] = {}
    traits: Mapping[str, tuple[Property, ...]] = {}
    events: Mapping[str, Event] = {}
    pages: Mapping[str, Page] = {}
    goals: Mapping[str, Goal] = {}
    kpis: Mapping[str, Kpi] = {}
    journeys: Mapping[str, Journey] = {}
    x: Mapping[str, Any] = {}
