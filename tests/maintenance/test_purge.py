"""What a rule names is removed everywhere, counts as purged once, and leaves no byte behind."""

from __future__ import annotations

import itertools
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

import pytest
from tests.maintenance.folders import Crash, Steps, batch, bodies, collect, compact, is_balanced, seal

from footfall import storage
from footfall.analytics import Dataset
from footfall.analytics.exports import MessageStream, Selection
from footfall.analytics.loading import Asked, open_parts
from footfall.analytics.persons import PersonsCache
from footfall.analytics.persons.summary import summarise
from footfall.analytics.stored_messages import StoredMessages
from footfall.clock import SystemClock
from footfall.collector import Collector
from footfall.collector.job_settings import JobSettings
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError, JournalError, SyncError, WarehouseError
from footfall.maintenance.backup import backup
from footfall.maintenance.context import JobContext
from footfall.maintenance.purge import PurgedLine, PurgeReceipt, purge
from footfall.maintenance.purge_files import PurgeCount, preview, rewrite
from footfall.maintenance.upgrade import BEFORE, FolderUpgrade
from footfall.maintenance.verify import verify
from footfall.storage.books import kept
from footfall.storage.journal import Changes, Journal
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.store import Store

RELEASED = Path(__file__).parents[1] / "data" / "released" / "format-1" / "folder.tar.xz"
RULE = PurgeRule(event="leaked")
SECRET = "hunter2-hunter2"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with secrets in two sealed files of three, in the tail, in quarantine, and in what was compacted."""
    path = tmp_path / "data"
    collect(path, ["a", "b"])
    leak(path, "x1", "x2")
    seal(path)
    leak(path, "x3")
    compact(path)
    seal(path)
    collect(path, ["c"])
    seal(path)
    leak(path, "x4", "x5")
    seal(path)
    leak(path, "x6")
    collect(path, ["d"])
    with Collector(path) as collector:
        collector.take(
            b'{"batch": [{"type": "track", "event": "leaked", "messageId": "q", "properties": {"p": "%s"}}]}'
            % SECRET.encode(),
            source="shop",
        )
    return path


def leak(data: Path, *message_ids: str) -> None:
    body = batch(message_ids, event="leaked").replace(
        b'"userId": "u"', b'"userId": "u", "name": "%s"' % SECRET.encode()
    )
    with Collector(data) as collector:
        collector.take(body, source="shop")


@contextmanager
def opened(data: Path) -> Iterator[JobContext]:
    with storage.open(data, "change", command="test", remedy="") as store:
        yield JobContext(data, store, JobSettings(), SystemClock())


def here(_: JobContext, arguments: Mapping[str, object]) -> object:
    return rewrite(arguments, lambda _: None)


def purged(data: Path, rule: PurgeRule = RULE) -> PurgeReceipt:
    with opened(data) as context:
        return purge(context, rule, rewrite=here)


def where_it_is(data: Path) -> list[str]:
    """The files of a folder with the bytes of a secret, also in compressed columns."""
    plain = [path.name for path in data.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    return sorted(plain) + [name for name, body in bodies(data).items() if SECRET.encode() in body]


def test_a_secret_is_removed_from_everywhere_and_everything_else_stays(data: Path) -> None:
    before = where_it_is(data)

    receipt = purged(data)

    assert set(before) >= {"journal.db", "x1", "x4", "x6"}
    assert where_it_is(data) == []
    assert set(bodies(data)) == {"a", "b", "c", "d"}
    assert (receipt.rule, receipt.stored, receipt.quarantined) == ("event leaked", 6, 1)
    assert receipt.lines == (PurgedLine("shop", "leaked", 6, 1),)
    assert len(receipt.rewritten) == 3
    assert is_balanced(data)
    assert (verify(data).is_whole, verify(data).strays) == (True, ())


def test_ids_of_purged_messages_go_from_the_cache_too(data: Path) -> None:
    with Dataset.open(data) as dataset:
        assert dataset.persons.find("u")
    files = list((data / "cache").iterdir())

    purged(data)

    assert files
    assert not (data / "cache").exists()


class PurgingDisk(SystemDisk):
    """A disk of a reader, in whose folder a purge runs once while a file is written: before or after its content is."""

    def __init__(self, data: Path, *, is_late: bool) -> None:
        self._data = data
        self._is_late = is_late
        self.receipts: list[PurgeReceipt] = []

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        with super().replacing(path, private=private) as file:
            self._purge(when=not self._is_late)
            yield file
            self._purge(when=self._is_late)

    def _purge(self, *, when: bool) -> None:
        if when and not self.receipts:
            self.receipts.append(purged(self._data))


@pytest.mark.parametrize("is_late", [False, True])
def test_a_reader_that_began_before_a_purge_brings_no_id_back(data: Path, *, is_late: bool) -> None:
    disk = PurgingDisk(data, is_late=is_late)
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        kept_before = [snapshot.is_kept(file.sha256) for file in snapshot.files]
        parts = [part for part in snapshot.parts() if part.name]
        summaries = [(part.name, *summarise(part), part.stretches()) for part in parts]

    cache = PersonsCache(data / "cache", disk, is_kept=snapshot.is_kept)
    written = [cache.keep_summary(*summary) for summary in summaries]
    kept_now = [snapshot.is_kept(part.name) for part in parts]

    assert (disk.receipts[0].stored, all(kept_before), all(kept_now)) == (6, True, False)
    assert written[1:] == kept_now[1:]
    names = {path.name for path in (data / "cache").iterdir()} if (data / "cache").exists() else set[str]()
    assert names <= {f"{part.name}.part" for part, is_kept in zip(parts, kept_now, strict=True) if is_kept}
    assert not (data / ".cache.removed").exists()


def test_the_cache_of_a_dataset_keeps_nothing_of_a_file_that_a_purge_removed(data: Path) -> None:
    opened_parts = open_parts(Asked(data, None, None, SystemClock()), {}, lambda _: None)
    parts = [part for part in opened_parts.parts if part.name]
    summaries = [(part.name, *summarise(part), part.stretches()) for part in parts]
    purged(data)

    written = [opened_parts.cache.keep_summary(*summary) for summary in summaries]

    assert written == [opened_parts.snapshot.is_kept(part.name) for part in parts]
    assert set(written) == {False, True}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_purge_in_the_middle_of_an_export_is_no_damage(data: Path, number: int) -> None:
    """The first messages were given before it, so only the later ones of the event are missing."""
    stored = StoredMessages.open(data)
    stream = MessageStream(stored)
    expected = [seq for block in MessageStream(stored).blocks(Selection(), ("seq",)) for seq in seqs_of(block)]
    events = {
        row["seq"]: row["event"] for block in stream.blocks(Selection(), ("seq", "event")) for row in block.to_pylist()
    }
    blocks, rows = stream.blocks(Selection(), ("seq",)), list[int]()
    for block in itertools.islice(blocks, number):
        rows += seqs_of(block)
    before = set(rows)

    purged(data)
    collect(data, ["later"])
    for block in blocks:
        rows += seqs_of(block)

    assert stored.losses == []
    assert rows == [seq for seq in expected if seq in before or events[seq] != "leaked"]
    assert stream.last() == expected[-1]


def seqs_of(block: Any) -> list[int]:
    seqs: list[int] = block.column("seq").to_pylist()
    return seqs


def test_beside_a_journal_that_is_older_than_the_manifest_nothing_is_removed(tmp_path: Path) -> None:
    for name in "abc":
        collect(tmp_path, [name])
        seal(tmp_path)
        if name == "a":
            older = (tmp_path / "journal.db").read_bytes()
    (tmp_path / "journal.db").write_bytes(older)
    before = {path: path.read_bytes() for path in (tmp_path / "warehouse").rglob("*") if path.is_file()}

    with pytest.raises(WarehouseError, match="restore both from one backup"):
        purged(tmp_path)

    assert len(before) == 4
    assert {path: path.read_bytes() for path in (tmp_path / "warehouse").rglob("*") if path.is_file()} == before


def test_a_damaged_manifest_is_made_anew_before_anything_is_removed(data: Path) -> None:
    manifest = data / "warehouse" / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes().replace(b"step", b"stop", 1))

    receipt = purged(data)

    assert where_it_is(data) == []
    assert set(bodies(data)) == {"a", "b", "c", "d"}
    assert receipt.stored == 6
    assert verify(data).is_whole


def test_what_an_upgrade_kept_goes_with_it(tmp_path: Path) -> None:
    with tarfile.open(RELEASED) as archive:
        archive.extractall(tmp_path, filter="data")
    FolderUpgrade(tmp_path).upgrade()

    receipt = purged(tmp_path, PurgeRule(event="product_viewed"))

    assert receipt.stored == 60
    assert not (tmp_path / BEFORE).exists()
    with pytest.raises(DataFolderError, match="has no upgrade to undo"):
        FolderUpgrade(tmp_path).undo()


def test_a_preview_counts_by_day_source_and_event_and_changes_nothing(data: Path) -> None:
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        day = snapshot.files[0].day

    result = preview(data, RULE)

    assert result.counts == (
        PurgeCount(day, "shop", "leaked", "quarantined", 1),
        PurgeCount(day, "shop", "leaked", "stored", 6),
    )
    assert len(result.rewritten) == 3
    assert len(bodies(data)) == 10


def test_a_repeat_of_a_purged_message_stays_out(data: Path) -> None:
    purged(data)

    counts = collect(data, ["x1", "x3", "x6", "q", "new"], event="leaked")

    assert (counts["duplicate"], counts["stored"]) == (4, 1)


def test_the_manifest_says_which_rule_was_carried_out(data: Path) -> None:
    receipt = purged(data)

    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        step = store.warehouse.steps(snapshot.state().seal.steps)[-1]
    assert (step.action, step.rule, step.at, step.replaced) == ("purged", "event leaked", receipt.at, receipt.rewritten)


def test_backups_keep_what_they_have(data: Path, tmp_path: Path) -> None:
    path = Path(backup(data, tmp_path / "backups").path)

    purged(data)

    assert len(bodies(path)) == 10
    assert verify(path).is_whole
    assert set(bodies(Path(backup(data, tmp_path / "backups").path))) == {"a", "b", "c", "d"}


def test_the_same_purge_again_removes_nothing_more(data: Path) -> None:
    purged(data)

    again = purged(data)

    assert (again.stored, again.quarantined, again.rewritten) == (0, 0, ())
    assert is_balanced(data)


def test_a_source_and_a_time_are_purged(data: Path) -> None:
    collect(data, ["e"], source="test")
    with storage.open(data, "read") as store, store.journal.snapshot() as snapshot:
        last = max(entry.row.received_at for chunk in snapshot.scan("stored") for entry in chunk)

    assert purged(data, PurgeRule(source="test", until=last)).stored == 0
    assert purged(data, PurgeRule(since=last)).stored == 1
    assert "e" not in bodies(data)


def test_a_damaged_file_that_may_have_some_is_named_and_the_rest_is_purged(data: Path) -> None:
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        file = snapshot.files[0]
    path = data / "warehouse" / file.name
    content = path.read_bytes()
    path.write_bytes(content[:-9])

    receipt = purged(data)
    path.write_bytes(content)
    again = purged(data)

    assert receipt.unreadable == (file.name,)
    assert (receipt.stored, again.stored, again.unreadable) == (4, 2, ())
    assert where_it_is(data) == []
    assert is_balanced(data)


def test_a_reader_that_began_before_a_purge_reads_all_and_the_same_purge_again_removes_the_bytes(data: Path) -> None:
    before = bodies(data)

    with storage.open(data, "read") as reader, reader.snapshot() as snapshot:
        with pytest.raises(JournalError, match="is still reading it; purge the same again"):
            purged(data)
        entries = [entry for chunk in snapshot.scan("stored") for entry in chunk]
        losses = snapshot.losses
    again = purged(data)

    assert ({entry.row.message_id: entry.row.body for entry in entries}, losses) == (before, [])
    assert (again.stored, where_it_is(data), set(bodies(data))) == (0, [], {"a", "b", "c", "d"})
    assert (verify(data).is_whole, verify(data).strays) == (True, ())


def test_a_purge_that_cannot_be_committed_leaves_no_file_that_does_not_count(data: Path) -> None:
    with opened(data) as context:
        full = SimpleNamespace(journal=FailingJournal(context.store.journal, FULL), warehouse=context.store.warehouse)
        context.store = cast("Store", full)
        with pytest.raises(JournalError, match="the disk is full"):
            purge(context, RULE, rewrite=here)

    assert len(where_it_is(data)) > 1
    assert (verify(data).is_whole, verify(data).strays) == (True, ())


def test_while_it_is_not_certain_what_the_next_start_finds_no_file_is_removed(data: Path) -> None:
    unsure = SyncError("a sync failed", reason="a sync failed")
    before = set(data.glob("warehouse/day=*/*.parquet"))
    with opened(data) as context:
        failing = FailingJournal(context.store.journal, unsure)
        context.store = cast("Store", SimpleNamespace(journal=failing, warehouse=context.store.warehouse))
        with pytest.raises(SyncError):
            purge(context, RULE, rewrite=here)

    assert before < set(data.glob("warehouse/day=*/*.parquet"))


FULL = JournalError("the disk is full")


class FailingJournal:
    """A journal that commits no purge."""

    def __init__(self, journal: Journal, error: JournalError) -> None:
        self.snapshot = journal.snapshot
        self.books = journal.books
        self._commit = journal.commit
        self._error = error

    def commit(self, changes: Changes) -> list[bool]:
        if changes.purge is not None:
            raise self._error
        return self._commit(changes)


class SteppedStore:
    """A store whose process may end before or after anything that a purge changes."""

    def __init__(self, store: Store, steps: Steps) -> None:
        self._store = store
        self._steps = steps

    def __getattr__(self, name: str) -> object:
        value = getattr(self._store, name)
        if name in ("journal", "warehouse"):
            return SteppedStore(value, self._steps)
        if name not in ("commit", "append", "remove"):
            return value

        def stepped(*arguments: object) -> object:
            self._steps.step(name)
            result = value(*arguments)
            self._steps.step(f"{name} done")
            return result

        return stepped


@pytest.mark.slow
def test_a_purge_that_is_killed_at_any_step_is_finished_by_the_next_and_counts_once(tmp_path: Path) -> None:
    crashes = 0
    while True:
        data = tmp_path / str(crashes)
        collect(data, ["a"])
        leak(data, "x1")
        seal(data)
        leak(data, "x2")
        steps = Steps(crash_at=crashes)
        with opened(data) as context:
            context.store = SteppedStore(context.store, steps)  # type: ignore[assignment]  # it is one by its names
            try:
                purge(context, RULE, rewrite=here)
                is_killed = False
            except Crash:
                is_killed = True
        collect(data, ["x2"], event="leaked")
        purged(data)

        assert set(bodies(data)) == {"a"}
        assert where_it_is(data) == []
        assert is_balanced(data)
        with storage.open(data, "read") as store:
            counts = store.journal.books()["shop", "leaked"]
        assert (counts["stored"], counts["purged"], kept(counts)) == (2, 2, 0)
        if not is_killed:
            break
        crashes += 1

    assert crashes == 10
