from __future__ import annotations

from pathlib import Path

import pytest

from footfall import storage
from footfall.errors import DataFolderError, DataFolderHeldError, JournalError, UsageError
from footfall.storage import Changes, KeyRecord

KEY = KeyRecord("k1", bytes(32), "admin", None, "", 1)


@pytest.mark.parametrize("location", ["postgres://host/shop", Path("postgres://host/shop"), "s3://bucket", "file:///a"])
@pytest.mark.parametrize("mode", ["read", "check", "beside", "change", "write"])
def test_an_address_of_an_unknown_kind_is_refused_in_every_mode(location: str | Path, mode: storage.Mode) -> None:
    with pytest.raises(UsageError, match=r"footfall keeps no data at \w+: addresses; name a folder"):
        storage.open(location, mode)


def test_a_folder_whose_name_has_a_colon_is_a_folder(tmp_path: Path) -> None:
    with storage.open(str(tmp_path / "shop:2"), "write"):
        pass

    assert (tmp_path / "shop:2" / "footfall.json").exists()


def test_what_is_written_can_be_read_while_it_is_open(tmp_path: Path) -> None:
    with storage.open(tmp_path / "data", "write") as writer:
        writer.control.add_key(KEY)
        writer.journal.commit(Changes([], {("shop", "(page)"): 1}))
        with storage.open(tmp_path / "data", "read") as reader:
            assert reader.control.key_records() == [KEY]
            assert reader.journal.books()["shop", "(page)"]["rejected"] == 1
            assert reader.failed_sync() is None


@pytest.mark.parametrize("mode", ["read", "check", "beside"])
def test_a_journal_that_is_not_held_cannot_be_written(tmp_path: Path, mode: storage.Mode) -> None:
    with storage.open(tmp_path / "data", "write") as writer:
        writer.journal.commit(Changes([], {}))

    with storage.open(tmp_path / "data", mode) as store, pytest.raises(JournalError, match="reading only"):
        store.journal.commit(Changes([], {}))


@pytest.mark.parametrize("mode", ["read", "check"])
def test_a_store_that_is_only_read_takes_no_key(tmp_path: Path, mode: storage.Mode) -> None:
    with storage.open(tmp_path / "data", "write") as writer:
        writer.journal.commit(Changes([], {}))

    with storage.open(tmp_path / "data", mode) as store, pytest.raises(JournalError, match="reading only"):
        store.control.add_key(KEY)


def test_keys_are_changed_beside_a_collector(tmp_path: Path) -> None:
    with storage.open(tmp_path / "data", "write") as writer, storage.open(tmp_path / "data", "beside") as store:
        store.control.add_key(KEY)

        assert writer.control.key_records() == [KEY]


@pytest.mark.parametrize("mode", ["write", "change", "check"])
def test_what_another_holds_is_refused_until_it_is_closed(tmp_path: Path, mode: storage.Mode) -> None:
    writer = storage.open(tmp_path / "data", "write")
    writer.journal.commit(Changes([], {}))

    with pytest.raises(DataFolderHeldError):
        storage.open(tmp_path / "data", mode, command="a command", remedy="wait")

    writer.close()
    writer.close()
    storage.open(tmp_path / "data", mode, command="a command", remedy="wait").close()


def test_a_check_makes_nothing_and_finds_a_damaged_journal(tmp_path: Path) -> None:
    with storage.open(tmp_path / "data", "check") as store:
        assert store.control.key_records() == []
    assert not (tmp_path / "data").exists()

    storage.open(tmp_path / "data", "write").close()
    (tmp_path / "data" / "journal.db").write_bytes(b"no database" * 100)
    with pytest.raises(JournalError, match="not a SQLite database"):
        storage.open(tmp_path / "data", "check")


@pytest.mark.parametrize("mode", ["read", "beside", "change"])
def test_a_store_that_is_missing_is_made_by_a_collector_alone(tmp_path: Path, mode: storage.Mode) -> None:
    with pytest.raises(DataFolderError, match="does not exist"):
        storage.open(tmp_path / "data", mode)
