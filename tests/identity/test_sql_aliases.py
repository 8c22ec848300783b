"""Canonical ids by SQL are those of the definition, in few statements: as many as the logarithm of the ids."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from tests.identity.by_definition import canonical_by_definition
from tests.identity.duck import Duck
from tests.identity.graphs import graphs

from footfall.identity.sql_aliases import canonical_ids_sql


def duck_of(edges: str) -> Duck:
    """A database with the table of edges that a SELECT gives."""
    duck = Duck()
    duck.run(f'CREATE TABLE edges AS SELECT previous, "user" FROM ({edges}) AS given(previous, "user")')
    duck.statements = 0
    return duck


def canonical(duck: Duck) -> dict[str, str]:
    canonical_ids_sql(duck.run, edges="edges", into="canonical")
    return dict(duck.run("SELECT id, canonical FROM canonical"))


@settings(max_examples=60)
@given(graphs)
@pytest.mark.slow
def test_the_sql_finds_the_canonical_ids_of_the_definition(edges: list[tuple[str, str]]) -> None:
    rows = ", ".join(f"('{previous}', '{user}')" for previous, user in edges if previous != user)
    duck = duck_of(f"VALUES {rows}" if rows else "SELECT '', '' WHERE false")

    assert canonical(duck) == canonical_by_definition(edges)


def test_an_id_that_was_aliased_into_a_ring_is_not_canonical() -> None:
    duck = duck_of("VALUES ('a', 'm'), ('m', 'n'), ('n', 'm')")

    assert canonical(duck) == {"a": "m", "m": "m", "n": "m"}


def test_it_leaves_no_table_but_the_answer() -> None:
    duck = duck_of("VALUES ('a', 'b'), ('b', 'a')")

    canonical(duck)

    assert {name for (name,) in duck.run("SELECT table_name FROM duckdb_tables()")} == {"edges", "canonical"}


@pytest.mark.parametrize("order", ["rising", "falling", "random"])
def test_a_chain_of_a_thousand_ids_takes_few_statements(order: str) -> None:
    ids = [f"id-{number:04}" for number in range(1_001)]
    if order == "falling":
        ids.reverse()
    elif order == "random":
        random.Random(7).shuffle(ids)
    duck = duck_of("VALUES " + ", ".join(f"('{a}', '{b}')" for a, b in itertools.pairwise(ids)))

    assert set(canonical(duck).values()) == {ids[-1]}
    # A phase of contraction is some ten statements, and the base-2 logarithm of the ids is 10.
    assert duck.statements < 10 * 10
