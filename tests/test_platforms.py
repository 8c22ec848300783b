"""Where there is no POSIX, the client and the plan tools work, and a collector says what it needs.

The whole of their tests runs so with `PYTHONPATH=tests/without_posix`; these few run each time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.delivery.loopback import serving

ROOT = Path(__file__).parents[1]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "without_posix")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_client_sends_without_locks_of_files_and_without_forks() -> None:
    code = (
        "import os, footfall, footfall.testing.pytest_plugin\n"
        "assert not hasattr(os, 'fork')\n"
        "with footfall.Client({!r}, write_key='key') as client: client.track('a', user_id='ann')"
    )

    with serving() as server:
        ran = python("-c", code.format(server.url))

    assert (ran.returncode, ran.stderr) == (0, "")
    assert server.taken == ["a"]


def test_the_plan_commands_work_there_too(tmp_path: Path) -> None:
    plan = str(ROOT / "tracking_plans" / "shop_and_gateway")

    for command in (["check", plan], ["bundle", plan, "-o", str(tmp_path / "plan.json")]):
        ran = python("-m", "footfall", "plan", *command)
        assert ran.returncode == 0, ran.stderr


def test_a_collector_says_in_one_line_that_it_cannot_run_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "key")

    ran = python("-m", "footfall", "serve", "--data", str(tmp_path / "data"), "--port", "0")

    assert ran.returncode == 2
    assert "needs Linux or macOS" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_the_demo_says_so_too(tmp_path: Path) -> None:
    code = "import signal, sys; del signal.SIGHUP; from footfall.cli import main; main(['demo', '--data', sys.argv[1]])"
    ran = python("-c", code, str(tmp_path / "data"))

    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "needs Linux or macOS" in ran.stderr
