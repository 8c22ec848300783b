"""The context that every message of a hit carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.web.sites import BROWSER, ID, KEY, TODAY, arrive, capture, cookie_of, request

from footfall.plan.model import Web
from footfall.web.bots import list_version
from footfall.web.staff import StaffMarks
from footfall.web.visitor_cookie import CookieVisitor


def context(hit: Any = None, locate: Any = None, **web: Any) -> Mapping[str, Any]:
    site = capture(web=Web(**web), locate=locate)
    answer: Mapping[str, Any] = arrive(site, request() if hit is None else hit).context
    return answer


def test_the_context_says_who_came_with_what_from_where_and_what_they_stated() -> None:
    hit = request("/p/7", referer="https://www.google.com/search?q=secret", sec_fetch_site="cross-site")

    assert {**context(msgspec.structs.replace(hit, peer="192.0.2.77")), "http": {}} == {
        "page": {"referrer": "https://google.com/"},
        "consent": {"categoryPreferences": {"statistics": True, "marketing": False}},
        "userAgent": BROWSER["user-agent"],
        "browser": {"device": "desktop", "name": "Firefox", "version": "140", "os": "Linux"},
        "locale": "nb-NO",
        "ip": "192.0.2.0",
        "origin": {"type": "organic_search", "name": "Google"},
        "referrer": {"type": "organic_search", "name": "Google", "host": "google.com"},
        "http": {},
    }


def test_the_headers_by_which_bots_are_judged_go_with_it() -> None:
    assert context()["http"]["sec-fetch-mode"] == "navigate"


def test_a_bot_is_marked_with_its_reason_and_the_version_of_the_list() -> None:
    assert context(request(user_agent="curl/8.1"))["bot"] == {"reason": "library", "list": list_version()}


def test_an_address_is_located_before_it_is_cut() -> None:
    hit = msgspec.structs.replace(request(), peer="192.0.2.77")

    located = context(hit, locate={"192.0.2.77": {"country": "NO", "region": "Oslo"}}.get)

    assert (located["location"], located["ip"]) == ({"country": "NO", "region": "Oslo"}, "192.0.2.0")
    assert "location" not in context(hit, locate={}.get)


@pytest.mark.parametrize("peer", ["::ffff:192.0.2.77", "192.0.2.77:443", "[::ffff:192.0.2.77]:443"])
def test_an_address_is_located_however_a_server_writes_it(peer: str) -> None:
    hit = msgspec.structs.replace(request(), peer=peer)

    assert context(hit, locate={"192.0.2.77": {"country": "NO"}}.get)["location"] == {"country": "NO"}


def test_a_bot_has_no_browser() -> None:
    assert "browser" not in context(request(user_agent="curl/8.1"))


def test_a_campaign_and_its_click_ids_are_kept_and_these_only_by_their_presence() -> None:
    hit = request(query="utm_source=news&UTM_Medium=email&gclid=personal&token=s3cret")

    assert context(hit)["campaign"] == {"source": "news", "medium": "email", "clickIds": {"gclid": True}}
    assert context(hit, click_ids=("gclid",))["campaign"]["clickIds"] == {"gclid": "personal"}
    assert "s3cret" not in str(context(hit))


@pytest.mark.parametrize(
    ("settings", "page"),
    [
        ({}, {"referrer": "https://news.example/"}),
        ({"paths": True}, {"path": "/p/7", "referrer": "https://news.example/"}),
        (
            {"full_url": True},
            {"path": "/p/7", "url": "https://shop.example/p/7", "referrer": "https://news.example/"},
        ),
        ({"full_referrer": True}, {"referrer": "https://news.example/a"}),
    ],
)
def test_paths_addresses_and_referrers_are_kept_as_far_as_the_rules_let_them(
    settings: dict[str, Any], page: dict[str, str]
) -> None:
    hit = request("/p/7", query="token=s3cret", referer="https://news.example/a?token=s3cret#x")

    assert context(hit, **settings)["page"] == page


@pytest.mark.parametrize(
    ("referer", "referrer"),
    [
        ("http://127.0.0.1:8000/a", "http://127.0.0.1/"),
        ("HTTPS://www.News.example/a", "https://news.example/"),
        ("android-app://com.google.android.gm/a", "android-app://com.google.android.gm"),
    ],
)
def test_a_referrer_keeps_its_scheme_and_host(referer: str, referrer: str) -> None:
    assert context(request(referer=referer))["page"] == {"referrer": referrer}


def test_the_teams_own_people_are_marked() -> None:
    office = capture(staff=StaffMarks([KEY], ["192.0.2.0/24"]))

    assert arrive(office, msgspec.structs.replace(request(), peer="192.0.2.7")).context["staff"] is True
    assert "staff" not in arrive(office, msgspec.structs.replace(request(), peer="203.0.113.9")).context


def test_who_sends_the_visitors_cookie_has_returned() -> None:
    assert context(request(cookie=cookie_of(CookieVisitor(ID, TODAY))))["returned"] is True
    assert "returned" not in context(request())


def test_a_page_in_a_frame_is_marked() -> None:
    assert context(request(sec_fetch_dest="iframe"))["embedded"] is True


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_what_a_browser_loads_in_advance_is_marked(method: str) -> None:
    assert context(request(method=method, sec_purpose="prefetch;prerender"))["prefetch"] is True
    assert "prefetch" not in context(request(method=method))


def test_what_is_long_is_cut() -> None:
    hit = request("/" + "p" * 70_000, "GET", "q=" + "k" * 70_000, user_agent="u" * 70_000,
                  referer="https://r.example/" + "r" * 70_000)  # fmt: skip

    assert len(str(context(hit, paths=True, full_url=True, full_referrer=True))) < 10_000
