"""The lines of a log that are no page view are reported by hour, so that reading a file again adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.web.uncounted_hours import UncountedHours

NOON = 1_796_040_000_000_000  # 2026-11-30T12:00:00Z
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def read(*lines: tuple[int, str, str]) -> list[Any]:
    hours = UncountedHours()
    for at_us, id_, reason in lines:
        hours.begin(at_us, id_)
        hours.add(at_us, reason)
    return [report for text in hours.reports() for report in msgspec.json.decode(text)]


def test_a_report_is_named_by_the_first_line_of_its_hour_and_says_how_many_there_are() -> None:
    lines = [
        (NOON, "a", "static"),
        (NOON + DAY_US, "b", "own"),
        (NOON + HOUR_US, "d", "own"),
    ]

    assert read(*lines) == [
        {"id": "log-a", "day": "2026-11-30", "counts": {"static": 1}},
        {"id": "log-b", "day": "2026-12-01", "counts": {"own": 1}},
        {"id": "log-d", "day": "2026-11-30", "counts": {"own": 1}},
    ]


def test_a_page_view_may_be_the_first_line_of_an_hour() -> None:
    hours = UncountedHours()
    hours.begin(NOON, "a")
    hours.begin(NOON, "b")
    hours.add(NOON, "static")

    [report] = [report for text in hours.reports() for report in msgspec.json.decode(text)]
    assert (report["day"], report["counts"]) == ("2026-11-30", {"static": 1})
    assert hours.reports() == []


def hits_of(*files: Sequence[str]) -> int:
    """How many hits count of files whose lines are all of one hour."""
    counts: dict[str, int] = {}
    for lines in files:
        for report in read(*((NOON, line, "static") for line in lines)):
            counts[report["id"]] = max(counts.get(report["id"], 0), report["counts"]["static"])
    return sum(counts.values())


@given(st.integers(0, 4), st.integers(1, 40), st.integers(1, 40))
@example(0, 1, 1)
@example(1, 30, 40)
@example(4, 1, 40)
def test_files_whose_hours_begin_alike_each_count_from_where_they_differ(equal: int, one: int, other: int) -> None:
    same = [f"same-{number}" for number in range(equal)]
    first, second = (
        [*same, *(f"{name}-{number}" for number in range(size))] for name, size in (("a", one), ("b", other))
    )

    lost = equal + one + other - hits_of(first, second)

    # What differs within the three lines of one report folds to the larger part; no more is lost.
    assert 0 <= lost <= 2
    assert lost == 0 or equal in (2, 3)
    assert hits_of(first, second, first) == hits_of(first, second)


def test_an_hour_that_goes_on_is_reported_anew_with_all_of_it() -> None:
    hours = UncountedHours()
    hours.begin(NOON, "a")
    for _ in range(2):
        hours.add(NOON, "static")
        last = hours.reports()

    assert last == [b'[{"id":"log-a","day":"2026-11-30","counts":{"static":2}}]']


LINES = st.lists(st.integers(NOON, NOON + 3 * HOUR_US)).map(
    lambda times: [(at_us, str(number), "static") for number, at_us in enumerate(times)]
)


@given(LINES, st.data())
def test_the_reports_of_a_file_that_has_grown_go_on_from_those_before(
    lines: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    before = {report["id"]: report for report in read(*lines[: data.draw(st.integers(0, len(lines)))])}
    after = {report["id"]: report for report in read(*lines)}

    for id_, report in before.items():
        assert after[id_]["day"] == report["day"]
        assert after[id_]["counts"]["static"] >= report["counts"]["static"]
    assert sum(report["counts"]["static"] for report in after.values()) == len(lines)


def test_many_hours_travel_in_several_requests() -> None:
    hours = UncountedHours()
    for number in range(120):
        hours.begin(NOON + number * DAY_US, "a")
        hours.add(NOON + number * DAY_US, "static")

    assert [len(msgspec.json.decode(text)) for text in hours.reports()] == [50, 50, 20]
