"""The settings file is the one that was named, which must be there, or `footfall.toml` if there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.cli.settings_file import read_settings_file


def test_the_file_in_the_working_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footfall.toml").write_text('data = "d"\n')

    file, problem = read_settings_file(None)

    assert problem is None
    assert file is not None
    assert file.path == Path("footfall.toml")


def test_without_a_file_in_the_working_directory_nothing_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert read_settings_file(None) == (None, None)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    file, problem = read_settings_file(tmp_path / "other.toml")

    assert file is None
    assert problem == f"the settings file {tmp_path}/other.toml cannot be read (No such file or directory)"


def test_a_link_to_nothing_must_be_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footfall.toml").symlink_to("nothing.toml")

    assert "cannot be read" in str(read_settings_file(None)[1])
