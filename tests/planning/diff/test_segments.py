"""Segments and cohorts are compared by who is in them, and whoever asks for one is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from footfall.plan import read
from footfall.planning.diff import diff
from footfall.planning.impact import impact_of

BASE: dict[str, Any] = {
    "plan": "p",
    "events": {
        "seen": {},
        "bought": {"properties": {"total": {"type": "integer", "wire_name": "sum"}}},
    },
    "segments": {
        "loyal": {"owner": "a", "who": {"did": "bought", "where": {"total": {"gte": 3}}, "at_least": 2}},
        "away": {"who": {"not": {"segment": "loyal"}}},
    },
    "cohorts": {"may": {"segment": "away", "as_of": "2026-05-01"}},
    "kpis": {
        "loyal_views": {"measure": {"count": "seen", "where": {"segment": "loyal"}}},
        "may_views": {"measure": {"count": "seen", "where": {"segment": {"not": "may"}}}},
        "views": {"measure": {"count": "seen"}},
    },
    "journeys": {"buy": {"steps": [
        {"id": "a", "event": "seen", "where": {"segment": "away"}}, {"id": "b", "event": "bought"},
    ]}},
}  # fmt: skip


def changes(**edits: Any) -> list[tuple[str, str, list[str]]]:
    """The kinds of the changes, what they are, and the figures that they shift or break."""
    new = copy.deepcopy(BASE)
    for path, value in edits.items():
        *parts, last = path.split("__")
        part = new
        for key in parts:
            part = part[key]
        part[last] = value
    return [
        (change.kind, change.what, sorted(f"{user.effect} {user.name}" for user in change.affected))
        for change in diff(read(BASE).require(), read(new).require())
    ]


def test_another_rule_shifts_what_asks_for_it_by_itself_or_through_others() -> None:
    ((kind, what, affected),) = changes(segments__loyal__who={"did": "bought"})

    assert (kind, what) == (
        "segment_redefined",
        "has who had bought at least once (it was had bought where total ≥ 3 at least 2 times)",
    )
    assert affected == ["shifts buy", "shifts loyal_views", "shifts may_views"]


@pytest.mark.parametrize(
    ("edits", "kind"),
    [
        ({"segments__more": {"who": {"did": "seen"}}}, "segment_added"),
        ({"segments__loyal__description": "Buys"}, "segment_described"),
        ({"segments__loyal__owner": "b"}, "owner_changed"),
        ({"cohorts__june": {"segment": "away", "as_of": "2026-06-01"}}, "cohort_added"),
        ({"cohorts__may__as_of": "2026-06-01"}, "cohort_redefined"),
        ({"cohorts__may__description": "Away"}, "cohort_described"),
    ],
)
def test_a_change_of_one_key_is_one_change(edits: dict[str, Any], kind: str) -> None:
    assert [change[0] for change in changes(**edits)] == [kind]


def test_what_is_removed_is_named() -> None:
    kinds = {change[0] for change in changes(segments={"away": {"who": {"did": "seen"}}}, cohorts={}, kpis={})}

    assert {"segment_removed", "cohort_removed"} <= kinds


def test_a_renamed_property_is_the_same_rule() -> None:
    properties = {"amount": {"type": "integer", "wire_name": "sum"}}
    loyal = {"owner": "a", "who": {"did": "bought", "where": {"amount": {"gte": 3}}, "at_least": 2}}

    kinds = [change[0] for change in changes(events__bought__properties=properties, segments__loyal=loyal)]
    assert kinds == ["property_renamed"]


def test_a_property_is_noticed_by_segments_and_by_all_that_name_them() -> None:
    impact = impact_of(read(BASE).require(), "bought.total")

    by_kind = {
        kind: {each.name: (*each.how, *each.through) for each in impact.dependents if each.kind == kind}
        for kind in ("segment", "cohort", "kpi", "journey")
    }
    assert by_kind == {
        "segment": {"loyal": ("who, where total ≥ 3",), "away": ("segment:loyal",)},
        "cohort": {"may": ("segment:loyal",)},
        "kpi": {"loyal_views": ("segment:loyal",), "may_views": ("segment:may",)},
        "journey": {"buy": ("segment:away",)},
    }
