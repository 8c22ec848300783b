"""The whole plan format as tables: which keys there are, and what each takes."""

from __future__ import annotations

from typing import Final, get_args

from footfall.plan.model import (
    UTM_FIELDS,
    Channel,
    ConsentLevel,
    ConsentRule,
    EventStatus,
    LintLevel,
    Policy,
    PropertyType,
    Recurrence,
    ScalarType,
    Transform,
    WeekStart,
)
from footfall.plan.reading.experiment_records import EXPERIMENT
from footfall.plan.reading.field_types import (
    ANYTHING,
    COUNT,
    DATE,
    DURATION,
    FLAG,
    LOCAL_TIME,
    NAME,
    NAMES,
    NODE,
    NUMBER,
    PATTERN,
    SCALARS,
    TEXT,
    TEXTS,
    WINDOW,
    WORD,
    FieldType,
    Key,
    ListOf,
    MapOf,
    OneOf,
    OneOrSeveral,
    Record,
    ScalarOr,
    TextOrTexts,
)  # fmt: skip
from footfall.web_words import ORIGINS

__all__ = [
    "BOARD",
    "BRANCH",
    "BUDGET",
    "CALENDAR_WINDOW",
    "CAMPAIGN",
    "COHORT",
    "CONSENT",
    "CONSENT_PURPOSE",
    "DEFAULTS",
    "DERIVED_EVENT",
    "EVENT",
    "FILE",
    "GOAL",
    "GUARD",
    "JOURNEY",
    "KPI",
    "PAGE",
    "PROPERTY",
    "PROPERTY_GROUP",
    "PURPOSES",
    "SECTIONS",
    "SEGMENT",
    "SIGNAL",
    "SILENCE",
    "STAFF",
    "STEP",
    "TRAIT_KINDS",
    "TYPE",
    "WEB",
]  # fmt: skip

TRAIT_KINDS: Final = ("user", "account")
PURPOSES: Final = ("kpi", "journey", "goal")
_PURPOSE_TEXTS = ListOf(TEXT, tuple(f"{kind}:" for kind in PURPOSES))
_STYLES = ("snake_case", "camelCase", "PascalCase", "kebab-case", "Title Case")

_type_words = tuple(word for word in get_args(PropertyType) if word != "union")
_property: dict[str, Key] = {
    "use": Key(TEXT),
    "type": Key(OneOrSeveral(_type_words, ScalarType)),
    "description": Key(TEXT),
    "nullable": Key(FLAG),
    "enum": Key(ListOf(ANYTHING)),
    "open": Key(FLAG),
    "pattern": Key(PATTERN),
    "format": Key(TEXT),
    "min": Key(NUMBER),
    "max": Key(NUMBER),
    "min_length": Key(COUNT),
    "max_length": Key(COUNT),
    "min_items": Key(COUNT),
    "max_items": Key(COUNT),
    "scale": Key(COUNT),
    "unit": Key(TEXT),
    "currency": Key(TEXT),
    "examples": Key(ListOf(ANYTHING)),
    "sensitivity": Key(TEXT),
    "transform": Key(OneOf(Transform)),
    "retention": Key(DURATION),
    "items": Key(NODE),
    "values": Key(NODE),
    "properties": Key(NODE, nullable=True),
    "additional": Key(FLAG),
    "no_lint": Key(TEXTS),
}
TYPE: Final = Record(_property)
PROPERTY: Final = Record({**_property, "wire_name": Key(TEXT), "required": Key(FLAG)})
PROPERTY_GROUP: Final = Record(
    {"description": Key(TEXT), "properties": Key(NODE, required=True, nullable=True), "no_lint": Key(TEXTS)}
)

_policies: FieldType = OneOf(Policy)
_enforcement = Record({"unknown_event": Key(_policies), "unknown_property": Key(_policies), "invalid": Key(_policies)})
_places = Record({"test": Key(_enforcement), "client": Key(_enforcement), "collector": Key(_enforcement)})
_actors: FieldType = ListOf(OneOf(("anonymous", "device", "system", "user")))
_status: FieldType = OneOf(EventStatus)

EVENT: Final = Record(
    {
        "wire_name": Key(TEXT),
        "aliases": Key(ListOf(Record({"name": Key(TEXT, required=True), "until": Key(DATE)}))),
        "description": Key(TEXT),
        "owner": Key(TEXT),
        "status": Key(_status),
        "purpose": Key(_PURPOSE_TEXTS),
        "consent": Key(TextOrTexts()),
        "sources": Key(TEXTS),
        "actor": Key(_actors),
        "channel": Key(OneOf(Channel)),
        "since": Key(DATE),
        "expires": Key(DATE),
        "links": Key(TEXTS),
        "deprecated": Key(
            Record(
                {
                    "since": Key(DATE),
                    "reason": Key(TEXT),
                    "replaced_by": Key(TEXT, nullable=True),
                    "remove_after": Key(DATE),
                }
            )
        ),
        "include": Key(TEXTS),
        "additional": Key(FLAG),
        "properties": Key(NODE, nullable=True),
        "derive": Key(MapOf(TEXT)),
        "rules": Key(
            ListOf(Record({"id": Key(NAME, required=True), "check": Key(TEXT, required=True), "message": Key(TEXT)}))
        ),
        "expect": Key(
            Record(
                {
                    "volume": Key(
                        Record(
                            {
                                "per": Key(OneOf(("hour", "day", "week")), required=True),
                                "min": Key(COUNT),
                                "max": Key(COUNT),
                            }
                        ),
                        required=True,
                    )
                }
            )
        ),
        "enforcement": Key(_places),
        "no_lint": Key(TEXTS),
    }
)

PAGE: Final = Record({"description": Key(TEXT), "consent": Key(TextOrTexts()), "properties": Key(NODE, nullable=True)})

CALENDAR_WINDOW: Final = Record(
    {"calendar": Key(OneOf(("day", "week", "month", "quarter", "year")), required=True), "last": Key(COUNT)}
)
KPI: Final = Record(
    {
        "owner": Key(TEXT),
        "question": Key(TEXT),
        "measure": Key(NODE, required=True),
        "window": Key(ScalarOr(WINDOW, CALENDAR_WINDOW)),
        "target": Key(
            Record(
                {
                    "direction": Key(OneOf(("up", "down")), required=True),
                    "value": Key(NUMBER, required=True),
                    "unit": Key(TEXT),
                }
            )
        ),
        "drives": Key(TEXT, nullable=True),
        "guardrails": Key(TEXTS),
        "no_lint": Key(TEXTS),
    }
)
GOAL: Final = Record({"owner": Key(TEXT), "description": Key(TEXT), "kpis": Key(TEXTS)})
STEP: Final = Record(
    {
        "id": Key(NAME, required=True),
        "event": Key(TEXT, required=True),
        "where": Key(NODE),
        "within": Key(DURATION),
        "expect": Key(NUMBER),
    }
)
BRANCH: Final = Record(
    {
        "id": Key(NAME, required=True),
        "after": Key(TEXT, required=True),
        "steps": Key(TEXTS, required=True),
        "note": Key(TEXT),
    }
)
GUARD: Final = Record(
    {
        "event": Key(TEXT, required=True),
        "between": Key(TEXTS, required=True),
        "as": Key(NAME, required=True),
        "where": Key(NODE),
    }
)
BOARD: Final = Record({"title": Key(TEXT), "owner": Key(TEXT), "questions": Key(TEXTS, required=True)})
SIGNAL: Final = Record(
    {
        "owner": Key(TEXT),
        "event": Key(TEXT, required=True),
        "where": Key(NODE),
        "by": Key(OneOf(("user", "device"))),
        "count": Key(COUNT),
        "within": Key(DURATION),
        "after": Key(DURATION),
        "silent": Key(DURATION),
        "answer": Key(TEXT, required=True),
        "voice": Key(TEXT),
        "cooldown": Key(DURATION),
    }
)
JOURNEY: Final = Record(
    {
        "owner": Key(TEXT),
        "description": Key(TEXT),
        "by": Key(OneOf(("user", "device"))),
        "within": Key(DURATION),
        "steps": Key(ListOf(NODE), required=True),
        "branches": Key(ListOf(NODE)),
        "never": Key(ListOf(NODE)),
        "no_lint": Key(TEXTS),
    }
)
BUDGET: Final = Record({"amount": Key(NUMBER, required=True), "currency": Key(TEXT, required=True)})
CAMPAIGN: Final = Record(
    {
        "owner": Key(TEXT),
        "description": Key(TEXT),
        "utm": Key(MapOf(TextOrTexts(), UTM_FIELDS)),
        "from": Key(DATE),
        "until": Key(DATE),
        "budget": Key(BUDGET),
        "origins": Key(ListOf(OneOf(tuple(ORIGINS)))),
        "no_lint": Key(TEXTS),
    }
)
SEGMENT: Final = Record(
    {"owner": Key(TEXT), "description": Key(TEXT), "who": Key(NODE, required=True), "no_lint": Key(TEXTS)}
)
COHORT: Final = Record(
    {
        "owner": Key(TEXT),
        "description": Key(TEXT),
        "segment": Key(TEXT, required=True),
        "as_of": Key(DATE, required=True),
        "no_lint": Key(TEXTS),
    }
)
DERIVED_EVENT: Final = Record(
    {
        "from": Key(TEXT, required=True),
        "when": Key(TEXT, required=True),
        "owner": Key(TEXT),
        "description": Key(TEXT),
    }
)
SILENCE: Final = Record(
    {
        "from": Key(LOCAL_TIME, required=True),
        "until": Key(LOCAL_TIME, required=True),
        "every": Key(OneOf(Recurrence)),
        "events": Key(TEXTS),
        "sources": Key(TEXTS),
        "kpis": Key(TEXTS),
        "note": Key(TEXT),
    }
)
_team = Record({"contact": Key(TEXT), "slack": Key(TEXT), "codeowners": Key(TEXT)})
_source = Record(
    {
        "kind": Key(OneOf(("server", "device", "web", "app", "import"))),
        "language": Key(TEXT),
        "paths": Key(TEXTS),
        "min_version": Key(TEXT),
        "channel": Key(OneOf(Channel)),
    }
)

# What a section defines by name; a section's names are merged over all files.
SECTIONS: Final[dict[str, tuple[FieldType, FieldType]]] = {
    "teams": (WORD, _team),
    "sources": (WORD, _source),
    "types": (NAME, TYPE),
    "property_groups": (NAME, PROPERTY_GROUP),
    "events": (NAME, EVENT),
    "pages": (TEXT, PAGE),
    "goals": (NAME, GOAL),
    "kpis": (NAME, KPI),
    "experiments": (NAME, EXPERIMENT),
    "boards": (NAME, BOARD),
    "signals": (NAME, SIGNAL),
    "journeys": (NAME, JOURNEY),
    "campaigns": (NAME, CAMPAIGN),
    "segments": (NAME, SEGMENT),
    "cohorts": (NAME, COHORT),
    "derived_events": (NAME, DERIVED_EVENT),
    "silences": (NAME, SILENCE),
}

DEFAULTS: Final = Record(
    {
        "owner": Key(TEXT),
        "status": Key(_status),
        "purpose": Key(_PURPOSE_TEXTS),
        "consent": Key(TextOrTexts()),
        "sources": Key(TEXTS),
        "actor": Key(_actors),
        "include": Key(TEXTS),
        "sensitivity": Key(TEXT),
    }
)

_naming_rule: FieldType = Record(
    {
        "style": Key(OneOf(_STYLES)),
        "order": Key(OneOf(("object_action", "action_object"))),
        "tense": Key(OneOf(("past", "present"))),
        "max_length": Key(COUNT),
        "pattern": Key(PATTERN),
        "exceptions": Key(TEXTS),
        "level": Key(OneOf(LintLevel)),
    }
)
_required_keys: dict[str, Record] = {
    "events": EVENT, "properties": PROPERTY, "traits": PROPERTY, "kpis": KPI, "goals": GOAL, "journeys": JOURNEY,
    "campaigns": CAMPAIGN,
    "segments": SEGMENT, "cohorts": COHORT,
}  # fmt: skip

CONSENT_PURPOSE: Final = Record({"description": Key(TEXT), "refused": Key(OneOf(ConsentLevel))})
CONSENT: Final = Record(
    {
        "rule": Key(OneOf(ConsentRule), required=True),
        "default": Key(OneOf(ConsentLevel), required=True),
        "purposes": Key(NODE, required=True),
    }
)
WEB: Final = Record(
    {
        "query": Key(TEXTS),
        "click_ids": Key(TEXTS),
        "full_url": Key(FLAG),
        "full_referrer": Key(FLAG),
        "paths": Key(FLAG),
        "exclude": Key(TEXTS),
    }
)
STAFF: Final = Record(
    {
        "traits": Key(MapOf(SCALARS)),
        "email_domains": Key(TEXTS),
        "networks": Key(TEXTS),
        "signed_link": Key(FLAG),
    }
)

# What the whole plan says once, in whichever file.
HEADER: Final[dict[str, Key]] = {
    "plan": Key(WORD),
    "format": Key(COUNT),
    "description": Key(TEXT),
    "timezone": Key(TEXT),
    "week_starts": Key(OneOf(WeekStart)),
    "naming": Key(
        Record(
            {
                **{
                    part: Key(_naming_rule)
                    for part in ("events", "properties", "traits", "kpis", "goals", "journeys", "segments", "cohorts")
                },
                "reserved": Key(TEXTS),
            }
        )
    ),
    "lint": Key(MapOf(OneOf(LintLevel))),
    "require": Key(Record({section: Key(ListOf(OneOf(record.keys))) for section, record in _required_keys.items()})),
    "sensitivity_levels": Key(NAMES),
    "identity": Key(Record({"device": Key(TEXT), "account": Key(TEXT)})),
    "consent": Key(CONSENT),
    "web": Key(WEB),
    "staff": Key(STAFF),
    "enforcement": Key(_places),
}

FILE: Final = Record(
    {
        **HEADER,
        **{section: Key(NODE, nullable=True) for section in SECTIONS},
        "traits": Key(MapOf(NODE, TRAIT_KINDS), nullable=True),
        "defaults": Key(DEFAULTS, nullable=True),
    }
)
