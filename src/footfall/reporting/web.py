"""The report of the web as text and as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from footfall.printable import counted
from footfall.query.web_report import Breakdown, WebReport

__all__ = ["web_lines", "web_values"]

_NOT_SAID = "(not known)"


def web_lines(report: WebReport, most: int) -> Iterator[str]:
    """The figures, then each breakdown with its `most` first values; what is left out is said."""
    page_views, visits = counted(report.page_views, "page view"), counted(report.visits, "visit")
    yield f"{page_views} in {visits} of {counted(report.visitors, 'visitor')}, {report.confirmed:,} of them confirmed"
    yield (
        f"  confirmed: {report.returned:,} returned with their cookie, {report.rendered_once:,} seen once whose browser"
        " showed the page"
    )
    yield f"  not confirmed: {report.seen_once - report.rendered_once:,} seen once"
    if report.unattributed:
        yield f"  {counted(report.unattributed, 'page view')} without a visitor: no consent, or an access log"
    if report.engaged_seconds:
        hours, seconds = divmod(report.engaged_seconds, 3_600)
        yield f"  engaged time {hours:,} h {seconds // 60:02} min {seconds % 60:02} s (beats of pages that have them)"
    yield f"  left out: {counted(report.bots, 'page view')} of bots, {report.staff:,} of the team"
    if report.uncounted:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in report.uncounted.items())
        yield f"  not counted, by whole days of UTC: {reasons} (footfall stats says what each is)"
    for name, rows in report.breakdowns.items():
        if any(row.value for row in rows):
            yield ""
            yield from _table(name, rows, most)


def _table(name: str, rows: Sequence[Breakdown], most: int) -> Iterator[str]:
    shown = rows[:most]
    width = max(len(name), *(len(row.value or _NOT_SAID) for row in shown))
    yield f"{name:<{width}}  {'page views':>10}  {'visits':>8}  {'exits':>8}  {'visitors':>8}  {'confirmed':>9}"
    for row in shown:
        value = row.value or _NOT_SAID
        yield (
            f"{value:<{width}}  {row.page_views:>10,}  {row.visits:>8,}  {row.exits:>8,}  {row.visitors:>8,}"
            f"  {row.confirmed:>9,}"
        )
    if len(rows) > most:
        rest = sum(row.page_views for row in rows[most:])
        yield f"and {len(rows) - most:,} more, with {counted(rest, 'page view')}"


def web_values(report: WebReport) -> Any:
    """The same for programs, with every value of every breakdown."""
    return msgspec.to_builtins(report)
