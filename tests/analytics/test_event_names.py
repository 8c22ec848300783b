"""Messages that came in before their plan did count under the plan's names."""

from __future__ import annotations

from datetime import UTC, datetime

from footfall.analytics.event_names import Meaning, meanings
from footfall.plan.model import Alias, Event, Plan

FOREVER = 2**63 - 1


def event(name: str, wire_name: str, *aliases: Alias) -> Event:
    return Event(name=name, wire_name=wire_name, aliases=aliases)


def test_a_name_on_the_wire_and_an_alias_mean_their_event() -> None:
    plan = Plan(id="p", events={"sold": event("sold", "Bread Sold", Alias(name="Loaf Sold"))})

    assert meanings(plan) == {"Bread Sold": Meaning("sold", FOREVER), "Loaf Sold": Meaning("sold", FOREVER)}


def test_an_alias_ends_as_its_day_begins_on_the_clock_of_the_plan() -> None:
    alias = Alias(name="Loaf Sold", until="2026-11-01T00:00:00")
    plan = Plan(id="p", events={"sold": event("sold", "sold", alias)})

    before = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1_000_000)
    assert meanings(plan) == {"Loaf Sold": Meaning("sold", before)}


def test_a_name_that_is_an_event_means_itself_and_without_a_plan_all_do() -> None:
    plan = Plan(id="p", events={"sold": event("sold", "bought"), "bought": event("bought", "bought")})

    assert meanings(plan) == {}
    assert meanings(None) == {}
