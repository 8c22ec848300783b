"""Which persons an id leads to."""

from __future__ import annotations

from uuid import uuid5

import pytest
from tests.people.lives import DAY, MINUTE, Life

from footfall.identity.attribution import namespace
from footfall.people import lookup


def person(name: str) -> str:
    return str(uuid5(namespace("shop"), name))


@pytest.mark.parametrize("id", ["ann", "ann@old", "never-seen", "a1", "u:ann"])
def test_any_id_of_a_person_leads_to_that_person(id: str) -> None:  # noqa: A002 - the word of the domain
    life = Life()
    life.add("page", anonymous="a1")
    life.add("identify", user="ann@old", anonymous="a1")
    life.add("alias", previous="ann@old", user="ann")
    life.add("alias", previous="never-seen", user="ann")

    stored = life.open()
    asked = person(id) if id.startswith("u:") else id
    assert lookup(stored, asked) == (person("u:ann"),)


def test_the_id_of_a_shared_browser_leads_to_everybody_who_used_it_the_first_seen_first() -> None:
    life = Life()
    life.add("identify", at=MINUTE, user="bob", anonymous="tablet")
    life.add("identify", at=2 * MINUTE, user="ann", anonymous="tablet")
    life.add("page", at=DAY, anonymous="tablet", message_id="later")

    stored = life.open()
    assert lookup(stored, "tablet") == (person("u:bob"), person("u:ann"), person('s:["tablet","web","later"]'))


def test_the_id_of_a_connected_product_leads_to_its_stream_and_to_users_who_named_it() -> None:
    life = Life()
    life.add(device="sensor", anonymous="a1")
    life.add(at=1, device="sensor", user="ann")

    stored = life.open()
    assert lookup(stored, "sensor") == (person("d:sensor"), person("u:ann"))
    assert lookup(stored, "a1") == ()


def test_an_id_that_nobody_has_leads_to_nobody() -> None:
    life = Life()
    life.add(user="ann")

    stored = life.open()
    assert lookup(stored, "zoe") == ()


@pytest.mark.parametrize("written", ["Zoe\u0308", " Zo\u00eb\n", "\ufeffZo\u00eb\u200b"])
def test_an_id_may_be_written_in_any_way_that_is_compared_as_the_same(written: str) -> None:
    life = Life()
    life.add(user="Zo\u00eb ")

    stored = life.open()
    assert lookup(stored, written) == (person("u:Zo\u00eb"),)


def test_a_junk_id_leads_to_nobody_although_messages_bear_it() -> None:
    life = Life()
    life.add(user="guest", anonymous="a1")
    life.add(user="ann", anonymous="guest")
    life.add("alias", user="ann", previous="guest")
    life.add(anonymous="guest", message_id="alone")

    stored = life.open()
    assert lookup(stored, "guest") == ()
    assert lookup(stored, person('m:["web","alone"]')) == (person('m:["web","alone"]'),)
