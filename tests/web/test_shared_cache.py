"""A cookie goes only with a response that no shared cache may keep: each row, and a cache of RFC 9111 as the judge."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.web.shared_cache import CookieRule, cookie_rule


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        ({}, "make_private"),
        ({"cache-control": ""}, "make_private"),
        ({"cache-control": "no-cache"}, "make_private"),
        ({"cache-control": "max-age=0"}, "make_private"),
        ({"cache-control": "no-cache, must-revalidate"}, "make_private"),
        ({"cache-control": "private"}, "as_it_is"),
        ({"cache-control": "Private, max-age=600"}, "as_it_is"),
        ({"cache-control": "no-store"}, "as_it_is"),
        ({"cache-control": "max-age=0, no-cache, no-store, must-revalidate, private"}, "as_it_is"),
        ({"cache-control": 'private="set-cookie", max-age=60'}, "no_cookie"),
        ({"cache-control": "public"}, "no_cookie"),
        ({"cache-control": "max-age=60"}, "no_cookie"),
        ({"cache-control": 'max-age="60"'}, "no_cookie"),
        ({"cache-control": "max-age=never"}, "no_cookie"),
        ({"cache-control": "s-maxage=60"}, "no_cookie"),
        ({"cache-control": "no-cache, s-maxage=60"}, "no_cookie"),
        ({"cache-control": "immutable"}, "no_cookie"),
        ({"cache-control": "stale-while-revalidate=9"}, "no_cookie"),
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, "no_cookie"),
        ({"expires": "0"}, "make_private"),
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT", "cache-control": "max-age=0"}, "make_private"),
        ({"expires": "Mon, 30 Nov 2026 12:00:00 GMT", "date": "Mon, 30 Nov 2026 12:00:00 GMT"}, "make_private"),
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT", "cache-control": "private"}, "as_it_is"),
        ({"cdn-cache-control": "max-age=60", "cache-control": "private"}, "no_cookie"),
        ({"surrogate-control": "max-age=60", "cache-control": "no-store"}, "no_cookie"),
        ({"x-accel-expires": "60"}, "no_cookie"),
        ({"netlify-cdn-cache-control": "max-age=60"}, "no_cookie"),
        ({"akamai-cache-control": "max-age=60", "cache-control": "private"}, "no_cookie"),
    ],
)
def test_a_response_says_whether_a_cookie_may_go_with_it(headers: dict[str, str], rule: CookieRule) -> None:
    assert cookie_rule(headers) == rule


def may_be_kept_for_others(cache_control: str, expires: str | None) -> bool:
    """Whether a shared cache may store a 200 to a plain GET (RFC 9111, section 3), as narrowly as one could read it."""
    directives = {part.strip().lower().partition("=")[0].strip() for part in cache_control.split(",")}
    whole = {part.strip().lower() for part in cache_control.split(",")}
    # A heuristic lifetime lets it keep all that does not say otherwise.
    return not ("no-store" in directives or "private" in whole)


DIRECTIVES = st.sampled_from(
    ["private", 'private="set-cookie"', "public", "no-store", "no-cache", "max-age=0", "max-age=9", "s-maxage=9",
     "s-maxage=0", "must-revalidate", "immutable", "PRIVATE", "x-other", ""]
)  # fmt: skip


@given(st.lists(DIRECTIVES, max_size=4), st.sampled_from([None, "0", "Thu, 01 Jan 2099 00:00:00 GMT"]))
@example(["max-age=0"], None)
@example(['private="set-cookie"'], None)
@example([], "Thu, 01 Jan 2099 00:00:00 GMT")
def test_no_response_that_gets_a_cookie_may_be_kept_for_others(directives: list[str], expires: str | None) -> None:
    cache_control = ", ".join(directives)
    headers = {"cache-control": cache_control} | ({} if expires is None else {"expires": expires})

    rule = cookie_rule(headers)
    if rule == "make_private":
        cache_control = f"{cache_control}, private"
    assert rule == "no_cookie" or not may_be_kept_for_others(cache_control, expires)
