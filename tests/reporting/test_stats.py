"""The books as a table and as sums: every number, and where they do not balance."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from footfall.reporting.stats import (
    NARROWEST,
    as_json,
    book_lines,
    books_table,
    news_text,
    sum_lines,
    uncounted_as_json,
    uncounted_lines,
)
from footfall.storage.books import COUNTS, Books
from footfall.storage.uncounted import UncountedCount

DATA = Path("my data")


def books(**counts: int) -> Books:
    return {("shop", "sold [b]\x1b"): dict.fromkeys(COUNTS, 0) | counts}


def test_the_sums_have_every_number() -> None:
    lines = list(sum_lines(books(received=2_004, stored=2_001, duplicate=1, quarantined=2, released=1), [], DATA))

    assert lines == [
        "the books balance:",
        "  2,004 received = 2,001 stored + 1 duplicate + 2 quarantined + 0 rejected",
        "  2,002 kept = 2,001 stored + 1 released - 0 erased - 0 expired - 0 purged",
        "  1 in quarantine = 2 quarantined - 1 released - 0 superseded - 0 erased - 0 expired - 0 purged",
        "why messages are in quarantine: footfall quarantine list --data 'my data'",
    ]


def test_a_mistake_in_the_books_is_the_headline() -> None:
    lines = list(sum_lines(books(received=1), ["shop sold: 1 received, and 0 stored"], DATA))

    assert lines[0] == "THE BOOKS DO NOT BALANCE:"
    assert "  shop sold: 1 received, and 0 stored" in lines


def test_misdated_messages_are_pointed_out() -> None:
    assert "  1 stored are misdated: over 30 days before receipt, or over a day after it" in sum_lines(
        books(received=1, stored=1, misdated=1), [], DATA
    )


def test_the_table_has_a_row_for_each_name_and_a_total_and_obeys_no_name() -> None:
    file = io.StringIO()
    Console(file=file, width=120).print(books_table(books(received=3, stored=3)))

    rows = [line.split() for line in file.getvalue().splitlines()[1:]]
    assert rows == [
        ["shop", "sold", "[b]\\x1b", "3", "3", "0", "0", "0", "3", "0"],
        ["total", "3", "3", "0", "0", "0", "3", "0"],
    ]


def test_a_table_that_fits_cuts_no_number() -> None:
    file = io.StringIO()
    Console(file=file, width=NARROWEST).print(books_table(books(received=123_456_789, stored=123_456_789)))

    assert file.getvalue().count("123,456,789") == 6
    assert "…" not in file.getvalue()


def test_a_narrow_terminal_has_the_same_rows_as_lines() -> None:
    lines = list(book_lines(books(received=2_004, stored=2_001, duplicate=1, quarantined=2)))

    assert lines == [
        "shop, sold [b]\\x1b: 2,004 received, 2,001 stored, 1 duplicate, 2 quarantined, 2,001 kept, 2 in quarantine"
    ]


def test_json_has_lines_total_and_mistakes() -> None:
    answer = as_json(books(received=1, stored=1), ["wrong"])

    assert (answer["balanced"], answer["imbalances"]) == (False, ["wrong"])
    assert isinstance(answer["total"], dict)
    assert (answer["total"]["received"], answer["total"]["kept"]) == (1, 1)


UNCOUNTED = [
    UncountedCount("2026-11-29", "shop", "prefetch", 312),
    UncountedCount("2026-11-30", "shop", "static", 88),
    UncountedCount("2026-11-30", "shop (staging)", "gone \x1b", 1),
    UncountedCount("2026-11-30", "shop", "prefetch", 1_000),
]


def test_hits_that_are_no_messages_are_added_up_by_source_and_reason_with_its_sentence() -> None:
    assert list(uncounted_lines(UNCOUNTED)) == [
        "hits and cookies of shop that did not count: 1,400",
        "       1,312 prefetch: The browser loaded the page in advance; nobody has seen it.",
        "          88 static: The path is that of a static file.",
        "hits and cookies of shop (staging) that did not count: 1",
        "           1 gone \\x1b: A sender named a reason that the collector does not know.",
    ]


def test_programs_get_them_by_day_and_environment() -> None:
    assert uncounted_as_json(UNCOUNTED)[2] == {
        "day": "2026-11-30", "source": "shop", "environment": "staging", "reason": "gone \x1b", "number": 1,
    }  # fmt: skip


def test_duplicates_that_differ_are_counted_in_the_singular_and_the_plural() -> None:
    one, two = (list(sum_lines(books(duplicate=2, conflicting=number), [], DATA)) for number in (1, 2))

    assert "  1 duplicate differs from the message of the same id that came first" in one
    assert "  2 duplicates differ from the message of the same id that came first" in two


def test_what_came_in_between_two_moments_is_said_with_what_became_of_it() -> None:
    before, now = books(received=3, stored=3), books(received=1_045, stored=1_043, rejected=2)

    assert news_text(before, now) == "1,042 received: 1,040 stored, 2 rejected"
    assert news_text(now, now) == "0 received"
    assert news_text({}, before) == "3 received: 3 stored"
