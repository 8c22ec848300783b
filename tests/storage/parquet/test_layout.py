"""The columns of a file, and the way back to messages."""

from __future__ import annotations

from typing import Any

import pyarrow
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.storage.parquet.messages import NOON, messages

from footfall.storage.parquet.layout import MESSAGE_TYPES, day_numbers, messages_of, normalised, stored_names, to_file


def back(table: Any) -> Any:
    return messages_of(to_file(table).select(stored_names([*MESSAGE_TYPES])), [*MESSAGE_TYPES])


def test_columns_have_types_that_any_reader_knows() -> None:
    table = to_file(messages([{"body": b'{"properties":{"a":1}}', "envelope": b"{}"}]))

    assert str(table.schema.field("occurred_at").type) == "timestamp[us, tz=UTC]"
    assert table.select(["seq", "occurred_at", "properties", "context", "envelope"]).to_pylist() == [
        {
            "seq": 1,
            "occurred_at": pyarrow.scalar(NOON, pyarrow.timestamp("us", "UTC")).as_py(),
            "properties": '{"a":1}',
            "context": None,
            "envelope": "{}",
        }
    ]


def test_a_column_without_a_value_may_have_any_type() -> None:
    table = messages([{}]).drop_columns(["previous_id"]).append_column("previous_id", pyarrow.nulls(1, pyarrow.int64()))

    assert normalised(table).schema.field("previous_id").type == pyarrow.string()


@given(st.lists(st.none() | st.binary(max_size=5), min_size=1, max_size=4))
@example([b"\x00", b"\x00\xff", b"\xff", "ø".encode(), b""])
@settings(max_examples=50, deadline=None)
def test_any_bytes_come_back(values: list[bytes | None]) -> None:
    table = messages([dict.fromkeys(("faults", "envelope", "traits"), value) for value in values])

    assert back(table).equals(table)


@pytest.mark.parametrize("traits", [None, b'{"a":2}', b"{}"])
def test_the_column_of_traits_comes_back_whatever_the_body_has(traits: bytes | None) -> None:
    table = messages([{"body": b'{"traits":{"a":1}}', "traits": traits}, {"body": b"{\x03}", "traits": traits}])

    assert back(table).equals(table)
    assert to_file(table).column("traits")[0].as_py() == (traits or b'{"a":1}').decode()


def test_days_are_counted_from_the_epoch_also_before_it() -> None:
    day = 86_400_000_000
    moments = pyarrow.array([0, day - 1, day, -1, -day, -day - 1], pyarrow.int64())

    assert day_numbers(moments).to_pylist() == [0, 0, 1, -1, -1, -2]
