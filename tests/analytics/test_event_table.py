"""The table of an event is the same wherever its messages lie: sealed with any plan, with none, or in the tail."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, find, given, settings
from hypothesis import strategies as st
from tests.storage.sealing import batch_of

from footfall.analytics.dataset import Dataset, EventColumns
from footfall.analytics.engine import connect
from footfall.analytics.loading import Loaded, load_intake
from footfall.analytics.persons import Persons, PersonsCache
from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import Alias, Event, Page, Plan, Property, PropertyType
from footfall.plan.property_text import READERS
from footfall.storage.journal import Entry
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn

MakeEntry = Callable[..., Entry]

TYPES: dict[str, PropertyType] = {
    "amount": "decimal", "number": "number", "count": "integer", "flag": "boolean", "name": "string", "id": "uuid",
    "at": "datetime", "any": "any", "list": "array",
}  # fmt: skip


def plan_of(types: dict[str, PropertyType], scale: int | None = None) -> Plan:
    properties = tuple(
        Property(name=name, wire_name=name.title(), type=type_, scale=scale if type_ == "decimal" else None)
        for name, type_ in types.items()
    )
    names = (Alias(name="sale", until="1970-01-02"),)
    bought = Event(name="buy", wire_name="Order Completed", properties=properties, aliases=names)
    page = Page(name="page", properties=properties)
    return Plan(id="p", events={"buy": bought}, pages={"page": page}, traits={"user": properties})


PLAN = plan_of(TYPES, 2)
OLDER = plan_of({**TYPES, "amount": "number", "number": "decimal", "count": "string", "name": "integer"}, 7)
LONG = "9" * 40
TEXTS: dict[str, Sequence[str]] = {
    "amount": ["1", "1.50", '"2.5"', "0.1000", "-0", "1e2", LONG, f"0.{'0' * 20}1", '"x"', "null", "1" * 20, "[1]"],
    "number": ["1", "12345678901234567890.12", '"1"', "1e-20", "true", "1e999", "1.000000000000000000000"],
    "count": ["7", "9223372036854775808", "1.0", '"7"', LONG, "null"],
    "flag": ["true", "false", "1", '"true"', "null"],
    "name": ['"a"', '"\\u0000é\\n"', "1", "{}", '""'],
    "id": ['"0b5d2a5e-1111-4222-8333-abcdefabcdef"', '"0B5D2A5E-1111-4222-8333-ABCDEFABCDEF"', "3"],
    "at": ['"2026-03-01T00:30:00+01:00"', '"2026-02-28 23:30:00z"', '"x"', "1"],
    "any": ['"a"', "1.0", '{"b": [1, 2.50]}', "null"],
    "list": ["[1, 2]", "[]", "1"],
}
MEMBERS = st.lists(
    st.sampled_from(sorted(TYPES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(TEXTS[name]))),
    max_size=5,
)
NAMES = st.sampled_from(["buy", "Order Completed", "sale", "other"])
PLACES = st.sampled_from(["sealed", "without a plan", "by an older plan", "tail"])
LOGS = st.lists(st.tuples(NAMES, MEMBERS, st.sampled_from([1, 90_000]), PLACES), max_size=8)


def json_of(members: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{name.title()}": {text}' for name, text in members) + "}"


def parts_of(folder: Path, placed: Sequence[tuple[Entry, str]]) -> list[Part]:
    """Parts of these messages, each where it is to lie."""
    plans = {"sealed": PLAN, "without a plan": None, "by an older plan": OLDER}
    parts: list[Part] = []
    for place, plan in plans.items():
        entries = [entry for entry, where in placed if where == place]
        warehouse = ParquetWarehouse(folder / place)
        parts += [warehouse.part(file) for file in (warehouse.write([batch_of(entries)], plan) if entries else ())]
    tail = [entry for entry, where in placed if where == "tail"]
    return [*parts, TablePart([table_of(tail)])] if tail else parts


def dataset_of(parts: Sequence[Part]) -> Dataset:
    connection = connect()
    load_intake(connection, None)
    return Dataset(connection, lambda _: Loaded(parts, PLAN))


def content_of(dataset: Dataset, name: str) -> tuple[Any, Any]:
    """The rows of the table of an event in order of `seq`, and what its columns are."""
    table = dataset.events(name, TYPES)
    columns = [table.columns[prop] for prop in sorted(TYPES)]
    rows = dataset.rows(f"SELECT seq, {', '.join(column.sql for column in columns)} FROM {table.name} ORDER BY seq")
    return rows, [(column.form, column.scale, column.unread) for column in columns]


def expected(entries: Sequence[tuple[Entry, Sequence[tuple[str, str]]]]) -> tuple[list[list[Any]], list[int]]:
    """Values, numbers as Decimals, and how many were not of their type, each read by itself from its text."""
    properties = {item.name: item for item in PLAN.events["buy"].properties}
    rows, unread = [], dict.fromkeys(sorted(TYPES), 0)
    for entry, members in entries:
        row: list[Any] = [entry.seq]
        for name in sorted(TYPES):
            raw, value = dict(members).get(name, "null"), None
            if raw != "null":
                try:
                    value = READERS[TYPES[name]](raw.encode())
                    same = canonical_text(properties[name])
                    value = same(value) if same and isinstance(value, str) else value
                except (ValueError, KeyError):
                    unread[name] += 1
            row.append(value)
        rows.append(row)
    return rows, list(unread.values())


def plain(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows with numbers as Decimals, also those that are kept as digits."""
    numbers = {
        number for number, name in enumerate(sorted(TYPES), 1) if TYPES[name] in ("decimal", "number", "integer")
    }
    return [
        [Decimal(value) if place in numbers and value is not None else value for place, value in enumerate(row)]
        for row in rows
    ]


@given(log=LOGS)
@example(log=[("buy", [("amount", text)], 1, "sealed") for text in TEXTS["amount"][:6]])
@example(log=[("buy", [("name", '"a"'), ("name", '"\\u0000é\\n"')], 1, "sealed")])
@example(log=[("buy", [("amount", "1.50")], 1, place) for place in ("sealed", "by an older plan", "tail")])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_values_are_the_same_wherever_a_message_lies(
    tmp_path_factory: pytest.TempPathFactory, entry: MakeEntry, log: list[tuple[str, list[tuple[str, str]], int, str]]
) -> None:
    entries = [
        entry(seq, name, at, user="a", properties=json_of(members)) for seq, (name, members, at, _) in enumerate(log, 1)
    ]
    folder = tmp_path_factory.mktemp("parts")
    placed = [(each, place) for each, (*_, place) in zip(entries, log, strict=True)]

    with dataset_of(parts_of(folder, placed)) as dataset, Dataset.of(entries, PLAN) as loose:
        content, loose_content = content_of(dataset, "buy"), content_of(loose, "buy")

    counting = [
        (each, members)
        for each, (name, members, at, _) in zip(entries, log, strict=True)
        if name in ("buy", "Order Completed") or (name == "sale" and at < 86_400)
    ]
    rows, unread = expected(counting)
    assert content == loose_content
    assert plain(content[0]) == rows
    assert [column[2] for column in content[1]] == unread
    event(f"digits: {any(column[0] == 'digits' for column in content[1])}, unread: {any(unread)}")


@pytest.mark.slow
def test_events_in_all_places_with_values_of_all_kinds_are_drawn() -> None:
    find(LOGS, lambda log: len({place for *_, place in log}) == 4)
    find(LOGS, lambda log: any(text == LONG for _, members, *_ in log for _, text in members))
    find(LOGS, lambda log: any(len(dict(members)) < len(members) for _, members, *_ in log))


@pytest.mark.parametrize(("name", "type_"), [("page", "page"), ("identify", "identify")])
def test_calls_have_their_properties_and_traits_wherever_they_lie(
    tmp_path: Path, entry: MakeEntry, name: str, type_: str
) -> None:
    member = "traits" if type_ == "identify" else "properties"
    texts = [
        json_of([(prop, text)]) for prop, text in itertools.chain(*([(p, t) for t in TEXTS[p]] for p in sorted(TYPES)))
    ]
    entries = [
        entry(seq, None, seq, user="a", type=type_, body=f'{{"type":"{type_}","{member}":{text}}}'.encode())
        for seq, text in enumerate(texts, 1)
    ]
    places = itertools.cycle(["sealed", "tail"])

    parts = parts_of(tmp_path, list(zip(entries, places, strict=False)))
    with dataset_of(parts) as dataset, Dataset.of(entries, PLAN) as loose:
        assert content_of(dataset, name) == content_of(loose, name)


def test_traits_that_a_wire_has_elsewhere_are_those_of_the_call(tmp_path: Path, entry: MakeEntry) -> None:
    entries = [
        entry(1, None, 1, user="a", type="identify", body=b'{"traits":{"Name":"b"}}', traits=b'{"Name":"a"}'),
        entry(2, None, 2, user="a", type="identify", body=b'{"traits":{"Name":"b"}}'),
    ]

    for place in ("sealed", "tail"):
        with dataset_of(parts_of(tmp_path, [(each, place) for each in entries])) as dataset:
            table = dataset.events("identify", ["name"])
            assert dataset.rows(f"SELECT {table.columns['name'].sql} FROM {table.name} ORDER BY seq") == [
                ("a",),
                ("b",),
            ]


def test_a_page_of_a_name_is_found_by_it(tmp_path: Path, entry: MakeEntry) -> None:
    texts = ['"Home"', '"Ho\\u006de"', '"Cart"', "null", "7"]
    entries = [
        entry(seq, None, seq, user="a", type="page", body=f'{{"name":{text},"properties":{{"Flag":3}}}}'.encode())
        for seq, text in enumerate(texts, 1)
    ]

    with dataset_of(parts_of(tmp_path, [(each, "sealed") for each in entries])) as dataset:
        table = dataset.events("page:Home", ["flag"])

        assert dataset.rows(f"SELECT seq FROM {table.name} ORDER BY seq") == [(1,), (2,)]
        assert table.columns["flag"].unread == 2


class CountedPart(Part):
    """A part that counts how often it is read for something else than its persons."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.reads = 0

    @property
    def name(self) -> str:
        return self.part.name

    @property
    def messages(self) -> int:
        return self.part.messages

    def stretches(self) -> Sequence[Stretch]:
        return self.part.stretches()

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        self.reads += not {"seq", "received_at"}.isdisjoint(columns)
        return self.part.read(columns, start, stop)

    def take(self, columns: Sequence[str], rows: Any) -> Any:
        return self.part.take(columns, rows)

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        self.reads += 1
        return self.part.typed(stretch, leaves)


def days(entry: MakeEntry) -> list[CountedPart]:
    """A part for each of three days, with a message at its beginning and one in its middle; one is another event."""
    return [
        CountedPart(
            TablePart([
                table_of([
                    entry(seq, "buy", day * 86_400, user="a", properties={"Flag": 1}),
                    entry(seq + 1, "buy" if day else "other", day * 86_400 + 7, user="a", properties={"Flag": True}),
                ])
            ])
        )
        for day, seq in ((0, 1), (1, 3), (2, 5))
    ]  # fmt: skip


def test_what_occurred_before_a_window_is_not_read_and_is_in_no_table(entry: MakeEntry) -> None:
    parts = days(entry)

    with dataset_of(parts) as dataset:
        table = dataset.events("buy", ["flag"], since=86_407_000_000)

        assert dataset.rows(f"SELECT seq FROM {table.name} ORDER BY seq") == [(4,), (5,), (6,)]
        assert table.columns["flag"].unread == 1
        assert [part.reads > 0 for part in parts] == [False, True, True]


def test_a_table_from_a_later_moment_on_says_that_the_event_is_stored(entry: MakeEntry) -> None:
    with dataset_of(days(entry)) as dataset:
        nothing = dataset.events("buy", since=10**15)

        assert dataset.rows(f"SELECT count(*) FROM {nothing.name}") == [(0,)]
        assert nothing.is_stored
        assert not dataset.events("page").is_stored


def test_a_table_is_used_again_for_a_later_moment_and_for_no_earlier_one(entry: MakeEntry) -> None:
    with dataset_of(days(entry)) as dataset:
        table = dataset.events("buy", ["flag"], since=5)

        assert dataset.events("buy", since=6) is table
        assert dataset.events("buy", since=4) is not table
        assert dataset.events("buy") is not table


@pytest.mark.parametrize(
    ("stored", "expected"), [(("person",), 0), (("person", "seq"), 2), (("person", "received_at"), 2)]
)
def test_who_did_what_when_is_read_from_the_cache_alone(
    entry: MakeEntry, tmp_path: Path, stored: tuple[str, ...], expected: int
) -> None:
    rows = [entry(seq, "buy", seq, user=f"u{seq}") for seq in range(1, 5)]
    warehouse, cache = ParquetWarehouse(tmp_path / "warehouse"), PersonsCache(tmp_path / "cache")
    files = [file for half in (rows[:2], rows[2:]) for file in warehouse.write([batch_of(half)], PLAN)]
    Persons.of([warehouse.part(file) for file in files], PLAN.id, cache)
    parts = [CountedPart(warehouse.part(file)) for file in files]

    with Dataset.over(parts, PLAN, Persons.of(parts, PLAN.id, cache)) as dataset:
        table = dataset.events("buy", stored=stored)
        times = dataset.rows(f"SELECT occurred_at FROM {table.name} WHERE counted ORDER BY 1")

    assert times == [(seq * 1_000_000,) for seq in range(1, 5)]
    assert sum(part.reads for part in parts) == expected


def test_nobody_is_looked_up_for_a_table_without_persons(entry: MakeEntry, tmp_path: Path) -> None:
    rows = [entry(seq, "buy", seq, user=f"u{seq}", properties={"total": seq}) for seq in range(1, 5)]
    warehouse, cache = ParquetWarehouse(tmp_path / "warehouse"), PersonsCache(tmp_path / "cache")
    parts = [warehouse.part(file) for file in warehouse.write([batch_of(rows)], PLAN)]

    with Dataset.over(parts, PLAN, Persons.later(parts, PLAN.id, cache)) as dataset:
        table = dataset.events("buy", stored=("seq",))
        lines = dataset.rows(f"SELECT * FROM {table.name} ORDER BY 1")
        columns = [name for name, *_ in dataset.rows(f"DESCRIBE {table.name}")]

        assert (columns, lines) == (["seq", "occurred_at"], [(seq, seq * 1_000_000) for seq in range(1, 5)])
        assert not (tmp_path / "cache").exists()
        with_persons = dataset.events("buy")
        assert dataset.rows(f"SELECT count(DISTINCT person) FILTER (counted) FROM {with_persons.name}") == [(4,)]
        assert dataset.events("buy", stored=()) is table
    assert (tmp_path / "cache" / "persons").exists()


def test_a_table_without_seq_is_not_used_for_a_question_that_needs_it(entry: MakeEntry) -> None:
    with dataset_of(days(entry)) as dataset:
        narrow = dataset.events("buy", stored=())
        wide = dataset.events("buy", stored=("seq",))

        assert narrow is not wide
        assert dataset.events("buy", stored=("seq",)) is wide


def test_a_part_without_the_event_is_not_read(entry: MakeEntry) -> None:
    parts = [*days(entry)[1:], CountedPart(TablePart([table_of([entry(9, "other", 1)])]))]

    with dataset_of(parts) as dataset:
        dataset.read_events({"buy": EventColumns(["flag"]), "page": EventColumns()})

    assert [part.reads > 0 for part in parts] == [True, True, False]
