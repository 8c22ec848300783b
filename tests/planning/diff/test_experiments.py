"""An experiment may change before it starts; what changes from its first day on is an error."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.planning.diff.plans import plan_of

from footfall.planning.diff import Change, diff

PLAN: dict[str, Any] = {
    "plan": "p",
    "events": {
        "shown": {"properties": {"look": {"type": "string"}, "note": {"type": "string"}}},
        "bought": {"properties": {"total": {"type": "integer"}}},
    },
    "kpis": {"sales": {"measure": {"count": "bought"}, "target": {"direction": "up", "value": 1}}},
    "experiments": {
        "trial": {
            "hypothesis": "B sells more",
            "started": "2026-11-02",
            "exposure": {"event": "shown", "variant": "look"},
            "variants": {"a": 1, "b": 1},
            "outcome": {"event": "bought"},
            "guardrails": ["sales"],
            "within": "2d",
        }
    },
}
BEFORE, STARTED = date(2026, 11, 1), date(2026, 11, 2)


def changes(edit: dict[str, Any], today: date | None) -> list[Change]:
    new = copy.deepcopy(PLAN)
    new["experiments"]["trial"] |= edit
    return diff(plan_of(PLAN), plan_of(new), today=today)


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        ({"hypothesis": "B sells less"}, "changes its hypothesis to B sells less (it was B sells more)"),
        ({"started": "2026-11-01"}, "changes its started to 2026-11-01 (it was 2026-11-02)"),
        (
            {"exposure": {"event": "shown", "variant": "note"}},
            "changes its exposure to event shown variant note (it was event shown variant look)",
        ),
        ({"variants": {"a": 1, "b": 2}}, "changes its variants to a 1, b 2 (it was a 1, b 1)"),
        (
            {"outcome": {"event": "bought", "where": {"total": {"gt": 1}}}},
            "changes its outcome to event bought where total > 1 (it was event bought)",
        ),
        ({"within": "1d"}, "changes its within to 1d (it was 2d)"),
        ({"direction": "down"}, "changes its direction to down (it was up)"),
        ({"guardrails": []}, "changes its guardrails to nothing (it was sales)"),
        ({"alpha": Decimal("0.5")}, "changes its alpha to 0.5 (it was 0.05)"),
        ({"stop": {"minimum": 200}}, "changes its stop to minimum 200 (it was minimum 100)"),
    ],
)  # fmt: skip
def test_what_is_decided_must_not_change_once_it_has_started(edit: dict[str, Any], what: str) -> None:
    (early,), (late,), (unknown,) = (changes(edit, today) for today in (BEFORE, STARTED, None))

    assert (early.kind, early.level, late.kind, late.level) == (
        "experiment_changed", "info", "experiment_changed_midway", "error",
    )  # fmt: skip
    assert unknown.kind == late.kind
    assert late.what == what
    assert (late.where, late.hurts) == ("experiments.trial", ("meaning",))


@pytest.mark.parametrize(
    ("edit", "kind"), [({"owner": "growth"}, "owner_changed"), ({"x_ticket": "T-1"}, "experiment_described")]
)
def test_who_owns_it_and_notes_may_change(edit: dict[str, Any], kind: str) -> None:
    assert [(change.kind, change.level) for change in changes(edit, STARTED)] == [(kind, "info")]


def test_a_kpi_that_is_redefined_changes_what_uses_it() -> None:
    new = copy.deepcopy(PLAN)
    new["kpis"]["sales"]["measure"] = {"count": "shown"}
    kinds = [change.kind for change in diff(plan_of(PLAN), plan_of(new), today=STARTED)]

    assert kinds == ["kpi_redefined", "experiment_changed_midway"]


def test_a_declared_rename_changes_no_experiment() -> None:
    new = copy.deepcopy(PLAN)
    new["events"]["seen"] = {**new["events"].pop("shown"), "aliases": [{"name": "shown"}]}
    new["experiments"]["trial"]["exposure"]["event"] = "seen"

    assert "experiment_changed_midway" not in {change.kind for change in diff(plan_of(PLAN), plan_of(new))}


def test_one_that_is_new_or_gone_is_said() -> None:
    without = {**PLAN, "experiments": {}}

    assert [change.kind for change in diff(plan_of(without), plan_of(PLAN))] == ["experiment_added"]
    assert [change.kind for change in diff(plan_of(PLAN), plan_of(without))] == ["experiment_removed"]
