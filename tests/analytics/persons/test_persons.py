"""Persons over parts are those of the pure rules, however the messages are cut into parts."""

from __future__ import annotations

import collections
import random
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NoReturn, get_args

import duckdb
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart, attributions, effects
from tests.identity.logs import logs

from footfall.analytics.persons import COUNTED_SQL, IS_DEVICE_SQL, Persons
from footfall.analytics.persons.arrays import positions
from footfall.errors import DamagedFileError
from footfall.identity.attribution import Observation, Reason, attribute, effects_of_aliases, namespace


class DamagedPart(ListPart):
    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> NoReturn:
        raise DamagedFileError("warehouse/a.parquet", "a" * 64, "it is missing")


@st.composite
def parts_of(draw: st.DrawFn, log: list[Observation]) -> list[ListPart]:
    """A log in any order, cut into any number of parts, some of them empty."""
    shuffled = draw(st.permutations(log))
    cuts = sorted(draw(st.lists(st.integers(0, len(log)), max_size=6)))
    return [ListPart(shuffled[start:stop]) for start, stop in zip([0, *cuts], [*cuts, len(log)], strict=True)]


@pytest.mark.slow
@settings(max_examples=100)
@given(logs(), st.data())
def test_any_cut_into_parts_in_any_order_gives_the_persons_of_the_pure_rules(
    log: list[Observation], data: st.DataObject
) -> None:
    parts = data.draw(parts_of(log))
    persons = Persons.of(parts, "shop")

    assert attributions(persons, parts) == attribute(log, namespace("shop"))
    assert effects(persons, parts) == effects_of_aliases(log)


@pytest.mark.slow
@settings(max_examples=100)
@given(logs(), st.data())
def test_one_part_more_at_a_time_gives_the_persons_of_all_at_once(log: list[Observation], data: st.DataObject) -> None:
    parts = data.draw(parts_of(log))
    persons = Persons.of((), "shop")
    for part in parts:
        persons = persons.extended(part)

    assert attributions(persons, parts) == attribute(log, namespace("shop"))
    assert effects(persons, parts) == effects_of_aliases(log)


def test_persons_of_later_are_worked_out_once_by_whichever_thread_asks_first() -> None:
    log = [Observation("web", f"m{row}", "page", row, f"u{row}", "a1") for row in range(4)]
    part, other = ListPart(log), ListPart(log)
    persons, expected = Persons.later([part], "shop"), Persons.of([other], "shop")
    reads = list(part.reads)
    with ThreadPoolExecutor(4) as pool:
        dictionaries = list(pool.map(lambda _: persons.dictionary, range(8)))

    assert (reads, part.reads) == ([], other.reads)
    assert all(dictionary is persons.dictionary for dictionary in dictionaries)
    assert persons.counts == expected.counts == (4, 0)


def test_a_damaged_part_is_an_error_of_whoever_asks_for_persons_of_later() -> None:
    persons = Persons.later([DamagedPart([Observation("web", "m1", "page", 1, "ann", "a1")])], "shop")

    for ask in (lambda: persons.counts, lambda: persons.dictionary, lambda: persons.column(0)):
        with pytest.raises(DamagedFileError):
            ask()


def test_a_device_of_one_user_is_that_users_and_its_first_message_says_so() -> None:
    parts = [
        ListPart([Observation("web", "m1", "page", 1, None, "a1")]),
        ListPart(
            [Observation("web", "m2", "identify", 5, "ann", "a1"), Observation("web", "m3", "page", 2, "ann", "a1")]
        ),
    ]
    persons = Persons.of(parts, "shop")

    assert persons.column(0).to_pylist() == persons.column(1, 1).to_pylist()
    assert persons.reasons(0).to_pylist() == ["sole_owner"]
    assert persons.evidence(0).to_pylist() == [{"source": "web", "message_id": "m3"}]


def test_no_part_has_nobody() -> None:
    persons = Persons.of((), "shop")

    assert (persons.table.num_rows, persons.find("ann")) == (0, [])


SHARED = [
    Observation("web", "m1", "identify", 1, "ann", "a1"),
    Observation("web", "m2", "identify", 2, "bob", "a1"),
    Observation("web", "m3", "page", 3, None, "a1"),
    Observation("web", "m4", "page", 10**11, None, "a1"),
    Observation("web", "m5", "alias", 4, "bob", None, None, "bobby"),
    Observation("web", "m6", "page", 5, "bobby", None, "phone"),
    Observation("web", "m7", "page", 6, None, "quiet"),
    Observation("web", "m8", "track", 7, None, "a1", "sensor"),
    Observation("web", "m9", "track", 8, "null", "null"),
]


def rows_of(persons: Persons, id_: str) -> set[tuple[str, str]]:
    """The kinds and ids of the persons that an id leads to."""
    table = {row["person"]: (row["kind"], row["id"]) for row in persons.table.to_pylist()}
    return {table[person] for person in persons.find(id_)}


def test_the_table_has_each_person_that_has_a_message_once() -> None:
    persons = Persons.of([ListPart(SHARED[:4]), ListPart(SHARED[4:])], "shop")
    table = persons.table.sort_by([("kind", "ascending"), ("id", "ascending")])
    numbers = {person for number in (0, 1) for person in persons.column(number).to_pylist()} - {None}

    assert table.drop_columns(["person"]).to_pylist() == [
        {"kind": "anonymous", "id": "quiet", "user_id": None, "counted": True},
        {"kind": "device", "id": "sensor", "user_id": None, "counted": False},
        {"kind": "session", "id": "a1", "user_id": None, "counted": True},
        {"kind": "user", "id": "ann", "user_id": "ann", "counted": True},
        {"kind": "user", "id": "bob", "user_id": "bob", "counted": True},
    ]
    assert sorted(table.column("person").to_pylist()) == sorted(numbers)


def test_sql_tells_persons_that_count_from_streams_of_products_and_from_nobody() -> None:
    persons = Persons.of([ListPart(SHARED)], "shop")
    part = pyarrow.table({"person": persons.column(0), "reason": persons.reasons(0)})
    connection = duckdb.connect()
    connection.register("part", part)

    rows = connection.execute(f"SELECT reason, {COUNTED_SQL}, {IS_DEVICE_SQL} FROM part").fetchall()

    assert {row for row in rows if row[0] in ("device", "blocked")} == {
        ("device", False, True), ("blocked", False, False),
    }  # fmt: skip
    assert all(row[1:] == (True, False) for row in rows if row[0] not in ("device", "blocked"))


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("ann", {("user", "ann")}),
        (" ann\u200b", {("user", "ann")}),
        ("bobby", {("user", "bob")}),
        ("a1", {("user", "ann"), ("user", "bob"), ("session", "a1")}),
        ("quiet", {("anonymous", "quiet")}),
        ("sensor", {("device", "sensor")}),
        ("phone", {("user", "bob")}),
        ("null", set()),
        ("who", set()),
    ],
)
def test_an_id_leads_to_every_person_that_it_is_of(id_: str, expected: set[tuple[str, str]]) -> None:
    assert rows_of(Persons.of([ListPart(SHARED[:4]), ListPart(SHARED[4:])], "shop"), id_) == expected


def test_a_person_id_leads_to_its_person() -> None:
    persons = Persons.of([ListPart(SHARED)], "shop")
    numbers = persons.table.column("person")

    for number, person_id in zip(numbers.to_pylist(), persons.person_ids(numbers).to_pylist(), strict=True):
        assert persons.find(person_id) == [number]


def test_a_slice_of_a_part_has_what_the_whole_part_says_of_its_rows() -> None:
    persons = Persons.of([ListPart(SHARED)], "shop")

    for say in (persons.column, persons.reasons, persons.row_ids, persons.alias_effects):
        whole = say(0).to_pylist()
        assert [say(0, row, row + 2).to_pylist() for row in range(8)] == [whole[row : row + 2] for row in range(8)]
        assert say(0, 3).to_pylist() == whole[3:]
    whole = persons.evidence(0).to_pylist()
    assert [persons.evidence(0, row, row + 2).to_pylist() for row in range(8)] == [
        whole[row : row + 2] for row in range(8)
    ]


@settings(max_examples=50)
@given(logs(), st.data())
def test_some_rows_have_the_persons_that_the_whole_column_has(log: list[Observation], data: st.DataObject) -> None:
    parts = data.draw(parts_of(log))
    whole, some = Persons.of(parts), Persons.of(parts)
    for number, part in enumerate(parts):
        rows = data.draw(st.lists(st.integers(0, part.messages - 1), max_size=8)) if part.messages else []
        expected = whole.column(number).to_pylist()

        assert some.persons_at(number, pyarrow.array(rows, pyarrow.int32())).to_pylist() == [expected[n] for n in rows]
        assert some.persons_at(number, positions(part.messages)).to_pylist() == expected


def test_a_column_is_of_int32() -> None:
    assert Persons.of([ListPart(SHARED), ListPart([])], "shop").column(1).type == pyarrow.int32()


def test_numbers_of_persons_stay_as_parts_come() -> None:
    before = Persons.of([ListPart(SHARED)], "shop")
    after = before.extended(ListPart([Observation("web", "n1", "page", 9, "zoe", "new")]))

    assert after.column(0).to_pylist() == before.column(0).to_pylist()


def random_log(messages: int) -> list[Observation]:
    """Messages of a small world, so that whoever may meet does: every rule is at work all over it."""
    chance = random.Random(5)
    users = [f"u{number}" for number in range(messages // 40)] + ["null", " u1", "u2\u200b"]
    devices = [f"a{number}" for number in range(messages // 30)] + ["0", "\ufeffa1"]
    log = []
    for number in range(messages):
        device = chance.choice(devices)
        # Most browsers have one user, one in ten has any, and one in twenty nobody signs in on.
        own = users[hash_of(device) % len(users)]
        user = own if hash_of(device) % 10 else chance.choice(users)
        kind = chance.random()
        if kind > 0.99:  # what was only counted, and a bot's
            nobody: Literal["unconsented", "bot"] = "bot" if kind > 0.995 else "unconsented"
            log.append(Observation("web", f"m{number}", "page", number, nobody=nobody))
            continue
        type_ = "alias" if kind < 0.01 else "reset" if kind < 0.03 else "track"
        log.append(Observation(
            chance.choice(("web", "app")), f"m{number}", type_, chance.randrange(40) * 20 * 60_000_000,
            user if type_ == "alias" or (hash_of(device) % 20 != 1 and chance.random() < 0.3) else None,
            device if chance.random() < 0.95 else None,
            f"sensor-{chance.randrange(50)}" if chance.random() < 0.05 else None,
            chance.choice(chance.choice((users, devices[::7], [None]))) if type_ == "alias" else None,
        ))  # fmt: skip
    return log


def hash_of(text: str) -> int:
    return zlib.crc32(text.encode())


@pytest.mark.slow
def test_a_million_messages_in_many_parts_have_the_persons_of_the_pure_rules() -> None:
    log = random_log(1_000_000)
    expected = attribute(log, namespace("shop"))
    chance = random.Random(3)
    chance.shuffle(log)
    cuts = sorted(chance.sample(range(len(log)), 39))
    parts = [ListPart(log[start:stop]) for start, stop in zip([0, *cuts], [*cuts, len(log)], strict=True)]
    persons = Persons.of(parts[:30], "shop")
    for part in parts[30:]:
        persons = persons.extended(part)

    reasons = collections.Counter(attribution.reason for attribution in expected.values())
    assert set(reasons) == set(get_args(Reason))
    assert min(reasons.values()) > 1000
    assert effects(persons, parts) == effects_of_aliases(log)
    assert attributions(persons, parts) == expected
