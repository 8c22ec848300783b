"""The site has a page for everything, every link leads to a page, and no text of a plan becomes markup."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.planning.docs.pages import FOLDERS, Page, shop

from footfall.plan import read
from footfall.plan.model import Deprecation, Event, Goal, Plan, Property, Rule, Source, Team
from footfall.planning.docs.event_page import HistoryEntry
from footfall.planning.docs.site import site


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
                reached.add(posixpath.normpath(posixpath.join(posixpath.dirname(name), target.partition("#")[0])))
    assert reached == set(pages)


def test_pages_need_no_script_and_nothing_from_elsewhere() -> None:
    for text in site(shop(), history={}).values():
        page = Page(text)
        assert not page.tags & {"script", "link", "img", "iframe"}
        assert "@import" not in text
        assert "url(" not in text


def test_owners_have_what_is_theirs_and_nobody_has_the_rest() -> None:
    plan = shop()
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


def test_a_plan_with_nothing_in_it_has_its_overviews() -> None:
    assert set(site(Plan(id="empty"), history={})) == {
        "index.html",
        "kpis.html",
        "experiments.html",
        "boards.html",
        "signals.html",
        "journeys.html",
        "campaigns.html",
        "segments.html",
        "silences.html",
        "owners.html",
        "privacy.html",
    }
