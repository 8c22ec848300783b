"""The keys of an experiment in the plan format."""

from __future__ import annotations

from typing import Final

from footfall.plan.reading.field_types import (
    COUNT,
    DATE,
    DURATION,
    NODE,
    NUMBER,
    TEXT,
    TEXTS,
    Key,
    MapOf,
    OneOf,
    Record,
)

__all__ = ["EXPERIMENT", "EXPOSURE", "OUTCOME", "STOP_RULE"]

EXPOSURE: Final = Record({"event": Key(TEXT, required=True), "variant": Key(TEXT, required=True), "where": Key(NODE)})
OUTCOME: Final = Record({"event": Key(TEXT, required=True), "where": Key(NODE), "sum": Key(TEXT)})
STOP_RULE: Final = Record({"minimum": Key(COUNT), "maximum": Key(COUNT), "smallest": Key(NUMBER)})
EXPERIMENT: Final = Record(
    {
        "owner": Key(TEXT),
        "hypothesis": Key(TEXT, required=True),
        "started": Key(DATE, required=True),
        "exposure": Key(EXPOSURE, required=True),
        "variants": Key(MapOf(NUMBER), required=True),
        "kpi": Key(TEXT),
        "outcome": Key(OUTCOME),
        "within": Key(DURATION, required=True),
        "direction": Key(OneOf(("up", "down"))),
        "guardrails": Key(TEXTS),
        "alpha": Key(NUMBER),
        "stop": Key(STOP_RULE),
    }
)
