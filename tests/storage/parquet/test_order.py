"""The order of rows in a part, and the stretches of its events."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.storage.parquet.messages import messages

from footfall.storage.parquet.order import in_order, stretches_of
from footfall.storage.part import Stretch

ROWS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.fixed_dictionaries({
        "event": st.sampled_from(["a", "b", None]),
        "type": st.sampled_from(["track", "page"]),
        "anonymous_id": st.sampled_from(["x", "y", None]),
        "user_id": st.sampled_from(["u", None]),
        "occurred_at": st.integers(0, 2),
    }),
    max_size=12,
)  # fmt: skip


def _after_all(text: str | None) -> tuple[bool, str]:
    return text is None, text or ""


def _key(row: dict[str, Any]) -> tuple[object, ...]:
    device = row["anonymous_id"] or row["user_id"]
    return _after_all(row["event"]), row["type"], _after_all(device), row["occurred_at"], row["seq"]


@given(ROWS)
def test_rows_are_sorted_by_event_type_device_time_and_number(rows: list[dict[str, Any]]) -> None:
    table = messages(rows)

    assert in_order(table).to_pylist() == sorted(table.to_pylist(), key=_key)


@given(ROWS)
def test_stretches_part_the_rows_by_event_and_type(rows: list[dict[str, Any]]) -> None:
    table = in_order(messages(rows))

    ends = [0]
    for stretch in stretches_of(table):
        part = table.slice(stretch.start, stretch.stop - stretch.start).to_pylist()
        assert {(row["event"], row["type"]) for row in part} == {(stretch.event, stretch.type)}
        times = [row["occurred_at"] for row in part]
        assert (stretch.first, stretch.last) == (min(times), max(times))
        assert stretch.start == ends[-1]
        ends.append(stretch.stop)
    assert ends[-1] == len(table)
    assert len({(stretch.event, stretch.type) for stretch in stretches_of(table)}) == len(ends) - 1


def test_a_stretch_without_an_event_comes_last() -> None:
    rows: list[dict[str, Any]] = [{"event": None, "type": "page"}, {"event": "z"}]

    assert [(stretch.event, stretch.start) for stretch in stretches_of(in_order(messages(rows)))] == [
        ("z", 0), (None, 1),
    ]  # fmt: skip
    assert isinstance(stretches_of(messages(rows))[0], Stretch)


def test_many_stretches_are_in_the_order_of_rows() -> None:
    table = in_order(messages([{"event": f"{letter}{number}"} for number in range(40) for letter in "=@-"]))

    assert [stretch.event for stretch in stretches_of(table)] == table.column("event").to_pylist()
