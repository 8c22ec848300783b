"""Rows of the journal become files, part by part, and nothing that counts is changed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.storage.sealing import row

from footfall import storage
from footfall.maintenance.seal_tail import TailPart, TailRequest, write, write_parts
from footfall.storage import Changes, Entry

DAY_US = 86_400_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the messages `1` to `10`, five a day; `3` is in quarantine."""
    rows = [row(str(number), received_at=(number - 1) // 5 * DAY_US) for number in range(1, 11)]
    rows[2] = rows[2]._replace(kind="quarantined")
    with storage.open(tmp_path, "write") as store:
        store.journal.commit(Changes(rows, {}))
    return tmp_path


def request(data: Path, **values: int) -> TailRequest:
    return TailRequest(**{"data": str(data), "after": 0, "until": 10, "rows": 4, "parts": 9} | values)  # type: ignore[arg-type]  # of two types


def seqs_in(data: Path, part: TailPart) -> list[int]:
    with storage.open(data, "read") as store:
        return [entry.seq for chunk in store.warehouse.scan(part.files) for entry in chunk]


def test_each_part_has_at_most_so_many_rows_and_says_up_to_where_it_goes(data: Path) -> None:
    parts = write_parts(request(data))

    assert [(part.until, seqs_in(data, part)) for part in parts] == [
        (5, [1, 2, 4, 5]), (9, [6, 7, 8, 9]), (10, [10]),
    ]  # fmt: skip


def test_a_part_has_a_file_for_each_day_of_receipt(data: Path) -> None:
    (part,) = write_parts(request(data, rows=100))

    assert [(file.day, file.messages) for file in part.files] == [("1970-01-01", 4), ("1970-01-02", 5)]


def test_no_more_parts_are_written_than_were_asked_for(data: Path) -> None:
    assert [part.until for part in write_parts(request(data, parts=2))] == [5, 9]
    assert write_parts(request(data, after=10)) == []


def test_rows_outside_of_the_numbers_are_left_out(data: Path) -> None:
    (part,) = write_parts(request(data, after=4, until=8))

    assert seqs_in(data, part) == [5, 6, 7, 8]


def test_readers_see_no_difference_before_the_parts_count(data: Path) -> None:
    write_parts(request(data))

    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        assert snapshot.files == ()
        assert [entry.seq for chunk in snapshot.scan("stored") for entry in chunk] == [1, 2, 4, 5, 6, 7, 8, 9, 10]
        assert snapshot.lookup("1") == [Entry(1, row("1", received_at=0))]


def test_a_request_and_its_answer_travel_as_json(data: Path) -> None:
    arguments = msgspec.json.decode(msgspec.json.encode(request(data)))

    answer = msgspec.json.encode(write(arguments, lambda _: None))

    assert msgspec.json.decode(answer, type=list[TailPart]) == write_parts(request(data))
