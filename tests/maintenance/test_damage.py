"""A damaged file is named in one line, and everything else is read, counted and collected as before."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.maintenance.folders import collect, seal

from footfall.cli import main
from footfall.maintenance.verify import verify


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two sealed files, and a message that is not sealed."""
    collect(tmp_path / "data", ["a", "b"])
    seal(tmp_path / "data")
    collect(tmp_path / "data", ["c"])
    seal(tmp_path / "data")
    collect(tmp_path / "data", ["tail"])
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], command: str, data: Path, *, code: int = 0) -> str:
    with pytest.raises(SystemExit) as caught:
        main([command, "--data", str(data)])
    assert caught.value.code == code
    return capsys.readouterr().out


def sealed(data: Path) -> list[Path]:
    return sorted(data.glob("warehouse/*/*.parquet"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, tuple[Callable[[Path], object], str, int]] = {
    "a sealed file that is cut": (lambda data: cut(sealed(data)[0]), "2 messages of ", 2),
    "a sealed file with a changed byte": (lambda data: flip(sealed(data)[0]), "2 messages of ", 2),
    "a sealed file that is another": (lambda data: shutil.copy(sealed(data)[1], sealed(data)[0]), "2 messages of ", 2),
    "a sealed file that is gone": (lambda data: sealed(data)[0].unlink(), "2 messages of ", 2),
    "a manifest that is gone": (lambda data: (data / "warehouse/manifest.jsonl").unlink(), "3 messages are not ", 3),
    "a warehouse that is gone": (lambda data: shutil.rmtree(data / "warehouse"), "3 messages are not counted", 3),
    "ids that are gone": (lambda data: shutil.rmtree(data / "ids"), "", 0),
    "a marker of syncs that is gone": (lambda data: (data / "journal.sync").unlink(), "", 0),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_one_line_and_the_rest_works(
    name: str, data: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    damage, said, missing = DAMAGES[name]
    damage(data)

    with caplog.at_level(logging.WARNING, "footfall"):
        exported = run(capsys, "export", data, code=1 if missing else 0)
    lines = caplog.messages
    run(capsys, "report", data)
    run(capsys, "stats", data)
    counts = collect(data, ["new", "tail"])

    assert len(exported.splitlines()) >= 4 - missing
    assert [said in line for line in lines] == ([True] if said else [])
    assert (counts["stored"], counts["duplicate"]) == (1, 1)
    assert verify(data).is_whole == (not said and "ids" not in name)


def test_a_journal_that_lost_its_log_goes_on_with_what_it_has(tmp_path: Path, data: Path) -> None:
    """A process that was killed leaves its log; a log that is lost takes the last commits with it, and no more."""
    shutil.copy(data / "journal.db", tmp_path / "journal.db")
    collect(data, ["lost"])
    shutil.copy(tmp_path / "journal.db", data / "journal.db")

    counts = collect(data, ["a", "tail", "lost"])

    assert (counts["stored"], counts["duplicate"]) == (1, 2)
    assert verify(data).is_whole


def test_without_its_control_store_the_books_are_read_and_a_plan_can_be_named(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "control.db").write_bytes(b"something else" * 100)

    out = run(capsys, "stats", data)
    with pytest.raises(SystemExit) as caught:
        main(["report", "--data", str(data)])

    assert "seen" in out
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith("a command that takes --plan works without it\n")
