"""All messages of a store as of one moment: sealed files first, then the rows of the journal."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.sealing import row, seal

from footfall import storage
from footfall.errors import DamagedFileError, JournalError
from footfall.storage import Changes, Entry, RowState, Snapshot
from footfall.storage.as_of import AsOf
from footfall.storage.journal import SealMark
from footfall.storage.store_snapshot import SealedLoss, StoreSnapshot
from footfall.storage.warehouse import Warehouse
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse

DAY_US = 86_400_000_000


class Kept:
    """A journal with messages `1` to `12` over three days, the first `sealed` of them sealed in two steps."""

    def __init__(self, sealed: int = 8) -> None:
        self.journal = MemoryJournal()
        self.warehouse = MemoryWarehouse()
        self.rows = [row(str(number), received_at=number // 4 * DAY_US) for number in range(1, 13)]
        self.journal.commit(Changes(self.rows, {("shop", "seen"): 2}))
        for until in (sealed // 2, sealed):
            if until:
                self.files = seal(self.journal, self.warehouse, until)

    def snapshot(self) -> StoreSnapshot:
        with self.journal.snapshot() as tail:
            return StoreSnapshot(tail, lambda: self.warehouse)


def seqs(snapshot: StoreSnapshot, *, after: int = 0, until: int | None = None, chunk: int = 10_000) -> list[int]:
    return [
        entry.seq for part in snapshot.scan("stored", after=after, until=until, chunk=chunk) for entry in part
    ]  # fmt: skip


def no_warehouse() -> Warehouse:
    raise AssertionError("nothing is sealed, so nothing is to be opened")


def test_sealed_messages_come_first_and_each_as_it_was_in_the_journal() -> None:
    kept = Kept()

    entries = [entry for part in kept.snapshot().scan("stored") for entry in part]

    assert entries == [Entry(seq, row) for seq, row in enumerate(kept.rows, 1)]


@given(
    sealed=st.integers(0, 12), after=st.integers(0, 13), until=st.none() | st.integers(0, 13), chunk=st.integers(1, 5)
)
def test_a_scan_gives_the_same_numbers_however_much_is_sealed(
    sealed: int, after: int, until: int | None, chunk: int
) -> None:
    last = 12 if until is None else min(until, 12)

    assert seqs(Kept(sealed).snapshot(), after=after, until=until, chunk=chunk) == list(range(after + 1, last + 1))


def test_rows_that_are_forgotten_meanwhile_are_still_read() -> None:
    kept = Kept(0)
    before = kept.snapshot()

    seal(kept.journal, kept.warehouse, 12)
    kept.journal.forget()

    assert seqs(before) == list(range(1, 13)) == seqs(kept.snapshot())


@pytest.mark.parametrize("number", [2, 11])
def test_a_message_is_looked_up_whether_it_is_sealed_or_not(number: int) -> None:
    kept = Kept()

    assert kept.snapshot().lookup(str(number)) == [Entry(number, kept.rows[number - 1])]
    assert kept.snapshot().lookup("nobody") == []


def test_what_is_not_about_stored_messages_is_the_journals() -> None:
    kept = Kept()
    kept.journal.commit(Changes([row("q")._replace(kind="quarantined")], {}))
    snapshot = kept.snapshot()

    assert (snapshot.watermark(), snapshot.books()) == (13, kept.journal.books())
    assert snapshot.in_quarantine() == {("shop", "seen"): 1}
    assert [entry.row.message_id for part in snapshot.scan("quarantined") for entry in part] == ["q"]
    assert [refusal.number for refusal in snapshot.refusals()] == [2]
    assert snapshot.state().seal == SealMark(8, 8, 2)


def test_where_nothing_is_sealed_no_warehouse_is_opened() -> None:
    journal = MemoryJournal()
    journal.commit(Changes([row("a")], {}))

    with journal.snapshot() as tail:
        snapshot = StoreSnapshot(tail, no_warehouse)

    assert (seqs(snapshot), len(snapshot.lookup("a")), snapshot.losses) == ([1], 1, [])


def test_a_folder_that_was_never_sealed_is_read_without_pyarrow(tmp_path: Path) -> None:
    with storage.open(tmp_path, "write") as store:
        store.journal.commit(Changes([row("a")], {}))
    code = (
        "import sys; from footfall import storage\n"
        f"with storage.open({str(tmp_path)!r}, 'read') as store, store.snapshot() as snapshot:\n"
        "    assert len(list(snapshot.scan('stored'))) == 1 and snapshot.lookup('a')\n"
        "print(sorted(name for name in sys.modules if 'pyarrow' in name))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_damaged_file_is_passed_over_and_is_a_loss_that_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    (file,) = [file for file in kept.snapshot().files if 4 in range(file.first, file.last + 1)]
    kept.warehouse.damage[file.name] = "its checksum is wrong"
    snapshot = kept.snapshot()

    with caplog.at_level(logging.WARNING):
        assert seqs(snapshot) == [1, 2, 3, *range(5, 13)] == seqs(snapshot)
        assert snapshot.lookup("4") == []

    assert snapshot.losses == [SealedLoss(file.name, "1970-01-02", 1, "its checksum is wrong")]
    assert snapshot.losses[0].text.endswith(
        "is damaged (its checksum is wrong): 1 message of 1970-01-02 is not counted"
    )
    assert [record.getMessage() for record in caplog.records] == [
        f"{snapshot.losses[0].text}; `footfall verify` reads every file"
    ]


def test_a_file_that_is_missing_is_a_loss_too() -> None:
    kept = Kept()
    for file in kept.files:
        del kept.warehouse.files[file.name]
    snapshot = kept.snapshot()

    assert seqs(snapshot) == [1, 2, 3, 4, 9, 10, 11, 12]
    assert sum(loss.messages for loss in snapshot.losses) == 4


def test_by_their_size_only_files_that_are_not_there_are_losses() -> None:
    kept = Kept()
    first, *_ = files = kept.snapshot().files
    snapshot, whole = kept.snapshot(), kept.snapshot()

    whole.check_sizes()
    del kept.warehouse.files[first.name]
    snapshot.check_sizes()

    assert len(files) > 1
    assert whole.losses == []
    assert snapshot.losses == [SealedLoss(first.name, first.day, first.messages, "it is missing")]


def test_without_the_list_of_files_the_journals_rows_are_still_read() -> None:
    kept = Kept()
    kept.warehouse = MemoryWarehouse()
    snapshot = kept.snapshot()

    assert seqs(snapshot) == [9, 10, 11, 12]
    assert [loss.text for loss in snapshot.losses] == [
        "the list of sealed files is damaged (the list has 0 of 2 steps): 8 messages are not counted"
    ]


def test_a_damaged_step_costs_only_its_own_files() -> None:
    kept = Kept()
    kept.warehouse.damage["1"] = "its checksum is wrong"
    snapshot = kept.snapshot()

    assert seqs(snapshot) == [5, 6, 7, 8, 9, 10, 11, 12]
    assert [loss.text for loss in snapshot.losses] == [
        "line 1 of the list of sealed files is damaged (its checksum is wrong): 4 messages are not counted"
    ]


def test_the_parts_are_the_sealed_files_and_then_the_tail() -> None:
    snapshot = Kept().snapshot()

    parts = snapshot.parts()

    assert [part.name for part in parts] == [*(file.sha256 for file in snapshot.files), ""]
    assert [seq for part in parts for seq in part.read(["seq"]).column("seq").to_pylist()] == list(range(1, 13))


def test_a_journal_that_is_sealed_whole_has_no_tail() -> None:
    snapshot = Kept(12).snapshot()

    assert [part.name for part in snapshot.parts()] == [file.sha256 for file in snapshot.files]


@pytest.mark.parametrize("seq", [1, 3, 4, 6, 8, 10, 12])
def test_the_parts_as_of_a_number_have_the_messages_up_to_it(seq: int) -> None:
    kept = Kept()
    snapshot = kept.snapshot().at(AsOf(seq, 0))

    parts = snapshot.parts()

    assert [number for part in parts for number in part.read(["seq"]).column("seq").to_pylist()] == [*range(1, seq + 1)]
    names = {file.sha256 for file in snapshot.files if file.last <= seq}
    assert {part.name for part in parts} - {""} == names


def test_parts_are_read_after_the_snapshot_has_ended_and_the_rows_were_sealed() -> None:
    kept = Kept(0)
    (tail,) = kept.snapshot().parts()

    seal(kept.journal, kept.warehouse, 12)
    kept.journal.forget()

    assert sorted(tail.read(["seq"]).column("seq").to_pylist()) == list(range(1, 13))


def test_a_file_that_cannot_be_opened_is_no_part_and_a_loss() -> None:
    kept = Kept()
    file = kept.snapshot().files[0]
    kept.warehouse.damage[file.name] = "its checksum is wrong"
    snapshot = kept.snapshot()

    parts = snapshot.parts()

    assert file.sha256 not in {part.name for part in parts}
    assert snapshot.losses == [SealedLoss(file.name, file.day, file.messages, "its checksum is wrong")]


def test_a_file_whose_stretches_are_known_is_not_opened_but_has_to_be_there() -> None:
    kept = Kept()
    whole, gone, damaged, _ = kept.snapshot().files
    stretches = kept.warehouse.part(whole).stretches()
    kept.warehouse.damage[damaged.name] = "its checksum is wrong"
    del kept.warehouse.files[gone.name]
    snapshot = kept.snapshot()

    parts = snapshot.parts(lambda sha256: stretches if sha256 in (whole.sha256, gone.sha256, damaged.sha256) else ())

    assert snapshot.losses == [SealedLoss(gone.name, gone.day, gone.messages, "it is missing")]
    assert {whole.sha256, damaged.sha256} <= {part.name for part in parts}


def test_a_part_that_shows_its_damage_later_is_a_loss_once_it_is_lost() -> None:
    kept = Kept()
    snapshot = kept.snapshot()
    part, file = snapshot.parts()[0], snapshot.files[0]
    kept.warehouse.damage[file.name] = "a page is wrong"

    with pytest.raises(DamagedFileError, match="a page is wrong") as caught:
        part.read(["seq"])
    snapshot.lose(caught.value)

    assert snapshot.losses == [SealedLoss(file.name, file.day, file.messages, "a page is wrong")]


class SlowTail(MemoryJournal):
    """A journal of which each chunk of rows takes so many seconds to be read."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        super().__init__(clock=clock)
        self.clock, self.seconds = clock, seconds

    def parts(self) -> int:
        with self.snapshot() as snapshot:
            return len(StoreSnapshot(_Slowed(snapshot, self), no_warehouse, clock=self.clock).parts())


class _Slowed:
    def __init__(self, snapshot: Snapshot, journal: SlowTail) -> None:
        self._snapshot, self._journal = snapshot, journal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._snapshot, name)

    def scan(
        self, kind: RowState, *, after: int = 0, until: int | None = None, chunk: int = 1
    ) -> Iterator[list[Entry]]:
        for entries in self._snapshot.scan(kind, after=after, until=until, chunk=1):
            self._journal.clock.advance(self._journal.seconds)
            yield entries


@pytest.mark.parametrize(("seconds", "is_refused"), [(30, False), (30.1, True)])
def test_a_tail_that_takes_longer_than_a_minute_is_given_up(seconds: float, is_refused: bool) -> None:
    journal = SlowTail(ManualClock(), seconds)
    journal.commit(Changes([row("a"), row("b")], {}))

    if is_refused:
        with pytest.raises(JournalError, match=r"longer than 60 s to read.*run `footfall seal`"):
            journal.parts()
    else:
        assert journal.parts() == 1
