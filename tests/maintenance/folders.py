"""Data folders for the tests of maintenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
import pyarrow

from footfall import storage
from footfall.collector import Collector
from footfall.collector.job_settings import JobSettings
from footfall.directory import SystemDirectory
from footfall.disk import Mode, SystemDisk
from footfall.maintenance.context import JobContext
from footfall.maintenance.merge_ids import merge_ids, write
from footfall.storage.books import imbalances
from footfall.storage.columns import COLUMNS
from footfall.storage.environments import Environment, line_source
from footfall.storage.journal import Changes, SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile
from footfall.testing import ManualClock


def batch(message_ids: Iterable[str], *, event: str = "seen") -> bytes:
    """A batch of one event."""
    messages = [
        {"type": "track", "event": event, "messageId": message_id, "userId": "u", "properties": {"total": 1.10}}
        for message_id in message_ids
    ]
    return json.dumps({"batch": messages}).encode()


def collect(
    data: Path,
    message_ids: Iterable[str],
    *,
    event: str = "seen",
    source: str = "shop",
    environment: Environment | None = None,
) -> Mapping[str, int]:
    """Have a collector take messages; how many got which verdict."""
    with Collector(data) as collector:
        return collector.take(batch(message_ids, event=event), source=source, environment=environment).counts()


def seal(data: Path) -> list[SealedFile]:
    """Move every stored message of the journal to sealed files."""
    with storage.open(data, "change", command="test", remedy="") as store:
        with store.journal.snapshot() as snapshot:
            entries = [entry for chunk in snapshot.scan("stored") for entry in chunk]
            mark = snapshot.state().seal
        lines = [{"seq": entry.seq, **entry.row._asdict()} for entry in entries]
        names = ["seq", *(column.name for column in COLUMNS)]
        batch = pyarrow.record_batch({name: [line[name] for line in lines] for name in names})
        files = store.warehouse.write([batch], None)
        steps = store.warehouse.append(ManifestStep("sealed", "2026-11-30T00:10:00Z", tuple(files)), mark.steps)
        mark = SealMark(entries[-1].seq, mark.messages + len(entries), steps)
        store.journal.commit(Changes((), {}, seal=mark))
        while store.journal.forget():
            pass
    return files


def compact(data: Path) -> None:
    """Put all sealed messages into new files, and remove those that had them."""
    with storage.open(data, "change", command="test", remedy="") as store:
        with store.snapshot() as snapshot:
            files, mark = snapshot.files, snapshot.state().seal
        names = ["seq", *(column.name for column in COLUMNS)]
        batches = [batch for file in files for batch in store.warehouse.part(file).read(names).to_batches()]
        added = tuple(store.warehouse.write(batches, None))
        replaced = tuple(file.name for file in files)
        step = ManifestStep("compacted", "2026-11-30T00:40:00Z", added, replaced)
        steps = store.warehouse.append(step, mark.steps)
        store.journal.commit(Changes((), {}, seal=mark._replace(steps=steps)))
        store.warehouse.remove(added)


def merge_here(data: Path, *, is_thorough: bool = False) -> int:
    """Merge the runs of ids, and make damaged ones anew, in this process; how many are new."""

    def write_here(_: JobContext, request: dict[str, object]) -> object:
        arguments: dict[str, object] = msgspec.json.decode(msgspec.json.encode(request))
        return msgspec.json.decode(msgspec.json.encode(write(arguments, lambda _: None)))

    with storage.open(data, "change", command="test", remedy="") as store:
        context = JobContext(data, store, JobSettings(), ManualClock())
        return merge_ids(context, is_thorough=is_thorough, write=write_here)


def bodies(data: Path) -> dict[str, bytes]:
    """The body of every stored message, by its id, with its environment as `line_source` has it; each is there once."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        entries = [entry for chunk in snapshot.scan("stored") for entry in chunk]
    by_id = {line_source(row.message_id, row.environment): row.body for _, row in entries}
    assert len(by_id) == len(entries)
    return by_id


def is_balanced(data: Path) -> bool:
    """Whether the books add up, with the rows too."""
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        quarantine = snapshot.in_quarantine()
        return imbalances(snapshot.books(), watermark=snapshot.watermark(), quarantine=quarantine) == []


class Crash(BaseException):
    """The process ends here."""


class Steps:
    """Counts what is done to files, and ends the process before step number `crash_at`."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.done: list[str] = []
        self._crash_at = crash_at

    def step(self, name: str) -> None:
        """One step more."""
        if len(self.done) == self._crash_at:
            raise Crash
        self.done.append(name)

    def directory(self, path: Path) -> SystemDirectory:
        """A folder whose changes are such steps."""
        return StepDirectory(path, self)


class StepDisk(SystemDisk):
    """A disk that does its changes step by step."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if mode != "read":
            self._steps.step(f"open {path.name}")
        return super().open(path, mode)

    def sync(self, file: IO[bytes]) -> None:
        self._steps.step("sync")
        super().sync(file)

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        self._steps.step(f"make {path.name}")
        super().make_folder(path, private=private)


class StepDirectory(SystemDirectory):
    """A folder that does its changes step by step."""

    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)
        self._steps = steps

    def move(self, name: str, to: str) -> None:
        self._steps.step(f"move {name}")
        super().move(name, to)

    def link(self, name: str, file: Path) -> None:
        self._steps.step(f"link {name}")
        super().link(name, file)

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            self._steps.step(f"remove {name}")
            super().remove([name])

    def remove_folder(self, name: str) -> None:
        self._steps.step(f"remove {name}")
        super().remove_folder(name)

    def sync(self, name: str = "") -> None:
        self._steps.step("sync folder")
        super().sync(name)
