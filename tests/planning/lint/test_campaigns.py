"""Rules about campaigns: marks that look like another one's, and links that are of two campaigns."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.planning.lint.corpus import Case, assert_finds, cases, title


@pytest.mark.parametrize("case", cases("campaigns"), ids=title)
def test_a_rule_about_campaigns_finds_what_it_is_for_and_nothing_else(case: Case, tmp_path: Path) -> None:
    assert_finds(case, tmp_path)
