"""What every Part keeps to, run over a sealed file, one in memory, and the tail of a journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from tests.storage.sealing import batch_of

from footfall.storage import Changes, Entry, Row
from footfall.storage.columns import ENTRY_COLUMNS
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.part import MEMBERS, Part
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.storage.warehouse import Warehouse
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse

NOON = 1_795_953_600_000_000  # 2026-11-29T12:00:00Z

Make = Callable[[Sequence[Row]], Part]


def row(number: int, event: str | None = "seen", **values: Any) -> Row:
    members = values.pop("members", {"properties": {"n": number}})
    body = json.dumps({"messageId": f"m-{number}", **members}, separators=(",", ":")).encode()
    return Row(
        "stored", "shop", f"m-{number}", "page" if event is None else "track", event, None, "a-1", None, None, None,
        NOON + number, NOON, None, None, body, None,
    )._replace(**values)  # fmt: skip


def entries_of(rows: Sequence[Row]) -> list[Entry]:
    return [Entry(seq, row) for seq, row in enumerate(rows, 1)]


def in_a_warehouse(warehouse: Warehouse, rows: Sequence[Row]) -> Part:
    (file,) = warehouse.write([batch_of(entries_of(rows))], None)
    return warehouse.part(file)


def tail(rows: Sequence[Row]) -> Part:
    journal = MemoryJournal()
    journal.commit(Changes(rows, {}))
    with journal.snapshot() as snapshot:
        (part,) = StoreSnapshot(snapshot, MemoryWarehouse).parts()
    return part


@pytest.fixture(params=["file", "memory", "tail"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "tail":
        return tail
    numbers = iter(range(1_000_000))

    def new() -> Warehouse:
        return MemoryWarehouse() if request.param == "memory" else ParquetWarehouse(tmp_path / str(next(numbers)))

    return lambda rows: in_a_warehouse(new(), rows)


MIXED = [
    row(1, "seen", device_id="d-2"),
    row(2, None),
    row(3, "bought", occurred_at=9),
    row(4, "bought", occurred_at=8),
    row(5, "seen", anonymous_id=None, user_id="b"),
    row(6, "seen", type="screen", occurred_at=-7),
]


def test_rows_are_in_order_of_event_type_device_and_time(make: Make) -> None:
    assert make(MIXED).read(["seq"]).column("seq").to_pylist() == [4, 3, 6, 5, 1, 2]


def test_a_stretch_has_the_rows_of_an_event_and_type_and_their_first_and_last_time(make: Make) -> None:
    part = make(MIXED)

    assert [
        (each.event, each.type, each.start, each.stop, each.first, each.last) for each in part.stretches()
    ] == [
        ("bought", "track", 0, 2, 8, 9),
        ("seen", "screen", 2, 3, -7, -7),
        ("seen", "track", 3, 5, NOON + 1, NOON + 5),
        (None, "page", 5, 6, NOON + 2, NOON + 2),
    ]  # fmt: skip
    assert part.messages == 6


def test_a_stretch_of_rows_is_read_alone(make: Make) -> None:
    part = make(MIXED)

    assert part.read(["seq", "event"], 1, 4).to_pylist() == part.read(["seq", "event"]).to_pylist()[1:4]
    assert part.read(["seq"], 5).to_pylist() == [{"seq": 2}]
    assert part.read(["seq"], 2, 2).to_pylist() == []


def test_columns_have_the_types_of_messages(make: Make) -> None:
    table = make(MIXED).read([*ENTRY_COLUMNS, *MEMBERS])

    types = {field.name: field.type for field in table.schema}
    assert types == {**MESSAGE_TYPES, **dict.fromkeys(MEMBERS, pyarrow.string())}


def test_a_file_has_a_name_and_the_tail_has_none(make: Make, request: pytest.FixtureRequest) -> None:
    is_tail = request.node.callspec.params["make"] == "tail"

    assert (make(MIXED).name == "") is is_tail


BODIES = [
    b'{"properties":{"a":1.50},"context":{"b":{"c":1}},"traits":{"d":"e"}}',
    b'{"properties":{"a":1},"context":{"x":2,"client":{"id":"c-1","transformed":"t","seq":7}}}',
    b'{"context":{"properties":{"a":1},"traits":{"d":1}},"traits":{"d":1},"properties":{"a":1}}',
    b'{"traits":{"p":{"a":1}},"properties":{"a":1},"context":{"p":{"a":1}}}',
    b'{"properties":{"a":1},"traits":{"p":{"a":1}},"context":{"p":{"a":1}}}',
    b'{"prop\\u0065rties":{"a":1},"context":[1],"traits":null}',
    b'{"properties":{"a":"\x01"},"properties":{"a":2}}',
    b'{"properties":{"a":1},"n":"\xff"}',
    b"[1]",
    b"{}",
]
TEXTS = [
    ('{"a":1.50}', '{"b":{"c":1}}', '{"d":"e"}'),
    ('{"a":1}', '{"x":2,"client":{"id":"c-1","transformed":"t","seq":7}}', None),
    ('{"a":1}', '{"properties":{"a":1},"traits":{"d":1}}', '{"d":1}'),
    ('{"a":1}', '{"p":{"a":1}}', '{"p":{"a":1}}'),
    ('{"a":1}', '{"p":{"a":1}}', '{"p":{"a":1}}'),
    ('{"a":1}', None, None),
    (None, None, None),
    (None, None, None),
    (None, None, None),
    (None, None, None),
]


def test_members_are_the_text_that_was_received(make: Make) -> None:
    part = make([row(number, body=body) for number, body in enumerate(BODIES)])

    assert [tuple(line.values()) for line in part.read(MEMBERS[:3]).to_pylist()] == TEXTS


def test_marks_are_what_the_context_says_of_the_sender_or_that_of_the_batch(make: Make) -> None:
    batch = b'{"context":{"userAgent":"curl"}}'
    rows = [
        row(1, body=b'{"context":{"page":{},"bot":{"reason":"ai"},"userAgent":"x"}}', envelope=batch),
        row(2, body=b'{"context":{"page":{}},"properties":{"bot":1}}', envelope=batch),
        row(3, body=b'{"properties":{}}', envelope=batch),
        row(4, body=b'{"properties":{}}'),
    ]
    part = make(rows)

    lines = part.read(["seq", "marks"]).to_pylist()
    assert {line["seq"]: line["marks"] for line in lines} == {
        1: '{"userAgent":"x","bot":{"reason":"ai"}}', 2: None, 3: '{"userAgent":"curl"}', 4: None,
    }  # fmt: skip
    assert part.take(["marks"], pyarrow.array([0], pyarrow.int64())).num_rows == 1
    assert make(rows[3:]).read(["marks"]).to_pylist() == [{"marks": None}]


def test_the_traits_that_a_wire_has_elsewhere_go_before_those_of_the_message(make: Make) -> None:
    part = make([row(1, body=b'{"traits":{"a":1}}'), row(2, body=b'{"traits":{"a":1}}', traits=b'{"a":2}')])

    assert part.read(["all_traits", "traits"]).to_pylist() == [
        {"all_traits": '{"a":1}', "traits": None},
        {"all_traits": '{"a":2}', "traits": b'{"a":2}'},
    ]


OBJECTS = st.sampled_from(
    ["{}", '{"a":1}', '{"a":"\u00e9"}', '{"traits":{"a":1}}', '{"properties":{"a":1}}', "[]", "7"]
)
MEMBER_PAIRS = st.lists(
    st.tuples(st.sampled_from(["properties", "context", "traits", "event", "\\u0074raits"]), OBJECTS), max_size=4
)
LOGS = st.lists(MEMBER_PAIRS, min_size=1, max_size=6)


def body_of(members: Sequence[tuple[str, str]]) -> bytes:
    return ("{" + ",".join(f'"{key}":{text}' for key, text in members) + "}").encode()


@given(log=LOGS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_the_members_of_a_part_are_those_of_its_bodies(make: Make, log: list[list[tuple[str, str]]]) -> None:
    part = make([row(number, body=body_of(members), group_id='{"a":1}') for number, members in enumerate(log)])

    assert part.read(MEMBERS[:3]).to_pylist() == [
        {
            name: json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict) else None
            for name, value in (
                (name, json.loads(body_of(members)).get(key))
                for name, key in zip(MEMBERS[:3], ("properties", "context", "traits"), strict=True)
            )
        }
        for members in log
    ]


def test_logs_with_a_repeated_key_and_with_equal_members_are_drawn() -> None:
    find(LOGS, lambda log: any(len({key for key, _ in members}) < len(members) for members in log))
    find(LOGS, lambda log: any(len({text for _, text in members}) < len(members) for members in log))


def test_a_part_of_nothing_has_no_rows() -> None:
    part = TablePart([table_of([])])

    assert (part.messages, part.stretches(), part.read(["seq", "context"]).to_pylist()) == (0, [], [])


def test_rows_come_in_the_order_asked_also_more_than_once(make: Make) -> None:
    part = make(MIXED)
    every = part.read(ENTRY_COLUMNS).to_pylist()

    rows = pyarrow.array([4, 0, 5, 0], pyarrow.int32())
    assert part.take(ENTRY_COLUMNS, rows).to_pylist() == [every[4], every[0], every[5], every[0]]
    assert part.take(["seq", "body"], rows.slice(0, 0)).to_pylist() == []
