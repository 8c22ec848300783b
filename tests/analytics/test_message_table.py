"""Narrow tables of all messages: the columns that are asked for, events by the plan's names, and the person of each."""

from __future__ import annotations

from collections.abc import Callable

from footfall.analytics.dataset import Dataset
from footfall.plan.model import Alias, Event, Plan, Source
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]


def test_names_that_mean_an_event_of_the_plan_become_its_name(entry: MakeEntry) -> None:
    event = Event(name="buy", wire_name="Order Completed", aliases=(Alias(name="sale", until="1970-01-02"),))
    plan = Plan(id="test", events={"buy": event})
    day = 86_400
    log = [
        entry(1, "Order Completed", 1, user="a"), entry(2, "sale", day - 1, user="a"), entry(3, "sale", day, user="a"),
        entry(4, "buy", 2, user="a"), entry(5, "other", 2, user="a"), entry(6, None, 3, user="a", type="page"),
    ]  # fmt: skip

    with Dataset.of(log, plan) as dataset:
        names: dict[int, str] = dict(dataset.rows(f"SELECT seq, event FROM {dataset.messages()}"))

    assert names == {1: "buy", 2: "buy", 3: "sale", 4: "buy", 5: "other", 6: None}


def test_a_message_has_its_source_type_and_times_and_what_its_person_is(entry: MakeEntry) -> None:
    log = [
        entry(1, "view", 1, user="ann", received_at=7), entry(2, None, 2, anonymous="null", type="page", source="app"),
        entry(3, "view", 3, device="gw"),
    ]  # fmt: skip
    plan = Plan(id="", sources={"app": Source(name="app", channel="app")})

    with Dataset.of(log, plan) as dataset:
        rows = dataset.rows(
            f"SELECT * EXCLUDE (person, step, device), person IS NULL FROM {dataset.messages()} ORDER BY seq"
        )

    assert rows == [
        (1, "shop", "track", "view", 0, 1_000_000, 7, True, False, False),
        (2, "app", "page", None, 3, 2_000_000, 2_000_000, False, False, True),
        (3, "shop", "track", "view", 0, 3_000_000, 3_000_000, False, True, False),
    ]


def test_steps_are_numbers_of_names_and_devices_numbers_of_ids(entry: MakeEntry) -> None:
    body = b'{"type":"page","name":"/cart"}'
    log = [
        entry(1, "view", 1, anonymous="a", device="d"), entry(2, None, 2, anonymous="a", type="page", body=body),
        entry(3, "view", 3, device="d"), entry(4, None, 4, anonymous="null", type="identify"),
        entry(5, None, 5, type="screen"),
    ]  # fmt: skip

    with Dataset.of(log) as dataset:
        table = dataset.messages({"seq", "step", "device"})
        rows = dataset.rows(f"SELECT name, device FROM {table} LEFT JOIN {table}_steps USING (step) ORDER BY seq")
        ids = dataset.persons.dictionary.ids.to_pylist()

    named = [(name, None if device is None else ids[device]) for name, device in rows]
    assert named == [("view", "a"), ("page:/cart", "a"), ("view", "d"), (None, None), ("screen", None)]


def test_a_table_has_the_columns_that_were_asked_for_and_no_more(entry: MakeEntry) -> None:
    with Dataset.of([entry(1, "view", 1, user="ann")]) as dataset:
        few = dataset.messages({"occurred_at", "type"})
        persons = dataset.messages({"person"})

        assert dataset.rows(f"SELECT * FROM {few}") == [("track", 1_000_000)]
        names = [name for name, *_ in dataset.rows(f"DESCRIBE {persons}")]
        assert names == ["person", "counted", "is_device"]


def test_a_table_with_more_columns_is_used_again(entry: MakeEntry) -> None:
    with Dataset.of([entry(1, "view", 1)]) as dataset:
        every = dataset.messages()

        assert dataset.messages({"seq"}) is every
        assert dataset.messages() is every


def test_nothing_stored_is_a_table_without_rows() -> None:
    with Dataset.of([]) as dataset:
        assert dataset.rows(f"SELECT * FROM {dataset.messages()}") == []
