"""What uses something says so in a clause that a product manager reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.plan import read
from footfall.plan.model import Count, Where
from footfall.planning.diff.wording import say_how, say_measure, say_where
from footfall.planning.usage import UsageIndex


@pytest.mark.parametrize(
    ("how", "clause"),
    [
        ("sum", "adds it up"),
        ("ratio of: count", "the upper part of the ratio counts it"),
        ("ratio to: unique actor", "the lower part of the ratio counts who did it"),
        ("journey purchase, step view", "journey purchase, step view"),
    ],
)
def test_a_use_is_a_clause(how: str, clause: str) -> None:
    assert say_how(how) == clause


def test_every_use_of_a_figure_in_a_whole_plan_has_a_clause() -> None:
    plan = read(Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway").require()
    index = UsageIndex(plan)
    uses = [use for event in plan.events for use in index.of_event(event) if use.kind == "kpi"]

    bare = {use.how for use in uses if say_how(use.how) == use.how}
    assert all(how.startswith("journey ") for how in bare)
    assert len(uses) > len(bare)


def test_conditions_are_written_as_a_clause_and_none_as_nothing() -> None:
    conditions = (
        Where(property="currency", op="in", values=("NOK", "SEK")),
        Where(property="total", op="gt", values=(0,)),
    )

    assert say_where(conditions) == " where currency is NOK or SEK and total > 0"
    assert say_where(()) == ""
    assert say_measure(Count(event="sold", where=conditions[1:], by=("shop",))) == (
        "count of sold where total > 0 by shop"
    )
