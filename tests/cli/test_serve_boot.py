"""A start reads and tries everything first: every problem is told at once with its place, and no secret is shown."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from tests.geo_files import OSLO, geo_file

from footfall.cli import main
from footfall.cli.serve import command
from footfall.cli.serve_boot import prepare
from footfall.collector.key_text import ENTROPY, digest_of, new_key
from footfall.collector.read_settings import read_settings
from footfall.errors import UsageError
from footfall.storage import Control, DataFolder, KeyRecord, SqliteControl
from footfall.storage.environments import Sender

PLAN = "plan: p\nsources: {shop_backend: {kind: server}}\nevents:\n  e: {description: Something}\n"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def serve(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    with pytest.raises(SystemExit) as left:
        main(["serve", *arguments])
    return Ran(int(left.value.code or 0), *capsys.readouterr())


def control_of(data: Path) -> Control:
    return SqliteControl(DataFolder.beside(data, make=True).control_path)


def stored(key: str, *, source: str = "shop", revoked_at: int | None = None) -> KeyRecord:
    return KeyRecord(key, digest_of(key), "write", source, "", 1, revoked_at)


def test_a_check_lists_five_faults_of_three_places(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "footfall.toml").write_text('data = "data"\nprot = 1\nplan = "nothing.yaml"\n')
    (folder / "keys.txt").write_text("# the shop\nsecret 1=shop\n")
    monkeypatch.setenv("FOOTFALL_MAX_MESSAGES", "many")
    monkeypatch.setenv("FOOTFALL_WRITE_KEY_FILE", "keys.txt")

    ran = serve(capsys, "--check", "--port", "70000")

    assert (ran.code, ran.out) == (2, "")
    first, *problems = ran.err.splitlines()
    assert first == "footfall: the collector cannot start, 5 problems:"
    assert sorted(problem.strip() for problem in problems) == [
        "--port: must be a whole number from 0 to 65535, not '70000'",
        "FOOTFALL_MAX_MESSAGES: must be a whole number, not 'many'",
        "footfall.toml:2 prot: there is no such setting (did you mean port?)",
        "footfall.toml:3 plan: nothing.yaml: no such file or folder (check the path)",
        (
            "keys.txt:2: write KEY, KEY=SOURCE or KEY=SOURCE:ENVIRONMENT without commas;"
            " a key has up to 1,000 letters, no space and no colon"
        ),
    ]
    assert not (folder / "data").exists()


def test_a_check_that_finds_nothing_says_ok_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "keys.txt").write_text("secret=shop\n")
    (folder / "keys.txt").chmod(0o600)

    ran = serve(capsys, "--check", "--data", "data", "--port", "0", "--write-key-file", "keys.txt")

    assert ran == Ran(0, "ok: nothing is wrong, and nothing was started\n", "")
    assert [path.name for path in folder.iterdir()] == ["keys.txt"]


def test_a_file_that_was_named_has_to_be_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = serve(capsys, "--check", "--config", "other.toml")

    assert "the settings file other.toml cannot be read (No such file or directory)" in ran.err


def test_a_file_without_end_is_not_read_to_its_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = serve(capsys, "--check", "--config", "/dev/zero")

    assert "the settings file /dev/zero cannot be read (it has more than 1,000,000 bytes)" in ran.err


def test_an_address_that_cannot_be_had_names_both_settings_that_give_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "footfall.toml").write_text('data = "data"\nhost = "256.0.0.1"\n')
    monkeypatch.setenv("FOOTFALL_PORT", "0")
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "a")

    ran = serve(capsys, "--check")

    assert ran.err.startswith("footfall: footfall.toml:2 host, FOOTFALL_PORT: cannot listen on 256.0.0.1:0 (")


def test_a_key_in_the_place_of_its_file_is_not_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key("write", bytes(ENTROPY)).text
    monkeypatch.setenv("FOOTFALL_WRITE_KEY_FILE", key)

    ran = serve(capsys, "--check", "--data", "data", "--port", "0", "--transform-key-file", key)

    assert "FOOTFALL_WRITE_KEY_FILE: the write key file that was given is a key and no file; write the key" in ran.err
    assert "  the transform key file that was given is a key and no file; write the key into a file" in ran.err
    assert key not in ran.err


def test_settings_are_printed_as_a_file_that_gives_them_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "footfall.toml").write_text("max_depth = 7\n")
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "secret=shop")

    ran = serve(capsys, "--print-settings", "--port", "81")

    table = tomllib.loads(ran.out)
    assert (ran.code, table["port"], table["max_depth"]) == (0, 81, 7)
    assert "secret" not in ran.out + ran.err
    (folder / "footfall.toml").write_text(ran.out)
    assert tomllib.loads(serve(capsys, "--print-settings").out) == table


def test_settings_that_cannot_be_are_not_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = serve(capsys, "--print-settings", "--port", "x", "--header-timeout", "y")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("must be") == 2


def test_keys_of_the_store_the_file_and_the_environment_open_together(tmp_path: Path) -> None:
    control = control_of(tmp_path / "data")
    control.add_key(stored("a"))
    control.add_key(stored("revoked", revoked_at=2))
    (tmp_path / "keys.txt").write_text("b=app\nrevoked=app\n")

    flags = {"data": tmp_path / "data", "write_key_file": tmp_path / "keys.txt", "port": "0"}
    boot = prepare(read_settings(flags, {"FOOTFALL_WRITE_KEYS": "c"}, None))

    boot.listener.close()
    assert [boot.keyring.sender(key) for key in ("a", "b", "c", "revoked")] == [
        Sender("shop"), Sender("app"), Sender("default"), None,
    ]  # fmt: skip


def test_keys_that_were_all_revoked_are_no_keys(tmp_path: Path) -> None:
    control_of(tmp_path / "data").add_key(stored("a", revoked_at=2))

    with pytest.raises(UsageError, match="there is no write key, so nobody could send: make one by `footfall keys"):
        prepare(read_settings({"data": tmp_path / "data", "port": "0"}, {}, None))


def test_a_stored_key_of_a_source_that_the_plan_does_not_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    control_of(tmp_path / "data").add_key(stored("a", source="shop_backed"))
    flags = {"data": tmp_path / "data", "plan": tmp_path / "plan.yaml", "port": "0"}

    with pytest.raises(UsageError, match="the stored key a: the plan has no source 'shop_backed', did you mean"):
        prepare(read_settings(flags, {}, None))
    prepare(read_settings({**flags, "allow_unknown_sources": True}, {}, None)).listener.close()


def test_a_key_in_the_arguments_and_files_that_others_may_read_are_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("keys.txt", "transform"):
        (tmp_path / name).write_text("secret-1\n")
        (tmp_path / name).chmod(0o644)
    flags = {"data": tmp_path / "data", "port": "0", "write_keys": ("secret-2",)}
    files = {"write_key_file": tmp_path / "keys.txt", "transform_key_file": tmp_path / "transform"}

    with caplog.at_level(logging.WARNING, "footfall"):
        boot = prepare(read_settings({**flags, **files}, {}, None))
    boot.listener.close()

    assert [message.split(" can be read by ")[0] for message in caplog.messages] == [
        "a write key in the arguments",
        f"the write key file {tmp_path / 'keys.txt'}",
        f"the transform key file {tmp_path / 'transform'}",
    ]
    assert "secret" not in caplog.text + repr(boot)


def test_keys_of_the_environment_and_of_private_files_are_not_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "keys.txt").write_text("secret-1\n")
    (tmp_path / "keys.txt").chmod(0o600)
    flags = {"data": tmp_path / "data", "port": "0", "write_key_file": tmp_path / "keys.txt"}

    prepare(read_settings(flags, {"FOOTFALL_WRITE_KEYS": "secret-2"}, None)).listener.close()

    assert caplog.messages == []


def test_a_data_folder_that_is_broken_is_one_problem_among_the_others(tmp_path: Path) -> None:
    data = DataFolder.open(tmp_path / "data")
    data.close()
    data.journal_path.write_bytes(b"this is text, and long enough to be looked at" * 100)
    flags = {"data": data.path, "transform_key_file": tmp_path / "none", "host": "256.0.0.1"}

    with pytest.raises(UsageError) as caught:
        prepare(read_settings(flags, {"FOOTFALL_PORT": "1"}, None))

    problems = str(caught.value).splitlines()[1:]
    assert ["not a SQLite database" in problems[0], "cannot be read" in problems[1]] == [True, True]
    assert problems[2].startswith("  FOOTFALL_PORT: cannot listen on 256.0.0.1:1")


def test_a_geo_file_is_tried_before_the_start(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = geo_file(folder / "good.mmdb", {"192.0.2.0/24": OSLO})
    (folder / "cut.mmdb").write_bytes(good.read_bytes()[:-9])
    geo_file(folder / "asn.mmdb", {"192.0.2.0/24": {"autonomous_system_number": "64500"}})

    lines = {}
    for name in ("good", "cut", "asn", "none"):
        (folder / "footfall.toml").write_text(f'data = "data"\nwrite_key_file = "keys"\ngeo = "{name}.mmdb"\n')
        (folder / "keys").write_text("secret-1\n")
        (folder / "keys").chmod(0o600)
        ran = serve(capsys, "--check", "--port", "0")
        lines[name] = (ran.code, (ran.out + ran.err).partition(";")[0].strip())

    assert lines == {
        "good": (0, "ok: nothing is wrong, and nothing was started"),
        "cut": (2, "footfall: footfall.toml:3 geo: cut.mmdb: it is cut, damaged or of another format"),
        "asn": (2, "footfall: footfall.toml:3 geo: asn.mmdb: its records have no places (its type is 'Test')"),
        "none": (2, "footfall: footfall.toml:3 geo: none.mmdb: it cannot be read (No such file or directory)"),
    }


@pytest.mark.parametrize(
    ("backup", "problem"),
    [
        ("data", "is in the data folder data; name a folder for backups outside of it"),
        ("link/backups", "is in the data folder data; name a folder for backups outside of it"),
        ("notes.txt", "is a file; name a folder for backups, or one that does not exist yet"),
    ],
)
def test_a_folder_that_no_backup_can_ever_go_to_is_a_problem_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, backup: str, problem: str
) -> None:
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "k")
    (folder / "data").mkdir()
    (folder / "link").symlink_to("data")
    (folder / "notes.txt").touch()
    (folder / "footfall.toml").write_text(f'data = "data"\nbackup = "{backup}"\n')

    ran = serve(capsys, "--check", "--port", "0")

    assert (ran.code, ran.err) == (2, f"footfall: footfall.toml:2 backup: {backup}: {problem}\n")


def test_no_path_is_tried_before_everything_is() -> None:
    types = {option.name: option.type for option in command.params}
    paths = {name: type_ for name, type_ in types.items() if isinstance(type_, click.Path)}

    assert [name for name, path in paths.items() if path.exists or path.readable] == []
    assert {"data", "plan", "write_key_file", "transform_key_file"} <= set(paths)
