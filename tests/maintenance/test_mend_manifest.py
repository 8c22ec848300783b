"""A manifest that was lost is made anew where the files add up, and else nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.maintenance.folders import bodies, collect, compact, seal

from footfall import storage
from footfall.clock import SystemClock
from footfall.collector.job_settings import JobSettings
from footfall.errors import WarehouseError
from footfall.maintenance.context import JobContext
from footfall.maintenance.mend_manifest import live_among, mend_manifest
from footfall.maintenance.seal import seal as run_seal
from footfall.maintenance.verify import verify
from footfall.storage.journal import SealMark
from footfall.storage.parquet.recovery import recover_files
from footfall.storage.warehouse import SealedFile


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a compacted file, another one, and a message that is not sealed."""
    for message_id in "ab":
        collect(tmp_path / "data", [message_id])
        seal(tmp_path / "data")
    compact(tmp_path / "data")
    collect(tmp_path / "data", ["c"])
    seal(tmp_path / "data")
    collect(tmp_path / "data", ["tail"])
    return tmp_path / "data"


@contextmanager
def opened(data: Path) -> Iterator[JobContext]:
    with storage.open(data, "change", command="test", remedy="") as store:
        yield JobContext(data, store, JobSettings(), SystemClock())


def mend(data: Path) -> None:
    with opened(data) as context:
        with context.store.journal.snapshot() as snapshot:
            mark = snapshot.state().seal
        mend_manifest(context, mark, find=lambda context: recover_files({"data": str(context.data)}, None))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_a_damaged_manifest_is_made_anew_and_every_message_counts_again(
    data: Path, damage: Callable[[Path], None]
) -> None:
    before = bodies(data)
    damage(data / "warehouse" / "manifest.jsonl")

    mend(data)

    assert bodies(data) == before
    assert verify(data).is_whole


def test_the_next_seal_does_it(data: Path) -> None:
    (data / "warehouse" / "manifest.jsonl").unlink()

    with opened(data) as context:
        result = run_seal(context)

    assert result == "1 message sealed in 1 file"
    assert set(bodies(data)) == {"a", "b", "c", "tail"}
    assert verify(data).is_whole


def test_where_a_file_is_damaged_too_nothing_is_changed(data: Path) -> None:
    (data / "warehouse" / "manifest.jsonl").unlink()
    path = min(data.glob("warehouse/*/*.parquet"))
    flip(path)

    with pytest.raises(WarehouseError, match="has 0 of 4 lines"):
        mend(data)

    assert path.exists()
    assert not (data / "warehouse" / "manifest.jsonl").exists()


def file(first: int, last: int, messages: int, day: str = "2026-11-29") -> SealedFile:
    return SealedFile(f"{day}/{first}", day, first, last, messages, 1, "", ())


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ([file(1, 5, 5), file(6, 9, 4)], ["2026-11-29/1", "2026-11-29/6"]),
        ([file(1, 5, 5), file(6, 9, 4), file(10, 12, 3)], ["2026-11-29/1", "2026-11-29/6"]),
        ([file(1, 8, 5), file(2, 9, 4, "2026-11-30")], ["2026-11-29/1", "2026-11-30/2"]),
        ([file(1, 5, 5), file(5, 9, 4)], None),
        ([file(1, 5, 5)], None),
        ([file(1, 5, 5), file(6, 9, 4), file(1, 5, 4, "2026-11-30")], None),
    ],
)
def test_files_count_where_they_add_up_and_none_may_be_there_twice(
    files: list[SealedFile], names: list[str] | None
) -> None:
    live = live_among(files, SealMark(9, 9, 2))

    assert (None if live is None else [each.name for each in live]) == names
