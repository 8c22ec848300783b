"""`footfall upgrade` says what it did, or why not, in one line; `footfall serve` upgrades by itself."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from footfall.cli import main
from footfall.testing.process import CollectorProcess

RELEASED = Path(__file__).parents[1] / "data" / "released" / "format-1" / "folder.tar.xz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(RELEASED) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    out, err = capsys.readouterr()
    return end.value.code, out + err


def test_an_upgrade_is_done_once_and_undone_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upgraded = (
        "upgraded from format 1 to 2; until the next start the old files are in before-upgrade,"
        f" and `footfall upgrade --undo --data {folder}` brings them back"
    )
    undone = "it is as it was before its upgrade, in format 1; start the footfall that wrote it"
    refused = "has no upgrade to undo: the first start after an upgrade removes the old files for good"

    options: list[list[str]] = [[], [], ["--undo"], ["--undo"]]
    answers = [run(capsys, "upgrade", "--data", str(folder), *option) for option in options]
    assert answers == [
        (0, f"{folder}: {upgraded}\n"),
        (0, f"{folder}: it has format 2 already\n"),
        (0, f"{folder}: {undone}\n"),
        (2, f"footfall: {folder}: {refused}\n"),
    ]


@pytest.mark.parametrize(
    "command", ["stats", "report", "export", "person show u-1", "quarantine list", "keys list", "quarantine replay"]
)
def test_a_command_names_the_one_that_upgrades(command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, *command.split(), "--data", str(folder))

    line = f"has format 1 of an earlier footfall; bring it to 2 by `footfall upgrade --data {folder}`"
    assert answer == (2, f"footfall: {folder}: {line}\n")


@pytest.mark.slow
def test_serve_upgrades_in_one_line_and_the_next_start_removes_the_old_files(folder: Path) -> None:
    outputs, kept = [], []
    for _ in range(3):
        with CollectorProcess(folder) as collector:
            outputs.append(collector.stop())
        kept.append((folder / "before-upgrade").exists())

    code, lines = outputs[0]
    assert code == 0
    assert lines.count("\n") == 1
    assert f"WARNING footfall {folder}: upgraded from format 1 to 2; until the next start the old files" in lines
    assert outputs[1:] == [(0, ""), (0, "")]
    assert kept == [True, False, False]
