"""The report of the web, by brute force in Python over the same page views; its sums agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.query.asked import MINUTE, database, message, rows

from footfall.errors import UsageError
from footfall.query.web_report import BREAKDOWNS, WebReport, web_report
from footfall.storage.journal import Entry
from footfall.timestamps import local_time

CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PICTURE = "link-abcdefghijklmnopqrst-_"


def page(seq: int, visitor: str | None, minutes: float, name: str = "/", **context: Any) -> Entry:
    body = {"type": "page", "name": name, "properties": {"status": 200}, "context": context}
    return message(seq, None, minutes * MINUTE, type="page", anonymous_id=visitor, body=msgspec.json.encode(body))


def beat(seq: int, visitor: str, number: str = "") -> Entry:
    return message(seq, "page_engaged", 0, {"seconds": 15}, anonymous_id=visitor, message_id=PICTURE + number)


def report(log: list[Entry], **span: Any) -> WebReport:
    with database(log) as opened:
        return web_report(opened, **span)


VIEWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from([0, 10, 30, 40, 61, 75, 200]),
        st.sampled_from(["/", "/x"]),
        st.sampled_from([{}, {"origin": {"type": "direct"}}, {"origin": {"type": "email", "name": "news"}},
                         {"userAgent": CRAWLER, "bot": {"reason": "crawler", "list": "1"}}]),
    ),
    max_size=14,
)  # fmt: skip


def visits(views: list[Entry]) -> list[list[Entry]]:
    """The visits of people, each in order."""
    by_visitor = defaultdict[str, list[Entry]](list)
    for view in sorted(views, key=lambda view: (view.row.occurred_at, view.row.source, view.row.message_id)):
        if view.row.anonymous_id is not None:
            by_visitor[view.row.anonymous_id].append(view)
    cut: list[list[Entry]] = []
    for timeline in by_visitor.values():
        last = None
        for view in timeline:
            if last is None or view.row.occurred_at - last > 30 * MINUTE * 1_000_000:
                cut.append([])
            cut[-1].append(view)
            last = view.row.occurred_at
    return cut


HARD: list[tuple[Any, ...]] = [
    ("a", 0, "/", {}), ("a", 30, "/x", {"origin": {"type": "direct"}}), ("a", 61, "/", {}), ("b", 0, "/x", {}),
    (None, 10, "/", {}), ("c", 10, "/", {"userAgent": CRAWLER}), ("a", 61, "/x", {}),
]  # fmt: skip


def check(values: list[tuple[Any, ...]], shown: Collection[str] = ()) -> None:
    """Compare the report with a count by hand, and its breakdowns with its sums; the browsers of `shown` rendered."""
    log = [page(seq, who, at, name, **context) for seq, (who, at, name, context) in enumerate(values, 1)]
    people = [view for view, value in zip(log, values, strict=True) if "userAgent" not in value[3]]
    by_visitor = Counter(view.row.anonymous_id for view in people if view.row.anonymous_id is not None)
    by_hand = visits(people)

    pictures = [beat(len(log) + number, visitor, f"-{number}") for number, visitor in enumerate(shown, 1)]
    counted = report([*log, *pictures])

    assert (counted.page_views, counted.unattributed) == (len(people), len(people) - by_visitor.total())
    assert (counted.visits, counted.bots) == (len(by_hand), len(log) - len(people))
    assert counted.returned == sum(1 for views in by_visitor.values() if views > 1)
    assert counted.seen_once == sum(1 for views in by_visitor.values() if views == 1)
    entries, exits = (Counter(name_of(visit[place]) for visit in by_hand) for place in (0, -1))
    assert {row.value: (row.visits, row.exits) for row in counted.breakdowns["page"]} == {
        name: (entries[name], exits[name]) for name in {name_of(view) for view in people}
    }
    assert counted.visitors == len(by_visitor) == counted.returned + counted.seen_once
    assert counted.confirmed == counted.returned + counted.rendered_once
    confirmed = {visitor for visitor, views in by_visitor.items() if views > 1 or visitor in shown}
    assert len(confirmed) == counted.confirmed
    assert {row.value: (row.visitors, row.confirmed) for row in counted.breakdowns["page"]} == {
        name: (len(visitors), len(visitors & confirmed)) for name, visitors in visitors_by_page(people).items()
    }
    assert counted.breakdowns.keys() == BREAKDOWNS.keys()
    for breakdown in counted.breakdowns.values():
        assert sum(row.page_views for row in breakdown) == counted.page_views
        assert sum(row.visits for row in breakdown) == sum(row.exits for row in breakdown) == counted.visits
        assert sum(row.visitors for row in breakdown) >= counted.visitors
        assert all(row.confirmed <= row.visitors <= counted.visitors for row in breakdown)
        assert all(row.visitors <= row.page_views for row in breakdown)


def visitors_by_page(people: list[Entry]) -> dict[str, set[str]]:
    visitors = {name_of(view): set[str]() for view in people}
    for view in people:
        if view.row.anonymous_id is not None:
            visitors[name_of(view)].add(view.row.anonymous_id)
    return visitors


def name_of(view: Entry) -> str:
    return str(msgspec.json.decode(view.row.body)["name"])


def test_the_figures_are_those_of_a_count_by_hand_and_every_breakdown_adds_up() -> None:
    check(HARD, ["b", "a"])


@pytest.mark.slow
@given(VIEWS, st.sets(st.sampled_from("abc")))
def test_so_they_are_of_any_page_views(values: list[tuple[Any, ...]], shown: set[str]) -> None:
    check(values, shown)


def test_a_visitor_seen_once_counts_where_the_browser_showed_the_page() -> None:
    log = [page(1, "a", 0), page(2, "b", 0), page(3, "c", 0), page(4, "c", 1), beat(5, "a")]

    counted = report(log)

    assert (counted.returned, counted.seen_once, counted.rendered_once, counted.confirmed) == (1, 2, 1, 2)


def test_who_comes_back_after_an_earlier_span_has_returned_and_who_comes_back_later_has_not() -> None:
    log = [page(1, "a", 0), page(2, "b", 60), page(3, "a", 60), page(4, "b", 120), page(5, "c", 0), page(6, "c", 120)]

    counted = report(log, since=local_time(30 * 60_000_000), until=local_time(90 * 60_000_000))

    assert (counted.page_views, counted.returned, counted.seen_once, counted.confirmed) == (2, 1, 1, 1)


def test_a_visitor_whose_browser_sent_the_cookie_with_their_only_page_has_returned() -> None:
    counted = report([page(1, "a", 0, returned=True), page(2, "b", 0)])

    assert (counted.returned, counted.seen_once, counted.confirmed) == (1, 1, 1)


def test_beats_are_the_engaged_time_and_other_pictures_are_not() -> None:
    log = [page(1, "a", 0), beat(2, "a"), beat(3, "a", "-1")._replace(seq=3), beat(4, "a", "-2")]

    assert report(log).engaged_seconds == 30


def test_a_span_has_the_page_views_that_occurred_in_it() -> None:
    log = [page(1, "a", 0), page(2, "a", 10), page(3, "a", 60)]

    counted = report(log, since=local_time(5 * 60_000_000), until=local_time(60 * 60_000_000))

    assert (counted.page_views, counted.visits) == (1, 0)  # the visit began before


def test_with_sources_pages_visits_and_beats_are_of_these_alone_and_the_sites_add_up() -> None:
    shop, blog = [page(1, "a", 0), page(2, "a", 20), page(4, "b", 50)], [page(3, "a", 10), page(5, "a", 70, "/x")]
    log = [*shop, *(view._replace(row=view.row._replace(source="blog")) for view in blog), beat(6, "a", "-1")]

    of_shop, of_blog, of_both = (report(log, sources=names) for names in (["shop"], ["blog"], ["shop", "blog"]))

    assert (of_shop.page_views, of_shop.visits, of_shop.visitors, of_shop.engaged_seconds) == (3, 2, 2, 15)
    assert (of_blog.page_views, of_blog.visits, of_blog.visitors, of_blog.engaged_seconds) == (2, 2, 1, 0)
    assert of_both == report(log)
    assert [(row.value, row.page_views, row.visits, row.exits) for row in of_blog.breakdowns["page"]] == [
        ("/", 1, 1, 1), ("/x", 1, 1, 1),
    ]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=20)
@given(VIEWS)
def test_naming_every_source_changes_nothing(values: list[tuple[Any, ...]]) -> None:
    log = [page(seq, who, at, name, **context) for seq, (who, at, name, context) in enumerate([*HARD, *values], 1)]

    assert report(log, sources=["shop"]) == report(log)


def test_a_source_that_nothing_came_from_is_an_error_that_names_the_others() -> None:
    with pytest.raises(UsageError, match="nothing of the source 'shpo' is stored here; the sources are: shop"):
        report([page(1, "a", 0)], sources=["shpo"])


def test_the_view_says_what_the_context_says() -> None:
    context = {
        "origin": {"type": "email", "name": "news"},
        "campaign": {"name": "winter"},
        "referrer": {"host": "mail.example"},
        "browser": {"name": "Firefox", "os": "Linux", "device": "desktop"},
        "location": {"country": "NO"},
        "locale": "nb-NO",
    }

    ((*values,),) = rows(
        [page(1, "a", 0, "/x", **context)],
        "select page, status, visit, is_entry, is_exit, origin, origin_name, referrer, campaign, browser, os, device,"
        " country, locale from page_views",
    )

    assert values[:9] == ["/x", 200, 1, True, True, "email", "news", "mail.example", "winter"]
    assert values[9:] == ["Firefox", "Linux", "desktop", "NO", "nb-NO"]


def test_a_page_view_that_was_only_counted_has_its_origin_and_no_visit() -> None:
    body = b'{"consent":"count_only","type":"page","name":"/","properties":{"status":200,"origin":"direct"}}'

    ((*values,),) = rows(
        [message(1, None, type="page", body=body)], "select origin, visit, is_entry, person_id from page_views"
    )

    assert values == ["direct", None, None, None]
