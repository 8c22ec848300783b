"""The lines of a log that are no page view are reported by day, so that reading a file again adds nothing."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.uncounted_days import UncountedDays

NOON = 1_796_040_000_000_000  # 2026-11-30T12:00:00Z
DAY_US = 86_400_000_000


def read(*lines: tuple[int, str, str]) -> list[Any]:
    days = UncountedDays()
    for at_us, id_, reason in lines:
        days.begin(at_us, id_)
        days.add(at_us, reason)
    return [report for text in days.reports() for report in msgspec.json.decode(text)]


def test_a_report_is_named_by_the_first_line_of_its_day_and_says_how_many_there_are() -> None:
    lines = [(NOON, "a", "static"), (NOON + DAY_US, "b", "own"), (NOON + 1, "c", "static")]

    assert read(*lines) == [
        {"id": "log-a", "day": "2026-11-30", "counts": {"static": 2}},
        {"id": "log-b", "day": "2026-12-01", "counts": {"own": 1}},
    ]


def test_a_page_view_may_be_the_first_line_of_a_day() -> None:
    days = UncountedDays()
    days.begin(NOON, "a")
    days.begin(NOON, "b")
    days.add(NOON, "static")

    assert days.reports() == [b'[{"id":"log-a","day":"2026-11-30","counts":{"static":1}}]']
    assert days.reports() == []


def test_a_day_that_goes_on_is_reported_anew_with_all_of_it() -> None:
    days = UncountedDays()
    days.begin(NOON, "a")
    for _ in range(2):
        days.add(NOON, "static")
        last = days.reports()

    assert last == [b'[{"id":"log-a","day":"2026-11-30","counts":{"static":2}}]']


LINES = st.lists(st.tuples(st.integers(NOON, NOON + 3 * DAY_US), st.binary(min_size=1, max_size=3), st.just("static")))


@given(LINES, st.data())
def test_the_reports_of_a_file_that_has_grown_go_on_from_those_before(
    lines: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    before = {report["day"]: report for report in read(*lines[: data.draw(st.integers(0, len(lines)))])}
    after = {report["day"]: report for report in read(*lines)}

    for day, report in before.items():
        assert after[day]["id"] == report["id"]
        assert after[day]["counts"]["static"] >= report["counts"]["static"]
    assert sum(report["counts"]["static"] for report in after.values()) == len(lines)


def test_many_days_travel_in_several_requests() -> None:
    days = UncountedDays()
    for number in range(120):
        days.begin(NOON + number * DAY_US, "a")
        days.add(NOON + number * DAY_US, "static")

    assert [len(msgspec.json.decode(text)) for text in days.reports()] == [50, 50, 20]
