"""What is said of an import adds up to its lines."""

from __future__ import annotations

from collections import Counter

from footfall.reporting.access_log import NAME_PAGES, import_lines, import_values
from footfall.web.import_counts import ImportCounts, UnreadLine

COUNTS = ImportCounts(
    lines=11,
    sent=4,
    bots=1,
    unnamed=2,
    outside=1,
    unread=2,
    uncounted=Counter({"redirect": 1, "static": 3}),
    verdicts=Counter({"stored": 3, "duplicate": 1}),
    examples=[UnreadLine("a.log", 7)],
)


def test_an_import_in_lines() -> None:
    assert [" ".join(line.split()) for line in import_lines(COUNTS)] == [
        "11 lines: 4 page views (3 stored, 1 duplicate)",
        "1 of them by bots, which no figure counts unless it is asked to",
        "1 not counted: their time is not in the span that was asked for",
        "3 not counted: static. The path is that of a static file.",
        "1 not counted: redirect. The response sends the browser to another page.",
        "2 could not be read, for they are not of the format: a.log:7, …",
        f"2 of 4 page views have no route: {NAME_PAGES}",
    ]


def test_an_import_of_nothing_is_one_line() -> None:
    assert import_lines(ImportCounts()) == ["0 lines: 0 page views"]


def test_the_values_add_up() -> None:
    values = import_values(COUNTS)

    parts = values["page_views"] + sum(values["uncounted"].values()) + values["unread"] + values["outside"]
    assert values["lines"] == parts == 11
    assert values["unnamed"] == 2
    assert values["examples"] == ["a.log:7"]
