"""What a message or a person says decides whether it is of people, of a bot or of the team, and for which reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from footfall.analytics.audience_rules import AudienceVerdict, MarkRule, TraitRule, names_agent
from footfall.plan.model import Plan, Property, Staff

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADERS = {
    "accept": "text/html", "accept-language": "nb", "accept-encoding": "gzip", "sec-ch-ua": '"Chromium";v="141"',
    "sec-ch-ua-mobile": "?0", "sec-ch-ua-platform": '"Windows"', "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "scheme": "https",
}  # fmt: skip
STAFF = Staff(traits={"role": ("employee",)}, email_domains=("@Fjordhome.example",), networks=("192.0.2.0/24",))
WORK = Property(name="work_address", wire_name="workAddress", type="string", format="email")
PLAN = Plan(id="shop", staff=STAFF, traits={"user": (WORK,)})


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ({}, AudienceVerdict("people")),
        ({"userAgent": CHROME}, AudienceVerdict("people")),
        ({"userAgent": GOOGLEBOT}, AudienceVerdict("bot", "crawler")),
        ({"userAgent": ""}, AudienceVerdict("bot", "empty_agent")),
        ({"bot": True}, AudienceVerdict("bot", "marked")),
        ({"bot": {"reason": "scanner"}}, AudienceVerdict("bot", "scanner")),
        ({"bot": {"reason": 7}}, AudienceVerdict("bot", "marked")),
        ({"bot": False}, AudienceVerdict("people")),
        ({"userAgent": CHROME, "bot": {"reason": "odd_headers"}}, AudienceVerdict("bot", "odd_headers")),
        ({"userAgent": CHROME, "http": HEADERS, "bot": {"reason": "ai"}}, AudienceVerdict("people")),
        ({"userAgent": CHROME, "http": HEADERS, "bot": {"reason": "burst"}}, AudienceVerdict("bot", "burst")),
        ({"userAgent": GOOGLEBOT, "staff": True}, AudienceVerdict("staff", "marked")),
        ({"ip": "192.0.2.9"}, AudienceVerdict("staff", "networks")),
        ({"ip": "198.51.100.9"}, AudienceVerdict("people")),
    ],
)
def test_marks_say_of_whom_a_message_is_and_why(marks: dict[str, Any], verdict: AudienceVerdict) -> None:
    assert MarkRule(STAFF).judged(json.dumps(marks)) == verdict


@pytest.mark.parametrize(
    ("traits", "verdict"),
    [
        ({"role": "employee"}, AudienceVerdict("staff", "traits")),
        ({"role": "customer"}, None),
        ({"email": "kari@FJORDHOME.example"}, AudienceVerdict("staff", "email_domains")),
        ({"workAddress": "kari@fjordhome.example"}, AudienceVerdict("staff", "email_domains")),
        ({"email": "kari@fjordhome.example.org"}, None),
        ({"email": ["kari@fjordhome.example"]}, None),
    ],
)
def test_traits_say_whether_a_person_is_of_the_team_and_why(
    traits: dict[str, Any], verdict: AudienceVerdict | None
) -> None:
    assert TraitRule.of(PLAN, STAFF).judged(json.dumps(traits)) == verdict


def test_a_message_without_traits_says_nothing_of_its_person() -> None:
    assert TraitRule.of(PLAN, STAFF).judged(None) is None


def test_marks_name_a_user_agent_first() -> None:
    assert names_agent('{"userAgent":"x","ip":"192.0.2.1"}')
    assert not names_agent('{"ip":"192.0.2.1"}')
