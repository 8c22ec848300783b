"""The context that every message of a hit carries."""

from __future__ import annotations

import msgspec
from tests.web.sites import arrive, capture, request


def test_the_context_says_who_came_with_what_and_what_they_stated() -> None:
    hit = request("/p/7", user_agent="Mozilla/5.0", accept_language="nb-NO,en", referer="https://news.example/a?q=1")
    visit = arrive(capture(), msgspec.structs.replace(hit, peer="192.0.2.77"))

    assert visit.context() == {
        "page": {"referrer": "https://news.example/a"},
        "consent": {"categoryPreferences": {"statistics": True, "marketing": False}},
        "userAgent": "Mozilla/5.0",
        "locale": "nb-NO",
        "ip": "192.0.2.0",
    }


def test_the_path_is_in_it_only_where_the_rules_allow_it() -> None:
    assert arrive(capture(full_paths=True), request("/p/7")).context()["page"] == {"path": "/p/7"}
    assert "7" not in str(arrive(capture(), request("/p/7")).context())


def test_a_page_in_a_frame_is_marked() -> None:
    assert arrive(capture(), request(sec_fetch_dest="iframe")).context()["embedded"] is True


def test_what_is_long_is_cut() -> None:
    hit = request("/" + "p" * 70_000, user_agent="u" * 70_000, referer="https://r.example/" + "r" * 70_000)

    assert len(str(arrive(capture(full_paths=True), hit).context())) < 8_000
