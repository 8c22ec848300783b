"""JobSettings: when the jobs of a collector run, and what they need to know."""

from __future__ import annotations

from pathlib import Path

import msgspec

from footfall.collector.timetable import parse_timetable
from footfall.errors import UsageError

__all__ = ["JobSettings"]


class JobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the jobs, read once. Raises UsageError.

    Times are in UTC: `00:10` for each day, `sunday 03:10` for each week. Messages are sealed at `seal_at`, and before
    that when `seal_rows` wait for it. `backup` is the folder that backups go to; without one there are none.
    """

    seal_at: str = "00:10"
    seal_rows: int = 250_000
    compact_at: str = "00:40"
    signals_at: str = "06:10"
    backup: Path | None = None
    backup_at: str = "01:10"
    verify_at: str = "sunday 02:10"

    def __post_init__(self) -> None:
        if self.seal_rows < 1:
            raise UsageError("seal_rows must be more than 0")
        for name in ("seal_at", "compact_at", "signals_at", "backup_at", "verify_at"):
            try:
                parse_timetable(getattr(self, name))
            except ValueError as error:
                raise UsageError(f"{name} {error}") from None
