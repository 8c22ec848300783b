"""Somebody who joins, leaves and comes back by django-allauth is identified, and reset, at the right pages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integrations.browsers import CHROME

pytest.importorskip("allauth", reason="django-allauth is not installed")

SITE = Path(__file__).parent / "allauth_site.py"
PLAN = Path(__file__).parents[1] / "plan.yaml"


@pytest.mark.slow
def test_who_joins_leaves_and_comes_back_is_known_from_the_next_page_on() -> None:
    done = subprocess.run(
        [sys.executable, str(SITE), str(PLAN), json.dumps(dict(CHROME))],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["statuses"] == [302, 302, 302]
    assert result["messages"] == [
        ["page", None],
        ["identify", "1"],
        ["page", "1"],
        ["reset", None],
        ["page", None],
        ["identify", "1"],
        ["page", "1"],
    ]
