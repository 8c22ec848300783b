"""`footfall upgrade` says what it did, or why not, in one line; `footfall serve` upgrades by itself."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from footfall import storage
from footfall.cli import main
from footfall.cli.app import app
from footfall.directory import SystemDirectory
from footfall.maintenance.upgrade import FolderUpgrade
from footfall.testing.process import CollectorProcess

RELEASED = Path(__file__).parents[1] / "data" / "released" / "format-1" / "folder.tar.xz"
PLAN = str(Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(RELEASED) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


class Death(BaseException):
    """As if the process ended here."""


class DyingAtTheSecondMove(SystemDirectory):
    moves = 0

    def move(self, name: str, to: str) -> None:
        self.moves += 1
        if self.moves > 1:
            raise Death
        super().move(name, to)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    out, err = capsys.readouterr()
    return end.value.code, out + err


def test_an_upgrade_is_done_once_and_undone_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upgraded = (
        "upgraded from format 1 to 3; until the next start the old files are in before-upgrade,"
        f" and `footfall upgrade --undo --data {folder}` brings them back"
    )
    undone = "it is as it was before its upgrade, in format 1; start the footfall that wrote it"
    refused = "has no upgrade to undo: the first start after an upgrade removes the old files for good"

    options: list[list[str]] = [[], [], ["--undo"], ["--undo"]]
    answers = [run(capsys, "upgrade", "--data", str(folder), *option) for option in options]
    assert answers == [
        (0, f"{folder}: {upgraded}\n"),
        (0, f"{folder}: it has format 3 already\n"),
        (0, f"{folder}: {undone}\n"),
        (2, f"footfall: {folder}: {refused}\n"),
    ]


# Every command that takes --data, and what else it needs. `restore` makes its folder.
COMMANDS_OF_DATA: dict[str, list[str]] = {
    "backup": ["backups"],
    "cross-sell": ["seen.sku"],
    "demo": [],
    "experiment": ["trial"],
    "export": [],
    "funnel": ["seen"],
    "import costs": [os.devnull],
    "import access-log": ["--format", "combined", os.devnull],
    "jobs": [],
    "jobs run": ["seal"],
    "journey": ["signup"],
    "keys create": ["--source", "shop"],
    "keys list": [],
    "keys revoke": ["abc"],
    "attribution": ["seen"],
    "kpi": ["seen"],
    "campaigns": [],
    "lifecycle": ["seen"],
    "person show": ["u-1"],
    "plan diff": [PLAN, "--base", PLAN],
    "paths": ["--after", "seen"],
    "persons": [],
    "plan infer": [],
    "plan observe": [PLAN],
    "plan simulate": [PLAN],
    "power": ["seen"],
    "preferences": [],
    "purge": ["--source", "shop"],
    "quarantine list": [],
    "quarantine replay": [],
    "report": [],
    "retention": ["seen"],
    "seal": [],
    "segment": ["login_often"],
    "board": ["week"],
    "channels": [],
    "sessions": [],
    "signals answer": ["abc", "called"],
    "signals done": ["abc"],
    "signals find": [],
    "signals list": [],
    "signals show": ["abc"],
    "signals take": ["abc"],
    "sql": ["select 1"],
    "segments discover": [],
    "serve": ["--port", "0", "--config", os.devnull, "--write-key", "k"],
    "stats": [],
    "stickiness": ["seen"],
    "trend": ["seen"],
    "upgrade": [],
    "verify": [],
    "web": [],
}


def paths_of(command: click.Command | None, path: str) -> Iterator[str]:
    assert command is not None
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from paths_of(command.get_command(click.Context(command), name), f"{path} {name}".strip())
    if any("--data" in parameter.opts for parameter in command.params):
        yield path


def test_the_table_has_every_command_that_takes_a_data_folder() -> None:
    assert set(paths_of(app, "")) - {"restore"} == set(COMMANDS_OF_DATA)


@pytest.mark.parametrize("command", sorted(set(COMMANDS_OF_DATA) - {"serve", "upgrade"}))
def test_a_command_names_the_one_that_upgrades(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)

    code, lines = run(capsys, *command.split(), *COMMANDS_OF_DATA[command], "--data", str(folder))
    line = f"has format 1 of an earlier footfall; bring it to 3 by `footfall upgrade --data {folder}`"
    assert code == 2
    assert f"{folder}: {line}\n" in lines


@pytest.mark.parametrize("command", [*COMMANDS_OF_DATA, "upgrade --undo", "serve --check"])
def test_a_newer_folder_is_refused_and_not_touched(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    (folder / "ids").mkdir(parents=True)
    for name, content in {"footfall.json": b'{"footfall":99}', "journal.db": b"new", "ids/new": b"new"}.items():
        (folder / name).write_bytes(content)
    state = state_of(folder)
    more = COMMANDS_OF_DATA[command.partition(" --")[0]]

    code, lines = run(capsys, *command.split(), *more, "--data", str(folder))
    assert code == 2
    assert f"{folder}: was written by a newer footfall (format 99, this one knows 3); upgrade\n" in lines
    assert state_of(folder) == state
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    paths = [folder, *folder.rglob("*")]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in paths}


@pytest.mark.slow
def test_serve_finishes_an_upgrade_that_was_cut_short(folder: Path) -> None:
    with pytest.raises(Death):
        FolderUpgrade(folder, directory=DyingAtTheSecondMove(folder)).upgrade()
    is_without_journal = not (folder / "journal.db").exists()

    with CollectorProcess(folder) as collector:
        _, lines = collector.stop()

    assert is_without_journal
    assert f"{folder}: upgraded from format 1 to 3; " in lines
    with storage.open(folder, "read") as store:
        assert store.journal.watermark() == 341


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
    assert f"WARNING footfall {folder}: upgraded from format 1 to 3; until the next start the old files" in lines
    assert outputs[1:] == [(0, ""), (0, "")]
    assert kept == [True, False, False]
