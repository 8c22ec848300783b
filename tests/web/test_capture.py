"""The two decisions about a hit: who comes, and what follows from the response."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from tests.web.sites import COOKIE, ID, KEY, NOW, TODAY, arrive, capture, cookie_of, html, ids, request

from footfall.plan.consent import ConsentRules
from footfall.plan.model import Consent, Plan, Purpose, Web
from footfall.web.capture import NO_ROUTE, Departure, WebCapture
from footfall.web.request import WebRequest, WebResponse
from footfall.web.staff import StaffMarks
from footfall.web.visitor_cookie import CookieVisitor

KARI = CookieVisitor(ID, TODAY - 10)


def leave(
    site: WebCapture, hit: WebRequest, response: WebResponse | None = None, *, user_id: Any = UNSET, used: bool = False
) -> Departure:
    return site.leave(arrive(site, hit), response or html(), now_us=NOW + 1_500, user=lambda: user_id, used=used)


def cookies(departure: Departure) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in departure.headers:
        if name == "Set-Cookie":
            values |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
    return values


# Who comes


def test_a_visitor_who_comes_back_is_the_one_of_the_cookie() -> None:
    visit = arrive(capture(), request(cookie=cookie_of(KARI)))

    assert (visit.anonymous_id, visit.recognition.is_new) == (ID, False)


def test_a_new_visitor_gets_an_id_and_its_cookie() -> None:
    site = capture()
    departure = leave(site, request())

    visitor = COOKIE.read(cookies(departure)["ff_id"], TODAY)
    assert visitor is not None
    assert (visitor.anonymous_id, visitor.day) == (ids()(), TODAY)


def test_a_forged_cookie_is_none_and_is_counted() -> None:
    site = capture()
    departure = leave(site, request(cookie="ff_id=1.forged"))

    assert list(departure.notes) == ["forged_cookie"]
    assert COOKIE.read(cookies(departure)["ff_id"], TODAY) is not None


def test_a_forged_cookie_before_ours_does_not_hide_it() -> None:
    visit = arrive(capture(), request(cookie=f"ff_id=forged; {cookie_of(KARI)}"))

    assert (visit.anonymous_id, visit.recognition.is_forged) == (ID, False)


def test_a_cookie_that_visits_do_not_prolong_is_not_set_again() -> None:
    assert cookies(leave(capture(), request(cookie=cookie_of(KARI)))) == {}


@pytest.mark.parametrize(
    ("rule", "headers"),
    [
        ("opt_in", {}),
        ("opt_in", {"sec_gpc": "1", "cookie": "ff_consent=statistics=1"}),
        ("statistics_exempt", {"sec_gpc": "1"}),
        ("statistics_exempt", {"dnt": "1"}),
        ("statistics_exempt", {"cookie": "ff_consent=statistics=0"}),
        ("own_rule", {}),
    ],
)
def test_nothing_is_stored_on_the_device_without_consent_and_the_page_counts(
    rule: Any, headers: dict[str, str]
) -> None:
    site = capture(rule)
    departure = leave(site, request(**headers))

    assert departure.headers == ()
    assert departure.page is not None
    assert departure.page.properties["origin"] == "direct"  # its context is not kept
    assert arrive(site, request(**headers)).anonymous_id is None


def test_a_cookie_from_before_a_refusal_is_deleted() -> None:
    departure = leave(capture(), request(cookie=cookie_of(KARI), sec_gpc="1"))

    assert cookies(departure) == {"ff_id": ""}
    assert "Max-Age=0" in dict(departure.headers)["Set-Cookie"]


def test_a_choice_within_the_hit_holds_from_then_on_and_is_kept() -> None:
    site = capture("opt_in")
    visit = arrive(site, request()).chosen({"statistics": True}, ids())
    departure = site.leave(visit, html(), now_us=NOW)

    assert visit.anonymous_id is not None
    assert cookies(departure)["ff_consent"] == "statistics=1"
    assert COOKIE.read(cookies(departure)["ff_id"], TODAY) is not None


def test_a_second_choice_keeps_the_first_and_the_visitor() -> None:
    site = capture("opt_in")
    first = arrive(site, request()).chosen({"statistics": True}, ids())
    second = first.chosen({"marketing": True}, lambda: ID)

    assert second.anonymous_id == first.anonymous_id != ID
    assert second.recognition.statement == {"statistics": True, "marketing": True}


def test_a_refusal_within_the_hit_deletes_the_visitors_cookie() -> None:
    site = capture()
    visit = arrive(site, request(cookie=cookie_of(KARI))).chosen({"statistics": False}, ids())
    departure = site.leave(visit, html(302), now_us=NOW)

    assert cookies(departure) == {"ff_id": "", "ff_consent": "statistics=0"}


# What is counted


def test_a_page_view_is_named_by_its_route() -> None:
    departure = leave(capture(), request("/orders/8812"), html(route="/orders/{id}"))

    assert departure.page is not None
    assert departure.page.name == "/orders/{id}"
    assert departure.page.properties["path"] == "/orders/{id}"
    assert "8812" not in str(departure.page)


def test_without_a_route_the_path_is_its_name_only_where_the_rules_allow_it() -> None:
    private = leave(capture(), request("/orders/8812"), html(route=None))
    open_ = leave(capture(web=Web(paths=True)), request("/orders/8812"), html(route=None))

    assert private.page is not None
    assert open_.page is not None
    assert private.page.name == NO_ROUTE
    assert "8812" not in str(private.page)
    assert open_.page.name == "/orders/8812"


def test_a_page_view_has_its_status_its_time_and_the_allowed_query() -> None:
    site = capture(web=Web(query=("q",)))
    departure = leave(site, request(query="q=lamp&token=s3cret"))

    assert departure.page is not None
    assert departure.page.properties["status"] == 200
    assert departure.page.properties["duration_ms"] == 1
    assert departure.page.properties["query"] == {"q": "lamp"}
    assert "s3cret" not in str(departure.page)


def test_a_clock_that_went_back_gives_no_negative_time() -> None:
    site = capture()
    departure = site.leave(arrive(site, request()), html(), now_us=0)

    assert departure.page is not None
    assert departure.page.properties["duration_ms"] == 0


@pytest.mark.parametrize(
    ("hit", "response", "reason"),
    [
        (request(), html(404), "not_found"),
        (request(method="POST"), html(), "method"),
        (request(sec_purpose="prefetch"), html(), "prefetch"),
        (request("/footfall/anything"), html(), "own"),
        (request("/.well-known/gpc.json"), html(), "own"),
        (request("/health/live"), html(), "excluded"),
        (request("/api/v1/orders"), html(), "excluded"),
    ],
)
def test_what_is_not_counted_has_its_reason_and_no_cookie(hit: WebRequest, response: WebResponse, reason: str) -> None:
    departure = leave(capture(exclude=("/health", "/api/*/orders")), hit, response)

    assert (departure.page, departure.reason, departure.headers) == (None, reason, ())


@pytest.mark.parametrize(
    ("excluded", "path", "counts"),
    [
        ("/health", "/health", False),
        ("/health", "/health/", False),
        ("/health", "/health/live", False),
        ("/health", "/healthy", True),
        ("/a.b", "/aXb", True),
        ("/api/*/orders", "/api/v1/orders", False),
        ("/api/*/orders", "/api/v1/orders/7", False),
        ("/api/*/orders", "/api/v1/carts", True),
        ("*.php", "/wp/login.php", False),
        ("/", "/", False),
        ("/admin/", "/admin/users", False),
        ("/health", "/health\n/live", True),
        ("/health", "/health/\nlive", False),
    ],
)
def test_a_path_is_left_out_with_all_below_it(excluded: str, path: str, counts: bool) -> None:
    assert (leave(capture(exclude=(excluded,)), request(path)).page is not None) == counts


def test_the_plan_and_the_site_leave_out_paths() -> None:
    site = capture(web=Web(exclude=("/health",)), exclude=("/admin",))

    assert leave(site, request("/health")).reason == "excluded"
    assert leave(site, request("/admin/users")).reason == "excluded"


def test_nothing_is_kept_of_a_page_where_the_plan_keeps_nothing_of_a_refusal() -> None:
    purposes = {"statistics": Purpose(name="statistics", refused="none")}
    strict = Plan(id="p", consent=Consent(rule="opt_in", default="none", purposes=purposes))
    departure = leave(capture(consent=ConsentRules.of(strict), purposes=("statistics",)), request())

    assert (departure.page, departure.reason) == (None, "consent")


def test_a_bot_is_counted_as_one_and_gets_no_cookie() -> None:
    site = capture()
    crawler = request(user_agent="Googlebot/2.1 (+http://www.google.com/bot.html)")
    departure = leave(site, crawler)

    assert departure.page is not None
    assert departure.headers == ()
    assert arrive(site, crawler).anonymous_id is None
    assert arrive(site, crawler).context["bot"]["reason"] == "crawler"


def test_a_bots_cookie_stays_where_nobody_refused() -> None:
    assert leave(capture(), request(user_agent="curl/8.1", cookie=cookie_of(KARI))).headers == ()


@pytest.mark.parametrize(
    ("hit", "words"),
    [
        (request(), "counted"),
        (request(method="HEAD"), "not counted (method)"),
        (request(user_agent="curl/8.1"), "counted (as a bot: library)"),
        (request(user_agent="Googlebot/2.1 (+http://www.google.com/bot.html)"), "counted (as a bot: crawler)"),
        (request(method="HEAD", user_agent="curl/8.1"), "not counted (method)"),
    ],
)
def test_in_debug_mode_the_response_says_whether_it_was_counted(hit: WebRequest, words: str) -> None:
    assert dict(leave(capture(debug=True), hit).headers)["Footfall"] == words


def test_in_debug_mode_the_response_says_that_the_page_counted_as_one_of_the_teams() -> None:
    site = capture(debug=True, staff=StaffMarks([KEY], ["203.0.113.0/24"]))
    response = leave(site, msgspec.structs.replace(request(), peer="203.0.113.7"))

    assert dict(response.headers)["Footfall"] == "counted (as the team's)"


@pytest.mark.parametrize(
    ("hit", "response", "asked"),
    [
        (request(), html(), True),
        (request(method="HEAD"), html(), False),
        (request(user_agent="curl/8.1"), html(), False),
        (request(sec_gpc="1"), html(), False),
        (request(), html(cache_control="public, max-age=60"), False),
    ],
)
def test_hints_are_asked_for_where_a_cookie_could_go(hit: WebRequest, response: WebResponse, *, asked: bool) -> None:
    assert ("Accept-CH" in dict(leave(capture(client_hints=True), hit, response).headers)) is asked
    assert "Accept-CH" not in dict(leave(capture(), hit, response).headers)


# When a cookie goes with it


def test_a_response_that_a_shared_cache_may_keep_gets_no_cookie_and_the_page_counts() -> None:
    departure = leave(capture(), request(), html(cache_control="public, max-age=60"))

    assert (departure.headers, departure.notes) == ((), ("shared_cache",))
    assert departure.page is not None


def test_a_304_gets_no_cookie_since_a_cache_adds_it_to_what_it_keeps() -> None:
    departure = leave(capture(), request(), html(304))

    assert (departure.headers, departure.notes) == ((), ("shared_cache",))
    assert departure.page is not None


def test_a_response_that_says_nothing_to_caches_becomes_private_with_its_cookie() -> None:
    assert [name for name, _ in leave(capture(), request()).headers] == ["Set-Cookie", "Cache-Control"]
    assert [name for name, _ in leave(capture(), request(), html(cache_control="private")).headers] == ["Set-Cookie"]


def test_a_visitor_who_comes_back_changes_nothing_of_a_response() -> None:
    assert leave(capture(), request(cookie=cookie_of(KARI))).headers == ()


def test_a_hit_in_which_something_was_tracked_keeps_its_visitor_although_it_is_no_page() -> None:
    assert cookies(leave(capture(), request(method="POST"), html(303))) == {}
    assert "ff_id" in cookies(leave(capture(), request(method="POST"), html(303), used=True))


# Who the user is


def test_a_user_is_identified_once_for_a_cookie() -> None:
    site = capture()
    first = leave(site, request(cookie=cookie_of(KARI)), user_id="kari")
    again = leave(site, request(cookie=f"ff_id={cookies(first)['ff_id']}"), user_id="kari")

    assert (first.identify, again.identify) == ("kari", None)
    assert again.headers == ()


def test_another_user_on_the_same_cookie_is_identified_too() -> None:
    site = capture()
    first = leave(site, request(cookie=cookie_of(KARI)), user_id="kari")
    other = leave(site, request(cookie=f"ff_id={cookies(first)['ff_id']}"), user_id="ola")

    assert (other.identify, other.is_reset) == ("ola", False)


def test_a_user_who_signed_out_is_reset_once() -> None:
    site = capture()
    signed_in = leave(site, request(cookie=cookie_of(KARI)), user_id="kari")
    signed_out = leave(site, request(cookie=f"ff_id={cookies(signed_in)['ff_id']}"), user_id=None)
    after = leave(site, request(cookie=f"ff_id={cookies(signed_out)['ff_id']}"), user_id=None)

    assert (signed_out.is_reset, after.is_reset) == (True, False)


def test_where_the_user_cannot_be_known_nobody_is_identified_or_reset() -> None:
    site = capture()
    signed_in = leave(site, request(cookie=cookie_of(KARI)), user_id="kari")
    unclear = leave(site, request(cookie=f"ff_id={cookies(signed_in)['ff_id']}"), user_id=UNSET)

    assert (unclear.identify, unclear.is_reset, unclear.headers) == (None, False, ())


def test_nobody_is_identified_where_the_cookie_that_remembers_it_cannot_be_set() -> None:
    departure = leave(capture(), request(), html(cache_control="public"), user_id="kari")

    assert (departure.identify, departure.notes) == (None, ("shared_cache",))


def test_a_new_key_identifies_nobody_again() -> None:
    from footfall.web.visitor_cookie import VisitorCookie

    old = VisitorCookie("ff_id", ["an old key of the site"])
    both = VisitorCookie("ff_id", ["a new key of the site", "an old key of the site"])
    value = old.value(CookieVisitor(ID, TODAY, old.marks_of("kari")[0]))
    departure = leave(capture(cookie=both), request(cookie=f"ff_id={value}"), user_id="kari")

    assert departure.identify is None
    renewed = VisitorCookie("ff_id", ["a new key of the site"]).read(cookies(departure)["ff_id"], TODAY)
    assert renewed == CookieVisitor(ID, TODAY, both.marks_of("kari")[0])


def test_an_answer_to_head_has_no_cookie_for_a_cache_to_add_to_the_page_that_it_keeps() -> None:
    departure = leave(capture(), request(method="HEAD"), html(), used=True)

    assert departure.headers == ()
    assert departure.notes == ("shared_cache",)
