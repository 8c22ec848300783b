"""Steps, and what a path may take, are read; what makes no sense is refused."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.analytics.questions.paths import paths_options
from footfall.errors import UsageError
from footfall.plan.model import Event, EventFilter, Plan

PLAN = Plan(id="test", events={"buy": Event(name="buy", wire_name="buy")})


def test_steps_are_filters_and_durations_are_seconds() -> None:
    options = paths_options(PLAN, between=("page:/", "buy"), within="7d")

    assert options.between == (EventFilter(event="page:/"), EventFilter(event="buy"))
    assert options.within == 7 * 86_400


def test_paths_are_within_a_session_where_nobody_says_otherwise() -> None:
    options = paths_options(PLAN)

    assert (options.after, options.before, options.between, options.within) == (None, None, None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"after": "by"}, "there is no event 'by'"),
        ({"after": "buy", "before": "buy"}, "not both; ask twice"),
        ({"between": ["buy"]}, "between 2 steps, not 1"),
        ({"steps": 0}, "1 to 20 steps, not 0"),
        ({"top": 0}, "at least 1 row, not 0"),
        ({"within": "soon"}, "within: 'soon' is not a duration; write session, or a duration"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        paths_options(PLAN, **options)
