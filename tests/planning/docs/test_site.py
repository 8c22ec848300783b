"""The site has a page for everything, every link leads to a page, and no text of a plan becomes markup."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from footfall.plan import read
from footfall.plan.model import Deprecation, Event, Goal, Plan, Property, Rule, Source, Team
from footfall.planning.docs.event_page import HistoryEntry
from footfall.planning.docs.html import Markup, element, joined, table
from footfall.planning.docs.site import site

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "tracking_plans" / "shop_and_gateway", ROOT / "tests" / "plan" / "data" / "acme"]


class Page(HTMLParser):
    """What a browser would make of a page: its elements, links and text; it fails where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self._open.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_part_has_a_page_and_every_link_leads_to_one(folder: Path) -> None:
    plan = read(folder).require()

    pages = site(plan, history={})

    for kind, section in (("events", plan.events), ("kpis", plan.kpis), ("journeys", plan.journeys)):
        assert {name for name in pages if name.startswith(f"{kind}/")} == {f"{kind}/{part}.html" for part in section}
    reached = {"index.html"}
    for name, text in pages.items():
        for target in Page(text).links:
            if not target.startswith("https://"):
                reached.add(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
    assert reached == set(pages)


def test_pages_need_no_script_and_nothing_from_elsewhere() -> None:
    for text in site(read(FOLDERS[0]).require(), history={}).values():
        page = Page(text)
        assert not page.tags & {"script", "link", "img", "iframe"}
        assert "@import" not in text
        assert "url(" not in text


def test_an_events_page_says_what_it_is_who_uses_it_and_what_became_of_it() -> None:
    changes = (
        HistoryEntry("2026-05-01", "Count gifts too", "Ann, 1a2b3c4"),
        HistoryEntry("2026-02-01", "Begin", "Bo, 0f0f0f0"),
    )

    text = Page(
        site(read(FOLDERS[0]).require(), history={"order_completed": changes})["events/order_completed.html"]
    ).text

    for said in (
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
        assert said in text, said
    days = re.findall(r"2026-\d\d-\d\d", text[text.index("History") :])
    assert days == ["2026-05-01", "2026-03-01", "2026-02-01"]


def test_a_kpis_page_says_what_it_measures() -> None:
    text = Page(site(read(FOLDERS[0]).require(), history={})["kpis/payment_failure_rate.html"]).text

    for said in (
        'number of payment_failed where reason is none of "fraud", divided by number of order_completed',
        "the last 1d",
        "down to 0.02",
        "payment_failed",
        "the upper part of the ratio counts it",
    ):
        assert said in text, said


def test_owners_have_what_is_theirs_and_nobody_has_the_rest() -> None:
    plan = read(FOLDERS[0]).require()
    orphan = msgspec.structs.replace(plan.events["signed_in"], owner="")

    text = Page(
        site(msgspec.structs.replace(plan, events={**plan.events, "signed_in": orphan}), history={})["owners.html"]
    ).text

    owners = re.split("(storefront|growth|care|devices|no owner)(?=[A-Za-z@#]|Events)", text)
    assert "signed_in" in owners[-1]
    assert "devices@fjordhome.example · #devices · @fjordhome/devices" in text


HOSTILE = "</style><script>alert(1)</script>&amp;\"'><img src=x onerror=alert(1)>"


def test_no_text_becomes_markup() -> None:
    property_: dict[str, Any] = {
        "pattern": HOSTILE,
        "unit": HOSTILE,
        "sensitivity": HOSTILE,
        "examples": (HOSTILE,),
        "description": HOSTILE,
    }
    event = Event(
        name="seen",
        wire_name=HOSTILE,
        description=HOSTILE,
        owner=HOSTILE,
        links=(HOSTILE, "javascript:alert(1)"),
        since=HOSTILE,
        sources=(HOSTILE,),
        purpose=(HOSTILE,),
        rules=(Rule(id=HOSTILE, check="p is None", message=HOSTILE),),
        status="deprecated",
        deprecated=Deprecation(reason=HOSTILE, since="2026-01-01"),
        properties=(Property(name="p", wire_name=HOSTILE, type="string", **property_),),
    )
    plan = Plan(
        id=HOSTILE,
        description=HOSTILE,
        events={"seen": event},
        teams={HOSTILE: Team(name=HOSTILE, contact=HOSTILE)},
        sources={HOSTILE: Source(name=HOSTILE, paths=(HOSTILE,))},
        goals={"g": Goal(name="g", description=HOSTILE)},
    )

    pages = site(plan, history={"seen": (HistoryEntry(HOSTILE, HOSTILE, HOSTILE),)})

    for name, text in pages.items():
        page = Page(text)
        assert not page.tags & {"script", "img"}, name
        assert text.count("</style>") == 1
        assert not any(target.startswith("javascript") for target in page.links)
    assert HOSTILE in Page(pages["events/seen.html"]).text


def test_only_markup_stays_as_it_is() -> None:
    assert element("a", "<", Markup("<b>"), ["&", ["x"]], href='"') == '<a href="&quot;">&lt;<b>&amp;x</a>'
    assert joined() == ""
    assert table(("a",), []) == ""


def test_a_plan_with_nothing_in_it_has_its_overviews() -> None:
    assert set(site(Plan(id="empty"), history={})) == {"index.html", "kpis.html", "journeys.html", "owners.html"}
