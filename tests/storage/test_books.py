"""The books: what is kept, what lies in quarantine, and what does not add up."""

from __future__ import annotations

from footfall.storage.books import COUNTS, imbalances, in_quarantine, kept, total


def line(**numbers: int) -> dict[str, int]:
    return dict.fromkeys(COUNTS, 0) | numbers


FULL = line(
    received=100, stored=60, duplicate=5, quarantined=30, rejected=5, released=10, superseded=4, erased=7, expired=3,
    quarantine_erased=2, quarantine_expired=1, purged=8, quarantine_purged=6, conflicting=2,
)  # fmt: skip


def test_what_is_kept_was_stored_or_released_and_not_removed_by_any_way() -> None:
    assert kept(FULL) == 60 + 10 - 7 - 3 - 8


def test_what_is_in_quarantine_has_not_left_it_by_any_way() -> None:
    assert in_quarantine(FULL) == 30 - 10 - 4 - 2 - 1 - 6


def test_the_total_adds_up_every_count_of_every_line() -> None:
    assert total({("shop", "seen"): FULL, ("app", "seen"): FULL}) == {name: 2 * FULL[name] for name in COUNTS}
    assert total({}) == line()


def test_books_that_balance_have_nothing_to_tell() -> None:
    assert imbalances({("shop", "seen"): FULL}, watermark=100, quarantine={("shop", "seen"): 7}) == []


def test_each_sum_that_does_not_hold_is_named() -> None:
    books = {("shop", "seen"): line(received=3, stored=2, quarantined=2)}

    assert imbalances(books, watermark=3, quarantine={("app", "seen"): 1}) == [
        "shop seen: 3 received, and 4 stored, duplicate, quarantined or rejected",
        "shop seen: 2 should be in quarantine, and 0 are",
        "app seen: in quarantine, and not in the books",
        "4 stored, quarantined or released, and the journal gave 3 numbers",
    ]
