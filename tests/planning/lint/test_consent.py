"""Rules about consent: purposes without an event, events without a purpose, personal data of who refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.planning.lint.corpus import Case, assert_finds, cases, title


@pytest.mark.parametrize("case", cases("consent"), ids=title)
def test_a_rule_about_consent_finds_what_it_is_for_and_nothing_else(case: Case, tmp_path: Path) -> None:
    assert_finds(case, tmp_path)
