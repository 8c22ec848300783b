"""Runs a script with a client to its end, and says what it and its children have sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

__all__ = ["FORKS", "HEAD", "events", "log_of", "run"]

FORKS = hasattr(os, "fork")

HEAD = """
import atexit, concurrent.futures, multiprocessing, os, sys, time
import footfall
from footfall.delivery import FileTransport

client = footfall.Client(FileTransport(sys.argv[1]), options=footfall.ClientOptions(linger=3600.0))

def child(*_):
    assert client.track("child", user_id="ann"), client.stats()
"""


def events(tmp_path: Path, code: str) -> list[str]:
    """The events that a script, which begins with HEAD, has sent when it and its children have ended."""
    ran = run(tmp_path, code)

    assert (ran.returncode, ran.stderr) == (0, "")
    out = tmp_path / "out.jsonl"
    return [json.loads(line)["event"] for line in out.read_text().splitlines()] if out.exists() else []


def log_of(tmp_path: Path, code: str) -> str:
    """What such a script has logged when it has ended."""
    ran = run(tmp_path, code)

    assert ran.returncode == 0
    return ran.stderr


def run(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a script that begins with HEAD to its end."""
    script = tmp_path / "script.py"
    script.write_text(HEAD + textwrap.dedent(code))
    # From 3.12 on Python warns that a process with threads forks, which is what is tested.
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", script, str(tmp_path / "out.jsonl")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
