"""Which SQLite libraries may touch a data folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

import footfall
from footfall.errors import JournalError
from footfall.storage.sqlite.library import is_safe, require_safe

_REFUSAL = (
    "the SQLite library is {}, which can lose a commit beside a checkpoint of another connection;"
    " 3.51.3 or later is needed: pip install -U apsw"
)
_WITH_OLD_SQLITE = "import apsw; apsw.sqlite_lib_version = lambda: '3.49.1'; from footfall.cli import main; main()"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.7.0", False),
        ("3.40.1", False),
        ("3.43.9", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.49.9", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.50.10", True),
        ("3.51.0", False),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.51.3.1", True),
        ("3.52.0", True),
        ("4.0.0", True),
    ],
)
def test_the_fix_and_its_backports_are_safe(version: str, expected: bool) -> None:
    assert is_safe(version) is expected


def test_an_unsafe_library_is_refused_with_reason_and_remedy() -> None:
    with pytest.raises(JournalError) as refusal:
        require_safe("3.51.2")

    assert (str(refusal.value), refusal.value.reason) == (_REFUSAL.format("3.51.2"),) * 2


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["keys", "create", "--source", "shop"]])
def test_commands_refuse_an_unsafe_library_in_one_line(command: list[str], tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", _WITH_OLD_SQLITE, *command, "--data", str(tmp_path / "data")],
        capture_output=True, text=True, check=False, env={**os.environ, "FOOTFALL_WRITE_KEYS": "key=shop"},
    )  # fmt: skip

    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.splitlines() == [f"footfall: {_REFUSAL.format('3.49.1')}"]
    assert not {"journal.db", "control.db"} & {path.name for path in (tmp_path / "data").iterdir()}


def test_the_library_of_the_tests_is_safe() -> None:
    require_safe()

    assert is_safe(apsw.sqlite_lib_version())


def test_every_connection_is_opened_by_a_library_that_was_looked_at() -> None:
    source = Path(footfall.__file__).parent
    texts = {path.relative_to(source).as_posix(): path.read_text("utf-8") for path in source.rglob("*.py")}

    assert [name for name, text in texts.items() if "apsw.Connection(" in text] == ["storage/sqlite/library.py"]


def test_nothing_imports_the_sqlite_of_the_standard_library() -> None:
    source = Path(footfall.__file__).parent
    imports = {
        (path.relative_to(source).as_posix(), name)
        for path in source.rglob("*.py")
        for name in re.findall(r"^\s*(?:import|from)\s+(\w+)", path.read_text("utf-8"), re.MULTILINE)
    }

    assert ("storage/sqlite/library.py", "apsw") in imports
    assert [entry for entry in imports if entry[1] in ("sqlite3", "_sqlite3")] == []
