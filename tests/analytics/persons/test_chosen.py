"""Some messages have the persons that they have among all, and only who has one of them is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow
import pyarrow.compute as pc
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.analytics.persons import Persons
from footfall.analytics.persons.chosen import ChosenPersons
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.selected_part import SelectedPart
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Part

# Of each message its user, its browser, its product, and whether it is chosen.
Message = tuple[str | None, str | None, str | None, bool]
MESSAGES = st.lists(
    st.tuples(
        st.sampled_from([None, "u1", "u2"]), st.sampled_from([None, "a1", "a2"]), st.sampled_from([None, "d1"]),
        st.booleans(),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def part_of(messages: Sequence[Message], first: int) -> Part:
    entries = [
        Entry(seq, Row("stored", "s", f"m{seq}", "track", "e", user, browser, device, None, None, seq, seq, None, None,
                       b"{}", None))
        for seq, (user, browser, device, _) in enumerate(messages, first)
    ]  # fmt: skip
    return TablePart([table_of(entries)])


def chooser(chosen: set[int]) -> Callable[[pyarrow.Table], pyarrow.Array]:
    return lambda table: pc.is_in(table.column("seq"), value_set=pyarrow.array(sorted(chosen), pyarrow.int64()))


@given(st.tuples(MESSAGES, MESSAGES))
@example(([("u1", "a1", None, True), ("u2", "a1", None, False), (None, "a1", None, True)], [(None, None, "d1", False)]))
@example(([("u1", None, None, False)], [("u1", None, None, True)]))
@settings(max_examples=60)
def test_rows_keep_their_persons_and_nobody_without_one_is_counted(logs: tuple[list[Message], list[Message]]) -> None:
    parts = [part_of(logs[0], 1), part_of(logs[1], 1 + len(logs[0]))]
    every = Persons.of(parts)
    flags = [message[3] for log in logs for message in log]
    chosen = {seq for seq, flag in enumerate(flags, 1) if flag}
    selected = [SelectedPart(part, ("seq",), chooser(chosen)) for part in parts]
    rows = {number: part.rows for number, part in enumerate(selected)}
    others = {
        number: pyarrow.array(sorted({*range(part.messages)} - {*rows[number].to_pylist()}), pyarrow.int64())
        for number, part in enumerate(parts)
    }
    persons = ChosenPersons(every, rows, others)

    columns = [persons.column(number).to_pylist() for number in range(2)]
    expected = [every.column(number).take(rows[number]).to_pylist() for number in range(2)]
    there = {person for column in columns for person in column if person is not None}
    assert columns == expected
    assert {*persons.table.column("person").to_pylist()} == there
    assert persons.counts == (
        persons.table.column("counted").to_pylist().count(True),
        persons.table.column("counted").to_pylist().count(False),
    )
    for number, part in enumerate(selected):
        stretches = part.stretches() if part.messages else []
        moves = persons.moves(number, stretches) or []
        assert [line for table in moves for line in table.column("person").to_pylist()] == columns[number]
        for tables in (moves, persons.times(number, stretches) or []):
            times = [line for table in tables for line in table.column("occurred_at").to_pylist()]
            assert times == part.read(["occurred_at"]).column(0).to_pylist()
        ids = part.read(["anonymous_id", "device_id"]).to_pylist()
        devices = every.dictionary.ids.take(persons.devices(number)).to_pylist()
        assert devices == [line["anonymous_id"] or line["device_id"] for line in ids]
