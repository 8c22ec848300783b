"""Each condition of a selection leaves out what does not meet it, whatever the others are."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid5

import pyarrow.parquet
from hypothesis import find, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry
from tests.maintenance.folders import collect, seal

from footfall.analytics.exports import MessageStream, Selection
from footfall.analytics.stored_messages import StoredMessages
from footfall.analytics.window import Span
from footfall.collector import Collector
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.plan.model import Plan
from footfall.storage.journal import Entry, Row, counter_name
from footfall.storage.parquet.table_part import TablePart, table_of

PLAN = Plan(id="test")
TYPES = (("track", "buy"), ("track", "view"), ("page", None), ("identify", None))


def row(seq: int, type_: str, event: str | None, user: str | None, browser: str | None, at: int, receipt: int) -> Row:
    return Row(
        "stored", "shop", f"m{seq}", type_, event, user, browser, None, None, None, at, receipt, None, None, b"{}", None
    )


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    entries = []
    for seq in sorted(draw(st.sets(st.integers(1, 40), max_size=12))):
        type_, event = draw(st.sampled_from(TYPES))
        user = draw(st.sampled_from([None, "ann", "bob"]))
        at, receipt = (draw(st.integers(0, 5)) for _ in range(2))
        browser = draw(st.sampled_from(["a1", "a2"]))
        entries.append(Entry(seq, row(seq, type_, event, user, browser, at, receipt)))
    return entries


def spans() -> st.SearchStrategy[Span]:
    return st.builds(Span, st.none() | st.integers(0, 6), st.none() | st.integers(0, 6))


NAMES = ("buy", "view", "(page)", "(identify)", "other")


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    seqs = st.frozensets(st.integers(1, 40))
    people = st.sampled_from(["u:ann", "u:bob", "a:a1", "u:zoe"])
    return Selection(
        events=draw(st.none() | st.frozensets(st.sampled_from(NAMES), min_size=1)),
        occurred=draw(spans()),
        received=draw(spans()),
        persons=draw(st.none() | st.frozensets(people.map(person_id))),
        after=draw(st.integers(0, 20)),
        only=draw(st.none() | seqs),
        without=draw(seqs),
    )


def person_id(name: str) -> str:
    return str(uuid5(namespace("test"), name))


def expected(entries: Sequence[Entry], selection: Selection) -> list[int]:
    fields = ("source", "message_id", "type", "occurred_at", "user_id", "anonymous_id", "device_id")
    observations = [Observation(*(getattr(entry.row, field) for field in fields)) for entry in entries]
    persons = attribute(observations, namespace("test"))
    return [
        entry.seq
        for entry in entries
        if _meets(entry, persons[entry.row.source, entry.row.message_id].person_id, selection)
    ]


def _meets(entry: Entry, person: str, selection: Selection) -> bool:
    row = entry.row
    return (
        (selection.events is None or counter_name(row.event, row.type) in selection.events)
        and _is_in(selection.occurred, row.occurred_at)
        and _is_in(selection.received, row.received_at)
        and (selection.persons is None or person in selection.persons)
        and entry.seq > selection.after
        and (selection.only is None or entry.seq in selection.only)
        and entry.seq not in selection.without
    )


def _is_in(span: Span, moment: int) -> bool:
    return (span.since is None or span.since <= moment) and (span.until is None or moment < span.until)


@settings(max_examples=20)
@given(entries=logs(), selection=selections())
def test_the_stream_has_what_meets_every_condition_in_order_of_seq(entries: list[Entry], selection: Selection) -> None:
    stored = StoredMessages.of(entries, PLAN)
    blocks = MessageStream(stored).blocks(selection, ("seq", "message_id"))
    seqs = [seq for block in blocks for seq in block.column("seq").to_pylist()]

    assert seqs == expected(entries, selection)


def test_messages_of_another_person_on_the_same_browser_are_drawn() -> None:
    def leaves_somebody_out(entries: list[Entry]) -> bool:
        ann = Selection(persons=frozenset({person_id("u:ann")}))
        browsers = {entry.row.anonymous_id for entry in entries}
        return len(browsers) == 1 and 0 < len(expected(entries, ann)) < len(entries)

    assert find(logs(), leaves_somebody_out)


def test_the_last_message_and_the_days_of_receipt_are_of_all_that_is_stored() -> None:
    day = 86_400_000_000
    received = [-1, 0, day - 1, day]
    entries = [Entry(seq, row(seq, "page", None, "ann", None, 0, at)) for seq, at in enumerate(received, 1)]

    stored = StoredMessages.of(entries, PLAN)
    stream = MessageStream(stored)
    assert stream.last() == 4
    assert stream.days(Selection()) == ["1969-12-31", "1970-01-01", "1970-01-02"]
    assert stream.days(Selection(received=Span(0, day))) == ["1970-01-01"]


class Counted(TablePart):
    """A part that counts the tables of bodies that it gave and that are in memory."""

    alive = 0

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        table = super().read(columns, start, stop)
        if "body" in columns:
            type(self).alive += 1
            weakref.finalize(table, self._end)
        return table

    def _end(self) -> None:
        type(self).alive -= 1


def test_a_part_is_let_go_before_the_next_one_is_read() -> None:
    entries = [make_entry(seq, "seen", seq, user="ann") for seq in range(1, 41)]
    parts = [Counted([table_of(entries[start : start + 2])]) for start in range(0, 40, 2)]
    stream = MessageStream(StoredMessages(parts, PLAN))

    counts = [Counted.alive for _ in stream.blocks(Selection(), ("seq", "body", "person_id"))]

    assert len(counts) == 20
    assert max(counts) <= 1


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_parts_whose_numbers_mix_are_given_in_order(places: list[int]) -> None:
    entries = [make_entry(seq, "seen", 1, user="ann") for seq in range(1, len(places) + 1)]
    parts = [
        TablePart([table_of([entry for entry, place in zip(entries, places, strict=True) if place == number])])
        for number in range(4)
    ]
    blocks = MessageStream(StoredMessages(parts, PLAN)).blocks(Selection(), ("seq",))

    assert [seq for block in blocks for seq in block.column("seq").to_pylist()] == list(range(1, len(places) + 1))


def test_messages_of_a_file_that_is_damaged_once_it_is_open_are_left_out(tmp_path: Path) -> None:
    collect(tmp_path, ["m1"])
    (file,) = seal(tmp_path)
    collect(tmp_path, ["m2"])
    stored = StoredMessages.open(tmp_path)
    (tmp_path / "warehouse" / file.name).write_bytes(bytes(file.size))

    blocks = list(MessageStream(stored).blocks(Selection(), ("message_id", "reason")))

    assert [block.to_pylist() for block in blocks] == [[{"message_id": "m2", "reason": "explicit"}]]
    assert [loss.name for loss in stored.losses] == [file.name]


def test_a_message_is_there_also_where_its_evidence_cannot_be_read(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        collector.take(b'{"batch":[{"type":"page","messageId":"m1","userId":"ann","anonymousId":"a"}]}', source="shop")
    (file,) = seal(tmp_path)
    with Collector(tmp_path) as collector:
        collector.take(b'{"batch":[{"type":"page","messageId":"m2","anonymousId":"a"}]}', source="shop")
    stored = StoredMessages.open(tmp_path)
    damage_column(tmp_path / "warehouse" / file.name, "message_id")

    blocks = list(MessageStream(stored).blocks(Selection(), ("message_id", "reason", "evidence_message_id")))

    assert [block.to_pylist() for block in blocks] == [
        [{"message_id": "m2", "reason": "sole_owner", "evidence_message_id": None}]
    ]
    assert [loss.name for loss in stored.losses] == [file.name]


def damage_column(path: Path, name: str) -> None:
    """Change the last byte of a column's only page."""
    group = pyarrow.parquet.read_metadata(path).row_group(0)
    (column,) = (group.column(n) for n in range(group.num_columns) if group.column(n).path_in_schema == name)
    start = min(column.data_page_offset, column.dictionary_page_offset or column.data_page_offset)
    content = bytearray(path.read_bytes())
    content[start + column.total_compressed_size - 1] ^= 0xFF
    path.write_bytes(content)
