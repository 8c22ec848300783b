"""The stop rule decides by the sequences alone: which verdict, of whom, and in which order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from footfall.analytics.confidence_sequences import ConfidenceInterval
from footfall.analytics.questions.experiment.decision import Decision, GuardrailHarm, decide
from footfall.plan.model import StopRule


def between(low: float, high: float) -> ConfidenceInterval:
    return ConfidenceInterval(Decimal(str(low)), Decimal(str(high)))


def decided(*intervals: ConfidenceInterval | None, closed: int = 100, wanted: Any = "up", **more: Any) -> Decision:
    stop = StopRule(minimum=100, maximum=more.pop("maximum", None), smallest=more.pop("smallest", None))
    names = [chr(ord("b") + number) for number in range(len(intervals))]
    persons = dict.fromkeys(["a", *names], closed)
    return decide(stop, wanted, persons, dict(zip(names, intervals, strict=True)), **{"sample_ratio": 0.5, **more})


@pytest.mark.parametrize(
    ("intervals", "more", "verdict"),
    [
        ([between(-1, 1)], {}, "open"),
        ([None], {}, "open"),
        ([between(0.1, 1)], {}, "better"),
        ([between(0, 1)], {}, "open"),
        ([between(-1, -0.1)], {}, "worse"),
        ([between(-1, -0.1)], {"wanted": "down"}, "better"),
        ([between(0.1, 1)], {"wanted": "down"}, "worse"),
        ([between(-1, -0.1), between(-1, 1)], {}, "open"),
        ([between(-1, -0.1), None], {}, "open"),
        ([between(-1, -0.1), between(0.1, 1)], {}, "better"),
        ([between(-0.1, 0.1)], {"smallest": Decimal("0.2")}, "no_difference"),
        ([between(-0.1, 0.2)], {"smallest": Decimal("0.2")}, "open"),
        ([between(-0.1, 0.1), None], {"smallest": Decimal("0.2")}, "open"),
        ([between(-1, 1)], {"maximum": 200}, "undecided"),
        ([between(-1, 1)], {"maximum": 201}, "open"),
        ([between(0.1, 1)], {"closed": 99}, "too_few"),
        ([between(0.1, 1)], {"harms": [GuardrailHarm("returns", "b")]}, "harm"),
        ([between(0.1, 1)], {"sample_ratio": 0.0009}, "blocked"),
        ([between(0.1, 1)], {"sample_ratio": 0.001}, "better"),
        ([between(0.1, 1)], {"sample_ratio": None}, "better"),
    ],
)
def test_a_look_has_one_verdict(intervals: list[ConfidenceInterval], more: dict[str, Any], verdict: str) -> None:
    assert decided(*intervals, **more).verdict == verdict


def test_of_several_that_are_better_the_one_that_is_surely_best_is_named() -> None:
    assert decided(between(0.1, 1), between(0.2, 0.9)).variant == "c"


def test_what_goes_on_and_what_cannot_be_read_is_no_stop() -> None:
    looks = [decided(between(-1, 1)), decided(between(-1, 1), closed=5), decided(None, sample_ratio=0.0)]

    assert [look.is_stop for look in looks] == [False, False, False]
    assert decided(between(0.1, 1)).is_stop
