"""The page of an event: what it is, who uses and sends it, and its history."""

from __future__ import annotations

import re

from tests.planning.docs.pages import Page, shop

from footfall.plan.model import Deprecation, Event, Plan
from footfall.planning.docs.event_page import HistoryEntry, event_body, status_tag
from footfall.planning.docs.site import site


def test_an_events_page_says_what_it_is_who_uses_it_and_what_became_of_it() -> None:
    changes = (
        HistoryEntry("2026-05-01", "Count gifts too", "Ann, 1a2b3c4"),
        HistoryEntry("2026-02-01", "Begin", "Bo, 0f0f0f0"),
    )

    text = Page(site(shop(), history={"order_completed": changes})["events/order_completed.html"]).text

    for words in (
        "Order Completed",
        "The payment was accepted and the order stored",
        "order_placed until 2027-03-01",
        "lines[].sku",
        "Amount that was really paid",
        "at least 0.01; at most 2 decimals",
        "coupon is None or discount is None or discount > 0",
        '"order_id": "FH-104711"',
        "adds total up; splits the figure by currency",
        "step buy",
        "through revenue, conversion, average_order",
        "shop_backend",
        "Count gifts too",
        "Ann, 1a2b3c4",
    ):
        assert words in text, words
    days = re.findall(r"2026-\d\d-\d\d", text[text.index("History") :])
    assert days == ["2026-05-01", "2026-03-01", "2026-02-01"]


def test_an_event_of_which_nothing_is_known_says_so() -> None:
    event = Event(name="a", wire_name="a")

    text = Page(event_body(event, Plan(id="p", events={"a": event}), (), (), "")).text

    assert "PropertiesNone." in text
    assert "Nobody: no KPI and no journey is computed from it." in text
    assert "Any source." in text
    assert "Nothing is known." in text
    assert "Version" not in text
    assert "Rules" not in text


def test_the_plans_own_days_are_part_of_the_history_newest_first() -> None:
    ended = Deprecation(since="2026-03-01", reason="old", remove_after="2026-09-01")
    event = Event(name="a", wire_name="a", since="2026-01-01", expires="2027-01-01", deprecated=ended)

    body = event_body(event, Plan(id="p"), (), (HistoryEntry("2026-02-01", "Begin", "Bo"),), "1.2.0")

    text = Page(body).text
    assert re.findall(r"202\d-\d\d-\d\d", text[text.index("History") :]) == [
        "2027-01-01", "2026-09-01", "2026-03-01", "2026-02-01", "2026-01-01",
    ]  # fmt: skip
    assert "Version1.2.0" in text


def test_only_a_link_to_the_web_can_be_clicked() -> None:
    event = Event(name="a", wire_name="a", links=("https://a.example/b", "javascript:alert(1)", "docs/a.md"))

    page = Page(event_body(event, Plan(id="p"), (), (), ""))

    assert page.links == ["https://a.example/b"]
    assert "docs/a.md" in page.text


def test_a_status_is_a_word_with_its_colour() -> None:
    assert status_tag(Event(name="a", wire_name="a", status="draft")) == '<span class="tag draft">draft</span>'
