"""Runs git: without a shell, without our secrets, and without programs that a repository's settings name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["run_git"]

# Settings by which a repository, which may be a stranger's archive, would choose a program to run or wait for a person.
_SAFE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.pager=cat")
_OURS = "FOOTFALL_"


def run_git(
    program: str, folder: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder; no argument that a person wrote may be taken for an option. Raises FileNotFoundError."""
    return subprocess.run(  # noqa: S603 - git itself, no shell
        [program, "-C", str(folder), "--no-pager", *_SAFE, *arguments],
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=_environment(os.environ),
    )


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a child: no write key of ours, and no question to a terminal that nobody may be at."""
    passed = {name: value for name, value in variables.items() if not name.startswith(_OURS)}
    return {**passed, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
