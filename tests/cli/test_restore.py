"""`footfall restore` makes a folder that a collector goes on with, and overwrites none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_backup import run
from tests.maintenance.folders import bodies, collect, seal

from footfall.maintenance.backup import backup


def test_the_newest_backup_is_restored_and_what_comes_next_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collect(tmp_path / "data", ["a"])
    path = backup(tmp_path / "data", tmp_path / "backups").path

    out = run(capsys, "restore", str(tmp_path / "backups"), "--data", str(tmp_path / "new"))

    assert out.splitlines() == [
        "all is well: 0 sealed files, 1 message by the books",
        f"restored from {path}; go on with: footfall serve --data {tmp_path / 'new'}",
    ]
    assert set(bodies(tmp_path / "new")) == {"a"}


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path / "data", ["a"])
    backup(tmp_path / "data", tmp_path / "backups")

    out = run(capsys, "restore", str(tmp_path / "backups"), "--data", str(tmp_path / "data"), code=2)

    assert out.endswith("data: is not empty, and a restore overwrites nothing; name a folder that is new\n")


@pytest.mark.parametrize("name", ["missing", "file", "folder"])
def test_what_is_no_backup_is_refused_and_nothing_is_made(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    path = tmp_path / name

    out = run(capsys, "restore", str(path), "--data", str(tmp_path / "new"), code=2)

    assert out == f"footfall: {path}: is no backup and has none; name a backup, or the folder of your backups\n"
    assert not (tmp_path / "new").exists()


def test_what_is_damaged_in_the_backup_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path / "data", ["a"])
    (file,) = seal(tmp_path / "data")
    collect(tmp_path / "data", ["b"])
    path = Path(backup(tmp_path / "data", tmp_path / "backups").path)
    (path / "warehouse" / file.name).write_bytes(b"")

    out = run(capsys, "restore", str(path), "--data", str(tmp_path / "new"), "--format", "json", code=1)

    result = json.loads(out)
    assert result["backup"] == str(path)
    assert [damage["file"] for damage in result["damages"]] == [f"warehouse/{file.name}"]
    assert set(bodies(tmp_path / "new")) == {"b"}
