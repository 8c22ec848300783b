"""The pages on which a visitor chooses, and the link that marks the team's own browsers."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.sites import BROWSER, ID, KEY, TODAY, plan

from footfall import Client
from footfall.errors import UsageError
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.plan.model import Staff
from footfall.testing import Recorder
from footfall.web.choice_texts import ENGLISH
from footfall.web.request import WebRequest
from footfall.web.visitor_cookie import CookieVisitor, VisitorCookie

HERE = {"sec-fetch-site": "same-origin", "referer": "https://shop.example/cart?x=1"}


def site(rule: str = "opt_in", *, has_link: bool = False, **options: Any) -> Site:
    tracking_plan = msgspec.structs.replace(plan(rule), staff=Staff(signed_link=has_link))
    return Site(Client(Recorder(), plan=tracking_plan), SiteOptions(cookie_keys=[KEY], **options))


def ask(shop: Site, path: str, method: str = "GET", query: str = "", **headers: str) -> OwnResponse | None:
    names = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    request = WebRequest(method=method, scheme="https", host="shop.example", path=path, query=query, headers=names)
    return shop.own_response(shop.begin(request))


def post(shop: Site, query: str, headers: dict[str, str]) -> OwnResponse:
    names = {name.replace("-", "_"): value for name, value in headers.items()}
    response = ask(shop, "/footfall/consent", "POST", query, **names)
    assert response is not None
    return response


def cookies(response: OwnResponse) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in response.headers:
        if name == "Set-Cookie":
            values |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
    return values


def test_the_page_has_a_button_to_agree_and_one_to_refuse_for_each_purpose() -> None:
    response = ask(site(), "/footfall/consent")

    assert response is not None
    text = response.body.decode()
    for answer in ("statistics=1", "statistics=0", "marketing=1", "marketing=0"):
        assert f'formaction="/footfall/consent?{answer}"' in text


def body(response: OwnResponse | None) -> str:
    assert response is not None
    return response.body.decode()


@pytest.mark.parametrize(
    ("cookie", "answers"),
    [
        ("", ["You have not chosen yet.", "You have not chosen yet."]),
        ("ff_consent=statistics=1", ["You agreed.", "You have not chosen yet."]),
        ("ff_consent=statistics=0&marketing=1", ["You said no.", "You agreed."]),
    ],
)
@pytest.mark.parametrize("rule", ["opt_in", "statistics_exempt"])
def test_the_page_shows_the_choice_in_force_for_each_purpose(rule: str, cookie: str, answers: list[str]) -> None:
    page = body(ask(site(rule), "/footfall/consent", cookie=cookie))

    assert re.findall("<em>(.*?)</em>", page) == answers


@pytest.mark.parametrize("answer", [1, "yes", [], 0])
def test_an_answer_of_a_rule_of_the_site_other_than_true_is_shown_as_a_refusal(answer: Any) -> None:
    page = body(ask(site("own_rule", consent=lambda _: {"statistics": answer}), "/footfall/consent"))

    assert re.findall("<em>(.*?)</em>", page) == ["You said no.", "You have not chosen yet."]


def test_who_chooses_on_the_page_comes_back_to_it_and_sees_their_choice() -> None:
    shop, page = site(), "https://shop.example/footfall/consent"
    answer = post(shop, "statistics=1", {"sec-fetch-site": "same-origin", "referer": page})
    kept = "; ".join(f"{name}={value}" for name, value in cookies(answer).items())

    assert dict(answer.headers)["Location"] == "/footfall/consent"
    assert "<em>You agreed.</em>" in body(ask(shop, "/footfall/consent", cookie=kept, referer=page))


@pytest.mark.parametrize(
    ("referer", "link"),
    [
        ("https://shop.example/cart?x=1&y=2", "/cart?x=1&amp;y=2"),
        ("https://shop.example/footfall/consent", "/"),
        ("https://evil.example/cart", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("path", ["/footfall/consent", "/footfall/opt-out"])
def test_the_pages_link_back_to_where_the_visitor_was_on_this_site(path: str, referer: str, link: str) -> None:
    for headers in ({}, {"sec_gpc": "1"}):
        assert f'<a href="{link}">Back to the site</a>' in body(ask(site(), path, referer=referer, **headers))


def test_who_has_opted_out_sees_that_when_they_open_the_link_again() -> None:
    shop = site("statistics_exempt")
    after = body(ask_from_here(shop, "/footfall/opt-out"))
    again = body(ask(shop, "/footfall/opt-out", cookie="ff_consent=statistics=0&marketing=0"))
    before = body(ask(shop, "/footfall/opt-out", cookie="ff_consent=statistics=0"))

    for page in (after, again):
        assert "You are no longer recognised here" in page
        assert re.findall("<em>(.*?)</em>", page) == ["You said no.", "You said no."]
    assert "You are no longer recognised here" not in before


def test_a_choice_is_kept_and_leads_back_to_the_page() -> None:
    response = post(site(), "statistics=1", HERE)

    assert response.status == 303
    assert dict(response.headers)["Location"] == "/cart?x=1"
    assert cookies(response)["ff_consent"] == "statistics=1"
    assert "ff_id" in cookies(response)


def test_a_refusal_takes_the_visitors_cookie_away() -> None:
    known = VisitorCookie("ff_id", [KEY]).value(CookieVisitor(ID, TODAY))
    response = post(site("statistics_exempt"), "statistics=0", {**HERE, "cookie": f"ff_id={known}"})

    assert cookies(response) == {"ff_id": "", "ff_consent": "statistics=0"}


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("statistics=1", {"sec-fetch-site": "cross-site"}),
        ("statistics=1", {"sec-fetch-site": "same-site"}),
        ("unheard_of=1", HERE),
        ("statistics=yes", HERE),
        ("", HERE),
    ],
)
def test_another_site_cannot_choose_and_no_choice_is_none(query: str, headers: dict[str, str]) -> None:
    response = post(site(), query, headers)

    assert response.status == 403
    assert cookies(response) == {}


def old_browser(**headers: str) -> Any:
    request = WebRequest(
        method="POST", scheme="https", host="shop.example", path="/footfall/consent", query="statistics=0",
        headers={name: value for name, value in BROWSER.items() if not name.startswith("sec-")} | headers,
    )  # fmt: skip
    shop = site()
    return shop.own_response(shop.begin(request))


def test_a_browser_that_names_no_site_is_judged_by_the_origin() -> None:
    assert old_browser(origin="https://shop.example").status == 303
    assert old_browser(origin="https://evil.example").status == 403
    assert old_browser(origin="null").status == 403
    assert old_browser().status == 303


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        ("https://shop.example/", "/"),
        ("https://evil.example/cart", "/"),
        ("https://shop.example//evil.example", "/"),
        ("https://shop.example/\\evil.example", "/"),
        ("https://shop.example@evil.example/", "/"),
        ("https://shop.example/a\r\nSet-Cookie: x", "/aSet-Cookie: x"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_leads_to_this_site_alone(referer: str, location: str) -> None:
    response = post(site(), "statistics=0", {**HERE, "referer": referer})

    assert dict(response.headers)["Location"] == location


@given(st.text())
def test_no_referrer_leads_to_another_site_or_breaks_a_header(referer: str) -> None:
    location = dict(post(site(), "statistics=0", {**HERE, "referer": f"https://shop.example/{referer}"}).headers)[
        "Location"
    ]

    assert location.startswith("/")
    assert not location.startswith("//")
    assert location.isascii()
    assert location.isprintable()


def ask_from_here(shop: Site, path: str, **headers: str) -> OwnResponse:
    response = ask(shop, path, "POST", **{"sec_fetch_site": "same-origin", **headers})
    assert response is not None
    return response


def test_the_link_to_opt_out_has_a_button_that_refuses_every_purpose() -> None:
    shop = site("statistics_exempt")
    page = ask(shop, "/footfall/opt-out")

    assert page is not None
    assert b'<form method="post" action="/footfall/opt-out"><button>' in page.body
    assert cookies(ask_from_here(shop, "/footfall/opt-out"))["ff_consent"] == "statistics=0&marketing=0"


def test_another_site_cannot_opt_a_visitor_out_or_end_a_mark() -> None:
    for path in ("/footfall/opt-out", "/footfall/staff/off"):
        response = ask_from_here(site("statistics_exempt", has_link=True), path, sec_fetch_site="cross-site")

        assert response.status == 403
        assert cookies(response) == {}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/footfall/opt-out", "/footfall/staff/off", "/footfall/consent"])
@pytest.mark.parametrize("headers", [{}, {"sec_purpose": "prefetch"}, {"sec_fetch_site": "cross-site"}])
def test_whoever_opens_or_loads_a_link_changes_nothing(method: str, path: str, headers: dict[str, str]) -> None:
    response = ask(site("statistics_exempt", has_link=True), path, method, "statistics=0", **headers)

    assert response is not None
    assert response.status == 200
    assert cookies(response) == {}


@pytest.mark.parametrize("headers", [{"sec_purpose": "prefetch;prerender"}, {"purpose": "prefetch"}])
def test_what_loads_the_signed_link_in_advance_gets_a_button_and_no_mark(headers: dict[str, str]) -> None:
    shop = site(has_link=True)
    link = shop.staff_link()
    assert link is not None
    page = ask(shop, link, **headers)

    assert page is not None
    assert cookies(page) == {}
    assert f'action="{link}"'.encode() in page.body
    assert "ff_staff" in cookies(ask_from_here(shop, link))


def test_where_the_browser_refuses_there_is_nothing_to_choose() -> None:
    response = ask(site(), "/footfall/consent", sec_gpc="1")

    assert response is not None
    assert b"<button" not in response.body


def test_the_signed_link_marks_a_browser_as_one_of_the_teams_until_it_is_taken_away() -> None:
    shop = site(has_link=True)
    link = shop.staff_link()
    assert link is not None
    response = ask(shop, link)
    assert response is not None
    hit = shop.begin(
        WebRequest(
            method="GET", scheme="https", host="shop.example", path="/",
            headers={**BROWSER, "cookie": f"ff_staff={cookies(response)['ff_staff']}"},
        )
    )  # fmt: skip

    assert hit.visit is not None
    assert hit.visit.context["staff"] is True
    assert cookies(ask_from_here(shop, "/footfall/staff/off")) == {"ff_staff": ""}


def test_each_page_of_the_team_leads_back_to_where_its_browser_was() -> None:
    shop = site(has_link=True)
    link = shop.staff_link()
    assert link is not None
    here = {"referer": "https://shop.example/orders?page=2"}
    pages = [
        ask(shop, link, **here),
        ask(shop, link, **here, sec_purpose="prefetch"),
        ask(shop, "/footfall/staff/off", **here),
        ask(shop, "/footfall/staff/off", "POST", **here, sec_fetch_site="same-origin"),
    ]

    assert all(page is not None and b'<a href="/orders?page=2">Back' in page.body for page in pages)


def test_a_link_that_is_not_ours_is_left_to_the_application() -> None:
    assert ask(site(has_link=True), "/footfall/staff/forged") is None
    assert site().staff_link() is None


def test_a_prefix_may_end_with_a_slash() -> None:
    assert ask(site(prefix="/stats/"), "/stats/consent") is not None


GERMAN = {key: f"<{key}> auf deutsch" for key in ENGLISH} | {"marketing": "Werbung & mehr"}


def test_every_text_is_in_the_language_that_the_visitor_reads() -> None:
    shop = site(texts={"de": GERMAN})
    pages = [
        ask(shop, "/footfall/consent", accept_language="de-CH"),
        ask(shop, "/footfall/consent", accept_language="de-CH", sec_gpc="1"),
        ask(shop, "/footfall/opt-out", accept_language="de-CH"),
        ask_from_here(shop, "/footfall/opt-out", accept_language="de-CH"),
        ask(shop, "/footfall/consent", accept_language="de-CH", cookie="ff_consent=statistics=1"),
        ask_from_here(shop, "/footfall/consent", accept_language="de-CH", sec_fetch_site="cross-site"),
    ]

    text = "".join(page.body.decode() for page in pages if page is not None)
    assert text.count('<html lang="de"') == len(pages)
    assert [key for key in ENGLISH if f"&lt;{key}&gt; auf deutsch" not in text or ENGLISH[key] in text] == []
    assert "<p>Werbung &amp; mehr <em>" in text
    assert "<strong>statistics</strong>" in text


def test_a_site_with_texts_that_cannot_be_used_does_not_start() -> None:
    with pytest.raises(UsageError, match="texts\\['de'\\]\\['agree'\\] is missing"):
        site(texts={"de": {}})
