"""A hit: one mutable object for the whole request, whatever thread learns what."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec
import pytest
from msgspec import UNSET
from tests.web.sites import BROWSER, plan

from footfall import Client
from footfall.integrations.hit import Hit, current_hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.site import Site
from footfall.testing import Recorder
from footfall.web.request import WebRequest, WebResponse

REQUEST = WebRequest(method="GET", scheme="https", host="shop.example", path="/", headers=BROWSER)
PAGE = WebResponse(status=200, headers={"content-type": "text/html"}, route="/")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def site(recorder: Recorder) -> Site:
    return Site(Client(recorder, plan=plan()), SiteOptions(cookie_keys=["sixteen bytes of key"]))


def in_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def test_the_current_hit_is_that_of_the_scope_around_the_code(site: Site) -> None:
    outer, inner = site.begin(REQUEST), site.begin(REQUEST)

    assert current_hit() is None
    with outer.scope():
        with inner.scope():
            assert current_hit() is inner
        assert current_hit() is outer
    assert current_hit() is None


def test_a_view_can_ask_whether_its_page_is_loaded_in_advance_and_what_it_tracks_then_is_marked(
    site: Site, recorder: Recorder
) -> None:
    shown = site.begin(REQUEST)
    fetched = site.begin(msgspec.structs.replace(REQUEST, headers={**BROWSER, "sec-purpose": "prefetch"}))

    for hit in (shown, fetched):
        hit.track("product_viewed", {})
    assert (shown.is_prefetch, fetched.is_prefetch) == (False, True)
    assert [message["context"].get("prefetch") for message in recorder.messages] == [None, True]


def test_where_footfall_does_nothing_no_page_is_taken_for_a_prefetch() -> None:
    off = Site(Client(Recorder(), disabled=True))

    assert not off.begin(msgspec.structs.replace(REQUEST, headers={"sec-purpose": "prefetch"})).is_prefetch


def test_a_scope_may_be_entered_again_and_again(site: Site, recorder: Recorder) -> None:
    scope = site.begin(REQUEST).scope()

    for part in range(3):
        with scope:
            site.client.track("part", {"part": part})
    site.client.track("outside", {}, user_id="kari")
    *inside, outside = recorder.messages
    assert len({message["anonymousId"] for message in inside}) == 1
    assert "anonymousId" not in outside


def test_a_hit_tracks_from_any_thread(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)
    assert hit.visit is not None

    in_thread(lambda: hit.track("done", {"n": 1}))

    (message,) = recorder.messages
    assert message["anonymousId"] == hit.visit.anonymous_id


def test_a_form_that_was_sent_back_is_tracked_by_the_names_of_its_fields(site: Site, recorder: Recorder) -> None:
    site.begin(REQUEST).form_failed("form_failed", "checkout", {"zip": ["Enter 4 digits, not 12345."], "city": ["?"]})

    (message,) = recorder.messages
    assert message["properties"] == {"form": "checkout", "fields": ["city", "zip"]}


def test_errors_that_cannot_be_read_cost_no_message(site: Site, recorder: Recorder) -> None:
    site.begin(REQUEST).form_failed("form_failed", "checkout", None)  # type: ignore[arg-type]

    (message,) = recorder.messages
    assert message["properties"]["fields"] == []


def test_a_hit_identifies_from_any_thread(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)
    assert hit.visit is not None

    in_thread(lambda: hit.identify("kari", {"plan": "pro"}))

    (message,) = recorder.messages
    assert (message["type"], message["userId"], message["anonymousId"]) == ("identify", "kari", hit.visit.anonymous_id)


def test_the_user_is_asked_for_at_the_first_message_and_once(site: Site, recorder: Recorder) -> None:
    asked = []
    hit = site.begin(REQUEST)
    hit.user(lambda: asked.append("user") or 7)  # type: ignore[func-returns-value]

    with hit.scope():
        assert asked == []
        site.client.track("a")
        site.client.track("b")
    site.finish(hit, PAGE)
    assert asked == ["user"]
    assert {message["userId"] for message in recorder.messages} == {"7"}


def test_a_message_that_names_its_user_asks_nobody(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)
    hit.user(lambda: pytest.fail("asked"))

    with hit.scope():
        site.client.track("a", user_id="kari")
        site.client.identify("kari")
    assert [message["userId"] for message in recorder.messages] == ["kari", "kari"]


def test_a_user_model_that_raises_costs_no_message_and_resets_nobody(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)
    hit.user(lambda: 1 // 0)

    with hit.scope():
        assert site.client.track("a")
    site.finish(hit, PAGE)
    assert [message["type"] for message in recorder.messages] == ["track", "page"]
    assert hit.user_id() is UNSET
    assert site.client.stats().uncounted == {"internal": 1}


def test_a_user_model_that_tracks_is_not_asked_again_while_it_does(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)

    def find() -> str:
        site.client.track("looked up")
        return "kari"

    hit.user(find)
    with hit.scope():
        site.client.track("a")
    assert [(message["event"], message.get("userId")) for message in recorder.messages] == [
        ("looked up", None),
        ("a", "kari"),
    ]


def test_a_user_who_cannot_be_known_yet_is_asked_for_again(site: Site, recorder: Recorder) -> None:
    answers = iter([UNSET, "kari"])
    hit = site.begin(REQUEST)
    hit.user(lambda: next(answers))

    with hit.scope():
        site.client.track("a")
        site.client.track("b")
    assert [message.get("userId") for message in recorder.messages] == [None, "kari"]


@pytest.mark.parametrize("user", [object(), True, 1.5])
def test_what_is_no_id_signs_nobody_out(site: Site, recorder: Recorder, user: object) -> None:
    first = site.begin(REQUEST)
    first.user(lambda: "kari")
    cookie = dict(site.finish(first, PAGE))["Set-Cookie"].partition(";")[0]

    second = site.begin(msgspec.structs.replace(REQUEST, headers={**REQUEST.headers, "cookie": cookie}))
    second.user(lambda: user)
    site.finish(second, PAGE)

    assert [message["type"] for message in recorder.messages] == ["identify", "page", "page"]
    assert site.client.stats().uncounted == {"internal": 1}


@pytest.mark.parametrize("user", [None, object(), True, 1.5])
def test_what_is_no_id_is_nobody(site: Site, recorder: Recorder, user: object) -> None:
    hit = site.begin(REQUEST)
    hit.user(lambda: user)

    with hit.scope():
        site.client.track("a")
    assert "userId" not in recorder.messages[0]


def test_a_choice_in_another_thread_holds_for_what_follows(site: Site, recorder: Recorder) -> None:
    hit = site.begin(REQUEST)

    with hit.scope():
        site.client.track("before")
        in_thread(lambda: hit.consent({"statistics": False}))
        site.client.track("after", user_id="kari")
    before, after = recorder.messages
    assert before["context"]["consent"]["categoryPreferences"] == {"statistics": True, "marketing": False}
    assert "anonymousId" not in after
    assert after["consent"] == "count_only"
    assert isinstance(hit, Hit)


def test_a_hit_that_is_released_asks_for_nobody_any_more(site: Site) -> None:
    hit = site.begin(REQUEST)
    hit.user(lambda: "kari")

    hit.release()

    assert hit.user_id() is UNSET


@pytest.mark.parametrize(
    ("content_type", "is_used", "needs"),
    [("text/html", False, True), ("application/json", False, False), ("application/json", True, True)],
)
def test_the_user_is_needed_for_a_page_and_for_what_was_tracked(
    site: Site, content_type: str, is_used: bool, needs: bool
) -> None:
    hit = site.begin(REQUEST)
    hit.used = is_used
    response = WebResponse(status=200, headers={"content-type": content_type})

    assert hit.needs_user(lambda response: response, response) is needs
