"""A site: what goes wrong inside reaches nobody, and costs no message."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.geo_files import OSLO, geo_file
from tests.web.sites import BROWSER, plan

from footfall import Client
from footfall.errors import UsageError
from footfall.integrations.options import COOKIE_KEYS, SiteOptions
from footfall.integrations.site import Site
from footfall.plan.model import Plan, Web
from footfall.testing import ManualClock, Recorder
from footfall.web.request import WebRequest, WebResponse

KEY = "sixteen bytes of key"
PAGE = WebResponse(status=200, headers={"content-type": "text/html"}, route="/orders/{id}")


def get(path: str = "/", **headers: str) -> WebRequest:
    names = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    return WebRequest(method="GET", scheme="https", host="shop.example", path=path, headers=names, peer="192.0.2.7")


def make(recorder: Recorder, rule: str = "statistics_exempt", **options: Any) -> Site:
    return Site(Client(recorder, plan=plan(rule)), SiteOptions(cookie_keys=[KEY], **options))


def test_a_page_view_carries_the_time_of_its_arrival() -> None:
    recorder, clock = Recorder(), ManualClock()
    site = Site(Client(recorder, plan=plan(), clock=clock), SiteOptions(cookie_keys=[KEY]))

    hit = site.begin(get())
    arrived = clock.now_us()
    clock.advance(0.25)
    with hit.scope():
        site.client.track("inside")
    site.finish(hit, PAGE)

    inside, page = recorder.messages
    assert datetime.fromisoformat(page["timestamp"]).timestamp() * 1e6 == arrived
    assert page["timestamp"] < inside["timestamp"]
    assert page["properties"]["duration_ms"] == 250


def test_a_page_carries_the_country_and_region_that_a_database_has_for_the_address(tmp_path: Path) -> None:
    recorder = Recorder()
    site = make(recorder, geo=geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}))

    site.finish(site.begin(get()), PAGE)

    assert recorder.messages[0]["context"]["location"] == {"country": "NO", "region": "03"}


@pytest.mark.parametrize(
    ("path", "content_type", "reason"),
    [("/site.css", "text/html", "static"), ("/data", "application/json", "not_html")],
)
def test_nothing_is_asked_of_a_hit_of_which_nothing_is_sent(path: str, content_type: str, reason: str) -> None:
    site = make(Recorder(), "own_rule", consent=lambda request: pytest.fail("asked"))
    hit = site.begin(get(path))
    hit.user(lambda: pytest.fail("asked"))

    assert site.finish(hit, WebResponse(status=200, headers={"content-type": content_type})) == ()
    assert site.client.stats().uncounted == {reason: 1}


def test_a_hit_is_counted_once_however_often_its_response_is_finished() -> None:
    recorder = Recorder()
    site = make(recorder)
    hit = site.begin(get())

    site.finish(hit, PAGE)

    assert site.finish(hit, PAGE) == ()
    assert len(recorder.messages) == 1


def test_a_hit_without_a_response_is_counted_as_that_once() -> None:
    site = make(Recorder())
    hit = site.begin(get())

    site.depart(hit, PAGE)
    site.abandon(hit)
    site.abandon(hit)
    site.send(hit)

    assert site.client.stats().uncounted == {"no_response": 1}


def test_the_last_head_before_the_body_counts() -> None:
    recorder = Recorder()
    site = make(recorder)
    hit = site.begin(get())

    site.depart(hit, PAGE)
    site.depart(hit, WebResponse(status=404, headers={"content-type": "text/html"}))
    site.send(hit)

    assert recorder.messages == []
    assert site.client.stats().uncounted == {"not_found": 1}


@pytest.mark.parametrize("start", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("jump", [-400 * 86_400, 400 * 86_400])
def test_a_clock_that_jumps_costs_no_message(start: datetime, jump: float) -> None:
    recorder, clock = Recorder(), ManualClock(start)
    site = Site(Client(recorder, plan=plan(), clock=clock), SiteOptions(cookie_keys=[KEY]))
    hit = site.begin(get())

    with hit.scope():
        assert site.client.track("inside")
    clock.set_wall(jump if start.year > 1970 else abs(jump))
    cookie = dict(site.finish(hit, PAGE))["Set-Cookie"].partition(";")[0]
    site.finish(site.begin(get(cookie=cookie)), PAGE)

    assert [message["type"] for message in recorder.messages] == ["track", "page", "page"]
    assert "internal" not in site.client.stats().uncounted
    assert all(message.get("properties", {}).get("duration_ms", 0) >= 0 for message in recorder.messages)


def test_each_hit_that_is_not_counted_has_its_reason_in_the_stats() -> None:
    recorder = Recorder()
    site = make(recorder, exclude=["/health"])

    for path in ("/health", "/health", "/site.css"):
        site.finish(site.begin(get(path)), PAGE)

    assert site.client.stats().uncounted == {"excluded": 2, "static": 1}
    assert site.client.stats().balanced


def test_the_route_may_be_known_to_the_hit_alone() -> None:
    recorder = Recorder()
    site = make(recorder)
    hit = site.begin(get())
    hit.route, hit.title = "/a/{b}", "A"

    site.finish(hit, WebResponse(status=200, headers={"content-type": "text/html"}))

    assert recorder.messages[0]["name"] == "/a/{b}"
    assert recorder.messages[0]["properties"]["title"] == "A"


def test_only_a_trusted_proxy_says_whose_address_it_is() -> None:
    recorder = Recorder()
    trusting, strict = make(recorder, trusted_proxies=["192.0.2.0/24"]), make(recorder)

    for site in (trusting, strict):
        site.finish(site.begin(get(x_forwarded_for="203.0.113.9")), PAGE)

    assert [message["context"]["ip"] for message in recorder.messages] == ["203.0.113.0", "192.0.2.0"]


def test_a_framework_that_hands_over_something_else_changes_nothing_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    site = make(Recorder())

    for _ in range(2):
        hit = site.begin(None)  # type: ignore[arg-type]
        assert site.own_response(hit) is None
        with hit.scope():
            assert site.client.track("a", user_id="kari")
        assert site.finish(hit, PAGE) == ()
    assert site.finish(site.begin(get()), None) == ()  # type: ignore[arg-type]

    assert site.client.stats().uncounted == {"internal": 3}
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 2


def test_an_own_rule_that_raises_changes_nothing() -> None:
    recorder = Recorder()
    site = make(recorder, "own_rule", consent=lambda request: {}[request.path])
    hit = site.begin(get())

    with hit.scope():
        assert site.client.track("a", user_id="kari")
    site.finish(hit, PAGE)
    assert [message["type"] for message in recorder.messages] == ["track", "page"]
    assert site.client.stats().uncounted == {"internal": 1}


def test_a_client_that_is_disabled_makes_a_site_that_does_nothing_and_needs_no_key() -> None:
    site = Site(Client(disabled=True))
    hit = site.begin(get())

    assert site.own_response(hit) is None
    with hit.scope():
        site.client.track("a")
    assert site.finish(hit, PAGE) == ()
    assert site.links.redirect("https://partner.example/", "clicked").startswith("/footfall/redirect/")


def test_without_consent_in_the_plan_it_refuses_to_start_and_names_the_three_choices() -> None:
    for client in (Client(Recorder()), Client(Recorder(), plan=Plan(id="p"))):
        with pytest.raises(UsageError, match=r"opt_in.*statistics_exempt.*own_rule") as refused:
            Site(client, SiteOptions(cookie_keys=[KEY]))

        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "options", "words"),
    [
        ("own_rule", {}, "consent="),
        ("opt_in", {"consent": lambda request: {}}, "own_rule"),
        ("own_rule", {"consent": 7}, "consent="),
        ("opt_in", {"honours_gpc": False}, "honours_gpc"),
        ("statistics_exempt", {"honours_gpc": False}, "honours_gpc"),
        ("opt_in", {"trusted_proxies": ["*"]}, "trusted_proxies"),
    ],
)
def test_options_that_do_not_fit_the_plan_refuse_to_start(rule: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make(Recorder(), rule, **options)


def test_a_site_with_its_own_rule_may_leave_gpc_to_it() -> None:
    assert make(Recorder(), "own_rule", consent=lambda request: {}, honours_gpc=False)


def test_without_a_key_it_refuses_to_start_in_one_line() -> None:
    with pytest.raises(UsageError, match=COOKIE_KEYS) as refused:
        Site(Client(Recorder(), plan=plan()), SiteOptions())

    assert "\n" not in str(refused.value)


def test_keys_come_from_the_environment_where_none_are_given() -> None:
    code = "from footfall.integrations.options import SiteOptions as S; print([k.decode() for k in S().cookie_keys])"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, COOKIE_KEYS: "the-newest-key-of-all an-older-key-of-ours"},
    )  # fmt: skip

    assert done.stdout.strip() == "['the-newest-key-of-all', 'an-older-key-of-ours']"


def test_what_a_visitor_writes_leaves_room_for_what_the_application_tracks() -> None:
    recorder = Recorder()
    tracking_plan = msgspec.structs.replace(plan(), web=Web(paths=True, full_url=True, full_referrer=True))
    site = Site(Client(recorder, plan=tracking_plan), SiteOptions(cookie_keys=[KEY]))
    long = "\xff" * 65_536
    headers = dict.fromkeys([*BROWSER, "referer", "cookie", "sec-ch-ua", "sec-ch-ua-platform", "x-forwarded-for"], long)
    marks = "&".join(f"{key}={'%C3%BF' * 2_000}" for key in ("utm_source", "utm_medium", "utm_campaign", "utm_term"))
    hit = site.begin(
        WebRequest(method="GET", scheme="https", host=long, path="/" + long, query=marks, headers=headers)
    )  # fmt: skip

    with hit.scope():
        receipt = site.client.track("good", {"text": "t" * 20_000}, user_id="kari")

    assert receipt, receipt


LATIN = st.text(st.characters(max_codepoint=255), max_size=200)
NAMES = st.sampled_from(
    ["accept", "accept-language", "cookie", "dnt", "host", "hx-request", "purpose", "referer", "sec-ch-ua",
     "sec-fetch-dest", "sec-fetch-site", "sec-gpc", "sec-purpose", "user-agent", "x-forwarded-for",
     "x-forwarded-proto", "x-requested-with"]
)  # fmt: skip
HARD = st.sampled_from(
    ["ff_id=" + "a" * 65_536, "ff_consent=" + "=&" * 30_000, "ff_id=1.; " * 3_000, "\x00\x1b[31m\x7f\x9f", "\xff\xfe",
     "1.2.3.4," * 8_000, "en-" * 20_000]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    headers=st.dictionaries(NAMES | LATIN, LATIN | HARD, max_size=12),
    path=LATIN | st.just("/" + "p" * 65_536),
    query=LATIN | st.just("&".join(f"k{number}=v" for number in range(10_000))),
    method=st.sampled_from(["GET", "POST", "", "\x00"]),
    peer=LATIN | st.sampled_from(["192.0.2.7", "::1", ""]),
)
def test_any_header_bytes_change_nothing_and_lose_no_event(
    headers: dict[str, str], path: str, query: str, method: str, peer: str
) -> None:
    recorder = Recorder()
    site = make(recorder, trusted_proxies=["192.0.2.0/24"])
    request = WebRequest(
        method=method, scheme="http", host=headers.get("host", ""), path=path, query=query, headers=headers, peer=peer
    )

    hit = site.begin(request)
    with hit.scope():
        assert site.client.track("good", {"n": 1}, user_id="kari")
    added = site.finish(hit, PAGE)

    stats = site.client.stats()
    assert "internal" not in stats.uncounted
    assert stats.refused == {}
    assert recorder.events == ["good"]
    page_views = sum(message["type"] == "page" for message in recorder.messages)
    assert page_views + sum(stats.uncounted.values()) - stats.uncounted.get("forged_cookie", 0) == 1
    assert all(text.isascii() and text.isprintable() for header in added for text in header)


@pytest.mark.parametrize("name", ["x", "x\r\nSet-Cookie: a", "x; Domain=example"])
@pytest.mark.parametrize("answer", ["yes", None, 1, False])
def test_a_choice_with_any_names_and_values_agrees_to_nothing_and_changes_no_cookie(name: str, answer: Any) -> None:
    site = make(Recorder(), "opt_in")
    hit = site.begin(get())

    hit.consent({name: True, "statistics": answer})
    headers = site.finish(hit, PAGE)

    assert [value.partition(";")[0] for key, value in headers if key == "Set-Cookie"] == ["ff_consent=statistics=0"]
    assert site.client.stats().uncounted == {}


def test_a_route_and_a_title_that_are_no_text_cost_no_page() -> None:
    recorder = Recorder()
    site = make(recorder)
    hit = site.begin(get())
    hit.route, hit.title = 7, object()  # type: ignore[assignment]  # what an application may do

    site.finish(hit, WebResponse(status=200, headers={"content-type": "text/html"}))

    assert [message["name"] for message in recorder.messages] == ["(no route)"]


FIREFOX = BROWSER["user-agent"]


@pytest.mark.parametrize("rule", ["statistics_exempt", "opt_in"])
@given(
    headers=st.fixed_dictionaries(
        {"user-agent": st.sampled_from([FIREFOX, "curl/8.1", "Mozilla/5.0 (compatible; Googlebot/2.1)"])},
        optional={
            "referer": LATIN | st.just("https://www.google.com/"),
            "cookie": st.sampled_from(["ff_consent=statistics=1", "ff_consent=statistics=0&marketing=1"]),
            "sec-gpc": st.just("1"),
        },
    ),
    user=st.none() | st.sampled_from(["ann", "guest", ""]),
    title=st.none() | st.text(max_size=4) | st.just("\ud800"),
    is_used=st.booleans(),
)
def test_a_page_view_is_the_same_whether_a_hook_may_change_it_or_none_is_there(
    rule: str, headers: dict[str, str], user: str | None, title: str | None, is_used: bool
) -> None:
    recorders = Recorder(), Recorder()

    for recorder, hooks in zip(recorders, ([], [lambda message: message]), strict=True):
        client = Client(recorder, plan=plan(rule), hooks=hooks, clock=ManualClock())
        site = Site(client, SiteOptions(cookie_keys=[KEY]))
        hit = site.begin(msgspec.structs.replace(get(), headers=BROWSER | headers))
        hit.user(lambda: user)
        hit.title = title
        with hit.scope():
            if is_used:
                client.track("inside")
        site.finish(hit, PAGE)

    assert recorders[0].messages == recorders[1].messages
    assert recorders[0].messages[-1]["type"] == "page"
