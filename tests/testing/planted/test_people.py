"""Each kind of planted person sends what it claims, and the identity rules find the person that it claims to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from footfall.identity.attribution import Observation, attribute, namespace
from footfall.plan.model import Event, Journey, Plan, Step
from footfall.testing.planted.journeys import Stop
from footfall.testing.planted.people import KINDS, Maker, Person, device_walker

EVENTS = {name: Event(name=name, wire_name=name) for name in ("a", "b")}
PLAN = Plan(id="p", events=EVENTS)
JOURNEY = Journey(name="j", by="user", steps=(Step(id="one", event="a"), Step(id="two", event="b")))


class PlainMaker:
    """Events without properties, all of one source."""

    def __init__(self, seed: int) -> None:
        self.plan = PLAN
        self.rng = Random(seed)
        self._ids = 0

    def message_id(self) -> str:
        self._ids += 1
        return f"m{self._ids}"

    def source_of(self, event: str | None) -> str:
        return "web"

    def properties_of(self, stop: Stop, device_id: str | None) -> Mapping[str, Any]:
        return {}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [*KINDS, device_walker], ids=lambda kind: kind.__name__)
def test_identity_finds_each_person_that_was_planted(
    kind: Callable[[Maker, Journey, str], list[Person]], seed: int
) -> None:
    messages = [message for person in kind(PlainMaker(seed), JOURNEY, "1") for message in person.messages]
    observations = [
        Observation(
            message.source, message.message_id, message.type, message.at * 1_000_000, message.user_id,
            message.anonymous_id, message.device_id, message.previous_id,
        )
        for message in messages
    ]  # fmt: skip

    attributions = attribute(observations, namespace(PLAN.id))

    assert {(who.person_id, who.reason) for who in attributions.values()} == {
        (message.person_id, message.reason) for message in messages
    }


def test_a_shared_tablet_has_two_users_and_a_session_of_nobody() -> None:
    people = next(kind for kind in KINDS if kind.__name__ == "_shared_tablet")(PlainMaker(1), JOURNEY, "1")

    persons = [{message.person_id for message in person.messages} for person in people]
    assert [len(ids) for ids in persons] == [1, 1, 1]
    assert len(set.union(*persons)) == 3
    assert len({message.anonymous_id for person in people for message in person.messages}) == 1
