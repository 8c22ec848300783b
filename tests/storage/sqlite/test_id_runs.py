"""Runs of ids and the journal's rows: whatever ends between them, each message is stored once."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.storage.faulty_vfs import FSYNC, FULL, FaultyVFS

from footfall.errors import JournalError, SyncError
from footfall.storage import Changes, Row, SqliteJournal
from footfall.storage.journal import IdRun, RunSwap, SealMark
from footfall.testing.clock import ManualClock


def row(number: int, source: str = "shop", body: bytes = b"{}") -> Row:
    return Row(
        "stored", source, f"m{number}", "track", "seen", "u1", None, None, None, None, 1, 2, None, None, body, None
    )


def rows(numbers: Iterable[int]) -> list[Row]:
    return [row(number) for number in numbers]


def opened(folder: Path, vfs: str = "") -> SqliteJournal:
    return SqliteJournal(folder / "journal.db", recent_ids=4, vfs=vfs, clock=ManualClock())


def runs_of(journal: SqliteJournal) -> list[tuple[int, int]]:
    with journal.snapshot() as snapshot:
        return [(run.first, run.last) for run in snapshot.state().id_runs]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "ids").iterdir())


@pytest.fixture
def vfs(request: pytest.FixtureRequest) -> Iterator[FaultyVFS]:
    made = FaultyVFS(f"ids-{request.node.name}")
    yield made
    made.unregister()


def filled(folder: Path, number: int, vfs: str = "") -> SqliteJournal:
    """A journal with so many rows, one a commit."""
    journal = opened(folder, vfs)
    for index in range(1, number + 1):
        journal.commit(Changes([row(index)], {}))
    return journal


def test_a_run_counts_with_the_commit_after_those_that_filled_it(tmp_path: Path) -> None:
    journal = filled(tmp_path, 4)
    assert (runs_of(journal), (tmp_path / "ids").exists()) == ([], False)

    journal.commit(Changes([row(5)], {}))

    assert runs_of(journal) == [(1, 4)]
    assert journal.commit(Changes(rows(range(1, 7)), {})) == [False] * 5 + [True]
    journal.close()


def test_the_folder_of_runs_is_its_owners_alone(tmp_path: Path) -> None:
    filled(tmp_path, 5).close()

    assert (tmp_path / "ids").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "ids").iterdir()} == {0o600}


def test_a_run_whose_row_was_not_committed_is_written_again_after_a_start(tmp_path: Path, vfs: FaultyVFS) -> None:
    journal = filled(tmp_path, 4, vfs.name)
    vfs.faults["write", "-wal"] = FULL
    with pytest.raises(JournalError):
        journal.commit(Changes([row(5)], {}))
    vfs.faults.clear()
    assert (runs_of(journal), len(files(tmp_path))) == ([], 1)
    (tmp_path / "ids" / "000000000001-000000000009.run").write_bytes(b"of a process that was killed")
    journal.close()

    second = opened(tmp_path)

    assert second.commit(Changes(rows(range(1, 6)), {})) == [False] * 4 + [True]
    assert runs_of(second) == [(1, 4)]
    assert files(tmp_path) == ["000000000001-000000000004.run"]
    second.close()


@pytest.mark.parametrize("code", [FULL, FSYNC])
def test_a_commit_that_failed_leaves_none_of_its_ids_in_memory(tmp_path: Path, vfs: FaultyVFS, code: int) -> None:
    journal = filled(tmp_path, 3, vfs.name)
    for number in (4, 5):  # the second one is the first that has a run to add
        vfs.faults["write" if code == FULL else "sync", "-wal"] = code
        with pytest.raises(JournalError):
            journal.commit(Changes([row(number), row(number + 100)], {}))
        vfs.faults.clear()

        assert journal.commit(Changes([row(number), row(1)], {})) == [True, False]

    assert journal.commit(Changes(rows(range(1, 7)), {})) == [False] * 5 + [True]
    assert runs_of(journal) == [(1, 4)]
    journal.close()


def test_runs_count_on_after_the_journal_was_copied_to_a_new_file(tmp_path: Path, vfs: FaultyVFS) -> None:
    journal = filled(tmp_path, 9, vfs.name)
    vfs.faults["sync", "-wal"] = FSYNC
    with pytest.raises(SyncError):
        journal.commit(Changes([row(10)], {}))
    vfs.faults.clear()

    assert journal.commit(Changes(rows(range(1, 11)), {})) == [False] * 9 + [True]
    assert runs_of(journal) == [(1, 4), (5, 8)]
    journal.close()
    second = opened(tmp_path)
    assert not any(second.commit(Changes(rows(range(1, 11)), {})))
    second.close()


def seal_and_forget(journal: SqliteJournal, seq: int) -> None:
    journal.commit(Changes([], {}, seal=SealMark(seq, seq, 1)))
    while journal.forget(2):
        pass


def test_no_row_goes_before_its_id_is_in_a_run(tmp_path: Path) -> None:
    journal = filled(tmp_path, 6)

    seal_and_forget(journal, 5)

    assert runs_of(journal) == [(1, 4), (5, 6)]
    journal.close()
    second = opened(tmp_path)
    assert second.commit(Changes(rows(range(1, 8)), {})) == [False] * 6 + [True]
    second.close()


def test_no_row_goes_while_no_run_can_be_written(tmp_path: Path) -> None:
    journal = filled(tmp_path, 3)
    journal.commit(Changes([], {}, seal=SealMark(3, 3, 1)))
    (tmp_path / "ids").write_text("a file where the folder should be")

    with pytest.raises(JournalError, match="takes no run of ids, so no row may go; make room, or make it writable"):
        journal.forget()
    (tmp_path / "ids").unlink()

    assert journal.forget() == 3
    assert journal.commit(Changes(rows(range(1, 5)), {})) == [False] * 3 + [True]
    journal.close()


def damage(folder: Path, name: str) -> None:
    (folder / "ids" / name).write_bytes(b"not a run")


def test_a_damaged_run_is_made_anew_while_its_rows_are_in_the_journal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(tmp_path, 9).close()
    damage(tmp_path, "000000000001-000000000004.run")
    (tmp_path / "ids" / "000000000005-000000000008.run").unlink()

    journal = opened(tmp_path)

    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "made anew from the journal's rows" in caplog.messages[0]
    assert not any(journal.commit(Changes(rows(range(1, 10)), {})))
    journal.close()


def test_a_damaged_run_of_sealed_rows_costs_its_repeats_alone_and_is_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = filled(tmp_path, 9)
    seal_and_forget(journal, 4)
    journal.close()
    damage(tmp_path, "000000000001-000000000004.run")

    journal = opened(tmp_path)
    fresh = journal.commit(Changes(rows(range(1, 10)), {}))

    assert fresh == [True] * 4 + [False] * 5
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "until its 4 ids are read from the sealed files, repeats of them are stored again" in caplog.messages[0]
    journal.close()


def test_a_swap_takes_the_place_of_runs_in_one_commit(tmp_path: Path) -> None:
    journal = filled(tmp_path, 9)
    with journal.snapshot() as snapshot:
        first, second = snapshot.state().id_runs

    journal.commit(Changes([], {}, swaps=[RunSwap(first, (first.name, second.name))]))

    assert runs_of(journal) == [(1, 4)]
    assert files(tmp_path) == [first.name]
    assert journal.commit(Changes([row(1), row(9)], {})) == [False, False]
    journal.close()


def test_a_swap_of_a_run_that_is_not_there_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    journal = filled(tmp_path, 9)
    gone = IdRun("000000000001-000000000002.run", 1, 2, "1970-01", 2)

    with pytest.raises(JournalError, match="is no run of this journal any more"):
        journal.commit(Changes([row(10)], {}, swaps=[RunSwap(gone, ("000000000003-000000000004.run",))]))

    assert runs_of(journal) == [(1, 4), (5, 8)]
    assert journal.commit(Changes(rows(range(1, 11)), {})) == [False] * 9 + [True]
    journal.close()


def test_a_swap_for_a_run_that_cannot_be_read_is_refused_and_no_id_is_lost(tmp_path: Path) -> None:
    journal = filled(tmp_path, 9)
    with journal.snapshot() as snapshot:
        first, second = snapshot.state().id_runs
    unwritten = IdRun("000000000001-000000000008.run", 1, 8, "1970-01", 8)

    with pytest.raises(JournalError, match="so it replaces no other run of ids; seal again"):
        journal.commit(Changes([], {}, swaps=[RunSwap(unwritten, (first.name, second.name))]))

    assert runs_of(journal) == [(1, 4), (5, 8)]
    assert journal.commit(Changes(rows(range(1, 11)), {})) == [False] * 9 + [True]
    journal.close()


def test_what_another_writer_stored_is_a_duplicate(tmp_path: Path) -> None:
    journals = [opened(tmp_path) for _ in range(2)]
    journals[0].commit(Changes([row(1)], {}))

    assert journals[1].commit(Changes([row(1), row(2)], {})) == [False, True]
    assert journals[0].commit(Changes([row(2), row(3)], {})) == [False, True]
    for journal in journals:
        journal.close()


def damaged_journal(path: Path, *pages: int) -> Path:
    """A journal of 300 rows, seven on a page, of which these pages are overwritten."""
    journal = SqliteJournal(path / "journal.db")
    journal.commit(Changes([row(number, body=b"x" * 1000) for number in range(300)], {}))
    journal.close()
    content = bytearray((path / "journal.db").read_bytes())
    starts = [start for start in range(0, len(content), 8192) if b"x" * 1000 in content[start : start + 8192]]
    for page in pages:
        content[starts[page] : starts[page] + 8192] = b"\xff" * 8192
    (path / "journal.db").write_bytes(content)
    return path / "journal.db"


@pytest.mark.parametrize("pages", [(5,), (5, 6, 7), (5, 20), (1,), (41,)])
def test_rows_on_a_damaged_page_are_passed_over_and_all_others_are_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, pages: tuple[int, ...]
) -> None:
    journal = SqliteJournal(damaged_journal(tmp_path, *pages))
    fresh = journal.commit(Changes([row(number, body=b"x" * 1000) for number in range(301)], {}))
    journal.close()

    lost = [number for number, is_fresh in enumerate(fresh) if is_fresh]
    named = [re.search(r"rows from number (\d+) to (\d+) cannot be read, and", text) for text in caplog.messages]
    assert lost[-1] == 300
    assert lost[:-1] == [
        seq - 1 for match in named if match is not None for seq in range(int(match[1]), int(match[2]) + 1)
    ]
    assert 1 <= len(lost) - 1 <= 8 * len(pages)


def test_a_reader_makes_no_folder_and_reads_no_ids(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()

    reader = SqliteJournal(tmp_path / "journal.db", readonly=True, recent_ids=1)

    assert [entry.seq for entry in reader.lookup("m2")] == [2]
    assert not (tmp_path / "ids").exists()
    reader.close()
