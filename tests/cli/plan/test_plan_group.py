"""`footfall plan` has every subcommand of its table, each documented, and imports none to list them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.plan.running import plan_command

from footfall.cli.plan import COMMANDS, command

DOCUMENT = (Path(__file__).parents[3] / "tracking_plans" / "COMMANDS.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_says_what_it_is_for(name: str) -> None:
    found = command.get_command(click.Context(command), name)

    assert isinstance(found, click.Command)
    assert found.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_that_names_its_options(name: str) -> None:
    made = command.get_command(click.Context(command), name)
    section = next((part for part in re.split(r"(?m)^## ", DOCUMENT) if part.startswith(f"footfall plan {name}\n")), "")

    assert section, f"write ## footfall plan {name}"
    assert made is not None
    assert [words for words in spellings(made) if not any(names(word, section) for word in words)] == []
    assert [option for option in OF_FINDINGS if not names(option, DOCUMENT)] == []


def test_an_option_is_not_named_by_a_longer_one() -> None:
    assert names("--min", "`--min 80`")
    assert not names("--min", "`--min-team TEAM=80`, `--no--min`")


# Those of all commands with findings, which have one section.
OF_FINDINGS = {"--format", "--fail-on", "--baseline", "--write-baseline"}


def spellings(made: click.Command) -> Iterator[list[str]]:
    """For each option the words of which its section needs one; a switch that has a word for off needs that too."""
    for option in made.params:
        if isinstance(option, click.Option) and not OF_FINDINGS & set(option.opts):
            yield option.opts
            if option.secondary_opts:
                yield option.secondary_opts


def names(option: str, text: str) -> bool:
    """Whether a text has an option as a whole word."""
    return re.search(rf"(?<![\w-]){option}(?![\w-])", text) is not None


def test_help_needs_neither_the_collector_nor_the_query_engine() -> None:
    code = (
        "import contextlib, sys\n"
        "sys.modules.update(dict.fromkeys(('apsw', 'duckdb', 'pyarrow', 'uvicorn')))\n"  # importing them fails
        "from footfall.cli import main\n"
        "for name in sys.argv[1:]:\n"
        "    with contextlib.suppress(SystemExit): main(['plan', name, '--help'])\n"
    )

    done = subprocess.run([sys.executable, "-c", code, *COMMANDS], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in COMMANDS if f"footfall plan {name}" not in done.stdout] == []


def test_the_list_imports_no_command() -> None:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('loaded', [name for name in sys.modules if name.startswith('footfall.plan')]))\n"
        "from footfall.cli import main; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "plan", "--help"], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0
    assert "loaded []" in done.stdout
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_no_plan_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "plan.json").write_text("{}")
    for arguments in (
        ("fmt", "nowhere"),
        ("fmt", "empty"),
        ("fmt", "plan.json"),
        ("docs", "nowhere", "-o", "out"),
        ("codegen", "python", "nowhere", "-o", "out.py"),
        ("codegen", "cobol", "empty", "-o", "x"),
        ("codegen", "python", "empty"),
    ):
        done = plan_command(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), arguments
    assert not (tmp_path / "out").exists()


def test_a_faulty_plan_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevnts: {}\n")

    for arguments in (("docs", ".", "-o", "out"), ("codegen", "python", ".", "-o", "out")):
        done = plan_command(*arguments, cwd=tmp_path)
        assert done.returncode == 1
        assert "unknown key 'evnts'" in (done.stderr if arguments[0] == "docs" else done.stdout)
    assert not (tmp_path / "out").exists()
