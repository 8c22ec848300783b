"""`footfall verify` names what is damaged and leaves with 1, and with 0 where nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_backup import run
from tests.maintenance.folders import collect, seal


def test_a_folder_that_is_whole_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path, ["a"])
    seal(tmp_path)

    assert run(capsys, "verify", "--data", str(tmp_path)) == "all is well: 1 sealed file, 1 message by the books\n"


def test_damage_is_shown_with_what_it_affects_and_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collect(tmp_path, ["a"], event="\x1b[31mred")
    (file,) = seal(tmp_path)
    (tmp_path / "warehouse" / file.name).unlink()

    lines = run(capsys, "verify", "--data", str(tmp_path), code=1).splitlines()
    as_json = json.loads(run(capsys, "verify", "--data", str(tmp_path), "--format", "json", code=1))

    assert lines == [
        f"warehouse/{file.name}: it is missing",
        f"  affected: 1 message of {file.day}",
        r"    shop \x1b[31mred: 1",
        "  still works: the collector and every figure go on without these messages, and say so",
        "  remedy: name the folder of your backups by --backups to see which has a good copy",
        "1 thing damaged; 1 sealed file, 1 message by the books",
    ]
    assert as_json["is_whole"] is False
    assert as_json["damages"][0]["messages"] == 1


def test_the_backups_of_the_settings_file_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    collect(tmp_path / "data", ["a"])
    (file,) = seal(tmp_path / "data")
    run(capsys, "backup", "backups", "--data", "data")
    (tmp_path / "data" / "warehouse" / file.name).unlink()
    (tmp_path / "footfall.toml").write_text('backup = "backups"\nno_such_setting = 1\n')

    out = run(capsys, "verify", "--data", "data", code=1)

    assert f"  remedy: cp {backup_of(tmp_path)}/warehouse/{file.name} data/warehouse/{file.name}" in out.splitlines()


def backup_of(folder: Path) -> Path:
    (path,) = (folder / "backups").glob("0*")
    return path.relative_to(folder)


def test_what_is_no_data_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "verify", "--data", str(tmp_path), code=2)

    assert "is not footfall's" in out


def test_a_folder_without_backups_is_not_taken_for_one_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collect(tmp_path / "data", ["a"])
    backups = tmp_path / "bakcups"

    out = run(capsys, "verify", "--data", str(tmp_path / "data"), "--backups", str(backups), code=2)

    assert out == f"footfall: {backups}: has no backups; name the folder that `footfall backup` adds to\n"


def test_a_folder_of_backups_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path / "data", ["a"])
    run(capsys, "backup", str(tmp_path / "backups"), "--data", str(tmp_path / "data"))

    out = run(capsys, "verify", "--data", str(tmp_path / "backups"), code=2)

    assert out == f"footfall: {tmp_path / 'backups'}: is a folder of backups; name one of the folders in it\n"
