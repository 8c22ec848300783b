"""The definition says in words what each option does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.analytics.questions.funnel.logs import PLAN

from footfall.analytics.questions.funnel import funnel_options
from footfall.analytics.questions.funnel.definition import funnel_definition
from footfall.analytics.window import Span, Window
from footfall.plan.model import Journey, Step


def text(**options: Any) -> str:
    return funnel_definition(funnel_options(PLAN, ["a", "b", "c"], **options), Window.of(Span(), "Europe/Oslo"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Entry: the first a of a person in the window; each person counts once."),
        ({}, "There is no limit of time."),
        ({}, "Messages with equal times count as in order, and one message fills one step."),
        ({}, "Conversion over time is one minus the estimate of Kaplan and Meier, of the entry of each person."),
        ({"entry": "any"}, "by the entry that gets furthest, and of these by the earliest"),
        ({"entry": "each"}, "a later message may be a step of several entries"),
        ({"order": "strict"}, "no other event, page or screen has a time between theirs"),
        ({"order": "any"}, "Entry: the first message of any step of a person"),
        ({"ties": False}, "Each step is later than the one before"),
        ({"within": "7d"}, "Each step comes within 7d of the entry, inclusive."),
        ({"within": "session"}, "All steps are in the session of the entry"),
        ({"step_within": {2: "1h"}}, "b comes within 1h of the step before."),
        ({"optional": [2]}, "b is optional"),
        ({"hold": ["kind"]}, "Each step has the kind of its entry"),
        ({"exclude": [("x", "1-3")]}, "x after the first reach of a and before that of c ends the entry there"),
        ({"exclude_person": [("x", "1-3")]}, "takes the person out of all figures"),
        ({"exclude": [("x", "1-3")]}, "cumulative incidence by Aalen and Johansen"),
        ({"breakdown": "kind", "attribution": "last"}, "by kind of the last reached step with a value"),
        ({"breakdown": "kind", "attribution": 2}, "by kind of b, of the message that reached the step first"),
        ({"by": "device"}, "A device is one device stream"),
    ],
)
def test_an_option_has_its_sentence(options: dict[str, Any], sentence: str) -> None:
    assert sentence in text(**options)


def test_intervals_are_those_of_who_counts_once() -> None:
    assert "Wilson" in text()
    assert "Wilson" not in text(entry="each")


def test_any_message_that_enters_is_a_message() -> None:
    options = funnel_options(PLAN, ["*", "b"])

    assert funnel_definition(options, Window.of(Span(), "UTC")).startswith("Entry: the first message of a person")


def test_a_journey_is_its_steps_without_branches() -> None:
    journey = Journey(name="j", by="user", steps=(Step(id="s0", event="a"), Step(id="s1", event="b")))
    options = funnel_options(msgspec.structs.replace(PLAN, journeys={"j": journey}), journey="j")

    assert "Steps: those of the journey j, without its branches." in funnel_definition(
        options, Window.of(Span(), "UTC")
    )
