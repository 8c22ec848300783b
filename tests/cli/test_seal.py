"""`footfall seal` moves messages to files, by the collector that runs or without one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.storage.sealing import row

from footfall import storage
from footfall.cli import main
from footfall.storage import Changes
from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with five messages."""
    with storage.open(tmp_path / "data", "write") as store:
        store.journal.commit(Changes([row(str(number)) for number in range(5)], {}))
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["seal", *arguments])
    out, err = capsys.readouterr()
    return caught.value.code, out, err


def ids_in(data: Path) -> list[str]:
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        return [entry.row.message_id for chunk in snapshot.scan("stored") for entry in chunk]


@pytest.mark.parametrize("with_collector", [False, True])
def test_messages_are_sealed_by_the_collector_that_runs_or_without_one(
    data: Path, capsys: pytest.CaptureFixture[str], *, with_collector: bool
) -> None:
    if with_collector:
        with CollectorProcess(data, options=["--no-jobs"]):
            answers = [run(capsys, "--data", str(data), "--rows", "2") for _ in range(2)]
    else:
        answers = [run(capsys, "--data", str(data), "--rows", "2") for _ in range(2)]

    assert [(code, out) for code, out, _ in answers] == [
        (0, "seal: 5 messages sealed in 3 files\n"), (0, "seal: nothing to seal\n")
    ]  # fmt: skip
    assert ids_in(data) == ["0", "1", "2", "3", "4"]
    assert len(list(data.glob("warehouse/day=*/*.parquet"))) == 3


@pytest.fixture
def held(data: Path) -> Iterator[None]:
    """Another process has the folder, and takes no commands."""
    descriptor = os.open(data / "footfall.lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"4711 footfall jobs run\n", 0)
    yield
    os.close(descriptor)


@pytest.mark.usefixtures("held")
def test_two_at_once_are_one_clear_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--data", str(data))

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "4711" in err
    assert "run this when it has ended" in err


def test_a_folder_that_may_only_be_read_is_one_clear_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    data.chmod(0o500)

    code, _, err = run(capsys, "--data", str(data))
    data.chmod(0o700)

    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be written" in err
