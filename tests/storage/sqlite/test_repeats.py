"""Whatever happens to a journal and its runs, it gives the verdicts of a plain dictionary."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.storage.faulty_vfs import FSYNC, FULL, FaultyVFS

from footfall.disk import SystemDisk
from footfall.errors import JournalError
from footfall.storage import Changes, Entry, Row, RowState, SqliteJournal
from footfall.storage.books import imbalances, total
from footfall.storage.ids.merging import merge_runs
from footfall.storage.journal import RunSwap, SealMark
from footfall.storage.sqlite.renewal import JournalFiles
from footfall.testing.clock import ManualClock

UUID = "0193f2a4-7c1e-7abc-8def-0123456789ab"
IDS = [
    UUID, UUID.upper(), f"{{{UUID}}}", UUID.replace("-", ""), f"{UUID[:-1]}c", "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff", "m", "m\0", "ü", "x" * 100_000,
]  # fmt: skip
# What is compared of a body is what stays without its `sentAt`.
BODIES = {b'{"n":1}': 1, b'{"n":1,"sentAt":"a"}': 1, b'{"sentAt":"b","n":1}': 1, b'{"n":2}': 2}


class Killed(BaseException):
    """The process ends here."""


class KillingDisk(SystemDisk):
    """Ends the process at a step of what is done to the files of runs."""

    def __init__(self) -> None:
        self.steps_left: int | None = None

    def step(self) -> None:
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                self.steps_left = None
                raise Killed

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        self.step()
        with super().replacing(path, private=private) as file:
            yield file
            self.step()
        self.step()

    def remove(self, path: Path) -> None:
        self.step()
        super().remove(path)


_Drawn = tuple[RowState, str, int, bytes]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["stored", "stored", "quarantined"]),
        st.sampled_from(["shop", "app"]),
        st.integers(0, len(IDS) - 1),  # for a text of this length is not to be shown
        st.sampled_from(sorted(BODIES)),
    ),
    max_size=8,
)


class Repeats(RuleBasedStateMachine):
    """A journal with runs of three ids, beside a dictionary of what it must know."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.vfs = FaultyVFS(f"repeats-{self.folder.name}")
        self.clock, self.disk = ManualClock(), KillingDisk()
        self.stored: dict[tuple[str, str], int] = {}
        self.waiting: dict[tuple[str, str], int] = {}
        self.duplicates = self.conflicting = 0
        self.open()

    def open(self) -> None:
        files = JournalFiles(self.folder / "journal.db", disk=self.disk, boot="boot")
        self.journal = SqliteJournal(
            files.path, recent_ids=3, files=files, vfs=self.vfs.name, clock=self.clock
        )  # fmt: skip

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            self.vfs.unregister()
            shutil.rmtree(self.folder)

    @rule(rows=ROWS)
    def commit(self, rows: Sequence[_Drawn]) -> None:
        fresh = [self.expect(*row) for row in rows]

        assert self.journal.commit(Changes([row_of(*row) for row in rows], {})) == fresh

    @rule(rows=ROWS, code=st.sampled_from([FULL, FSYNC]))
    def fail(self, rows: Sequence[_Drawn], code: int) -> None:
        """A commit that does not reach the disk; the next one may be after a copy of the journal."""
        self.vfs.faults["write" if code == FULL else "sync", "-wal"] = code
        with pytest.raises(JournalError):
            self.journal.commit(Changes([row_of(*row) for row in rows], {("shop", "seen"): 0}, probe=1))
        self.vfs.faults.clear()
        self.clock.advance(60)
        if code == FSYNC:  # until it is copied, a restart may find what nobody was told is there
            self.journal.commit(Changes([], {}))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        waiting = [entry for chunk in self.journal.scan("quarantined") for entry in chunk]
        if waiting:
            entry = data.draw(st.sampled_from(waiting))
            key = entry.row.source, entry.row.message_id
            self.stored[key] = self.waiting.pop(key)
            release = Entry(entry.seq, entry.row._replace(kind="stored"))
            assert self.journal.commit(Changes([], {}, [release])) == [True]

    @rule(limit=st.integers(1, 4))
    def seal(self, limit: int) -> None:
        """Rows that are sealed leave the journal; how many are sealed is all that it knows of them."""
        self.mark()
        self.journal.forget(limit)

    @rule()
    def merge(self) -> None:
        with self.journal.snapshot() as snapshot:
            runs = snapshot.state().id_runs
        if len(runs) > 1:
            merged = merge_runs(SystemDisk(), self.folder / "ids", runs)
            self.journal.commit(Changes([], {}, swaps=[RunSwap(merged, tuple(run.name for run in runs))]))

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.open()

    @rule(steps=st.integers(0, 6), what=st.sampled_from(["merge", "seal", "commit"]))
    def kill(self, steps: int, what: str) -> None:
        """The process ends at a step of a merge, of forgetting, or of a commit, and another one starts."""
        acts: dict[str, Callable[[], object]] = {
            "merge": self.merge,
            "seal": lambda: self.seal(9),
            "commit": lambda: self.journal.commit(Changes([], {})),
        }
        self.disk.steps_left = steps
        with suppress(Killed):
            acts[what]()
        self.disk.steps_left = None
        self.reopen()

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "journal"):
            return
        with self.journal.snapshot() as snapshot:
            books, quarantine = snapshot.books(), snapshot.in_quarantine()
            assert imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine) == []
        counts = total(books)
        assert (counts["duplicate"], counts["conflicting"]) == (self.duplicates, self.conflicting)
        assert counts["stored"] + counts["released"] == len(self.stored)

    def expect(self, kind: RowState, source: str, number: int, body: bytes) -> bool:
        key, content = (source, IDS[number]), BODIES[body]
        earlier = self.stored.get(key, None if kind == "stored" else self.waiting.get(key))
        if earlier is not None:
            self.duplicates += 1
            self.conflicting += content != earlier
            return False
        if kind == "stored":
            self.waiting.pop(key, None)
            self.stored[key] = content
        else:
            self.waiting[key] = content
        return True

    def mark(self) -> None:
        with self.journal.snapshot() as snapshot:
            begin, until = snapshot.state().seal, snapshot.watermark()
            number = sum(len(chunk) for chunk in snapshot.scan("stored"))
        self.journal.commit(Changes([], {}, seal=SealMark(until, begin.messages + number, begin.steps + 1)))


def row_of(kind: RowState, source: str, number: int, body: bytes) -> Row:
    return Row(kind, source, IDS[number], "track", "seen", "u", None, None, None, None, 1, 2, None, None, body, None)


@pytest.mark.slow
def test_any_life_of_a_journal_gives_the_verdicts_of_a_dictionary() -> None:
    run_state_machine_as_test(
        Repeats,
        settings=settings(
            max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )


@pytest.mark.parametrize("hard", ["conflicting", "superseding", "in both sources"])
def test_the_rows_that_are_drawn_have_the_hard_cases(hard: str) -> None:
    def has(rows: Sequence[_Drawn]) -> bool:
        machine = Repeats()
        machine.stored, machine.waiting, machine.duplicates, machine.conflicting = {}, {}, 0, 0
        is_superseding = False
        for kind, source, number, body in rows:
            is_superseding |= kind == "stored" and (source, IDS[number]) in machine.waiting
            machine.expect(kind, source, number, body)
        is_in_both = len({message_id for _, message_id in machine.stored}) < len(machine.stored)
        return {"conflicting": machine.conflicting > 0, "superseding": is_superseding, "in both sources": is_in_both}[
            hard
        ]

    find(ROWS, has, settings=settings(max_examples=5000, phases=[Phase.generate]))
