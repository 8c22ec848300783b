"""Versions are computed: the same plan and lock give the same lock, and whatever is edited, they only rise."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from tests.planning.diff.plans import EDITS, UNSHRUNK, plans, replace

from footfall.plan import read
from footfall.plan.model import Plan, Property
from footfall.planning.diff import KINDS
from footfall.planning.lock import LOCK_CODES, PlanLock, hash_of, lock_plan, shape_of, stale

SOLD: dict[str, Any] = {"properties": {"size": {"type": "integer", "unit": "cm"}, "note": {"type": "string"}}}


def plan_of(**events: Any) -> Plan:
    return read({"plan": "shirts", "events": events}).require()


def lock_all(*steps: Plan) -> PlanLock:
    """The lock after these plans, one after the other; none of them may reuse a name."""
    lock = None
    for plan in steps:
        lock, problems = lock_plan(plan, lock)
        assert problems == []
    assert lock is not None
    return lock


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@st.composite
def histories(draw: st.DrawFn) -> list[Plan]:
    """A plan and what became of it: each step edits one property, takes an event away, or brings an old plan back."""
    steps = [draw(plans())]
    for _ in range(draw(st.integers(3, 8))):
        plan = steps[-1]
        spots = [(event.name, prop) for event in plan.events.values() for prop in event.properties]
        way = draw(st.sampled_from(["edit", "edit", "remove", "back"]))
        if way == "edit" and spots:
            event, prop = draw(st.sampled_from(spots))
            plan = EDITS[draw(st.sampled_from(sorted(set(EDITS) - {"rename"})))](plan, event, prop)[0]
        elif way == "remove" and plan.events:
            gone = draw(st.sampled_from(sorted(plan.events)))
            plan = replace(plan, events={name: event for name, event in plan.events.items() if name != gone})
        else:
            plan = draw(st.sampled_from(steps))
        steps.append(plan)
    return steps


@given(histories())
def test_locking_twice_changes_nothing(history: list[Plan]) -> None:
    lock = None
    for plan in history:
        wrong = {problem.remedy.split("'")[1] for problem in lock_plan(plan, lock)[1]}
        lock = lock_plan(plan, lock, reuse=wrong)[0]
        again, problems = lock_plan(plan, lock, reuse=wrong)
        assert (again, problems, stale(lock, again)) == (lock, [], [])


@given(histories())
def test_versions_rise_with_every_change_of_a_shape_and_never_fall(history: list[Plan]) -> None:
    lock = None
    last: dict[str, tuple[tuple[int, ...], str]] = {}
    for plan in history:
        wrong = {problem.remedy.split("'")[1] for problem in lock_plan(plan, lock)[1]}
        lock = lock_plan(plan, lock, reuse=wrong)[0]
        for name, one in lock.events.items():
            version, found = last.get(name, ((0, 0), ""))
            assert numbers(one.version) > version if one.hash != found else numbers(one.version) == version
            last[name] = (numbers(one.version), one.hash)


def test_the_histories_bring_names_back_and_change_meanings() -> None:
    def reuses(history: list[Plan]) -> bool:
        lock = None
        for plan in history:
            lock, problems = lock_plan(plan, lock)
            if problems:
                return True
        return False

    assert find(histories(), reuses, settings=UNSHRUNK)


@given(plans())
def test_a_lock_is_the_same_after_writing_and_reading(plan: Plan) -> None:
    lock = lock_plan(plan)[0]
    read = msgspec.json.decode(msgspec.json.encode(lock), type=PlanLock)

    assert read == lock
    assert all(hash_of(one.shape) == one.hash for one in read.events.values())


@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_a_plan_counts_for_nothing(plan: Plan, random: Any) -> None:
    def shuffled(properties: tuple[Property, ...]) -> tuple[Property, ...]:
        mixed = [replace(prop, properties=shuffled(prop.properties), enum=prop.enum[::-1]) for prop in properties]
        random.shuffle(mixed)
        return tuple(mixed)

    events = {
        name: replace(event, properties=shuffled(event.properties))
        for name, event in reversed(list(plan.events.items()))
    }
    assert lock_plan(replace(plan, events=events)) == lock_plan(plan)


def test_an_event_starts_at_1_0_and_a_draft_below() -> None:
    lock = lock_all(plan_of(sold=SOLD, tried={"status": "draft"}))

    assert {name: one.version for name, one in lock.events.items()} == {"sold": "1.0", "tried": "0.1"}


@pytest.mark.parametrize(
    ("key", "value", "version"),
    [
        ("required", True, "2.0"),
        ("max", 9, "2.0"),
        ("type", "string", "2.0"),
        ("type", "decimal", "1.1"),
        ("nullable", True, "1.1"),
        ("unit", "m", "1.1"),
        ("transform", "hash", "2.0"),
        ("description", "How large", "1.0"),
        ("sensitivity", "personal", "1.0"),
    ],
)
def test_what_can_make_right_events_faulty_raises_the_major_number(key: str, value: Any, version: str) -> None:
    size = {"type": "integer", "unit": "cm", key: value}
    if key == "type" and value == "string":
        del size["unit"]
    after = plan_of(sold={"properties": {**SOLD["properties"], "size": size}})

    assert lock_all(plan_of(sold=SOLD), after).events["sold"].version == version


def test_a_draft_stays_below_1_until_it_is_active() -> None:
    draft = {**SOLD, "status": "draft"}
    other = {"status": "draft", "properties": {"size": {"type": "string"}}}
    still = lock_all(plan_of(sold=draft), plan_of(sold=other))
    live = lock_all(plan_of(sold=draft), plan_of(sold={**other, "status": "active"}))

    assert still.events["sold"].version == "0.2"
    assert live.events["sold"].version == "1.0"


def test_a_removed_property_leaves_a_tombstone_and_may_come_back_as_it_was() -> None:
    less = plan_of(sold={"properties": {"note": {"type": "string"}}})
    gone = lock_all(plan_of(sold=SOLD), less)
    back = lock_all(plan_of(sold=SOLD), less, plan_of(sold=SOLD))

    assert {name: stone.means for name, stone in gone.removed.properties.items()} == {"sold.size": "integer cm"}
    assert (gone.events["sold"].version, back.events["sold"].version) == ("2.0", "2.1")
    assert back.removed.properties == {}


@pytest.mark.parametrize(
    "size",
    [{"type": "integer", "unit": "m"}, {"type": "string"}, {"type": "integer", "unit": "cm", "transform": "hash"}],
)
def test_a_removed_property_that_comes_back_with_another_meaning_is_told(size: dict[str, Any]) -> None:
    gone = lock_all(plan_of(sold=SOLD), plan_of(sold={"properties": {"note": {"type": "string"}}}))
    other = plan_of(sold={"properties": {"note": {"type": "string"}, "size": size}})
    lock, problems = lock_plan(other, gone)

    assert [(problem.code, problem.where) for problem in problems] == [("name_reused", "sold.size")]
    assert problems[0].message == "the name 'size' was taken away after version 1.0, where it meant: integer cm"
    assert "sold.size" in lock.removed.properties
    assert lock_plan(other, gone, reuse=["sold.size"])[1] == []


def test_a_removed_key_on_the_wire_is_not_given_to_another_property() -> None:
    gone = lock_all(plan_of(sold=SOLD), plan_of(sold={"properties": {"note": {"type": "string"}}}))
    length = {"length": {"type": "string", "wire_name": "size"}}

    assert [problem.where for problem in lock_plan(plan_of(sold={"properties": length}), gone)[1]] == ["sold.length"]


def test_what_is_taken_away_inside_is_remembered_too() -> None:
    def sold(**inner: Any) -> Plan:
        items = {"type": "object", "properties": {"sku": {"type": "string"}, **inner}}
        return plan_of(sold={"properties": {"lines": {"type": "array", "items": items}}})

    gone = lock_all(sold(price={"type": "decimal"}), sold())
    problems = lock_plan(sold(price={"type": "string"}), gone)[1]

    assert list(gone.removed.properties) == ["sold.lines[].price"]
    assert [problem.where for problem in problems] == ["sold.lines[].price"]


def test_a_removed_event_keeps_its_version_for_when_it_comes_back() -> None:
    both = plan_of(sold=SOLD, seen={})
    gone = lock_all(both, plan_of(seen={}))
    other = plan_of(sold={"properties": {"size": {"type": "string"}}}, seen={})
    lock, problems = lock_plan(other, gone, reuse=["sold"])

    assert gone.removed.names["sold"].version == "1.0"
    assert lock_all(both, plan_of(seen={}), both).events["sold"].version == "1.0"
    assert [problem.where for problem in lock_plan(other, gone)[1]] == ["sold"]
    assert (problems, lock.events["sold"].version, dict(lock.removed.names)) == ([], "2.0", {})


def test_the_name_of_a_removed_event_is_not_given_to_another_one() -> None:
    gone = lock_all(plan_of(sold={**SOLD, "wire_name": "Shirt Sold"}, seen={}), plan_of(seen={}))
    taken = plan_of(seen={}, given={"wire_name": "Shirt Sold"})

    assert [(problem.code, problem.where) for problem in lock_plan(taken, gone)[1]] == [("name_reused", "given")]


def test_a_renamed_event_goes_on_with_its_version_and_its_tombstones() -> None:
    less = {"properties": {"note": {"type": "string"}}}
    lock = lock_all(plan_of(sold=SOLD), plan_of(sold=less), plan_of(bought={**less, "aliases": [{"name": "sold"}]}))

    assert {name: one.version for name, one in lock.events.items()} == {"bought": "2.1"}
    assert list(lock.removed.properties) == ["bought.size"]


def test_a_stale_lock_says_what_will_be() -> None:
    old = lock_all(plan_of(sold=SOLD, seen={}))
    now, _ = lock_plan(plan_of(sold={"properties": {}}, given={}), old)

    assert [(problem.where, problem.message) for problem in stale(old, now)] == [
        ("given", "is not in the lock; it will be version 1.0"),
        ("sold", "has changed since version 1.0; it will be version 2.0"),
        ("seen", "is in the lock with version 1.0, and not in the plan"),
    ]
    assert {problem.code for problem in stale(old, now)} <= LOCK_CODES.keys()
    assert not LOCK_CODES.keys() & KINDS.keys()


def test_the_shape_leaves_out_what_readers_see() -> None:
    plan = plan_of(sold={"description": "d", "properties": {"size": {"type": "integer", "description": "d", "min": 1}}})
    same = plan_of(sold={"properties": {"size": {"type": "integer", "min": 1, "examples": [3]}}})

    assert hash_of(shape_of(plan.events["sold"])) == hash_of(shape_of(same.events["sold"]))
