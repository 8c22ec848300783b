"""A hit as it arrived: it pays for what is asked, and never gives one visitor two ids."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from tests.web.sites import ID, NOW, TODAY, arrive, capture, cookie_of, ids, request, rules

from footfall.encoding import encode
from footfall.plan.model import Web
from footfall.web.visit import Visit
from footfall.web.visitor_cookie import CookieVisitor


def test_nothing_is_asked_that_nobody_needs() -> None:
    def new_id() -> str:
        raise AssertionError

    visit = Visit(request(), rules(), arrived_us=NOW, reason="static", new_id=new_id)

    assert visit.reason == "static"


def test_the_context_and_the_visitor_are_made_once() -> None:
    visit = arrive(capture(), request())

    assert visit.context is visit.context
    assert visit.anonymous_id == visit.anonymous_id


def test_two_threads_that_ask_at_once_get_one_id() -> None:
    both = threading.Barrier(2, timeout=10)
    new_id = ids()

    def slow_id() -> str:
        both.wait()  # both threads are making an id now
        return new_id()

    visit = Visit(request(), rules(), arrived_us=NOW, reason=None, new_id=slow_id)
    answers: list[str | None] = []
    threads = [threading.Thread(target=lambda: answers.append(visit.anonymous_id)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 2
    assert len(set(answers)) == 1


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "user_agent": st.sampled_from(["", "curl/8.1", "Mozilla/5.0 \xe9", "Mozilla/5.0 (X11) " + "x" * 700, "\ud800"]),
        "accept_language": st.text(max_size=6) | st.just("nb-NO,nb;q=0.9"),
        "referer": st.text(max_size=12) | st.sampled_from(["https://www.google.com/", "https://shop.example/a"]),
        "sec_fetch_dest": st.sampled_from(["document", "iframe"]),
        "sec_purpose": st.just("prefetch"),
        "sec_gpc": st.just("1"),
        "cookie": st.text(max_size=12) | st.just(cookie_of(CookieVisitor(ID, TODAY))),
    },
)


@given(
    HEADERS, st.sampled_from(["", "utm_source=x&gclid=1", "utm_campaign=%F0%9F"]), st.sampled_from(["", "192.0.2.7"])
)
@example({}, "", "192.0.2.7")
def test_the_text_of_the_context_is_its_json(headers: dict[str, Any], query: str, peer: str) -> None:
    hit = msgspec.structs.replace(request(query=query, **headers), peer=peer)
    visit = arrive(capture(web=Web(paths=True, full_url=True, full_referrer=True)), hit)

    text, changed = encode(visit.context)

    assert (visit.context_text is None) == bool(changed)
    assert visit.context_text is None or b"{%b}" % visit.context_text == text
