"""The report of the web in lines, and for programs."""

from __future__ import annotations

from footfall.query.web_report import Breakdown, WebReport
from footfall.reporting.web import web_lines, web_values

REPORT = WebReport(
    page_views=1_200, unattributed=200, visits=300, visitors=150, confirmed=110, returned=100, seen_once=50,
    rendered_once=10, engaged_seconds=3_725, bots=40, staff=3, uncounted={"prefetch": 1_312, "static": 88},
    breakdowns={
        "page": [Breakdown("/", 900, 250, 100, 140, 110), Breakdown("/x", 300, 50, 200, 60, 20)],
        "country": [Breakdown("", 1_200, 300, 300, 150, 110)],
    },
)  # fmt: skip


def test_the_figures_come_first_and_what_was_left_out_with_them() -> None:
    assert list(web_lines(REPORT, 10))[:7] == [
        "1,200 page views in 300 visits of 150 visitors, 110 of them confirmed",
        "  confirmed: 100 returned with their cookie, 10 seen once whose browser showed the page",
        "  not confirmed: 40 seen once",
        "  200 page views without a visitor: no consent, or an access log",
        "  engaged time 1 h 02 min 05 s (beats of pages that have them)",
        "  left out: 40 page views of bots, 3 of the team",
        "  not counted, by whole days of UTC: 1,312 prefetch, 88 static (footfall stats says what each is)",
    ]


def test_a_table_has_its_first_rows_and_says_what_is_not_in_it() -> None:
    lines = list(web_lines(REPORT, 1))

    assert lines[8].split() == ["page", "page", "views", "visits", "exits", "visitors", "confirmed"]
    assert lines[9].split() == ["/", "900", "250", "100", "140", "110"]
    assert lines[10] == "and 1 more, with 300 page views"


def test_a_breakdown_of_which_nothing_is_known_is_left_out() -> None:
    assert not [line for line in web_lines(REPORT, 10) if "country" in line]


def test_the_values_have_everything() -> None:
    values = web_values(REPORT)

    assert (values["visitors"], values["confirmed"]) == (150, 110)
    assert values["breakdowns"]["country"] == [
        {"value": "", "page_views": 1_200, "visits": 300, "exits": 300, "visitors": 150, "confirmed": 110}
    ]
