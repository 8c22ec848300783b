"""What a visitor stated, by the order of the signals; each row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.sites import request, rules

from footfall.web.consent_signals import choice_in_force, choice_text, gpc_refuses, read_choice, statement_of
from footfall.web.rules import WebRules

YES, NO = True, False


@pytest.mark.parametrize(
    ("rule", "headers", "statement"),
    [
        ("opt_in", {}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1&marketing=0"}, (YES, NO)),
        ("opt_in", {"cookie": "ff_consent=marketing=1"}, (NO, YES)),
        ("opt_in", {"cookie": "ff_consent=statistics=1", "sec_gpc": "1"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1", "dnt": "1"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1", "sec_gpc": "0", "dnt": "0"}, (YES, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1", "sec_gpc": "1, 1"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1", "dnt": "0, 1"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=1; ff_consent=statistics=0"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=statistics=0; ff_consent=statistics=1&marketing=1"}, (NO, YES)),
        ("statistics_exempt", {"cookie": "ff_consent=marketing=1; ff_consent=statistics=0"}, (NO, YES)),
        ("opt_in", {"cookie": "ff_consent=statistics=yes"}, (NO, NO)),
        ("opt_in", {"cookie": "ff_consent=unheard_of=1"}, (NO, NO)),
        ("statistics_exempt", {}, (YES, NO)),
        ("statistics_exempt", {"cookie": "ff_consent=statistics=0"}, (NO, NO)),
        ("statistics_exempt", {"cookie": "ff_consent=marketing=1"}, (YES, YES)),
        ("statistics_exempt", {"sec_gpc": "1"}, (NO, NO)),
        ("own_rule", {}, (NO, NO)),
    ],
)
def test_the_statement_follows_the_rule_and_the_signals(
    rule: Any, headers: dict[str, str], statement: tuple[bool, bool]
) -> None:
    hit = request(**headers)

    assert statement_of(hit, rules(rule)) == dict(zip(("statistics", "marketing"), statement, strict=True))


def test_an_own_rule_is_asked_and_the_visitors_cookie_comes_before_it() -> None:
    site = rules("own_rule", own_rule=lambda hit: {"statistics": hit.cookie("cmp") == "all", "marketing": None})

    assert statement_of(request(cookie="cmp=all"), site) == {"statistics": True, "marketing": False}
    assert statement_of(request(cookie="cmp=all; ff_consent=statistics=0"), site)["statistics"] is False


def test_a_choice_of_this_request_comes_before_the_cookie_and_after_gpc() -> None:
    refused = {"cookie": "ff_consent=statistics=0"}

    assert statement_of(request(**refused), rules("opt_in"), {"statistics": True})["statistics"] is True
    assert statement_of(request(sec_gpc="1"), rules("opt_in"), {"statistics": True})["statistics"] is False


def test_a_site_with_its_own_rule_may_leave_gpc_to_it() -> None:
    site: WebRules = rules("own_rule", own_rule=lambda hit: {"statistics": not gpc_refuses(hit)}, honours_gpc=False)

    assert statement_of(request(sec_gpc="1"), site)["statistics"] is False
    assert statement_of(request(), site)["statistics"] is True


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,20}", fullmatch=True), st.booleans(), max_size=20))
def test_a_choice_reads_what_it_wrote(choice: dict[str, bool]) -> None:
    assert read_choice(choice_text(choice)) == choice


@given(st.text())
def test_no_cookie_raises_or_states_anything_for_another_purpose(value: str) -> None:
    statement = statement_of(request(cookie=f"ff_consent={value}"), rules("opt_in"))

    assert statement.keys() == {"statistics", "marketing"}
    assert set(map(type, statement.values())) == {bool}


def test_the_choice_in_force_is_what_the_visitor_answered_and_not_what_the_rule_adds() -> None:
    hit = request(cookie="ff_consent=marketing=1")

    assert choice_in_force(hit, rules("statistics_exempt")) == {"marketing": True}
    assert choice_in_force(hit, rules("statistics_exempt"), {"marketing": False}) == {"marketing": False}
    assert choice_in_force(request(), rules("own_rule", own_rule=lambda _: {"statistics": None})) == {
        "statistics": None
    }
