"""A person's page says who somebody is, what they sent, and how we know that each message is theirs."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from rich.console import Console

from footfall.people import (
    EventCount,
    Evidence,
    LeftOutCount,
    PersonAlias,
    PersonMessage,
    PersonProfile,
    ReasonCount,
    Trait,
)
from footfall.reporting.person import PersonAnswer, show_persons

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
EVIDENCE = Evidence("web", "m2", "identify", None, "ann", AT, 1)
ANN = PersonProfile(
    person_id="p1", user_id="ann", counted=True, user_ids=("ann",), anonymous_ids=("phone", "tablet"),
    shared_ids=("tablet",), device_ids=(), first_seen=AT, last_seen=AT, messages=2,
    events=(EventCount("page", None, 1), EventCount("track", "sold", 1)),
    traits=(Trait("plan", msgspec.Raw(b'"pro"'), "web", "m2", AT),),
    recent=(PersonMessage("web", "m1", "page", None, "Home", AT, "sole_owner", msgspec.Raw(b'{"path": "/"}')),),
    reasons=(ReasonCount("sole_owner", 1, 3, (EVIDENCE,)),), aliases=(), aliases_total=0,
)  # fmt: skip


def shown(*persons: PersonProfile, count: int | None = None) -> list[str]:
    ids = tuple(f"p{number}" for number in range(count or len(persons)))
    file = io.StringIO()
    show_persons(PersonAnswer("phone", ids, persons), ZoneInfo("Europe/Oslo"), Console(file=file, width=120))
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def changed(**changes: Any) -> PersonProfile:
    return msgspec.structs.replace(ANN, **changes)


def test_the_page_says_who_when_and_what() -> None:
    lines = shown(ANN)

    assert lines[0] == "User ann"
    for line in (
        "anonymous ids phone, tablet (shared)",
        "first seen 2026-11-21 10:00:00 CET",
        "messages 2: 1 × page, 1 × sold",
        'plan "pro" 2026-11-21 10:00:00 CET web',
        "Messages (the latest 1 of 2, newest first)",
        '2026-11-21 10:00:00 CET page Home {"path": "/"} web sole_owner',
    ):
        assert line in lines


def test_the_page_says_how_we_know_and_by_which_message() -> None:
    lines = shown(ANN)

    assert "sole_owner 1 nobody else was ever identified under that anonymous id" in lines
    assert "1 by identify of user ann at 2026-11-21 10:00:00 CET (web m2)" in lines
    assert "and by 2 more" in lines


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"device_ids": ("boiler",), "reasons": (ReasonCount("device", 1, 0, ()),)}, "Connected product boiler"),
        ({"reasons": (ReasonCount("blocked", 1, 0, ()),)}, "A message without a usable id"),
        ({"reasons": (ReasonCount("anonymous", 1, 0, ()),)}, "Somebody unknown, under anonymous id phone, tablet"),
        (
            {"anonymous_ids": ("t",), "reasons": (ReasonCount("contested", 1, 0, ()),)},
            "Somebody unknown, in one session under the shared anonymous id t",
        ),
    ],
)
def test_the_headline_says_what_somebody_without_a_user_id_is(changes: dict[str, Any], headline: str) -> None:
    assert shown(changed(user_id=None, user_ids=(), **changes))[0] == headline


def test_the_page_says_which_messages_no_figure_counts_and_why() -> None:
    lines = shown(changed(left_out=(LeftOutCount("bot", "crawler", 1),)))

    assert lines[0] == "User ann (a bot): figures leave out 1 of 2 messages"
    assert "Left out of figures (`footfall report --include bots` has them too)" in lines
    assert "a bot 1 crawler A search engine, an archive, or another program that reads pages by itself." in lines


def test_the_headline_says_that_a_person_is_of_the_team() -> None:
    lines = shown(changed(left_out=(LeftOutCount("staff", "traits", 2),)))

    assert lines[0] == "User ann (the team's own people): figures leave out all 2 messages"
    assert "the team's own people 2 traits The person has one of the plan's `staff.traits`." in lines


def test_the_headline_speaks_of_the_one_message_of_a_bot() -> None:
    lines = shown(changed(messages=1, left_out=(LeftOutCount("bot", "ai", 1),)))

    assert lines[0] == "User ann (a bot): figures leave out the 1 message"


def test_a_mark_without_a_reason_that_we_know_is_shown_as_it_is() -> None:
    lines = shown(changed(left_out=(LeftOutCount("bot", "new_reason", 1), LeftOutCount("staff", "marked", 1))))

    assert lines[0] == "User ann (a bot and the team's own people): figures leave out all 2 messages"
    assert "Left out of figures (`footfall report --include bots,staff` has them too)" in lines
    assert "a bot 1 new_reason" in lines


def test_an_alias_says_what_it_did() -> None:
    merged = PersonAlias("ann@old", "ann", "merged", (), 1, "web", "m3", AT)

    lines = shown(changed(aliases=(merged,), aliases_total=2))

    assert "2026-11-21 10:00:00 CET ann@old → ann both ids are one person" in lines
    assert "and 1 more" in lines


def test_several_persons_are_numbered_and_those_not_shown_counted() -> None:
    lines = shown(ANN, ANN, count=12)

    assert lines[0] == "phone leads to 12 persons, the first seen first."
    assert "1 of 12: User ann" in lines
    assert "and 10 more: `--format json` names them, and `person show` takes each by its person id" in lines


def test_ids_steer_no_terminal() -> None:
    assert shown(changed(user_id="\x1b[31mann"))[0] == "User \\x1b[31mann"
