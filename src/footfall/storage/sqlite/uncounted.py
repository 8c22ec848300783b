"""The reports of uncounted hits in a journal's database: how they are written and read."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from footfall.storage.uncounted import REPEAT_DAYS, UncountedReport, increase

__all__ = ["READ_UNCOUNTED", "write_uncounted"]

READ_UNCOUNTED = "SELECT day, source, reason, number FROM uncounted ORDER BY day, source, reason"

_BEFORE = "SELECT reason, number FROM uncounted_reports WHERE source = ? AND id = ?"
_KEEP = """
INSERT INTO uncounted_reports VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET number = excluded.number, received_at = excluded.received_at
"""
_ADD = "INSERT INTO uncounted VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number"
_FORGET = "DELETE FROM uncounted_reports WHERE received_at < ?"
_DAY_US = 86_400_000_000


def write_uncounted(connection: apsw.Connection, reports: Sequence[UncountedReport], now_us: int) -> None:
    """Add, inside of a transaction, what reports say beyond earlier ones; forget the ids of long ago."""
    if reports:
        connection.execute(_FORGET, (now_us - REPEAT_DAYS * _DAY_US,))
    for report in reports:
        before = dict(connection.execute(_BEFORE, (report.source, report.id)))
        received_at = None if report.is_lasting else now_us
        for reason, number in increase(before, report).items():
            connection.execute(_KEEP, (report.source, report.id, reason, report.counts[reason], received_at))
            connection.execute(_ADD, (report.day, report.source, reason, number))
