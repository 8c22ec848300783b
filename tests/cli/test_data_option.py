"""Commands take the data folder from the places where `serve` takes it: flag, environment, settings file."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from footfall.cli import main
from footfall.cli.app import COMMANDS, app
from footfall.storage import DataFolder, SqliteJournal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the empty data folders `flag`, `variable` and `file`."""
    monkeypatch.chdir(tmp_path)
    for name in ("flag", "variable", "file"):
        data = DataFolder.open(tmp_path / name)
        SqliteJournal(data.journal_path).close()
        data.close()
    return tmp_path


def used(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The folder that a list without keys names."""
    with pytest.raises(SystemExit) as left:
        main(["keys", "list", *arguments])
    assert left.value.code == 0
    return capsys.readouterr().out.split("--data ")[1].split()[0]


def test_the_flag_comes_before_the_environment_and_the_environment_before_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "footfall.toml").write_text('data = "file"\nprot = 1\n')
    of_file = used(capsys)
    monkeypatch.setenv("FOOTFALL_DATA", "variable")

    assert [of_file, used(capsys), used(capsys, "--data", "flag")] == ["file", "variable", "flag"]


def test_the_file_is_the_one_that_the_environment_names(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "footfall.toml").write_text('data = "flag"\n')
    (folder / "other.toml").write_text('data = "file"\n')
    monkeypatch.setenv("FOOTFALL_CONFIG", "other.toml")

    assert used(capsys) == "file"


@pytest.mark.parametrize("named", ["nothing.toml", ""])
def test_a_file_that_is_named_or_linked_and_is_not_there_is_the_problem(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (folder / "footfall.toml").symlink_to("nothing.toml")
    monkeypatch.setenv("FOOTFALL_CONFIG", named)

    with pytest.raises(SystemExit) as left:
        main(["stats"])

    assert left.value.code == 2
    said = f"the settings file {named or 'footfall.toml'} cannot be read (No such file or directory)"
    assert said in capsys.readouterr().err


def test_without_any_of_them_the_option_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["stats"])

    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "Missing option '--data'" in said
    assert "Or write `data` into footfall.toml." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('data = "file\n', "footfall.toml:1: not TOML"),
        ("data = 7", "footfall.toml:1 data: must be a path, not '7'"),
        ('dta = "file"', "footfall.toml:1 dta: there is no such setting (did you mean data?)"),
    ],
)
def test_a_file_that_names_no_folder_because_of_what_is_wrong_with_it_is_the_problem(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (folder / "footfall.toml").write_text(text)

    with pytest.raises(SystemExit) as left:
        main(["stats"])

    assert left.value.code == 2
    assert said in capsys.readouterr().err


def options_of(command: click.Command | None, path: str) -> list[tuple[str, click.Parameter]]:
    assert command is not None
    if isinstance(command, click.Group):
        context = click.Context(command)
        names = command.list_commands(context)
        return [pair for name in names for pair in options_of(command.get_command(context, name), f"{path} {name}")]
    return [(path, parameter) for parameter in command.params if "--data" in parameter.opts]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"demo", "serve"}))
def test_every_command_that_needs_a_data_folder_takes_it_so(name: str) -> None:
    options = options_of(app.get_command(click.Context(app), name), name)

    may_do_without = {"plan diff", "plan observe", "plan infer"}
    assert {path for path, option in options if option.envvar != "FOOTFALL_DATA"} <= may_do_without


@pytest.mark.parametrize("command", ["stats", "seal", "jobs", "verify", "upgrade"])
def test_a_folder_that_may_not_be_read_is_one_line_with_the_remedy(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (folder / "flag").chmod(0)

    with pytest.raises(SystemExit) as left:
        main([command, "--data", "flag"])
    (folder / "flag").chmod(0o700)

    err = capsys.readouterr().err
    assert (left.value.code, err.count("\n")) == (2, 1)
    assert err.startswith("footfall: flag: ")
    assert "; run this command as " in err
