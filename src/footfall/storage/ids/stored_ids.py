"""StoredIds: the id of every message that was ever stored, the recent ones in memory and all others in runs.

It follows the journal: only ids whose rows are committed are in it, and a run counts once the journal has its row.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from footfall.disk import Disk
from footfall.storage.ids.keys import Key, body_checksum, key_of, sort_key
from footfall.storage.ids.run_file import DAMAGED, DamagedRunError, Run, RunSection, write_run
from footfall.storage.journal import IdRun, RunSwap
from footfall.timestamps import format_us

__all__ = ["RECENT", "StoredId", "StoredIds", "log_damage", "run_name"]

_log = logging.getLogger("footfall")

RECENT = 65_536
"""How many ids are in memory before they are written to a run."""

# Bytes that all runs together may take, but for their fences. What has no room is read from the disk at each look-up.
_MEMORY = 48 << 20

_OURS = re.compile(rf"(\d{{12,}}-\d{{12,}}\.run({re.escape(DAMAGED)})?|\.\d{{12,}}-\d{{12,}}\.run\.draft)")


class StoredId(NamedTuple):
    """What is kept of a stored row when the row is gone. `source` is what the books call it in its environment."""

    seq: int
    source: str
    message_id: str
    body: bytes
    received_at: int


class StoredIds:
    """The stored ids of one journal, for its one writer. `folder` is made when the first run is written.

    After `recent` ids the next ones are written to a run; all runs together take at most `memory` bytes.

    `pending` are the runs that were written and that the journal has no row of yet: whoever adds their rows calls
    `settle` after the commit. `seq` is up to which it has the stored ids, -1 before it has any.
    """

    def __init__(self, folder: Path, disk: Disk, *, recent: int = RECENT, memory: int = _MEMORY) -> None:
        self.folder = folder
        self.pending: list[IdRun] = []
        self.seq = -1
        self._disk = disk
        self._most = recent
        self._next_try = recent
        self._recent: dict[str, dict[Key, int]] = {}
        self._number = 0
        self._first_seq = 1
        self._received_at = 0
        self._runs: dict[str, Run] = {}
        self._sections: dict[str, list[RunSection]] = {}
        self._most_memory = memory
        self._memory = 0

    @property
    def last_run(self) -> int:
        """Up to which `seq` each stored id is in a run."""
        return self._first_seq - 1

    def reset(self, runs: Iterable[IdRun]) -> list[tuple[IdRun, DamagedRunError]]:
        """Begin anew with the runs that the journal has; returns those that are missing or damaged."""
        self.close()
        self.pending.clear()
        self._recent = {}
        self._number, self._next_try = 0, self._most
        self._first_seq = 1
        damaged = []
        for run in runs:
            self._first_seq = max(self._first_seq, run.last + 1)
            try:
                self._open(run.name)
            except DamagedRunError as error:
                damaged.append((run, error))
        self.seq = self._first_seq - 1
        return damaged

    def rebuild(self, run: IdRun, rows: Iterable[StoredId]) -> None:
        """Write a run anew from its rows. Raises OSError and DamagedRunError."""
        ids: dict[str, dict[Key, int]] = {}
        for row in rows:
            ids.setdefault(row.source, {})[key_of(row.message_id)] = body_checksum(row.body)
        self._disk.make_folder(self.folder, private=True)
        write_run(self._disk, self.folder / run.name, ids)
        self._open(run.name)

    def find(self, source: str, keys: Iterable[Key]) -> dict[Key, int]:
        """Which of these keys of a source are stored, each with the checksum of its body."""
        recent = self._recent.get(source, {})
        checksums: dict[Key, int] = {}
        older: list[Key] = []
        for key in keys:
            checksum = recent.get(key)
            if checksum is None:
                older.append(key)
            else:
                checksums[key] = checksum
        sections = self._sections.get(source)
        if sections and older:
            self._find_older(sections, older, checksums)
        return checksums

    def add(self, source: str, checksums: Mapping[Key, int]) -> None:
        """Take in ids of committed rows. Call `follow` when all of a commit are in."""
        recent = self._recent.setdefault(source, {})
        self._number -= len(recent)
        recent.update(checksums)
        self._number += len(recent)

    def follow(self, seq: int, received_at: int = 0) -> None:
        """Note up to which `seq` it has the stored ids, and when the last of them was received (us since 1970)."""
        self.seq = seq
        self._received_at = received_at or self._received_at

    def load(self, rows: Iterable[StoredId]) -> None:
        """Take in stored rows of the journal above `seq`, in their order, and write runs as they fill."""
        for row in rows:
            self.add(row.source, {key_of(row.message_id): body_checksum(row.body)})
            self.follow(row.seq, row.received_at)
            self.write_due_run()

    def write_due_run(self) -> None:
        """Write the recent ids to a run, if they are many."""
        if self._number >= self._next_try:
            self.write_run()

    def write_run(self) -> bool:
        """Write the recent ids to a run, which is then pending; False where that failed, which is in the log."""
        if not self._number:
            return True
        first, last = self._first_seq, self.seq
        run = IdRun(run_name(first, last), first, last, format_us(self._received_at)[:7], self._number)
        try:
            self._disk.make_folder(self.folder, private=True)
            write_run(self._disk, self.folder / run.name, self._recent)
            self._open(run.name)
        except (OSError, DamagedRunError) as error:
            if self._next_try == self._most:
                _log.warning("%s: ids stay in memory, for no run can be written: %s", self.folder, error)
            self._next_try = self._number + max(1, self._most // 4)
            return False
        self.pending.append(run)
        self._recent = {}
        self._number, self._next_try = 0, self._most
        self._first_seq = last + 1
        return True

    def require_runs(self, swaps: Iterable[RunSwap]) -> None:
        """Raise DamagedRunError where a run cannot be read that is to take the place of others."""
        for added, _ in swaps:
            Run(self._disk, self.folder / added.name).close()

    def settle(self, swaps: Iterable[RunSwap] = ()) -> None:
        """The journal has committed the rows of all pending runs, and these swaps."""
        self.pending.clear()
        for added, removed in swaps:
            for name in removed:
                self._drop(name)
                replaced = [name] if name != added.name else []
                for path in (*replaced, f"{name}{DAMAGED}"):
                    with suppress(OSError):  # it is removed at the next start
                        self._disk.remove(self.folder / path)
            try:
                self._open(added.name)
            except DamagedRunError as error:
                log_damage(added.ids, error)

    def remove_leftovers(self, runs: Iterable[IdRun]) -> None:
        """Remove the files of all runs but these and the pending ones: what a process that was cut short left."""
        keep = {run.name for run in (*runs, *self.pending)}
        with suppress(OSError):
            for path in self._disk.list(self.folder):
                if _OURS.fullmatch(path.name) and path.name.removesuffix(DAMAGED) not in keep:
                    self._disk.remove(path)

    def close(self) -> None:
        """Let go of the files. Closing twice is no error."""
        for name in list(self._runs):
            self._drop(name)

    def _open(self, name: str) -> None:
        self._drop(name)
        run = Run(self._disk, self.folder / name)
        memory = self._memory
        try:
            for section in run.sections:
                if memory + section.memory <= self._most_memory:
                    section.prepare()
                    memory += section.memory
        except DamagedRunError:
            run.close()
            raise
        self._memory = memory
        self._runs[name] = run
        for section in run.sections:
            self._sections.setdefault(section.source, []).append(section)

    def _drop(self, name: str) -> None:
        run = self._runs.pop(name, None)
        if run is not None:
            for section in run.sections:
                self._sections[section.source].remove(section)
                self._memory -= section.memory if section.is_prepared else 0
            run.close()

    def _mark_damaged(self, name: str) -> None:
        """Look into a run no more, and have the next sealing make it anew."""
        self._drop(name)
        path = self.folder / f"{name}{DAMAGED}"
        with suppress(OSError), self._disk.replacing(path, private=True):  # without it the daily compaction notices
            pass

    def _find_older(self, sections: Sequence[RunSection], keys: list[Key], checksums: dict[Key, int]) -> None:
        uuids = [key for key in keys if type(key) is bytes]
        texts = {sort_key(key): key for key in keys if type(key) is str}
        wanted: dict[str, Iterable[bytes]] = {"uuid": uuids, "text": texts}
        ends = {form: (min(some), max(some)) for form, some in wanted.items() if some}
        for section in list(sections):
            if section.form not in ends or section.run.path.name not in self._runs:  # its run may be damaged elsewhere
                continue
            first, last = section.first, section.last
            least, most = ends[section.form]
            if most < first or last < least:
                continue
            for key in wanted[section.form]:
                if first <= key <= last:
                    text = texts[key] if section.form == "text" else None
                    try:
                        checksum = section.find(key, text)
                    except DamagedRunError as error:
                        log_damage(section.run.ids, error)
                        self._mark_damaged(section.run.path.name)
                        break
                    if checksum is not None:
                        checksums[key if text is None else text] = checksum


def log_damage(ids: int, error: DamagedRunError) -> None:
    """Say what a run that cannot be read costs."""
    _log.error("%s: until its %d ids are read from the sealed files, repeats of them are stored again", error, ids)


def run_name(first: int, last: int) -> str:
    """The name of the file with the ids of rows `first` to `last`."""
    return f"{first:012}-{last:012}.run"
