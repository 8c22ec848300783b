"""A signed address counts its event once, leads where it was signed for, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.sites import BROWSER, plan

from footfall import Client
from footfall.errors import UsageError
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.testing import ManualClock, Recorder
from footfall.web.request import WebRequest

KEY = "sixteen bytes of key"
TARGET = "https://partner.example/offer?a=b"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def make(recorder: Recorder, clock: ManualClock | None = None, **options: Any) -> Site:
    return Site(
        Client(recorder, plan=plan(), clock=clock or ManualClock()), SiteOptions(**{"cookie_keys": [KEY], **options})
    )


def ask(site: Site, path: str, method: str = "GET", **headers: str) -> OwnResponse:
    names = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    hit = site.begin(WebRequest(method=method, scheme="https", host="shop.example", path=path, headers=names))
    response = site.own_response(hit)
    assert response is not None
    return response


def sent(recorder: Recorder) -> list[Any]:
    return [(message["event"], message["properties"]) for message in recorder.messages]


def test_a_redirect_counts_its_event_and_leads_on() -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, site.links.redirect(TARGET, "clicked", {"partner": "acme"}))

    headers = dict(response.headers)
    assert (response.status, headers["Location"], headers["Cache-Control"]) == (303, TARGET, "no-store")
    assert "Referrer-Policy" in headers
    assert sent(recorder) == [("clicked", {"partner": "acme"})]


def test_a_new_visitor_of_a_redirect_is_recognised_on_the_next_page() -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, site.links.redirect(TARGET, "clicked"))
    cookie = dict(response.headers)["Set-Cookie"].partition(";")[0]
    ask(site, site.links.redirect(TARGET, "clicked"), cookie=cookie)

    first, second = recorder.messages
    assert first["anonymousId"] == second["anonymousId"]


def test_a_click_that_both_redirect_and_ping_report_has_one_message_id() -> None:
    recorder = Recorder()
    site = make(recorder)
    address = site.links.redirect(TARGET, "clicked")

    ask(site, address)
    ping = ask(site, site.links.ping_of(address), "POST", content_type="text/ping", ping_to=TARGET)

    assert ping.status == 204
    assert len({message["messageId"] for message in recorder.messages}) == 1


def test_a_page_that_a_cache_keeps_has_one_pixel_that_counts_each_of_its_readers_once() -> None:
    recorder = Recorder()
    site = make(recorder)
    address = site.links.pixel("rendered")

    for agent in ("one", "one", "other"):
        ask(site, address, user_agent=f"{BROWSER['user-agent']} {agent}")

    assert len(recorder.messages) == 3
    assert len({message["messageId"] for message in recorder.messages}) == 2


def test_no_message_id_says_who_the_reader_is() -> None:
    recorder = Recorder()
    site = make(recorder)
    first = ask(site, site.links.redirect(TARGET, "clicked"))
    cookie = dict(first.headers)["Set-Cookie"].partition(";")[0]

    ask(site, site.links.redirect(TARGET, "clicked"), cookie=cookie)

    _, message = recorder.messages
    assert message["anonymousId"] not in message["messageId"]


def test_two_messages_of_one_link_have_nothing_in_common_by_which_they_could_be_connected() -> None:
    recorder = Recorder()
    site = make(recorder)
    address = site.links.pixel("opened", user_id="kari")
    link = site.links.read(address.rpartition("/")[2], "pixel")
    assert link is not None

    for agent in ("one", "other"):
        ask(site, address, user_agent=f"{BROWSER['user-agent']} {agent}")

    one, other = (message["messageId"] for message in recorder.messages)
    assert one[:12] != other[:12]
    assert link.id not in one


def test_a_mail_that_was_passed_on_does_not_make_its_reader_the_user_it_was_sent_to() -> None:
    recorder = Recorder()
    site = make(recorder)
    first = ask(site, site.links.redirect(TARGET, "clicked"))
    visitor = dict(first.headers)["Set-Cookie"].partition(";")[0]

    ask(site, site.links.redirect(TARGET, "clicked", user_id="kari"), cookie=visitor)

    _, message = recorder.messages
    assert message["userId"] == "kari"
    assert "anonymousId" not in message


def test_a_click_is_no_proof_that_a_page_was_rendered() -> None:
    recorder = Recorder()
    site = make(recorder)

    ask(site, site.links.pixel("rendered"))
    ask(site, site.links.redirect(TARGET, "clicked"))

    assert [message["messageId"].partition("-")[0] for message in recorder.messages] == ["link", "click"]


def test_each_link_is_another() -> None:
    site = make(Recorder())

    assert site.links.redirect(TARGET, "clicked") != site.links.redirect(TARGET, "clicked")


def test_a_pixel_is_a_picture_that_no_cache_keeps_and_counts_its_user() -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, site.links.pixel("opened", {"issue": 7}, user_id="kari"), sec_fetch_dest="image")

    assert dict(response.headers)["Content-Type"] == "image/gif"
    assert dict(response.headers)["Cache-Control"] == "no-store"
    assert response.body[:6] == b"GIF89a"
    (message,) = recorder.messages
    assert (message["userId"], message["event"], message["properties"]) == ("kari", "opened", {"issue": 7})


@pytest.mark.parametrize(
    ("method", "headers"), [("HEAD", {}), ("POST", {}), ("GET", {"sec_purpose": "prefetch;prerender"})]
)
def test_what_no_person_did_leads_on_and_does_not_count(method: str, headers: dict[str, str]) -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, site.links.redirect(TARGET, "clicked"), method, **headers)

    assert response.status == 303
    assert recorder.messages == []


def test_properties_keep_their_digits() -> None:
    recorder = Recorder()
    site = make(recorder)

    ask(site, site.links.redirect(TARGET, "clicked", {"price": Decimal("1234567890.12345678901")}))

    assert sent(recorder) == [("clicked", {"price": Decimal("1234567890.12345678901")})]


def test_a_bots_click_is_marked() -> None:
    recorder = Recorder()
    site = make(recorder)

    ask(site, site.links.redirect(TARGET, "clicked"), user_agent=CRAWLER)

    (message,) = recorder.messages
    assert message["context"]["bot"]["reason"] == "crawler"


def test_a_link_that_is_over_leads_nowhere_and_is_counted_as_that() -> None:
    recorder, clock = Recorder(), ManualClock()
    site = make(recorder, clock)
    address = site.links.redirect(TARGET, "clicked", lasts=timedelta(hours=1))

    clock.advance(3_602)
    response = ask(site, address)

    assert (response.status, recorder.messages) == (404, [])
    assert site.client.stats().uncounted == {"expired_link": 1, "own": 1}


def test_a_link_of_another_key_leads_nowhere_and_is_counted_as_forged() -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, make(Recorder(), link_keys=["another key of 16 bytes"]).links.redirect(TARGET, "clicked"))

    assert (response.status, recorder.messages) == (404, [])
    assert site.client.stats().uncounted == {"forged_link": 1, "own": 1}


def test_the_keys_of_links_may_be_others_than_those_of_cookies() -> None:
    recorder = Recorder()
    address = make(Recorder(), link_keys=["a key of links alone"]).links.redirect(TARGET, "clicked")

    response = ask(make(recorder, cookie_keys=["a new key of cookies"], link_keys=["a key of links alone"]), address)

    assert response.status == 303


def test_a_pixels_address_leads_nowhere_and_a_redirects_is_no_picture() -> None:
    recorder = Recorder()
    site = make(recorder)

    assert ask(site, site.links.pixel("opened").replace("/pixel/", "/redirect/")).status == 404
    ask(site, site.links.redirect(TARGET, "clicked").replace("/redirect/", "/pixel/"))

    assert recorder.messages == []


@given(st.text(max_size=60))
def test_nothing_that_somebody_writes_leads_anywhere(text: str) -> None:
    recorder = Recorder()
    site = make(recorder)

    response = ask(site, f"/footfall/redirect/{text}")

    assert response.status == 404
    assert not [value for name, value in response.headers if name == "Location"]


@pytest.mark.parametrize("target", ["//evil.example", "javascript:alert(1)", "https://a@b.example/", "/cart"])
def test_a_target_that_is_none_is_refused_where_the_link_is_made(target: str) -> None:
    with pytest.raises(UsageError, match="the target"):
        make(Recorder()).links.redirect(target, "clicked")


def test_properties_that_no_link_can_have_are_refused() -> None:
    with pytest.raises(UsageError, match="clicked"):
        make(Recorder()).links.redirect(TARGET, "clicked", {"what": object()})
