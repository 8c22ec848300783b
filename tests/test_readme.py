"""The README does what it says: its blocks, and those of the pages that it leads to, run in order as one session."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from footfall.errors import MissingExtraError
from footfall.planning.starter import starter_files

ROOT = Path(__file__).parents[1]
# Every block of the first runs, and those of the others that say `<!-- run -->`: they go on where it ended.
PAGES = [
    "README.md",
    "src/footfall/client/README.md",
    "src/footfall/collector/README.md",
    "src/footfall/analytics/README.md",
    "src/footfall/storage/README.md",
    "tracking_plans/COMMANDS.md",
]
LINKED = [
    *PAGES,
    "src/footfall/integrations/README.md",
    "src/footfall/web/README.md",
    "tests/benchmarks/README.md",
    "tracking_plans/README.md",
    ".github/CONTRIBUTING.md",
]
NO_MODULES = {"footfall.lint", "footfall.json", "footfall.lock", "footfall.toml"}  # a group of entry points, and a file


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


class Block(NamedTuple):
    mark: str | None
    language: str
    text: str


def blocks(page: str = "README.md") -> list[Block]:
    parts = re.findall(r"(?:<!-- (?:command: )?(\w+) -->\n)?```(\w*)\n(.*?)```", text_of(page), re.DOTALL)
    return [Block(mark or None, language, text) for mark, language, text in parts]


def run_by_a_reader() -> list[Block]:
    """But for the set-up itself: this test runs in what it installed."""
    first = [block for block in blocks() if block.mark is None and not block.text.startswith("pip install")]
    return [*first, *(block for page in PAGES[1:] for block in blocks(page) if block.mark == "run")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def session(folder: Path, port: int) -> str:
    """One shell script of every block that a reader would run by hand, with the collector's port made free."""
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p)' EXIT"]
    for number, block in enumerate(run_by_a_reader()):
        text = block.text.replace("8190", str(port))
        if block.language == "python":
            (folder / f"block{number}.py").write_text(text, encoding="utf-8")
            lines.append(f"echo '== block {number}'; python block{number}.py")
        elif block.language == "sh":
            lines.append(f"echo '== block {number}'; {text.strip()}")
            if text.rstrip().endswith("&"):
                lines.append(f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done")
    return "\n".join(lines)


def said_to_a_reader(folder: Path) -> str:
    """What all blocks say, carried out one after the other in a new folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", session(folder, free_port())],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_readme_is_two_screens() -> None:
    assert text_of("README.md").count("\n") <= 120


def test_the_blocks_count_one_person_and_end_in_reports_that_every_page_reads(tmp_path: Path) -> None:
    output = said_to_a_reader(tmp_path)

    first_screen = output.split("== block")[2]
    assert re.search(r"messages +persons\n2 +1\n", first_screen), first_screen
    assert "is clean" in output
    assert "listening on" in output
    assert re.search(r"conversion\s+100 %", output)
    assert "User kari" in output
    assert re.search(r"reading_reported.*unknown_event", output)
    # The pages that the README leads to read the same data.
    assert "the books balance" in output
    assert "('EUR', Decimal('64.95'))" in output
    assert "['product_viewed']" in output
    assert re.search(r"\('kari', \d\)", output)
    assert "would be stored again" in output


def test_the_plan_in_the_readme_is_the_plan_that_init_writes() -> None:
    shown = yaml.safe_load(next(block.text for block in blocks() if block.language == "yaml"))["kpis"]["conversion"]
    written = yaml.safe_load(starter_files("my_shop")["goals.yaml"])["kpis"]["conversion"]

    assert written == shown


def test_the_two_commands_are_one_line_each_and_install_what_exists() -> None:
    commands = {block.mark: block.text.strip() for block in blocks() if block.mark}

    assert set(commands) == {"demo", "test"}
    assert all("\n" not in command for command in commands.values())


def test_every_extra_that_a_page_names_exists() -> None:
    extras = tomllib.loads(text_of("pyproject.toml"))["project"]["optional-dependencies"]
    named = {
        extra
        for page in LINKED
        for names in re.findall(r"(?:footfall|'\.)\[([\w,]+)\]", text_of(page))
        for extra in names.split(",")
    }

    assert named - set(extras) == set()
    assert "server" in named


@pytest.mark.parametrize("page", LINKED)
def test_every_file_and_heading_that_a_page_links_to_is_there(page: str) -> None:
    missing = []
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", text_of(page)):
        file, _, heading = target.partition("#")
        path = (ROOT / page).parent / file if file else ROOT / page
        if not path.exists() or (heading and heading not in headings(path)):
            missing.append(target)

    assert missing == []


@pytest.mark.parametrize("page", LINKED)
def test_every_module_and_every_name_of_one_that_a_page_names_is_there(page: str) -> None:
    names = set(re.findall(r"(?<![\w./-])footfall(?:\.[A-Za-z_]\w*)+(?![\w/]|\.\w)", text_of(page))) - NO_MODULES

    assert [name for name in sorted(names) if not is_there(name)] == []


def test_a_module_that_was_moved_is_not_there() -> None:
    assert is_there("footfall.planning.personal_names")
    assert is_there("footfall.analytics.Dataset.open")
    assert not is_there("footfall.planning.lint.personal_names")
    assert not is_there("footfall.analytics.Dataset.close_it")


def is_there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return is_of_a_library_that_is_not_here(name)
    return True


def is_of_a_library_that_is_not_here(name: str) -> bool:
    """Whether a name is in a module of ours that needs a library which is not installed."""
    parts = name.split(".")
    for end in range(len(parts), 1, -1):
        try:
            importlib.import_module(".".join(parts[:end]))
        except MissingExtraError:
            return True
        except ImportError:
            continue
    return False


def headings(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    lines = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_benchmark_is_on_their_page_and_every_one_that_it_names_is_there() -> None:
    there = {path.name for path in (ROOT / "tests" / "benchmarks").glob("bench_*.py")}

    assert set(re.findall(r"bench_\w+\.py", text_of("tests/benchmarks/README.md"))) == there
