"""What is said about messages adds up, and reads well."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.events import Answer, Batch, Fault, Receipt, Verdict, VerdictName

VERDICTS: Sequence[VerdictName] = ("stored", "duplicate", "quarantined", "rejected")


def test_a_receipt_is_truthy_if_and_only_if_the_event_was_accepted() -> None:
    assert Receipt(True, "m1", faults=(Fault("total", "min"),))
    assert not Receipt(False, "m1", "queue_full")


def test_a_fault_reads_as_a_line() -> None:
    assert str(Fault("lines[2].price", "min", "at least 0", "-1")) == "lines[2].price min (expected at least 0, got -1)"
    assert str(Fault("", "json")) == "json"


def test_a_batch_is_the_body_of_a_request_with_the_bytes_of_its_messages() -> None:
    body = Batch((b'{"a": 1.50}', b'{"b":2}'), "2026-11-22T09:00:00.000000Z").encode()

    assert b'{"a": 1.50}' in body
    assert json.loads(body) == {"batch": [{"a": 1.5}, {"b": 2}], "sentAt": "2026-11-22T09:00:00.000000Z"}


@given(named=st.lists(st.sampled_from(VERDICTS)), plain=st.integers(0, 100))
def test_the_counts_of_any_answer_add_up_to_what_was_received(named: list[VerdictName], plain: int) -> None:
    answer = Answer(len(named) + plain, tuple(Verdict(index, verdict) for index, verdict in enumerate(named)))

    assert sum(answer.counts().values()) == answer.received
    assert answer.counts()["stored"] == plain + named.count("stored")


@pytest.mark.parametrize(
    ("path", "general"),
    [
        ("lines[2].price", "lines[].price"), ("lines[10][0]", "lines[][]"), ("total", "total"), ("", ""),
        ("map.[x]", "map.[x]"), ("lines[].price", "lines[].price"),
    ],
)  # fmt: skip
def test_any_index_is_the_same_place(path: str, general: str) -> None:
    assert Fault(path, "type").general_path == general
