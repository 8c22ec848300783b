"""What a check found is said in lines that name the file, what it affects and the remedy."""

from __future__ import annotations

from footfall.maintenance.backup import Backup
from footfall.maintenance.verify import Damage, Verification
from footfall.reporting.maintenance import backup_lines, verification_lines
from footfall.storage.warehouse import FileCount


def test_the_first_counts_of_a_damaged_file_are_shown_and_the_others_counted() -> None:
    counts = tuple(FileCount("shop", f"event{number}", number) for number in range(1, 8))
    damage = Damage("warehouse/x", "is missing", "the rest", "cp a b", 28, "2026-11-29", counts)

    lines = list(verification_lines(Verification(1000, 2, (damage,), ("warehouse/stray",))))

    assert lines == [
        "warehouse/x: is missing",
        "  affected: 28 messages of 2026-11-29",
        *(f"    shop event{number}: {number}" for number in range(1, 6)),
        "    and 2 other events",
        "  still works: the rest",
        "  remedy: cp a b",
        "warehouse/stray: nothing names it; it counts in no figure, but for whoever reads all files there",
        "1 thing damaged; 2 sealed files, 1,000 messages by the books",
    ]


def test_where_the_journal_cannot_be_read_no_number_is_claimed() -> None:
    damage = Damage("journal.db", "it is damaged", "the rest", "footfall restore B --data NEW")

    lines = list(verification_lines(Verification(None, 0, (damage,), ())))

    assert lines == [
        "journal.db: it is damaged",
        "  still works: the rest",
        "  remedy: footfall restore B --data NEW",
        "1 thing damaged; 0 sealed files",
    ]


def test_a_backup_says_what_is_in_it_and_what_is_not() -> None:
    result = Backup("/b/000002-x", 1, 3, 1, ("warehouse/x",), ("/b/000001-x",))

    assert list(backup_lines(result)) == [
        "warehouse/x is missing or damaged, and in no backup either: footfall verify says what it affects",
        "/b/000002-x: 1 message, 3 sealed files, 1 of them copied now",
        "removed /b/000001-x",
    ]
