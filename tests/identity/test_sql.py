"""The SQL rules give the very answer of the pure rules, on logs that hold every hard case."""

from __future__ import annotations

import itertools
import random
from typing import get_args

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from tests.identity.duck import Duck
from tests.identity.logs import GAP, UNSHRUNK, logs

from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import Observation, attribute, effects_of_aliases, namespace

NS = namespace("shop")


@pytest.mark.slow
def test_the_sql_agrees_with_the_pure_rules_on_any_log() -> None:
    duck = Duck()

    @settings(max_examples=100)
    @given(logs())
    def agrees(log: list[Observation]) -> None:
        duck.load(log)

        assert duck.attribute(NS) == attribute(log, NS)
        assert duck.effects() == effects_of_aliases(log)

    agrees()


@pytest.mark.parametrize("effect", get_args(AliasEffect))
def test_the_logs_that_are_drawn_give_every_effect_of_an_alias(effect: AliasEffect) -> None:
    assert find(logs(), lambda log: effect in effects_of_aliases(log).values(), settings=UNSHRUNK)


@pytest.mark.slow
def test_any_order_any_repeats_and_any_pieces_of_a_log_give_the_sql_the_same_persons() -> None:
    duck = Duck()

    @settings(max_examples=60)
    @given(logs(), st.data())
    def holds(log: list[Observation], data: st.DataObject) -> None:
        expected = attribute(log, NS)
        shuffled = data.draw(st.permutations(log))
        cut = data.draw(st.integers(0, len(log)))
        duck.load(shuffled[cut:], shuffled[:cut], data.draw(st.lists(st.sampled_from(log), max_size=10)))

        assert duck.attribute(NS) == expected

    holds()


def test_an_empty_table_gives_an_empty_table() -> None:
    duck = Duck()
    duck.load()

    assert duck.attribute(NS) == {}


def test_the_sql_leaves_no_tables_but_the_attributions() -> None:
    duck = Duck()
    duck.load([Observation("web", "m1", "alias", 0, "b", previous_id="a")])
    duck.attribute(NS)

    assert duck.run("SELECT table_name FROM duckdb_tables() ORDER BY 1") == [("attributions",), ("observations",)]


def test_where_two_rows_bear_one_name_the_sql_and_the_pure_rules_choose_the_same() -> None:
    twins = [
        Observation("web", "m1", "track", 5, "bob"),
        Observation("web", "m1", "track", 5, None, "a1"),
        Observation("web", "m1", "track", 5, "ann", "a1"),
        Observation("web", "m2", "track", 6, None, "a1"),
    ]
    duck = Duck()

    for log in (twins, twins[::-1]):
        duck.load(log)
        assert duck.attribute(NS) == attribute(log, NS)


@pytest.mark.parametrize("order", ["rising", "falling", "random"])
@pytest.mark.slow
def test_a_chain_of_ten_thousand_aliases_takes_few_statements(order: str) -> None:
    ids = [f"id-{number:05}" for number in range(10_001)]
    if order == "falling":
        ids.reverse()
    elif order == "random":
        random.Random(7).shuffle(ids)
    log = [
        Observation("web", f"m{number}", "alias", number, user, previous_id=previous)
        for number, (previous, user) in enumerate(itertools.pairwise(ids))
    ]
    duck = Duck()
    duck.load(log)
    duck.statements = 0
    found = duck.attribute(NS)

    assert {one.user_id for one in found.values()} == {ids[-1]}
    # A phase of contraction is some ten statements, and the base-2 logarithm of the ids is 13.3.
    assert duck.statements < 10 * 13.3


def test_a_hundred_thousand_aliases_onto_one_user_take_few_statements() -> None:
    duck = Duck()
    duck.load([])
    duck.run(
        "INSERT INTO observations SELECT 'web', 'm' || n, 'alias', n, 'hot', NULL, NULL, 'old-' || n"
        " FROM range(100000) AS many(n)"
    )
    duck.statements = 0
    attributions = duck.attribute(NS)

    assert {one.user_id for one in attributions.values()} == {"hot"}
    assert duck.statements < 40


@pytest.mark.slow
def test_a_hundred_thousand_ids_in_rings_take_few_statements() -> None:
    duck = Duck()
    duck.load([])
    duck.run(
        "INSERT INTO observations SELECT 'web', 'm' || n, 'alias', n, 'a\x00' || (n + CASE n % 4 WHEN 3 THEN -3 ELSE 1"
        " END), NULL, NULL, 'a\x00' || n FROM range(100000) AS many(n)".replace("\x00", "' || chr(0) || '")
    )
    duck.statements = 0
    attributions = duck.attribute(NS)

    assert len({one.user_id for one in attributions.values()}) == 25_000
    assert duck.statements < 60


def test_one_device_with_many_users_and_messages_is_attributed_as_by_the_pure_rules() -> None:
    chance = random.Random(11)
    log = [
        Observation(
            "web",
            f"m{number}",
            chance.choice(("track", "track", "track", "reset")),
            chance.randrange(2_000 * GAP),
            chance.choice((None, None, None, "ann", "bob", "cleo")),
            "tablet",
        )
        for number in range(3_000)
    ]
    duck = Duck()
    duck.load(log)

    assert duck.attribute(NS) == attribute(log, NS)
