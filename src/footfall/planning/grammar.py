"""The plan format as one tree: what the tables of the schema leave to their readers (`NODE`) has its kind here.

Whoever needs the format without reading a plan (an editor's schema, a formatter) walks from `FILE` by `kind_at`, so
that there is one description of the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from footfall.plan.reading.experiment_records import EXPOSURE, OUTCOME
from footfall.plan.reading.field_types import NAME, NODE, WORD, FieldType, ListOf, MapOf, Record
from footfall.plan.reading.measures import MEASURES
from footfall.plan.reading.schema import (
    BRANCH,
    CONSENT,
    CONSENT_PURPOSE,
    EVENT,
    FILE,
    GUARD,
    JOURNEY,
    KPI,
    PAGE,
    PROPERTY,
    PROPERTY_GROUP,
    SECTIONS,
    SEGMENT,
    SIGNAL,
    STEP,
    TRAIT_KINDS,
    TYPE,
)
from footfall.plan.reading.segments import RULES, SESSION_VALUES, SESSIONS, TIME_SPENT

__all__ = [
    "CONDITIONS", "DIFFERENCE", "FIGURE", "MEASURE", "RATIO", "RULE", "SESSION_CONDITIONS", "Conditions", "Forms",
    "Named", "SessionConditions", "kind_at",
]  # fmt: skip


class _Described:
    """A kind that only describes: the readers of the plan read the value."""

    def read(self, node: object, path: object, findings: object) -> object:  # noqa: ARG002 - the shape of a Kind
        raise TypeError(f"{type(self).__name__} only describes a place of the format")


class Named(_Described):
    """A mapping from names of one kind to values of one kind."""

    def __init__(self, names: FieldType, values: FieldType) -> None:
        self.names = names
        self.values = values


class Forms(_Described):
    """A mapping that has exactly one of these keys, and the keys of that form."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self.records = records


class Conditions(_Described):
    """A `where`: a mapping from properties to a value, a list of values, or comparisons."""


class SessionConditions(_Described):
    """A `where` on sessions: a mapping from values of a session to a value, a list of values, or comparisons."""

    values = SESSION_VALUES


CONDITIONS: Final = Conditions()
SESSION_CONDITIONS: Final = SessionConditions()
RULE: Final = Forms(RULES)
FIGURE: Final = Forms({form: record for form, record in MEASURES.items() if form != "journey"})
MEASURE: Final = Forms(MEASURES)
RATIO: Final = MEASURES["ratio"].keys["ratio"].kind
DIFFERENCE: Final = MEASURES["difference"].keys["difference"].kind

_properties = Named(NAME, PROPERTY)
_behind: dict[tuple[object, str], FieldType] = {
    **{(record, "properties"): _properties for record in (TYPE, PROPERTY, PROPERTY_GROUP, EVENT, PAGE)},
    **{(record, key): TYPE for record in (TYPE, PROPERTY) for key in ("items", "values")},
    **{
        (record, "where"): CONDITIONS
        for record in (STEP, GUARD, SIGNAL, EXPOSURE, OUTCOME, *MEASURES.values())
        if "where" in record.keys
    },
    **{(RATIO, key): FIGURE for key in ("of", "to")},
    **{(DIFFERENCE, key): FIGURE for key in ("of", "less")},
    (MEASURES["sum_of"], "sum_of"): ListOf(FIGURE),
    **{(FILE, section): Named(names, values) for section, (names, values) in SECTIONS.items()},
    (FILE, "traits"): MapOf(Named(NAME, PROPERTY), TRAIT_KINDS),
    (CONSENT, "purposes"): Named(WORD, CONSENT_PURPOSE),
    (JOURNEY, "branches"): ListOf(BRANCH),
    (JOURNEY, "never"): ListOf(GUARD),
    (JOURNEY, "steps"): ListOf(STEP),
    (KPI, "measure"): MEASURE,
    (SEGMENT, "who"): RULE,
    **{(record, "where"): CONDITIONS for record in RULES.values() if "where" in record.keys},
    **{(RULES[form], form): ListOf(RULE) for form in ("all", "any")},
    (RULES["not"], "not"): RULE,
    (RULES["sessions"], "sessions"): SESSIONS,
    (RULES["time_spent"], "time_spent"): TIME_SPENT,
    (RULES["traits"], "traits"): CONDITIONS,
    (SESSIONS, "where"): SESSION_CONDITIONS,
}


def kind_at(record: Record, key: str) -> FieldType:
    """What a key of a record takes, also where the record itself leaves that to its reader."""
    kind = _behind.get((record, key)) or record.keys[key].kind
    if kind is NODE:
        raise KeyError(key)
    return kind
