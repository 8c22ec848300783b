"""What is said of an import adds up to its lines."""

from __future__ import annotations

from collections import Counter

from footfall.reporting.access_log import import_lines, import_values
from footfall.web.import_counts import ImportCounts, UnreadLine

COUNTS = ImportCounts(
    lines=10,
    sent=4,
    bots=1,
    unread=2,
    uncounted=Counter({"redirect": 1, "static": 3}),
    verdicts=Counter({"stored": 3, "duplicate": 1}),
    examples=[UnreadLine("a.log", 7)],
)


def test_an_import_in_lines() -> None:
    assert [" ".join(line.split()) for line in import_lines(COUNTS)] == [
        "10 lines: 4 page views (3 stored, 1 duplicate)",
        "1 of them by bots, which no figure counts unless it is asked to",
        "3 not counted: static. The path is that of a static file.",
        "1 not counted: redirect. The response sends the browser to another page.",
        "2 could not be read, for they are not of the format: a.log:7, …",
    ]


def test_an_import_of_nothing_is_one_line() -> None:
    assert import_lines(ImportCounts()) == ["0 lines: 0 page views"]


def test_the_values_add_up() -> None:
    values = import_values(COUNTS)

    assert values["lines"] == values["page_views"] + sum(values["uncounted"].values()) + values["unread"]
    assert values["examples"] == ["a.log:7"]
