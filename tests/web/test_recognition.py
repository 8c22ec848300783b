"""Whom a hit is recognised as."""

from __future__ import annotations

from tests.web.sites import ID, NOW, TODAY, cookie_of, ids, request, rules

from footfall.web.recognition import DAY_US, recognise
from footfall.web.visitor_cookie import CookieVisitor


def test_a_day_is_that_of_the_clock_in_utc() -> None:
    assert NOW // DAY_US == TODAY


def test_a_visitor_who_comes_back_is_nobody_new() -> None:
    recognition = recognise(request(cookie=cookie_of(CookieVisitor(ID, TODAY))), rules(), None, NOW, ids())

    assert recognition.visitor == CookieVisitor(ID, TODAY)
    assert not recognition.is_new


def test_a_bot_is_no_visitor_whatever_its_cookie() -> None:
    crawler = request(user_agent="Googlebot/2.1", cookie=cookie_of(CookieVisitor(ID, TODAY)))
    recognition = recognise(crawler, rules(), None, NOW, ids())

    assert recognition.program.bot is not None
    assert recognition.visitor is None


def test_nobody_is_recognised_without_consent_and_no_id_is_made() -> None:
    recognition = recognise(request(), rules("opt_in"), None, NOW, lambda: 1 / 0)  # type: ignore[arg-type, return-value]

    assert recognition.visitor is None
    assert recognition.statement == {"statistics": False, "marketing": False}


def test_a_choice_of_the_hit_recognises_the_visitor() -> None:
    recognition = recognise(request(), rules("opt_in"), {"statistics": True}, NOW, ids())

    assert recognition.visitor == CookieVisitor(ids()(), TODAY)
    assert recognition.is_new
