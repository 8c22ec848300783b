"""An export by day replaces whole days, and leaves all others as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import pytest
from tests.maintenance.folders import collect, seal

from footfall.analytics.exports import DayFiles, MessageStream, Selection, write_days, write_jsonl
from footfall.analytics.stored_messages import StoredMessages
from footfall.analytics.window import Span
from footfall.disk import SystemDisk
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
DAY = 86_400  # seconds
US = 1_000_000


def write(entries: Sequence[Entry], folder: Path, received: Span = Span()) -> DayFiles:  # noqa: B008 - it is frozen
    stored = StoredMessages.of(entries, Plan(id="test"))
    selection = Selection(received=received)
    return write_days(MessageStream(stored), folder, "jsonl", write_jsonl, selection, SystemDisk())


def contents(folder: Path) -> dict[str, list[int]]:
    return {
        path.parent.name: [json.loads(line)["seq"] for line in path.read_text().splitlines()]
        for path in folder.rglob("messages.jsonl")
    }


def test_each_day_of_receipt_has_a_file_of_its_owners_alone(entry: MakeEntry, tmp_path: Path) -> None:
    # A message that left the quarantine has a later number, and the time at which it was received.
    times = (0, DAY - 1, DAY, 3 * DAY, 1)
    written = write([entry(seq, "seen", at, user="ann") for seq, at in enumerate(times, 1)], tmp_path)

    assert written == DayFiles(messages=5, files=3, removed=0)
    assert contents(tmp_path) == {"day=1970-01-01": [1, 2, 5], "day=1970-01-02": [3], "day=1970-01-04": [4]}
    assert (tmp_path / "day=1970-01-01" / "messages.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_window_of_receipt_is_widened_to_whole_days(entry: MakeEntry, tmp_path: Path) -> None:
    entries = [entry(seq, "seen", at, user="ann") for seq, at in enumerate((DAY - 1, DAY, 2 * DAY - 1, 2 * DAY), 1)]
    write(entries, tmp_path, Span((DAY + 5) * US, (DAY + 6) * US))

    assert contents(tmp_path) == {"day=1970-01-02": [2, 3]}


def test_a_day_without_a_message_now_loses_its_file_if_it_was_asked_for(entry: MakeEntry, tmp_path: Path) -> None:
    log = [entry(seq, "seen", at, user="ann") for seq, at in enumerate((0, DAY, 2 * DAY), 1)]
    write(log, tmp_path)
    other = tmp_path / "day=1970-01-02" / "notes.jsonl"
    other.write_text("a file of somebody else")

    written = write(log[:1], tmp_path, Span(0, 2 * DAY * US))

    assert written == DayFiles(messages=1, files=1, removed=1)
    assert contents(tmp_path) == {"day=1970-01-01": [1], "day=1970-01-03": [3]}
    assert other.exists()


def test_a_day_that_breaks_off_is_as_it_was(entry: MakeEntry, tmp_path: Path) -> None:
    log = [entry(seq, "seen", at, user="ann") for seq, at in enumerate((0, DAY), 1)]
    write(log[:1], tmp_path)

    def fail(stream: MessageStream, file: IO[bytes], selection: Selection) -> int:
        file.write(b"half")
        raise OSError("the disk is full")

    stream = MessageStream(StoredMessages.of(log, Plan(id="test")))
    with pytest.raises(OSError, match="full"):
        write_days(stream, tmp_path, "jsonl", fail, Selection(), SystemDisk())
    assert contents(tmp_path) == {"day=1970-01-01": [1]}


def test_a_day_of_which_a_file_is_damaged_stays_as_it_was(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "days"
    collect(data, ["m1"])
    (file,) = seal(data)
    days = MessageStream(StoredMessages.open(data)), folder, "jsonl", write_jsonl, Selection(), SystemDisk()
    write_days(*days)
    before = contents(folder)
    path = data / "warehouse" / file.name
    path.write_bytes(path.read_bytes()[:-1])

    stored = StoredMessages.open(data)
    written = write_days(MessageStream(stored), *days[1:])

    assert written == DayFiles(messages=0, files=0, removed=0)
    assert contents(folder) == before
    assert [loss.name for loss in stored.losses] == [file.name]
