"""A page of a person says which of their messages no figure counts, as the columns of all messages have it, and why."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from tests.people.lives import MINUTE, Life

from footfall.analytics.audience_rules import AUDIENCES
from footfall.analytics.stored_messages import StoredMessages
from footfall.people import LeftOutCount, matches, profile, profile_of
from footfall.plan.model import Plan, Staff

BOT = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
CHROME = {
    "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
    "Safari/537.36"
}
STAFF = Staff(traits={"role": ("employee",)}, email_domains=("shop.example",), networks=("192.0.2.0/24",))
PLAN = Plan(id="shop", staff=STAFF)


def opened(life: Life, plan: Plan | None = PLAN) -> StoredMessages:
    return StoredMessages.of(life.entries, plan)


def left_out(life: Life, id_: str, plan: Plan | None = PLAN) -> tuple[LeftOutCount, ...]:
    page = profile(opened(life, plan), id_)
    assert page is not None
    return page.left_out


def test_nothing_is_left_out_of_a_person_who_is_neither() -> None:
    life = Life()
    life.add("page", user="ann", context=CHROME)

    assert left_out(life, "ann") == ()


def test_messages_of_bots_and_of_own_people_are_counted_by_reason() -> None:
    life = Life()
    life.add("page", user="ann", context=BOT)
    life.add("page", user="ann", context=BOT)
    life.add("page", user="ann", context={"staff": True})
    life.add("page", user="ann", context={"ip": "192.0.2.7"})
    life.add("page", user="ann")

    assert left_out(life, "ann") == (
        LeftOutCount("bot", "crawler", 2), LeftOutCount("staff", "marked", 1), LeftOutCount("staff", "networks", 1),
    )  # fmt: skip


def test_all_messages_of_a_person_of_the_team_are_left_out() -> None:
    life = Life()
    life.add("page", anonymous="a1", context=BOT)
    life.add("identify", user="ann", anonymous="a1", traits={"role": "employee"})
    life.add("page", at=MINUTE, user="ann")

    assert left_out(life, "ann") == (LeftOutCount("staff", "traits", 3),)


def test_an_address_of_the_team_says_so_too() -> None:
    life = Life()
    life.add("identify", user="ann", traits={"email": "ann@shop.example"})

    assert left_out(life, "ann") == (LeftOutCount("staff", "email_domains", 1),)


def test_nobody_is_of_the_team_without_a_plan_that_says_who_is() -> None:
    life = Life()
    life.add("identify", user="ann", traits={"role": "employee"}, context={"ip": "192.0.2.7"})

    assert left_out(life, "ann", None) == ()


def test_page_views_that_come_too_fast_are_of_a_bot() -> None:
    life = Life()
    for number in range(25):
        life.add("page", at=number * 1_000, user="ann", context=CHROME)
    life.add("page", at=MINUTE * 10, user="ann", context=CHROME)

    assert left_out(life, "ann") == (LeftOutCount("bot", "burst", 25),)


def test_page_views_of_senders_that_name_no_agent_are_no_burst() -> None:
    life = Life()
    for number in range(25):
        life.add("page", at=number * 1_000, user="ann")

    assert left_out(life, "ann") == ()


def test_a_message_of_nobody_is_judged_by_its_own_marks() -> None:
    life = Life()
    life.add("page", user="null", context=BOT)
    stored = opened(life)
    (person_id,) = stored.persons.row_ids(0).to_pylist()
    (match,) = matches(stored, person_id)

    assert profile_of(stored, match).left_out == (LeftOutCount("bot", "crawler", 1),)


messages = st.tuples(
    st.sampled_from(["page", "identify", "track"]),
    st.sampled_from(["ann", "bob", None]),
    st.sampled_from(["a1", "a2"]),
    st.sampled_from([None, BOT, CHROME, {"staff": True}, {"ip": "192.0.2.7"}, {"bot": {"reason": "scanner"}}]),
    st.sampled_from([{}, {"role": "employee"}, {"email": "x@shop.example"}]),
)
VIEW: tuple[Any, ...] = ("page", "ann", "a1", CHROME, {})


@given(st.lists(messages, min_size=1, max_size=12))
@example([VIEW] * 25)
@example([*[VIEW] * 25, ("page", "ann", "a1", BOT, {}), ("identify", "bob", "a2", None, {"role": "employee"})])
def test_a_page_leaves_out_as_many_messages_as_figures_do(log: list[tuple[Any, ...]]) -> None:
    life = Life()
    for number, (type_, user, anonymous, context, traits) in enumerate(log):
        body = {"context": context} if context else {}
        body |= {"traits": traits} if type_ == "identify" else {}
        life.add(type_, at=number, user=user, anonymous=anonymous, **body)
    stored = opened(life)
    (column,) = stored.audiences
    ids = stored.persons.row_ids(0).to_pylist()
    numbers = [0] * len(ids) if column is None else column.to_pylist()
    expected = Counter((id_, AUDIENCES[number]) for id_, number in zip(ids, numbers, strict=True) if number)
    counts: Counter[tuple[str, str]] = Counter()
    for id_ in set(ids):
        (match,) = matches(stored, id_)
        for count in profile_of(stored, match).left_out:
            counts[id_, count.audience] += count.messages

    assert counts == expected


def test_what_is_left_out_travels_as_json() -> None:
    life = Life()
    life.add("page", user="ann", context=BOT)

    assert json.loads(msgspec.json.encode(left_out(life, "ann"))) == [
        {"audience": "bot", "reason": "crawler", "messages": 1}
    ]
