"""The books of a data folder as a table, as sums, and as JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from footfall.printable import counted, printable
from footfall.storage.books import INTAKE, Books, Counts, in_quarantine, kept, total
from footfall.storage.environments import environment_of, source_of
from footfall.storage.store_snapshot import SealedLoss
from footfall.storage.uncounted import UncountedCount
from footfall.web.reasons import REASONS

__all__ = [
    "NARROWEST", "as_json", "book_lines", "books_table", "loss_lines", "losses_as_json", "news_text",
    "sum_lines",
    "uncounted_as_json", "uncounted_lines",
]  # fmt: skip

NARROWEST = 100
"""Columns of a terminal in which the table of the books has all of its numbers."""


def as_json(books: Books, mistakes: Sequence[str]) -> Mapping[str, object]:
    """Each line of the books, their total, and where they do not balance."""
    lines = [
        {"source": source_of(line), "environment": environment_of(line), "event": event, **_numbers(counts)}
        for (line, event), counts in books.items()
    ]
    return {"books": lines, "total": _numbers(total(books)), "balanced": not mistakes, "imbalances": mistakes}


def _numbers(counts: Counts) -> Counts:
    return {**counts, "kept": kept(counts), "in_quarantine": in_quarantine(counts)}


def _table_numbers(counts: Counts) -> Counts:
    numbers = _numbers(counts)
    return {name.replace("_", " "): numbers[name] for name in (*INTAKE, "kept", "in_quarantine")}


def books_table(books: Books) -> Table:
    """A row for each source and event, and their total."""
    table = Table(box=None, header_style="bold")
    table.add_column("source", overflow="fold")
    table.add_column("event", overflow="fold")
    totals = _table_numbers(total(books))
    for name in totals:
        table.add_column(name, justify="right", no_wrap=True)
    for (source, event), counts in books.items():
        numbers = (f"{number:,}" for number in _table_numbers(counts).values())
        table.add_row(escape(printable(source)), escape(printable(event)), *numbers)
    table.add_row("total", "", *(f"{number:,}" for number in totals.values()), style="bold")
    return table


def book_lines(books: Books) -> Iterator[str]:
    """The same rows as lines, for a terminal that is too narrow for the table; the sums below have the total."""
    for (source, event), counts in books.items():
        numbers = ", ".join(f"{number:,} {name}" for name, number in _table_numbers(counts).items() if number)
        yield f"{printable(source)}, {printable(event)}: {numbers or 'nothing'}"


def sum_lines(books: Books, mistakes: Sequence[str], data: Path) -> Iterator[str]:
    """Whether the books balance, their three sums with every number, and what to look into."""
    counts = total(books)
    yield "THE BOOKS DO NOT BALANCE:" if mistakes else "the books balance:"
    yield f"  {counts['received']:,} received = {' + '.join(f'{counts[name]:,} {name}' for name in INTAKE[1:])}"
    out = _minus(counts, ("released", "erased", "expired", "purged"))
    yield f"  {kept(counts):,} kept = {counts['stored']:,} stored + {out}"
    out = _minus(counts, ("released", "superseded", "quarantine_erased", "quarantine_expired", "quarantine_purged"))
    yield f"  {in_quarantine(counts):,} in quarantine = {counts['quarantined']:,} quarantined - {out}"
    yield from (f"  {mistake}" for mistake in mistakes)
    if counts["misdated"]:
        yield f"  {counts['misdated']:,} stored are misdated: over 30 days before receipt, or over a day after it"
    if counts["conflicting"]:
        differ = "differs" if counts["conflicting"] == 1 else "differ"
        duplicates = counted(counts["conflicting"], "duplicate")
        yield f"  {duplicates} {differ} from the message of the same id that came first"
    if in_quarantine(counts):
        yield f"why messages are in quarantine: footfall quarantine list --data {shlex.quote(str(data))}"


def news_text(before: Books, now: Books) -> str:
    """What came in between two moments, and what became of it: `40 received: 38 stored, 2 quarantined`."""
    earlier, later = total(before), total(now)
    numbers = {name: later[name] - earlier[name] for name in INTAKE}
    parts = [f"{numbers[name]:,} {name}" for name in INTAKE[1:] if numbers[name]]
    return f"{numbers['received']:,} received{': ' if parts else ''}{', '.join(parts)}"


def loss_lines(losses: Sequence[SealedLoss], data: Path) -> Iterator[str]:
    """Which sealed files are damaged: the books count their messages, answers do not have them."""
    for loss in losses:
        yield f"DAMAGED: {loss.name} ({loss.reason}), with {counted(loss.messages, 'message')} that no answer has"
    if losses:
        yield f"see footfall verify --data {shlex.quote(str(data))}"


def losses_as_json(losses: Sequence[SealedLoss]) -> Sequence[Mapping[str, object]]:
    """The same as JSON."""
    return [loss._asdict() for loss in losses]


def uncounted_lines(uncounted: Sequence[UncountedCount]) -> Iterator[str]:
    """The hits that were left out, for each source by reason, and what each reason means."""
    sums: dict[str, Counter[str]] = {}
    for count in uncounted:
        sums.setdefault(count.source, Counter())[count.reason] += count.number
    for source, numbers in sums.items():
        yield f"hits and cookies of {printable(source)} that did not count: {numbers.total():,}"
        for reason, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
            yield f"  {number:>10,} {printable(reason)}: {REASONS.get(reason, REASONS['other'])}"


def uncounted_as_json(uncounted: Sequence[UncountedCount]) -> Sequence[Mapping[str, object]]:
    """The same as JSON, by day."""
    return [
        {
            "day": count.day, "source": source_of(count.source), "environment": environment_of(count.source),
            "reason": count.reason, "number": count.number,
        }
        for count in uncounted
    ]  # fmt: skip


def _minus(counts: Counts, names: Sequence[str]) -> str:
    return " - ".join(f"{counts[name]:,} {name.removeprefix('quarantine_')}" for name in names)
