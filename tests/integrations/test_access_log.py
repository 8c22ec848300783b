"""An access log is imported once, however often and in whatever pieces its lines come."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.disk import SystemDisk
from footfall.errors import JournalError, OverloadedError, UsageError
from footfall.events import Answer, Batch, Verdict
from footfall.integrations.access_log import AccessLogImport
from footfall.plan.model import Plan
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.timestamps import epoch_us
from footfall.web.access_log import FORMATS
from footfall.web.import_counts import ImportCounts
from footfall.web.logged_pages import LoggedPages

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
LINE = f'203.0.113.7 - - [29/Nov/2026:14:00:{{:02}} +0000] "GET {{}} HTTP/1.1" 200 5 "-" "{AGENT}"\n'


class _Message(msgspec.Struct):
    message_id: str = msgspec.field(name="messageId")


class _Body(msgspec.Struct):
    batch: list[_Message]


class Receiver:
    """Takes batches as a collector does: each message id once."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def take(self, body: bytes) -> Answer:
        ids = [message.message_id for message in msgspec.json.decode(body, type=_Body).batch]
        repeats = [index for index, id_ in enumerate(ids) if id_ in self.ids or id_ in ids[:index]]
        self.ids += [id_ for index, id_ in enumerate(ids) if index not in repeats]
        return Answer(len(ids), tuple(Verdict(index, "duplicate") for index in repeats))


def imported(receiver: Receiver | Collector, *paths: Path | None, standard_input: bytes = b"") -> ImportCounts:
    job = AccessLogImport(
        InProcessTransport(receiver), FORMATS["combined"], LoggedPages(Plan(id="site")), clock=ManualClock(),
        disk=SystemDisk(),
    )  # fmt: skip
    for path in paths:
        job.run(path, io.BytesIO(standard_input), lambda _: None)
    return job.counts


def log(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines))
    return path


def test_each_line_is_sent_counted_or_unread(tmp_path: Path) -> None:
    path = log(tmp_path / "a.log", LINE.format(1, "/"), LINE.format(2, "/a.css"), "what\n", LINE.format(3, "/b"))

    counts = imported(Receiver(), path)

    assert (counts.lines, counts.sent, dict(counts.uncounted), counts.unread) == (4, 2, {"static": 1}, 1)
    assert [(example.file, example.number) for example in counts.examples] == [(str(path), 3)]


def test_a_second_run_adds_nothing_and_a_longer_file_what_is_new(tmp_path: Path) -> None:
    receiver = Receiver()
    path = log(tmp_path / "a.log", LINE.format(1, "/"), LINE.format(2, "/"))
    imported(receiver, path)

    again = imported(receiver, path)
    longer = imported(receiver, log(tmp_path / "a.log.1", LINE.format(2, "/"), LINE.format(3, "/")))

    assert again.verdicts == {"duplicate": 2}
    assert longer.verdicts == {"stored": 1, "duplicate": 1}
    assert len(receiver.ids) == 3


def test_equal_lines_of_one_second_are_as_many_page_views(tmp_path: Path) -> None:
    receiver = Receiver()
    path = log(tmp_path / "a.log", *[LINE.format(1, "/")] * 3)

    imported(receiver, path)
    again = imported(receiver, path)

    assert len(receiver.ids) == 3
    assert again.verdicts == {"duplicate": 3}


def test_a_packed_file_and_standard_input_are_read_too(tmp_path: Path) -> None:
    receiver = Receiver()
    packed = tmp_path / "a.log.gz"
    packed.write_bytes(gzip.compress(LINE.format(1, "/").encode()))

    imported(receiver, packed)
    counts = imported(receiver, None, standard_input=LINE.format(1, "/").encode() + LINE.format(2, "/").encode())

    assert counts.verdicts == {"stored": 1, "duplicate": 1}


def test_a_last_line_without_an_end_and_windows_ends_make_no_difference(tmp_path: Path) -> None:
    receiver = Receiver()
    line = LINE.format(1, "/")

    imported(receiver, log(tmp_path / "a", line), log(tmp_path / "b", line.rstrip()))
    windows = tmp_path / "c"
    windows.write_bytes(line.replace("\n", "\r\n").encode())
    imported(receiver, windows)

    assert len(receiver.ids) == 1


def test_a_line_that_never_ends_is_one_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 600_000 + b"\n" + LINE.format(1, "/").encode())

    counts = imported(Receiver(), path)

    assert (counts.lines, counts.unread, counts.sent) == (2, 1, 1)


def test_bytes_that_are_no_text_cost_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\xff\xfe\x00\n" + LINE.format(1, "/").encode())

    counts = imported(Receiver(), path)

    assert (counts.unread, counts.sent) == (1, 1)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no\.log"):
        imported(Receiver(), tmp_path / "no.log")


def test_a_packed_file_that_was_cut_is_named(tmp_path: Path) -> None:
    cut = tmp_path / "a.log.gz"
    cut.write_bytes(gzip.compress(LINE.format(1, "/").encode() * 1000)[:-20])

    with pytest.raises(UsageError, match=r"a\.log\.gz cannot be read"):
        imported(Receiver(), cut)


class Down:
    """A transport to nowhere."""

    def send(self, _batch: Batch) -> Answer:
        raise OverloadedError("down")

    def close(self) -> None:
        pass

    async def send_async(self, _batch: Batch) -> Answer:
        raise OverloadedError("down")

    async def close_async(self) -> None:
        pass


def test_a_collector_that_does_not_take_a_batch_ends_the_run(tmp_path: Path) -> None:
    job = AccessLogImport(
        Down(), FORMATS["combined"], LoggedPages(Plan(id="site")), clock=ManualClock(), disk=SystemDisk()
    )

    with pytest.raises(OverloadedError):
        job.run(log(tmp_path / "a.log", LINE.format(1, "/")), io.BytesIO(), lambda _: None)

    assert job.counts.sent == 0


def left_out(journal: MemoryJournal) -> list[tuple[str, str, int]]:
    with journal.snapshot() as snapshot:
        return [(count.day, count.reason, count.number) for count in snapshot.history().uncounted()]


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def collector(tmp_path: Path, journal: MemoryJournal) -> Iterator[Collector]:
    with Collector(tmp_path / "data", journal=journal) as collector:
        yield collector


def test_what_is_no_page_view_is_counted_by_its_day_and_once_however_often_a_file_is_read(
    tmp_path: Path, journal: MemoryJournal, collector: Collector
) -> None:
    first = [LINE.format(1, "/"), LINE.format(2, "/a.css"), LINE.format(3, "/b.css")]
    grown = [*first, LINE.format(4, "/c.css"), LINE.format(5, "/d.css").replace("29/Nov", "30/Nov")]
    packed = tmp_path / "a.log.1.gz"
    packed.write_bytes(gzip.compress("".join(grown).encode()))

    for path in (log(tmp_path / "a.log", *first), tmp_path / "a.log", log(tmp_path / "a.log", *grown), packed):
        imported(collector, path)

    assert left_out(journal) == [("2026-11-29", "static", 3), ("2026-11-30", "static", 1)]


def test_the_files_of_two_servers_add_up(tmp_path: Path, journal: MemoryJournal, collector: Collector) -> None:
    for server in (1, 2):
        imported(collector, log(tmp_path / f"{server}.log", LINE.format(server, "/a.css")))

    assert left_out(journal) == [("2026-11-29", "static", 2)]


def test_a_run_that_broke_off_and_is_run_again_counts_each_line_once(
    tmp_path: Path, journal: MemoryJournal, collector: Collector
) -> None:
    path = log(tmp_path / "a.log", LINE.format(1, "/"), LINE.format(2, "/a.css"))
    journal.fail_with.append(JournalError("no room"))
    with pytest.raises(OverloadedError):
        imported(collector, path)

    imported(collector, path)

    assert left_out(journal) == [("2026-11-29", "static", 1)]
    assert journal.books()["default", "(page)"]["stored"] == 1


HOURS = [epoch_us(datetime(2026, 11, 29, hour, 30, tzinfo=UTC)) for hour in (8, 12, 17)]


@pytest.mark.parametrize("first", [(None, HOURS[1]), (HOURS[1], None), (HOURS[0], HOURS[2])])
def test_a_file_that_is_read_again_for_all_of_its_time_adds_what_is_new(
    tmp_path: Path, journal: MemoryJournal, collector: Collector, first: tuple[int | None, int | None]
) -> None:
    lines = [
        LINE.format(second, f"/{hour}.css").replace("2026:14:", f"2026:{hour:02}:")
        for hour in range(24)
        for second in range(3)
    ]
    path = log(tmp_path / "a.log", *lines)

    for since_us, until_us in (first, (None, None)):
        AccessLogImport(
            InProcessTransport(collector), FORMATS["combined"], LoggedPages(Plan(id="site")), clock=ManualClock(),
            disk=SystemDisk(), since_us=since_us, until_us=until_us,
        ).run(path, io.BytesIO(), lambda _: None)  # fmt: skip

    assert left_out(journal) == [("2026-11-29", "static", len(lines))]
