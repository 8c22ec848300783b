"""`footfall backup` says what is in the backup, and leaves with 1 where something had to be left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.maintenance.folders import collect, seal

from footfall.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_a_backup_is_made_and_the_old_ones_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, target = tmp_path / "data", tmp_path / "backups"
    collect(data, ["a", "b"])
    run(capsys, "backup", str(target), "--data", str(data))
    (first,) = target.glob("0*")

    out = run(capsys, "backup", str(target), "--data", str(data), "--keep", "1")

    (second,) = target.glob("0*")
    assert out == f"{second}: 2 messages, 0 sealed files, 0 of them copied now\nremoved {first}\n"


def test_what_is_damaged_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path / "data", ["a"])
    (file,) = seal(tmp_path / "data")
    (tmp_path / "data" / "warehouse" / file.name).unlink()

    options = ("backup", str(tmp_path / "backups"), "--data", str(tmp_path / "data"))
    text = run(capsys, *options, code=1)
    as_json = json.loads(run(capsys, *options, "--format", "json", code=1))

    assert text.splitlines()[0] == (
        f"warehouse/{file.name} is missing or damaged, and in no backup either: footfall verify says what it affects"
    )
    assert as_json["missing"] == [f"warehouse/{file.name}"]


def test_a_target_in_the_data_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    collect(data, ["a"])

    out = run(capsys, "backup", str(data / "backups"), "--data", str(data), code=2)

    assert out == f"footfall: {data}/backups: is in the data folder {data}; name a folder outside of it\n"
