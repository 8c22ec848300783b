"""The process of a job, from outside: one line in, lines out, and an end with its input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from footfall.maintenance.child import ChildRequest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from footfall.maintenance.child import main; main()"]


def test_it_ends_when_its_input_does_in_the_middle_of_its_work() -> None:
    busy = msgspec.json.encode(ChildRequest("tests.maintenance.in_child:wait", {})) + b"\n"

    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(busy)
        child.stdin.flush()
        first = json.loads(child.stdout.readline())
        child.stdin.close()
        code = child.wait()

    assert first == {"progress": str(child.pid)}
    assert code == 70


@pytest.mark.parametrize("content", [b"", b'{"target": "tests'])
def test_it_ends_without_a_word_when_its_input_does_before_it_has_begun(content: bytes) -> None:
    done = subprocess.run(COMMAND, input=content, capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (70, b"", b"")
