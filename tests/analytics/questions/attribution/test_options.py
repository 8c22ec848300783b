"""The options of an attribution are read from words, and a mistake names the words there are."""

from __future__ import annotations

import pytest

from footfall.analytics.questions.attribution import attribution_options
from footfall.analytics.questions.attribution.options import MODELS
from footfall.errors import UsageError
from footfall.plan.model import Event, Plan

PLAN = Plan(id="p", events={"buy": Event(name="buy", wire_name="buy")})


def test_a_model_is_one_all_or_written_with_hyphens() -> None:
    assert attribution_options("buy", PLAN).models == ("last_non_direct",)
    assert attribution_options("buy", PLAN, model="time-decay").models == ("time_decay",)
    assert attribution_options("buy", PLAN, model="all").models == MODELS


def test_durations_are_seconds() -> None:
    options = attribution_options("buy", PLAN, within="2d", half_life="12h")

    assert (options.within, options.half_life) == (172_800, 43_200)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "best"}, "there is no model 'best'; it is one of first, last,"),
        ({"within": "1y"}, "within: '1y' is not a duration; write a duration"),
        ({"top": 0}, "there is at least 1 row"),
    ],
)
def test_a_mistake_names_what_there_is(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        attribution_options("buy", PLAN, **options)  # type: ignore[arg-type]
