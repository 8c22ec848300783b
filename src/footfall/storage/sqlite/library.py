"""The SQLite library: every connection is opened here, and only by a version that loses no commit.

Most before 3.51.3 can lose one beside a checkpoint of another connection.
"""

from __future__ import annotations

from collections.abc import Mapping

import apsw

from footfall.errors import JournalError

__all__ = ["connect", "is_safe", "require_safe"]

_FIXED = (3, 51, 3)
# Earlier lines that got the fix too: (major, minor) → the first patch that has it.
_FIXED_BACKPORTS: Mapping[tuple[int, int], int] = {(3, 44): 6, (3, 50): 7}


def is_safe(version: str) -> bool:
    """Whether no commit is lost where another connection checkpoints at the same moment. `version` is as `3.51.3`."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    first = _FIXED_BACKPORTS.get((major, minor))
    return (major, minor, patch) >= _FIXED or (first is not None and patch >= first)


def require_safe(version: str | None = None) -> None:
    """Raise JournalError where this SQLite, by default the one that is loaded, may not touch a data folder."""
    version = version or apsw.sqlite_lib_version()
    if not is_safe(version):
        reason = (
            f"the SQLite library is {version}, which can lose a commit beside a checkpoint of another connection;"
            f" {'.'.join(map(str, _FIXED))} or later is needed: pip install -U apsw"
        )
        raise JournalError(reason, reason=reason)


def connect(name: str, flags: int, vfs: str | None = None) -> apsw.Connection:
    """Open a database by its path or URI. Raises JournalError for an unsafe library, and what SQLite raises."""
    require_safe()
    return apsw.Connection(name, flags=flags, vfs=vfs)
