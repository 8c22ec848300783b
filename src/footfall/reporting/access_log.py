"""What an import of access logs did, as text and as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footfall.printable import counted
from footfall.web.import_counts import ImportCounts
from footfall.web.reasons import REASONS

__all__ = ["NAME_PAGES", "import_lines", "import_values"]

NAME_PAGES = (
    'name your pages in the plan\'s `pages:`, as "/orders/{id}", and give it by --plan; see "Access logs" of the page '
    '"What is known of a visit" (web/README.md)'
)
"""What to do so that page views have a route."""


def import_lines(counts: ImportCounts) -> Sequence[str]:
    """One line for what became of each kind of lines; the numbers add up to all lines."""
    verdicts = ", ".join(f"{number:,} {name}" for name, number in counts.verdicts.items())
    lines = [
        f"{counted(counts.lines, 'line')}: {counted(counts.sent, 'page view')}{f' ({verdicts})' if verdicts else ''}"
    ]
    if counts.bots:
        lines.append(f"{counts.bots:>12,} of them by bots, which no figure counts unless it is asked to")
    if counts.outside:
        lines.append(f"{counts.outside:>12,} not counted: their time is not in the span that was asked for")
    for reason, number in sorted(counts.uncounted.items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"{number:>12,} not counted: {reason}. {REASONS[reason]}")
    if counts.unread:
        places = ", ".join(f"{example.file}:{example.number}" for example in counts.examples)
        more = ", …" if counts.unread > len(counts.examples) else ""
        lines.append(f"{counts.unread:>12,} could not be read, for they are not of the format: {places}{more}")
    if counts.unnamed:
        lines.append(
            f"{counts.unnamed:,} of {counted(counts.sent, 'page view')} {'has' if counts.unnamed == 1 else 'have'} no"
            f" route: {NAME_PAGES}"
        )
    return lines


def import_values(counts: ImportCounts) -> Mapping[str, Any]:
    """The same for programs: lines = page_views + the sum of uncounted + unread + outside."""
    return {
        "lines": counts.lines,
        "page_views": counts.sent,
        "bots": counts.bots,
        "unnamed": counts.unnamed,
        "outside": counts.outside,
        "verdicts": dict(counts.verdicts),
        "uncounted": dict(counts.uncounted),
        "unread": counts.unread,
        "examples": [f"{example.file}:{example.number}" for example in counts.examples],
    }
