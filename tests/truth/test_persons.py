"""Persons over many parts are those of the pure rules, for many people who meet in small worlds, part after part."""

from __future__ import annotations

import random

import pytest
from tests.analytics.persons.parts import ListPart, attributions
from tests.faults.loops import loops
from tests.identity.logs import DEVICES, JUNK, PRODUCTS, TIMES, USERS, WRITTEN

from footfall.analytics.persons import Persons
from footfall.identity.attribution import Observation, attribute, namespace

TYPES = ("track", "track", "track", "track", "page", "identify", "reset", "alias")


def observations(dice: random.Random, number: int) -> list[Observation]:
    """So many, in any order; nobody of one world meets anybody of another, but for who goes by the same junk."""
    return [_observation(dice, f"-{dice.randrange(number // 25 + 1)}", name) for name in range(number)]


def _observation(dice: random.Random, world: str, name: int) -> Observation:
    def of_world(*ids: str | None) -> str | None:
        id_ = dice.choice(ids)
        return None if id_ is None else id_ if id_ in JUNK else f"{id_}{world}"

    kind = dice.choice(TYPES)
    previous = of_world(*USERS, *DEVICES, *JUNK[:1]) if kind == "alias" and dice.random() < 0.5 else None
    return Observation(
        dice.choice(("web", "gateway")), f"m{name}", kind, dice.choice(TIMES),
        of_world(None, None, None, *USERS, *JUNK[:2], *WRITTEN[:2]), of_world(*DEVICES, *DEVICES, None, *JUNK[:2]),
        of_world(*[None] * 12, *PRODUCTS), previous,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(loops(2)))
def test_persons_of_many_parts(seed: int) -> None:
    dice = random.Random(seed)
    log = observations(dice, 40_000)
    cuts = sorted(dice.sample(range(len(log)), 12))
    parts = [ListPart(log[start:stop]) for start, stop in zip([0, *cuts], [*cuts, len(log)], strict=True)]

    persons = Persons.of(parts[:4], "shop")
    for number in range(4, len(parts), 3):  # late data, by which earlier messages become somebody else's
        persons = persons.extended(*parts[number : number + 3])

    assert attributions(persons, parts) == attribute(log, namespace("shop"))
