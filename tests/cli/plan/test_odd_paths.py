"""A path that leads to a pipe, a device or round in a circle ends a command with a line, and never keeps it waiting."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")

PLAN = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"

COMMANDS = {
    "check": "plan check {odd}",
    "fmt": "plan fmt --check {odd}",
    "baseline": "plan check {plan} --baseline {odd}",
    "diff": "plan diff {plan} --base {odd}",
    "infer": "plan infer {odd}",
    "observe": "plan observe {plan} {odd}",
    "import": "plan import --from jsonschema {odd} -o {out}",
    "codegen": "plan codegen python {plan} -o {odd} --check",
    "stats": "stats --data {odd}",
    "transform key": "serve --data {out} --port 0 --write-key k --transform-key-file {odd}",
}


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def circle(folder: Path) -> Path:
    (folder / "circle").symlink_to("circle")
    return folder / "circle"


def listening(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    return folder / "socket"


ODD: dict[str, Callable[[Path], Path]] = {
    "pipe": pipe,
    "circle": circle,
    "socket": listening,
    "zeros": lambda _: Path("/dev/zero"),
    "noise": lambda _: Path("/dev/urandom"),
}


def run(command: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(command.split())
    return int(str(left.value.code))


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.slow
def test_a_command_ends(
    name: str, odd: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    command = COMMANDS[name].format(odd=ODD[odd](Path()), plan=PLAN, out="out")

    assert run(command) in (1, 2, 3)
    said = capsys.readouterr()
    assert said.out + said.err


def test_a_plan_folder_with_odd_things_in_it_is_read_past_them(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(PLAN, folder)
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "fixtures" / "order_completed" / "valid" / "pipe.json")
    (folder / "zeros.yaml").symlink_to("/dev/zero")
    (folder / "up").symlink_to("..")
    (folder / "itself").symlink_to(".")

    assert run(f"plan check {folder}") == 0


def test_folders_without_end_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(PLAN, tmp_path / "plan")
    (tmp_path / "plan" / "/".join("a" * 70)).mkdir(parents=True)

    for command in ("check {}", "scan {} {}", "fmt --check {}"):
        assert run("plan " + command.format(tmp_path / "plan", tmp_path / "plan")) == 1
        said = capsys.readouterr()
        assert "a/a/a" in said.out + said.err
    assert run(f"plan import --from jsonschema {tmp_path / 'plan'} -o {tmp_path / 'out'}") in (0, 3)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("plan bundle {plan} -o {path}", 2),
        ("plan export {plan} --to segment -o {path}", 2),
        ("plan import --from segment {path}", 2),
        ("plan scan {plan} {path}", 2),
        ("plan diff {plan} --base {path}", 3),
        ("demo --data {path}", 2),
    ],
)
def test_a_name_that_is_too_long_for_a_file_ends_a_command_with_a_line(
    command: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("x" * 300)

    assert run(command.format(plan=PLAN, path=path)) == code
    error = capsys.readouterr().err
    assert error.startswith(f"footfall: {path}")
    assert error.count("\n") == 1
