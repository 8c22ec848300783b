"""The books of a journal: what became of every message, by source and event, and the sums that must be right.

A line counts messages under the name with which they came in, also when a later plan gives that event another name.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COUNTS", "INTAKE", "Books", "Counts", "imbalances", "in_quarantine", "kept", "total"]

INTAKE = ("received", "stored", "duplicate", "quarantined", "rejected")
"""What came in, and what the collector did with it. These numbers only ever grow."""

COUNTS = (
    *INTAKE, "released", "superseded", "erased", "expired", "purged",
    "quarantine_erased", "quarantine_expired", "quarantine_purged", "misdated", "conflicting",
)  # fmt: skip
"""Every count of a line.

`released` messages were moved from quarantine to the stored ones. A quarantined message is `superseded` when the same
message comes again and passes. `erased`, `expired` and `purged` are taken from the stored messages,
`quarantine_erased`, `quarantine_expired` and `quarantine_purged` from those in quarantine. `misdated` are those of the
stored messages whose time cannot be right. `conflicting` are those of the duplicates that differ from the message of
the same id that came first; clicks of a signed link may differ.
"""

Counts = Mapping[str, int]
Books = Mapping[tuple[str, str], Counts]


def kept(counts: Counts) -> int:
    """How many messages are stored now."""
    return counts["stored"] + counts["released"] - sum(counts[name] for name in ("erased", "expired", "purged"))


def in_quarantine(counts: Counts) -> int:
    """How many messages lie in quarantine now."""
    gone = ("released", "superseded", "quarantine_erased", "quarantine_expired", "quarantine_purged")
    return counts["quarantined"] - sum(counts[name] for name in gone)


def total(books: Books) -> Counts:
    """All lines together."""
    return {name: sum(line[name] for line in books.values()) for name in COUNTS}


def imbalances(books: Books, *, watermark: int, quarantine: Mapping[tuple[str, str], int]) -> list[str]:
    """What does not add up, in words; nothing when the books balance.

    `watermark` is the journal's own, `quarantine` its rows in quarantine, counted by (source, event). Every row that
    was stored, quarantined or released took one `seq`.
    """
    errors = [
        f"{source} {event}: {counts['received']:,} received, and {ended:,} stored, duplicate, quarantined or rejected"
        for (source, event), counts in books.items()
        if counts["received"] != (ended := sum(counts[name] for name in INTAKE[1:]))
    ]
    errors += [
        f"{source} {event}: {due:,} should be in quarantine, and {quarantine.get((source, event), 0):,} are"
        for (source, event), counts in books.items()
        if (due := in_quarantine(counts)) != quarantine.get((source, event), 0)
    ]
    errors += [f"{source} {event}: in quarantine, and not in the books" for source, event in quarantine.keys() - books]
    everything = total(books)
    numbered = everything["stored"] + everything["quarantined"] + everything["released"]
    if numbered != watermark:
        errors.append(f"{numbered:,} stored, quarantined or released, and the journal gave {watermark:,} numbers")
    return errors
