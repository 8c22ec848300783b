"""Options are read by a plan, and what makes no sense is refused with what to do instead."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.analytics.questions.funnel.logs import PLAN

from footfall.analytics.questions.funnel import FunnelBreakdown, FunnelExclusion, funnel, funnel_options
from footfall.errors import UsageError
from footfall.journeys.attempts import DropRule
from footfall.plan.model import EventFilter, Journey, Step, Where

WHERE = (Where(property="kind", op="in", values=("p",)),)
BUYING = Journey(
    name="buying", by="device", within=600, steps=(Step(id="look", event="a", where=WHERE), Step(id="buy", event="b"))
)
WITH_JOURNEY = msgspec.structs.replace(PLAN, journeys={"buying": BUYING})


def test_steps_are_filters_and_alike_ones_have_numbers() -> None:
    options = funnel_options(PLAN, ["a {kind: p}", "b", "a", "*"], within="7d", step_within={2: "1h"}, optional=[3])

    assert [step.id for step in options.steps] == ["a", "b", "a (2)", "any message"]
    assert options.steps[0].filter == EventFilter(event="a", where=WHERE)
    assert (options.within, options.steps[1].within, options.steps[2].is_optional) == (7 * 86_400, 3_600, True)


def test_a_journey_gives_its_steps_its_time_and_its_actors() -> None:
    options = funnel_options(WITH_JOURNEY, journey="buying")

    assert [(step.id, step.filter.event) for step in options.steps] == [("look", "a"), ("buy", "b")]
    assert (options.by, options.within, options.journey) == ("device", 600, "buying")


def test_exclusions_have_ranges_and_rules_count_from_zero() -> None:
    options = funnel_options(PLAN, ["a", "b", "c"], exclude=[("x", "1-2")], exclude_person=[("x", "2-3")])

    assert options.exclusions == (
        FunnelExclusion(filter=EventFilter(event="x"), first=1, last=2),
        FunnelExclusion(filter=EventFilter(event="x"), first=2, last=3, drops_person=True),
    )
    assert options.rules.drops == (DropRule(0, 1, is_person=False), DropRule(1, 2, is_person=True))


@pytest.mark.parametrize(("attribution", "value"), [("first", "first"), ("last", "last"), ("2", 2), (2, 2)])
def test_an_attribution_is_first_last_or_a_step(attribution: str | int, value: str | int) -> None:
    options = funnel_options(PLAN, ["a", "b"], breakdown="kind", attribution=attribution)

    assert options.breakdown == FunnelBreakdown(name="kind", attribution=value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "options", "message"),
    [
        ([], {}, "has steps, or the name of a journey"),
        (["a"], {"journey": "buying"}, "give one of the two"),
        ([], {"journey": "buyin"}, "no journey 'buyin'; did you mean 'buying'"),
        (["aa"], {}, "step 1: there is no event 'aa'"),
        (["a"] * 21, {}, "1 to 20 steps, not 21"),
        (["a", "b"], {"within": "soon"}, "within: 'soon' is not a duration"),
        (["a", "b"], {"step_within": {1: "1h"}}, "a step that has its own time is one of 2 to 2, not 1"),
        (["a", "b"], {"optional": [2]}, "an optional step takes a longer funnel"),
        (["a", "b", "c"], {"optional": [3]}, "an optional step is one of 2 to 2, not 3"),
        (["a", "b"], {"exclude": [("x", "1-3")]}, "a later one of 1 to 2, not '1-3'"),
        (["a", "b"], {"exclude": [("x", "2")]}, "from one step to another, as 1-2, not '2'"),
        (["a", "b"], {"exclude": [("y", "1-2")]}, "exclusion 1-2: there is no event 'y'"),
        (["a", "b", "c"], {"exclude": [("x", "2-3")], "optional": [2]}, "begins or ends with an optional step"),
        (["a", "b"], {"exclude": [("x", "1-2")] * 11}, "10 exclusions at most, not 11"),
        (["a", "b"], {"order": "any", "step_within": {2: "1h"}}, "in any order have none before them"),
        (["a", "b"], {"within": "session", "by": "device"}, "connected devices have no sessions"),
        (["a", "b"], {"breakdown": "kind", "attribution": "3"}, "first, last, or the number of a step"),
        (["a", "b"], {"dropped": 1}, "the step that was not reached is one of 2 to 2, not 1"),
        (["a", "b"], {"top": 0}, "at least 1 value by itself, not 0"),
        (["a", "b"], {"order": "sideways"}, "the question cannot be asked: Invalid enum value 'sideways'"),
    ],
)
def test_what_makes_no_sense_is_refused(steps: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        funnel(funnel_options(WITH_JOURNEY, steps, **options))

    assert message in str(error.value)
