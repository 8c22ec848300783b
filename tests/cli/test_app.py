"""The `footfall` command finds its subcommands late, and ends every error in one line and exit code 2."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import click
import pytest

from footfall.cli import main
from footfall.cli.app import COMMANDS, app
from footfall.collector import Collector
from footfall.plan import Plan, bundle_bytes
from footfall.versions import BUNDLE, DATA_FOLDER, PLAN_FORMAT, VERSION, WIRE

HEAVY = ["apsw", "duckdb", "httpx", "pyarrow", "rich", "uvicorn", "yaml"]


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    done = run(
        "import sys, atexit\n"
        f"atexit.register(lambda: print('loaded', [name for name in {HEAVY} if name in sys.modules]))\n"
        "from footfall.cli import main; main()",
        "--help",
    )

    assert done.returncode == 0
    assert "loaded []" in done.stdout
    for name, (_, about) in COMMANDS.items():
        assert name in done.stdout
        assert about.split()[0] in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    found = app.get_command(click.Context(app), name)

    assert isinstance(found, click.Command)
    assert found.help


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])

    assert left.value.code == 0
    assert capsys.readouterr().out == (
        f"footfall, version {version('footfall')}\n"
        f"wire {WIRE}, plan format {PLAN_FORMAT}, bundle {BUNDLE}, data folder {DATA_FOLDER}, Python API {VERSION}\n"
    )


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["plan", "nothing"], ["plan", "check"], ["plan", "check", "-x", "."]]
)
def test_a_command_that_cannot_be_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("library", "words", "extra"),
    [
        ("click", "", "plan"),
        ("click", "plan check .", "plan"),
        ("yaml", "plan check .", "plan"),
        ("click", "plan simulate . --data data", "server"),
        ("duckdb", "plan simulate . --data data", "server"),
        ("click", "--help serve", "server"),
        ("apsw", "keys list --data data", "server"),
        ("duckdb", "report --data data", "server"),
    ],
)
def test_a_missing_library_is_named_with_the_pip_command(
    library: str, words: str, extra: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "plan.yaml").write_text("plan: p")
    Collector(folder / "data").close()

    done = run(
        f"import os, sys; os.chdir({str(folder)!r}); sys.modules[{library!r}] = None\n"
        "from footfall.cli import main; main()",
        *words.split(),
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"pip install 'footfall[{extra}]'" in done.stderr


def test_a_bundle_is_read_without_yaml(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    file.write_bytes(bundle_bytes(Plan(id="p")))

    done = run(
        "import sys; sys.modules['yaml'] = None\nfrom footfall.cli import main; main()", "plan", "check", str(file)
    )

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "offered"),
    [("footfall se", {"seal", "segment", "segments", "serve", "sessions"}), ("footfall plan ch", {"check"})],
)
def test_a_shell_completes_commands_without_importing_them(
    words: str, offered: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_FOOTFALL_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    done = run(
        "import sys\nfor name in ('apsw', 'duckdb', 'uvicorn', 'yaml'): sys.modules[name] = None\n"
        "from footfall.cli import main; main()"
    )

    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == offered
    assert done.stderr == ""
