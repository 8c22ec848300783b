"""The audit of dependencies fails for a real finding, and says plainly when it could not ask."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[1] / ".ci" / "audit.py"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="an sdist has no .ci")

SKIPPED = {"name": "footfall", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def answer(*packages: object) -> str:
    return json.dumps({"dependencies": [*packages, SKIPPED], "fixes": []})


CLEAN = answer({"name": "orjson", "version": "3.10", "vulns": []})
HIT = answer({"name": "orjson", "version": "3.9", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.9.15"]}]})


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("ran", "code", "words"),
    [
        ((0, CLEAN, ""), 0, "no known vulnerability in 1 packages (1 unknown to the service)"),
        ((0, answer(), ""), 0, "NOT AUDITED: the service knows none of the 1 packages"),
        ((1, HIT, "Found 1 known vulnerability in 1 package"), 1, "orjson 3.9: PYSEC-1 (mended in 3.9.15)"),
        ((1, "", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed"), 0, "NOT AUDITED"),
        ((1, "", "requests.exceptions.ConnectionError: Max retries exceeded"), 0, "NOT AUDITED"),
        ((None, "", ""), 0, "NOT AUDITED: no answer within"),
        ((2, "", "error: unrecognized arguments: --skip"), 1, "unrecognized arguments"),
        ((1, "", "No module named pip_audit"), 1, "No module named pip_audit"),
        ((1, CLEAN, ""), 1, "named nothing"),
        ((0, "", ""), 1, "no output"),
    ],
)
def test_the_step_fails_for_findings_and_faults_and_says_when_nobody_could_be_asked(
    audit: ModuleType, capsys: pytest.CaptureFixture[str], ran: tuple[int | None, str, str], code: int, words: str
) -> None:
    assert audit.main("site-packages", lambda _: audit.Ran(*ran)) == code
    assert words in capsys.readouterr().out
