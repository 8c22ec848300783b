"""Everything is read back; what is damaged is named with what it affects, what still works, and the remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

import apsw
import pytest
from tests.maintenance.folders import bodies, collect, compact, merge_here, seal

from footfall import storage
from footfall.collector import Collector
from footfall.disk import Mode, SystemDisk
from footfall.maintenance.backup import backup
from footfall.maintenance.verify import Damage, verify
from footfall.storage.warehouse import FileCount


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two sealed files, and a message that is not sealed."""
    for number in (1, 2):
        collect(tmp_path / "data", [f"{number}a", f"{number}b"])
        collect(tmp_path / "data", [f"{number}c"], event="left", source="app")
        seal(tmp_path / "data")
    collect(tmp_path / "data", ["tail"])
    return tmp_path / "data"


def files(data: Path) -> list[Path]:
    return sorted((data / "warehouse").glob("day=*/*.parquet"))


def only(data: Path, backups: Path | None = None) -> Damage:
    (damage,) = verify(data, backups=backups).damages
    return damage


def test_a_folder_is_whole_also_while_a_collector_runs(data: Path) -> None:
    with Collector(data):
        verification = verify(data)

    assert verification.is_whole
    assert (verification.messages, verification.files, verification.strays) == (7, 2, ())


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace(path: Path) -> None:
    (other,) = set(files(path.parents[2])) - {path}
    shutil.copy(other, path)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [cut, flip, replace, remove])
def test_a_damaged_sealed_file_is_named_and_everything_else_is_read(data: Path, damage: Callable[[Path], None]) -> None:
    (path, _) = files(data)
    damage(path)

    found = only(data)

    assert found.file == str(path.relative_to(data))
    assert (found.messages, found.day) == (3, path.parent.name.removeprefix("day="))
    assert found.counts == (FileCount("app", "left", 1), FileCount("shop", "seen", 2))
    assert set(bodies(data)) == {"2a", "2b", "2c", "tail"}


def test_the_backup_that_has_a_good_copy_is_named_and_the_remedy_mends(data: Path, tmp_path: Path) -> None:
    good = backup(data, tmp_path / "backups").path
    (path, _) = files(data)
    flip(path)

    remedy = only(data, tmp_path / "backups").remedy

    name = path.relative_to(data)
    assert remedy == f"cp {good}/{name} {path}"
    shutil.copy(*remedy.split()[1:])
    assert verify(data).is_whole


def test_a_stray_file_is_named_and_is_no_damage(data: Path) -> None:
    (path, _) = files(data)
    stray = path.with_name("000000000900-000000000901-00000000.parquet")
    shutil.copy(path, stray)

    verification = verify(data)

    assert verification.is_whole
    assert verification.strays == (str(stray.relative_to(data)),)


def test_a_file_beside_the_days_is_named_for_whoever_reads_every_file_below(tmp_path: Path) -> None:
    collect(tmp_path, ["a"])
    seal(tmp_path)
    (tmp_path / "warehouse" / "export.parquet").write_bytes(b"")

    assert verify(tmp_path).strays == ("warehouse/export.parquet",)


def test_a_damaged_journal_is_named_and_a_backup_of_it(data: Path, tmp_path: Path) -> None:
    good = backup(data, tmp_path / "backups").path
    content = bytearray((data / "journal.db").read_bytes())
    content[8192 : 8192 + 4096] = b"\xff" * 4096
    (data / "journal.db").write_bytes(content)

    damage = only(data, tmp_path / "backups")

    assert damage.file == "journal.db"
    assert damage.remedy == f"footfall restore {good} --data NEW"


def test_books_that_do_not_balance_are_damage(data: Path) -> None:
    with apsw.Connection(str(data / "journal.db")) as journal:
        journal.execute("DELETE FROM messages")
    journal.close()

    assert only(data).problem == "it has 0 messages, 6 are sealed, and the books have 7"


def test_a_damaged_control_store_is_named(data: Path, tmp_path: Path) -> None:
    with storage.open(data, "beside") as store:
        store.control.put_bundle("0" * 64, b"another bundle")

    assert (only(data).file, only(data).problem) == ("control.db", "the plan 000000000000 is not as it was kept")
    (data / "control.db").write_bytes(b"something else")
    assert only(data).problem == "it is not a SQLite database; restore it from a backup"


@pytest.mark.parametrize("damage", [cut, flip, remove])
def test_a_damaged_manifest_is_named_and_the_backup_that_mends_it(
    data: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    manifest = data / "warehouse" / "manifest.jsonl"
    good = backup(data, tmp_path / "backups").path
    damage(manifest)

    found = only(data, tmp_path / "backups")

    assert (found.file, found.messages) == ("warehouse/manifest.jsonl", 6)
    assert found.remedy == f"cp {good}/warehouse/manifest.jsonl {manifest}"
    assert "tail" in bodies(data)


def test_a_journal_that_lost_its_log_is_noticed_by_what_was_sealed_since(data: Path) -> None:
    before = (data / "journal.db").read_bytes()
    collect(data, ["lost"])
    seal(data)
    (data / "journal.db").write_bytes(before)

    damage = only(data)

    assert damage.problem == "it ends at number 7 and lost its last commits: messages up to 8 were sealed"


def test_a_backup_whose_manifest_is_too_short_mends_nothing(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backups")
    seal(data)
    cut(data / "warehouse" / "manifest.jsonl")

    remedy = only(data, tmp_path / "backups").remedy
    assert remedy == f"footfall seal --data {data}, which makes it anew from the files"


@pytest.mark.parametrize("damage", [cut, flip, remove])
def test_a_damaged_run_of_ids_is_named_and_the_backup_that_has_it(
    data: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    good = backup(data, tmp_path / "backups").path
    path = min((data / "ids").iterdir())
    damage(path)

    found = only(data, tmp_path / "backups")

    assert (found.file, found.messages) == (f"ids/{path.name}", 3)
    assert found.remedy == f"cp {good}/ids/{path.name} {path}"
    assert len(bodies(data)) == 7


@pytest.mark.parametrize("damage", [cut, flip, remove])
def test_a_damaged_run_of_ids_without_a_backup_is_made_anew_from_the_messages(
    data: Path, damage: Callable[[Path], None]
) -> None:
    path = min((data / "ids").iterdir())
    damage(path)

    remedy = only(data).remedy

    assert remedy == f"rm -f {path}; footfall seal --data {data}, which makes it anew from the messages"
    path.unlink(missing_ok=True)
    assert merge_here(data) == 1
    assert verify(data).is_whole


def test_a_sealed_message_whose_id_is_in_no_run_is_damage(data: Path) -> None:
    with apsw.Connection(str(data / "journal.db")) as journal:
        journal.execute("DELETE FROM id_runs WHERE first = 1")
    journal.close()

    assert (only(data).file, only(data).messages) == ("ids", 3)


class Meanwhile(SystemDisk):
    """A disk of a machine that compacts a folder once, when its first sealed file is read."""

    def __init__(self, data: Path) -> None:
        self._data: Path | None = data

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if path.suffix == ".parquet" and self._data is not None:
            data, self._data = self._data, None
            compact(data)
        return super().open(path, mode)


def test_a_file_that_is_replaced_while_it_is_read_is_no_damage(data: Path) -> None:
    assert verify(data, disk=Meanwhile(data)).damages == ()
    assert len(files(data)) == 1


def test_a_sealed_file_that_is_damaged_in_the_newest_backup_is_copied_anew_once_it_is_removed(tmp_path: Path) -> None:
    data, backups = tmp_path / "data", tmp_path / "backups"
    collect(data, ["a"])
    (file,) = seal(data)
    copy = Path(backup(data, backups).path) / "warehouse" / file.name
    copy.write_bytes(bytes(len(copy.read_bytes())))

    (damage,) = verify(data, backups=backups).damages
    copy.unlink()
    again = Path(backup(data, backups).path)

    assert (damage.file, damage.messages) == (str(copy), None)
    assert damage.remedy == f"rm -f {copy}; the next backup copies it anew"
    assert verify(data, backups=backups).is_whole
    assert verify(again).is_whole
