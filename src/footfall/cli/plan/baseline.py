"""The findings that a team has decided to live with: written once, and left out of later reports.

A finding is recognised by its code, its part of the plan and its message, never by its line, so that a baseline
survives edits elsewhere in a file. Equal findings are counted: one more of them is new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from footfall.disk import SystemDisk, read_text_file, replace_file
from footfall.errors import BrokenInputError, Problem

__all__ = ["Baseline", "read_baseline", "write_baseline"]

_VERSION = 1
_LINES = re.compile(r":[0-9]+(:[0-9]+)?\b")  # messages name other places as file:line


class Fingerprint(msgspec.Struct, frozen=True, order=True):
    """What a finding is recognised by."""

    code: str
    where: str
    message: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    footfall_baseline: int
    findings: tuple[Fingerprint, ...]


class Baseline:
    """Known findings, to be left out."""

    def __init__(self, fingerprints: Sequence[Fingerprint]) -> None:
        self._known = Counter(fingerprints)

    def subtract(self, problems: Sequence[Problem]) -> tuple[list[Problem], int]:
        """The findings that are not in the baseline, in their order, and how many of the baseline no longer occur."""
        remaining = Counter(self._known)
        new = []
        for problem in problems:
            fingerprint = _fingerprint(problem)
            if remaining[fingerprint] > 0:
                remaining[fingerprint] -= 1
            else:
                new.append(problem)
        return new, remaining.total()


def _fingerprint(problem: Problem) -> Fingerprint:
    return Fingerprint(problem.code, problem.where, _LINES.sub("", problem.message))


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises BrokenInputError when it is not there or is none."""
    try:
        file = msgspec.json.decode(read_text_file(SystemDisk(), path), type=_File)
    except OSError as error:
        message = f"the baseline cannot be read: {error.strerror or error}; make one with --write-baseline"
        raise BrokenInputError(str(path), message) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"this is not a baseline: {error}; make one with --write-baseline"
        raise BrokenInputError(str(path), message) from None
    if file.footfall_baseline != _VERSION:
        message = f"a baseline of version {file.footfall_baseline} is not read by this footfall; upgrade footfall"
        raise BrokenInputError(str(path), message)
    return Baseline(file.findings)


def write_baseline(path: Path, problems: Sequence[Problem]) -> None:
    """Write these findings as the new baseline. Raises BrokenInputError when the file cannot be written."""
    fingerprints = tuple(sorted(_fingerprint(problem) for problem in problems))
    content = msgspec.json.format(msgspec.json.encode(_File(_VERSION, fingerprints)), indent=2)
    try:
        replace_file(SystemDisk(), path, content + b"\n")
    except OSError as error:
        message = f"the baseline cannot be written: {error.strerror or error}; choose another --baseline"
        raise BrokenInputError(str(path), message) from None
