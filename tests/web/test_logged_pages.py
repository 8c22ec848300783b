"""A hit of a log is a page view of nobody, a bot's, or not counted for a reason; nothing else of its line is kept."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.checking.counted import CountedForm
from footfall.plan.model import Page, Plan, Web
from footfall.web.access_log import LoggedHit
from footfall.web.logged_pages import LoggedPages
from footfall.web.reasons import REASONS
from footfall.web.request import WebRequest, WebResponse

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
AT = 1_795_957_201_000_000  # 2026-11-29T13:00:01Z
PLAN = Plan(
    id="site",
    pages={name: Page(name=name) for name in ("/", "/orders/{id}", "/orders/new", "page:/p/<sku>", "Home")},
    web=Web(exclude=("/admin",)),
)


def hit(path: str = "/", query: str = "", *, status: int = 200, **headers: str) -> LoggedHit:
    names = {"user-agent": BROWSER, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return LoggedHit(
        WebRequest(method="GET", scheme="https", host="", path=path, query=query, headers=names, peer="203.0.113.7"),
        WebResponse(status=status, headers={"content-type": "text/html"}),
        AT,
    )


def message(of: LoggedHit, plan: Plan = PLAN) -> dict[str, Any]:
    sent = LoggedPages(plan, ["shop.example"]).message(of, "line")
    assert isinstance(sent, bytes)
    read: dict[str, Any] = json.loads(sent)
    return read


def test_a_page_view_has_its_hour_route_status_and_origin_and_nothing_else() -> None:
    sent = message(hit("/orders/7", referer="https://www.google.com/"))

    del sent["messageId"]
    assert sent == {
        "consent": "count_only",
        "type": "page",
        "name": "/orders/{id}",
        "timestamp": "2026-11-29T13:00:00Z",
        "properties": {"status": 200, "origin": "organic_search"},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "/"),
        ("/orders/7", "/orders/{id}"),
        ("/orders/7/", "/orders/{id}"),
        ("/orders/new", "/orders/new"),
        ("/orders/7/lines", "(no route)"),
        ("/p/a.b", "/p/<sku>"),
        ("/Home", "(no route)"),
    ],
)
def test_a_path_has_the_narrowest_route_of_the_plan(path: str, name: str) -> None:
    assert message(hit(path))["name"] == name


def test_a_plan_may_name_pages_by_their_paths() -> None:
    assert message(hit("/x/7"), msgspec.structs.replace(PLAN, web=Web(paths=True)))["name"] == "/x/7"


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (hit("/admin/users"), "excluded"),
        (hit("/a.css"), "static"),
        (hit("/", status=404), "not_found"),
        (hit("/", status=302), "redirect"),
        (hit("/", sec_purpose="prefetch"), "prefetch"),
    ],
)
def test_what_is_no_page_view_has_a_reason(of: LoggedHit, reason: str) -> None:
    assert LoggedPages(PLAN).message(of, "line") == reason
    assert reason in REASONS


def test_a_bot_is_sent_with_its_agent_and_marked() -> None:
    sent = message(hit(user_agent=CRAWLER))

    assert "consent" not in sent
    assert sent["context"]["bot"]["reason"] == "crawler"
    assert sent["context"]["userAgent"] == CRAWLER


@pytest.mark.parametrize(
    ("query", "referrer", "origin"),
    [
        ("", "", "direct"),
        ("", "https://shop.example/cart", "internal"),
        ("utm_medium=email&utm_source=news", "https://shop.example/", "email"),
        ("gclid=x", "", "paid_search"),
        ("", "https://blog.example/", "referral"),
    ],
)
def test_the_origin_is_that_of_the_link(query: str, referrer: str, origin: str) -> None:
    assert message(hit("/", query, referer=referrer))["properties"]["origin"] == origin


@given(st.binary(min_size=4, max_size=20), st.binary(min_size=4, max_size=20))
def test_of_a_person_neither_path_nor_query_nor_agent_nor_address_is_kept(path: bytes, query: bytes) -> None:
    of = hit(f"/x-{path.hex()}", f"q={query.hex()}", referer="https://a.example/s3cret")

    sent = LoggedPages(PLAN).message(of, "line")

    assert isinstance(sent, bytes)
    kept = sent.decode()
    assert not [
        text for text in (f"x-{path.hex()}", f"q={query.hex()}", BROWSER, "s3cret", "203.0.113") if text in kept
    ]


def test_a_page_view_is_written_as_a_message_that_is_counted_only_is_kept() -> None:
    sent = LoggedPages(PLAN).message(hit("/orders/7"), "line")
    assert isinstance(sent, bytes)

    assert CountedForm(PLAN).of(sent, None) == sent


@pytest.mark.parametrize("agent", [BROWSER, CRAWLER])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.integers(200, 203), st.integers(0, 3))
def test_a_message_is_the_json_of_its_parts(agent: str, path: str, status: int, hour: int) -> None:
    plan = msgspec.structs.replace(PLAN, web=Web(paths=True))
    of = msgspec.structs.replace(hit(f"/x{path}/", status=status, user_agent=agent), at_us=AT + hour * 3_600_000_000)

    sent = LoggedPages(plan).message(of, path)

    parts = {
        "type": "page", "messageId": f"log-{path}", "timestamp": f"2026-11-29T{13 + hour}:00:00Z",
        "name": f"/x{path}/", "properties": {"status": status, "origin": "direct"},
    }  # fmt: skip
    assert isinstance(sent, bytes)
    read = json.loads(sent)
    assert {key: read[key] for key in parts} == parts
    assert read.keys() - parts.keys() == ({"consent"} if agent == BROWSER else {"context"})
