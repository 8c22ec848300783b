"""What is asked of a journey is read by its plan; what makes no sense is refused."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.analytics.questions.journey import journey, journey_options
from footfall.errors import UsageError
from footfall.plan.model import Journey, Plan, Step

JOURNEY = Journey(name="buying", by="user", steps=tuple(Step(id=name, event="e") for name in ("view", "cart", "buy")))
PLAN = Plan(id="test", journeys={"buying": JOURNEY})


def test_a_stage_or_who_is_late_lists_persons() -> None:
    assert [
        journey_options(PLAN, "buying", **options).persons
        for options in ({}, {"persons": True}, {"stage": "cart"}, {"late": True})
    ] == [False, True, True, True]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("byuing", {}, "the plan has no journey 'byuing'; did you mean 'buying'?"),
        ("buying", {"stage": "crt"}, "the journey buying has no step 'crt'; did you mean 'cart'?"),
        ("buying", {"between": ["view", "pay"]}, "has no step 'pay'; known: buy, cart, view"),
        ("buying", {"between": ["view"]}, "between 2 steps, not 1"),
        ("buying", {"between": ["buy", "view"]}, "the step view does not come after buy"),
        ("buying", {"top": 0}, "top is 0; it is at least 1"),
        ("buying", {"floor": 0}, "floor is 0; it is at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        journey_options(PLAN, name, **options)


def test_an_option_of_another_type_is_refused() -> None:
    with pytest.raises(UsageError, match="the question cannot be asked"):
        journey(journey_options(PLAN, "buying", persons="yes"))  # type: ignore[arg-type]
