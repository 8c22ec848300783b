"""git gets what it needs to read a repository, and nothing that is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.cli.plan.git_program import run_git


def test_git_gets_no_variable_of_ours_and_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_text('#!/bin/sh\nenv\necho "arguments: $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("FOOTFALL_WRITE_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere/.git")

    answer = run_git(str(program), tmp_path, "show", "--", "a b").stdout.decode()

    assert "secret" not in answer
    assert {"GIT_DIR=/elsewhere/.git", "GIT_TERMINAL_PROMPT=0"} <= set(answer.splitlines())
    assert "core.fsmonitor=false" in answer
    assert answer.endswith("show -- a b\n")
