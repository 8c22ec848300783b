"""A key that is created or revoked counts while the collector runs, and a failing disk locks nobody out."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from footfall.clock import SystemClock
from footfall.collector.key_text import digest_of
from footfall.collector.key_watch import KeyWatch
from footfall.collector.keys import Keyring
from footfall.errors import JournalError
from footfall.storage import KeyRecord, SqliteControl
from footfall.storage.environments import Sender
from footfall.testing import ManualClock
from footfall.testing.control import MemoryControl

SHOP = Sender("shop")


def record(key: str) -> KeyRecord:
    return KeyRecord(key, digest_of(key), "write", "shop", "", 1)


def test_what_is_stored_counts_from_the_start_and_what_changes_from_the_next_look() -> None:
    control, keyring = MemoryControl(), Keyring({})
    control.add_key(record("a"))
    with KeyWatch(control, keyring, clock=ManualClock()) as watch:
        before = keyring.sender("a")
        control.revoke_key("a", 2)
        control.add_key(record("b"))
        watch.refresh()

    assert [before, keyring.sender("a"), keyring.sender("b")] == [SHOP, None, SHOP]


class Hurried(SystemClock):
    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        return super().wait(condition, None if timeout is None else 0.001)


def test_it_looks_again_and_again_in_a_thread_of_its_own() -> None:
    class Counting(MemoryControl):
        looks = 0
        looked = threading.Event()

        def key_records(self) -> list[KeyRecord]:
            self.looks += 1
            if self.looks == 3:
                self.looked.set()
            return super().key_records()

    control = Counting()
    with KeyWatch(control, Keyring({}), clock=Hurried()):
        assert control.looked.wait(60)


def test_a_mistake_of_ours_does_not_end_the_looking_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(MemoryControl):
        looks = 0
        looked = threading.Event()

        def key_records(self) -> list[KeyRecord]:
            self.looks += 1
            if self.looks in {2, 3}:
                raise ZeroDivisionError
            if self.looks == 4:
                self.looked.set()
            return super().key_records()

    control = Broken()
    with KeyWatch(control, Keyring({}), clock=Hurried()):
        assert control.looked.wait(60)

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_while_the_keys_cannot_be_read_the_last_ones_stay_in_force_and_that_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    control, keyring = MemoryControl(), Keyring({})
    control.add_key(record("a"))
    with KeyWatch(control, keyring, clock=ManualClock()) as watch:
        control.is_failing = True
        with caplog.at_level(logging.ERROR, "footfall"):
            watch.refresh()
            watch.refresh()
        during = keyring.sender("a")
        control.is_failing = False
        control.revoke_key("a", 2)
        watch.refresh()

    assert during == SHOP
    assert keyring.sender("a") is None
    assert len(caplog.records) == 1
    assert "those that were read last stay in force" in caplog.text


def test_a_collector_does_not_start_on_keys_that_it_cannot_read() -> None:
    control = MemoryControl()
    control.is_failing = True

    with pytest.raises(JournalError), KeyWatch(control, Keyring({}), clock=ManualClock()):
        pass


def test_a_store_with_less_in_it_than_before_changes_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, older, away = tmp_path / "control.db", tmp_path / "older", tmp_path / "away"
    control, keyring = SqliteControl(path), Keyring({})
    for key in ("a", "b"):
        control.add_key(record(key))
    older.write_bytes(path.read_bytes())
    control.revoke_key("b", 2)
    with KeyWatch(control, keyring, clock=ManualClock()) as watch:
        path.rename(away)
        watch.refresh()
        without = [keyring.sender("a"), keyring.sender("b")]
        older.rename(path)
        watch.refresh()
        with_an_older_one = [keyring.sender("a"), keyring.sender("b")]
        away.rename(path)
        control.revoke_key("a", 3)
        watch.refresh()

    assert without == with_an_older_one == [SHOP, None]
    assert keyring.sender("a") is None
    assert caplog.text.count("control.db is missing, or an older one; put it back") == 1
