"""Profiles: one page of everything that the data says of a person."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid5

import pytest
from tests.people.lives import DAY, MINUTE, START, Life

from footfall.errors import UsageError
from footfall.identity.attribution import namespace
from footfall.people import EventCount, PersonProfile, profile, profiles


def person(name: str) -> str:
    return str(uuid5(namespace("shop"), name))


def of(life: Life, id: str, recent: int = 20) -> PersonProfile:  # noqa: A002 - the word of the domain
    stored = life.open()
    person = profile(stored, id, recent=recent)
    assert person is not None
    return person


def customer() -> Life:
    """Ann looks around, signs in, buys, and gets a new user id."""
    life = Life()
    life.add("page", anonymous="a1", name="Home")
    life.add("identify", at=MINUTE, user="ann@old", anonymous="a1", traits={"name": "Ann", "plan": "free"})
    life.add(at=2 * MINUTE, event="order_completed", user="ann@old", anonymous="a1", properties={"total": 12.50})
    life.add("alias", at=DAY, previous="ann@old", user="ann")
    life.add("identify", at=2 * DAY, user="ann", anonymous="a2", device="watch", source="app", traits={"plan": "pro"})
    return life


def test_a_profile_names_every_id_and_the_first_and_last_time_of_a_person() -> None:
    ann = of(customer(), "ann")

    assert (ann.person_id, ann.user_id, ann.counted) == (person("u:ann"), "ann", True)
    assert ann.user_ids == ("ann", "ann@old")
    assert ann.anonymous_ids == ("a1", "a2")
    assert ann.shared_ids == ()
    assert ann.device_ids == ("watch",)
    assert ann.first_seen == datetime(2026, 1, 1, tzinfo=UTC)
    assert ann.last_seen == datetime(2026, 1, 3, tzinfo=UTC)
    assert ann.messages == 5


def test_every_id_of_a_person_gives_the_same_profile() -> None:
    life = customer()

    assert of(life, "ann") == of(life, "ann@old") == of(life, "a1") == of(life, "watch") == of(life, person("u:ann"))


def test_messages_are_counted_by_type_and_event_the_most_frequent_first() -> None:
    assert of(customer(), "ann").events == (
        EventCount("identify", None, 2),
        EventCount("alias", None, 1),
        EventCount("page", None, 1),
        EventCount("track", "order_completed", 1),
    )


def test_traits_say_their_value_their_time_and_their_message() -> None:
    traits = {trait.name: trait for trait in of(customer(), "ann").traits}

    assert bytes(traits["plan"].value) == b'"pro"'
    assert (traits["plan"].source, traits["plan"].message_id) == ("app", "m5")
    assert traits["plan"].at == datetime(2026, 1, 3, tzinfo=UTC)
    assert (traits["name"].source, traits["name"].message_id) == ("web", "m2")


def test_traits_of_one_time_are_settled_by_source_and_then_by_message_id() -> None:
    life = Life()
    life.add("identify", user="ann", source="web", message_id="m1", traits={"plan": "third"})
    life.add("identify", user="ann", source="app", message_id="m2", traits={"plan": "second"})
    life.add("identify", user="ann", source="app", message_id="m1", traits={"plan": "first"})

    assert [bytes(trait.value) for trait in of(life, "ann").traits] == [b'"third"']


def test_only_identify_messages_bring_traits() -> None:
    life = Life()
    life.add(user="ann", context={"traits": {"plan": "pro"}})
    life.add("group", user="ann", traits={"seats": 3})

    assert of(life, "ann").traits == ()


def test_recent_messages_are_the_latest_and_the_newest_comes_first() -> None:
    ann = of(customer(), "ann", recent=3)

    assert [message.message_id for message in ann.recent] == ["m5", "m4", "m3"]
    assert bytes(ann.recent[2].properties) == b'{"total": 12.5}'
    assert of(customer(), "ann").recent[-1].name == "Home"


def test_reasons_are_counted_and_name_their_evidence() -> None:
    explicit, sole_owner = of(customer(), "ann").reasons

    assert (explicit.reason, explicit.messages, explicit.evidence_total) == ("explicit", 4, 4)
    assert [message.message_id for message in explicit.evidence] == ["m2", "m3", "m4"]
    assert (sole_owner.reason, sole_owner.messages, sole_owner.evidence_total) == ("sole_owner", 1, 1)
    assert (sole_owner.evidence[0].message_id, sole_owner.evidence[0].user_id) == ("m2", "ann@old")
    assert sole_owner.evidence[0].explains == 1


def test_an_aliased_id_of_a_browser_is_listed_as_a_browsers() -> None:
    life = Life()
    life.add("page", anonymous="a1")
    life.add("alias", previous="a1", user="ann")
    life.add("alias", previous="ann-2019", user="ann")
    ann = of(life, "ann")

    assert (ann.user_ids, ann.anonymous_ids) == (("ann", "ann-2019"), ("a1",))


def test_junk_ids_are_not_listed() -> None:
    life = Life()
    life.add(user="ann", anonymous="null", device="undefined")
    life.add("alias", user="ann", previous="guest")
    ann = of(life, "ann")

    assert (ann.user_ids, ann.anonymous_ids, ann.device_ids) == (("ann",), (), ())


def test_a_shared_browser_leads_to_several_profiles_and_each_says_that_it_is_shared() -> None:
    life = Life()
    life.add("identify", user="ann", anonymous="tablet")
    life.add("page", at=1, user="ann", anonymous="phone")
    life.add("identify", at=MINUTE, user="bob", anonymous="tablet")
    life.add("page", at=DAY, anonymous="tablet", message_id="later")

    stored = life.open()
    ann, bob, nobody = profiles(stored, "tablet")
    with pytest.raises(UsageError, match="leads to 3 persons"):
        profile(stored, "tablet")

    assert (ann.user_id, bob.user_id, nobody.user_id) == ("ann", "bob", None)
    assert ann.anonymous_ids == ("phone", "tablet")
    assert ann.shared_ids == bob.shared_ids == nobody.shared_ids == ("tablet",)
    assert nobody.person_id == person('s:["tablet","web","later"]')
    assert nobody.reasons[0].evidence == ()


def test_a_connected_product_has_a_profile_that_is_not_counted() -> None:
    life = Life()
    life.add(event="reading_taken", device="sensor", anonymous="a1")
    sensor = of(life, "sensor")

    assert (sensor.counted, sensor.user_id, sensor.device_ids, sensor.anonymous_ids) == (False, None, ("sensor",), ())


def test_nobody_has_no_profile() -> None:
    stored = customer().open()

    assert profile(stored, "zoe") is None
    assert profiles(stored, "zoe") == []


def test_a_time_beyond_the_calendar_is_shown_as_its_edge() -> None:
    life = Life()
    life.add(user="ann", at=-(10**17) - START)
    life.add(user="ann", at=9 * 10**17)
    ann = of(life, "ann")

    assert (ann.first_seen.year, ann.last_seen.year) == (1, 9999)


def test_a_profile_says_what_the_aliases_of_its_ids_did() -> None:
    life = Life()
    life.add("page", anonymous="tablet")
    first = life.add("alias", at=MINUTE, user="ann", previous="tablet")
    life.add("alias", at=2 * MINUTE, user="ann", previous="tablet")
    life.add("alias", at=3 * MINUTE, user="bob", previous="tablet")
    merged = life.add("alias", user="ann", previous="ann@old")

    stored = life.open()
    ann, bob = (profile(stored, user) for user in ("ann", "bob"))

    assert ann is not None
    assert bob is not None
    assert [(alias.effect, alias.messages, alias.message_id) for alias in ann.aliases] == [
        ("identified", 2, first),
        ("merged", 1, merged),
    ]
    assert ann.aliases[0].users == bob.aliases[0].users == ("ann", "bob")
    assert (ann.user_ids, ann.anonymous_ids, ann.shared_ids) == (("ann", "ann@old"), ("tablet",), ())
    assert ann.aliases_total == 2


def test_of_many_aliases_a_profile_shows_twenty_and_counts_the_others() -> None:
    life = Life()
    for number in range(25):
        life.add("alias", user="ann", previous=f"old-{number}")

    stored = life.open()
    ann = profile(stored, "old-7")

    assert ann is not None
    assert (len(ann.aliases), ann.aliases_total, len(ann.user_ids)) == (20, 25, 26)
