"""One message on its way: its first reason stays, its ids are text, and its row is read from it by name."""

from __future__ import annotations

import pytest

from footfall.collector.message_state import MessageState, kind_of
from footfall.collector.wire import Piece
from footfall.events import Fault
from footfall.storage.columns import COLUMNS


def state_of(raw: bytes = b"{}") -> MessageState:
    return MessageState(Piece(raw, {}), 7)


def test_of_very_many_faults_of_a_message_some_are_kept_and_warnings_hide_no_fault() -> None:
    state = state_of()
    for number in range(9_000):
        state.warn(Fault(str(number), "enum"))
    for number in range(9_000):
        state.quarantine("invalid", Fault(str(number), "type"))

    assert state.outcome == "quarantined"
    assert state.faults == [Fault(str(number), "type") for number in range(50)]
    assert state.warnings == [Fault(str(number), "enum") for number in range(50)]


def test_the_first_reason_for_quarantine_stays_and_a_rejection_takes_its_place() -> None:
    state = state_of()

    state.quarantine("type", Fault("type", "enum"))
    state.quarantine("event", Fault("event", "required"))
    quarantined = state.outcome, state.reason
    state.reject("invalid", Fault("n", "type"))

    assert quarantined == ("quarantined", "type")
    assert (state.outcome, state.reason) == ("rejected", "invalid")


@pytest.mark.parametrize(
    ("raw", "value", "text", "codes"),
    [
        (b"{}", "u", "u", []),
        (b"{}", "", None, []),
        (b"{}", None, None, []),
        (b"{}", 12, "12", []),
        (b'{"userId":12345678901234567890123}', 1.2345678901234568e22, "12345678901234567890123", []),
        (b'{"userId":5.0}', 5.0, "5", ["float_id"]),
        (b'{"userId":5.5}', 5.5, None, ["type"]),
        (b"{}", True, None, ["type"]),
        (b"{}", ["u"], None, ["type"]),
    ],
)
def test_an_id_is_text_or_the_digits_of_a_whole_number(
    raw: bytes, value: object, text: str | None, codes: list[str]
) -> None:
    state = state_of(raw)

    assert state.usable_id(value, "userId") == text
    assert [fault.code for fault in state.warnings or ()] == codes


def test_a_row_has_each_column_from_the_attribute_of_its_name() -> None:
    state = state_of(b'{"a":1}')
    for number, column in enumerate(COLUMNS):
        if column.name not in ("faults", "source", "received_at", "envelope", "environment"):
            setattr(state, column.name, number)

    row = state.row("shop", 5, b"{}", "staging")

    given = {"source": "shop", "environment": "staging", "received_at": 5, "envelope": b"{}", "faults": None}
    assert row._asdict() == {"kind": "stored"} | {
        column.name: given.get(column.name, number) for number, column in enumerate(COLUMNS)
    }


def test_a_row_has_the_faults_of_a_quarantined_message_and_the_warnings_of_a_stored_one() -> None:
    state = state_of()
    state.warn(Fault("a", "enum"))
    stored = state.row("shop", 5, None)
    state.quarantine("invalid", Fault("b", "type"))

    assert (stored.kind, stored.faults) == ("stored", b'[{"path":"a","code":"enum","expected":"","got":""}]')
    assert state.row("shop", 5, None).faults == b'[{"path":"b","code":"type","expected":"","got":""}]'


def test_a_value_is_called_as_json_calls_it() -> None:
    values: list[object] = [{}, [], "", 1, 1.5, True, None]

    assert [kind_of(value) for value in values] == [
        "object", "array", "string", "integer", "number", "boolean", "",
    ]  # fmt: skip
