"""The control store in SQLite: one small file that several processes may use, and whose changes survive a power cut."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import apsw
import pytest

from footfall.errors import JournalError
from footfall.storage import JobRun, KeyRecord, SqliteControl
from footfall.testing import ManualClock

WITHOUT_ENVIRONMENTS = "DROP TABLE costs; ALTER TABLE keys DROP COLUMN environment"


def record(key_id: str) -> KeyRecord:
    return KeyRecord(key_id, key_id.encode().ljust(32), "write", "shop", "", 1)


def test_a_reader_may_list_and_not_write(tmp_path: Path) -> None:
    reader = SqliteControl(tmp_path / "control.db", readonly=True)

    assert reader.bundles() == {}
    with pytest.raises(JournalError, match="the plan's bundle cannot be kept"):
        reader.put_bundle("a", b"one")
    with pytest.raises(JournalError, match="the key cannot be revoked"):
        reader.revoke_key("a", 1)
    assert not (tmp_path / "control.db").exists()


def test_the_store_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        SqliteControl(tmp_path / "control.db").add_key(record("a"))
    finally:
        os.umask(before)

    assert (tmp_path / "control.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_a_start_left_empty_is_a_new_store(tmp_path: Path) -> None:
    (tmp_path / "control.db").touch()
    control = SqliteControl(tmp_path / "control.db")

    assert control.key_records() == []
    control.add_key(record("a"))
    assert control.key_records() == [record("a")]


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def add(number: int) -> None:
        SqliteControl(tmp_path / "control.db").add_key(record(f"k{number}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ids = {key.id for key in SqliteControl(tmp_path / "control.db").key_records()}
    assert ids == {f"k{number}" for number in range(8)}


def test_what_a_killed_writer_left_half_done_is_taken_back_by_whoever_reads(tmp_path: Path) -> None:
    path, copy = tmp_path / "control.db", tmp_path / "copy" / "control.db"
    SqliteControl(path).add_key(record("a"))
    copy.parent.mkdir()
    writer = apsw.Connection(str(path))
    writer.pragma("cache_size", 1)  # so that what is not committed reaches the file
    writer.execute("BEGIN; DELETE FROM keys; INSERT INTO bundles VALUES ('h', zeroblob(100000), 1)")
    for name in ("control.db", "control.db-journal"):
        (copy.parent / name).write_bytes((tmp_path / name).read_bytes())
    writer.close()

    assert copy.read_bytes() != path.read_bytes()
    assert SqliteControl(copy, readonly=True).key_records() == [record("a")]


def test_a_copy_that_nobody_may_write_is_read(tmp_path: Path) -> None:
    SqliteControl(tmp_path / "control.db").add_key(record("a"))
    (tmp_path / "control.db").chmod(0o444)

    assert SqliteControl(tmp_path / "control.db").key_records() == [record("a")]


def test_a_store_of_a_newer_footfall_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    with apsw.Connection(str(path)) as connection:
        connection.pragma("user_version", 99)
    connection.close()

    with pytest.raises(JournalError, match="newer footfall"):
        SqliteControl(path).key_records()


def test_what_is_no_database_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    path.write_bytes(b"this is text, and long enough to be looked at" * 100)

    remedy = "it is not a SQLite database; restore it from a backup"
    with pytest.raises(JournalError, match=f"{path}: the keys cannot be read: {remedy}"):
        SqliteControl(path).key_records()
    with pytest.raises(JournalError, match=f"{path}: the key cannot be kept"):
        SqliteControl(path).add_key(record("a"))


def test_a_bundle_that_was_loaded_last_is_not_written_again(tmp_path: Path) -> None:
    control = SqliteControl(tmp_path / "control.db")
    control.put_bundle("a", b"one")
    control.put_bundle("b", b"two")
    before = (tmp_path / "control.db").read_bytes()

    control.put_bundle("b", b"two")
    again = (tmp_path / "control.db").read_bytes()
    control.put_bundle("a", b"one")

    assert again == before
    assert list(control.bundles()) == ["b", "a"]


def test_a_store_from_before_jobs_gets_its_table_when_a_run_is_recorded_and_keeps_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    control = SqliteControl(path)
    control.add_key(record("a"))
    with apsw.Connection(str(path)) as connection:
        connection.execute(
            f"{WITHOUT_ENVIRONMENTS}; DROP TABLE job_runs; DROP TABLE bundle_loads; PRAGMA user_version = 1"
        )
    connection.close()
    before = control.job_runs()

    control.record_run(JobRun("seal", 1))

    assert before == {}
    assert control.job_runs() == {"seal": JobRun("seal", 1)}
    assert control.key_records() == [record("a")]


def test_keys_from_before_environments_are_of_production_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    control = SqliteControl(path)
    control.add_key(record("a"))
    with apsw.Connection(str(path)) as connection:
        connection.execute(f"{WITHOUT_ENVIRONMENTS}; PRAGMA user_version = 3")
    connection.close()
    before = control.key_records()

    control.add_key(record("b")._replace(environment="staging"))

    assert before == [record("a")]
    assert control.key_records() == [record("a"), record("b")._replace(environment="staging")]


def test_what_an_early_footfall_loaded_was_in_force_from_the_beginning(tmp_path: Path) -> None:
    control = SqliteControl(tmp_path / "control.db", clock=ManualClock())
    for digest in ("a", "b", "a"):
        control.put_bundle(digest, digest.encode(), seq=7)
    with apsw.Connection(str(tmp_path / "control.db")) as connection:
        connection.execute(f"{WITHOUT_ENVIRONMENTS}; DROP TABLE bundle_loads; PRAGMA user_version = 2")
    connection.close()
    before = control.bundle_loads()

    control.put_bundle("c", b"three", seq=8)

    assert before == [("b", 0, 0), ("a", 0, 0)]
    assert control.bundle_loads() == [*before, ("c", 8, ManualClock().now_us())]
