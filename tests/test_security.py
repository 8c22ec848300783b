"""What SECURITY.md says was tried can be tried again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / ".github" / "SECURITY.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="an sdist has no .github")


def test_every_row_names_tests_that_are_there() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    tried = rows[next(number for number, row in enumerate(rows) if row.startswith("| tried")) + 1 :]
    named = [re.findall(r"`((?:tests|\.ci)/[\w/.]+)`", row.rpartition(" | ")[2]) for row in tried]

    assert [row for row, paths in zip(tried, named, strict=True) if not paths] == []
    assert [path for paths in named for path in paths if not (ROOT / path).exists()] == []
