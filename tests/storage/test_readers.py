"""Who may only read a data folder can read it: while a collector writes, after it stopped, and as a copy."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from footfall.collector import Collector
from footfall.storage import DataFolder, SqliteJournal

BODY = b'{"batch":[{"type":"track","event":"e","messageId":"m","userId":"u"}]}'
_UNPRIVILEGED = 65_534


def read_as_somebody_who_may_only_read(data: Path) -> int:
    """The exit code of a child that gave up its rights and looked the message up."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresuid(_UNPRIVILEGED, _UNPRIVILEGED, _UNPRIVILEGED)
            journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
            os._exit(0 if len(journal.lookup("m")) == 1 else 3)
        except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happened
            sys.stderr.write(f"{error}\n")
            os._exit(4)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def data() -> Iterator[Path]:
    # Not pytest's own folder: that one, and those above it, belong to the tests' user alone.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with Collector(Path(folder) / "data") as collector:
            collector.take(BODY)
        yield Path(folder) / "data"


def test_a_stopped_folder_that_cannot_be_written_is_read(data: Path) -> None:
    for path in data.iterdir():
        path.chmod(0o444)
    data.chmod(0o555)

    assert read_as_somebody_who_may_only_read(data) == 0
    data.chmod(0o755)


def test_a_folder_is_its_owners_alone_until_they_open_it(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: a folder's owner can always read it")

    assert read_as_somebody_who_may_only_read(data) == 4
