"""The events of a bundle are read when they are first asked for, and are a mapping like any other."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import cast

from footfall.plan import Validator, bundle_bytes, bundle_hash, from_bundle, read
from footfall.plan.lazy_events import LazyEvents, event_names, settled
from footfall.plan.model import Alias, Event, Plan

SHOP = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"


def test_an_event_of_a_bundle_is_read_when_it_is_first_used_and_once() -> None:
    plan = from_bundle(bundle_bytes(read(SHOP).require()))
    events = plan.events
    assert isinstance(events, LazyEvents)
    name = next(iter(events))
    validator, digest = Validator(plan, stage="collector"), bundle_hash(plan)
    unread = dict(events._read)
    event = validator.resolve(read(SHOP).require().events[name].wire_name)

    assert unread == {}
    assert list(events._read) == [name]
    assert event is events[name]
    assert digest == bundle_hash(plan) == bundle_hash(read(SHOP).require())


def test_the_events_of_a_bundle_are_a_mapping_like_any_other() -> None:
    plain = read(SHOP).require().events
    events = from_bundle(bundle_bytes(read(SHOP).require())).events

    assert plain == events
    assert events == plain
    assert list(events.items()) == list(plain.items())
    assert (len(events), "nothing" in events, events.get("nothing")) == (len(plain), False, None)
    assert {**events} == copy.deepcopy(events) == pickle.loads(pickle.dumps(events)) == plain
    assert all(name in repr(events) for name in plain)
    assert [(name, names.wire_name, names.aliases) for name, names in LazyEvents.names(cast("LazyEvents", events))] == [
        (name, event.wire_name, event.aliases) for name, event in plain.items()
    ]


def test_the_names_of_a_bundle_are_those_of_its_plan() -> None:
    sold = Event(name="sold", wire_name="Sold It", aliases=(Alias(name="paid"),))
    plan = Plan(id="p", events={"sold": sold})

    for events in (plan, from_bundle(bundle_bytes(plan))):
        assert [(name, names.wire_name, names.aliases) for name, names in event_names(events)] == [
            ("sold", "Sold It", (Alias(name="paid"),))
        ]


def test_a_value_that_equals_its_default_becomes_the_default() -> None:
    usual = Plan(id="q").sensitivity_levels
    plan = Plan(id="p", sensitivity_levels=(*usual,))
    other = Plan(id="p", sensitivity_levels=("".join(usual[:1]), *usual[1:]))

    assert settled(plan).sensitivity_levels is usual
    assert settled(other).sensitivity_levels is usual
