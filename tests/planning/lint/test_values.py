"""Rules about values: types that lose cents, text without end, units that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.planning.lint.corpus import Case, assert_finds, cases, title


@pytest.mark.parametrize("case", cases("values"), ids=title)
def test_a_rule_about_values_finds_what_it_is_for_and_nothing_else(case: Case, tmp_path: Path) -> None:
    assert_finds(case, tmp_path)
