"""The ruleset names the rules that are in force."""

from __future__ import annotations

import re

from footfall.identity.ruleset import RULESET


def test_the_ruleset_is_one_short_word() -> None:
    assert re.fullmatch("[0-9a-f]{16}", RULESET)
