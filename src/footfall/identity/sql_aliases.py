"""The rule of `footfall.identity.aliases` as DuckDB SQL: components by labels that fall to the smallest neighbour.

Each phase hangs every id under its smallest neighbour (or leaves it, when it is smaller than all of them), lets all
jump to their grandparents until they point at roots, and puts roots in place of ids on the edges. Two phases leave at
most half of the roots, and a jump halves every path, so that the statements grow with the logarithm of the ids,
whatever their order (Boruvka's contraction, with the pointer jumping of Shiloach and Vishkin, 1982).

Rings have no such short way in SQL: components that may have one go through Python, which takes linear time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footfall.identity.aliases import canonical_ids

__all__ = ["canonical_ids_sql"]

Run = Callable[[str], list[tuple[Any, ...]]]

_LABELS = """
CREATE OR REPLACE TEMP TABLE alias_labels AS
SELECT id, id AS root FROM (SELECT previous AS id FROM {edges} UNION SELECT "user" FROM {edges})
"""

_ROOT_EDGES = """
CREATE OR REPLACE TEMP TABLE alias_edges AS
SELECT DISTINCT least(previous, "user") AS low, greatest(previous, "user") AS high FROM {edges}
"""

_HANG = """
CREATE OR REPLACE TEMP TABLE alias_parents AS
SELECT id, least(id, min(neighbour)) AS parent
FROM (SELECT low AS id, high AS neighbour FROM alias_edges UNION ALL SELECT high, low FROM alias_edges)
GROUP BY id
"""

_JUMP = """
CREATE OR REPLACE TEMP TABLE alias_jumped AS
SELECT here.id, there.parent, there.parent <> here.parent AS moved
FROM alias_parents AS here JOIN alias_parents AS there ON there.id = here.parent
"""

_LAND = "CREATE OR REPLACE TEMP TABLE alias_parents AS SELECT id, parent FROM alias_jumped"

_RELABEL = """
CREATE OR REPLACE TEMP TABLE alias_labels AS
SELECT labels.id, coalesce(parents.parent, labels.root) AS root
FROM alias_labels AS labels LEFT JOIN alias_parents AS parents ON parents.id = labels.root
"""

_CONTRACT = """
CREATE OR REPLACE TEMP TABLE alias_edges AS
SELECT DISTINCT least(low.parent, high.parent) AS low, greatest(low.parent, high.parent) AS high
FROM alias_edges AS edges
JOIN alias_parents AS low ON low.id = edges.low
JOIN alias_parents AS high ON high.id = edges.high
WHERE low.parent <> high.parent
"""

# A component with fewer edges than ids is a tree, in which every sink is an id that nothing replaced. The others may
# have rings; their ids are written as numbers, in order, so that no id has to be written into a statement.
_TANGLED = """
CREATE OR REPLACE TEMP TABLE alias_tangled AS
WITH sizes AS (
    SELECT root, count(*) AS ids FROM alias_labels GROUP BY root
), links AS (
    SELECT root, count(*) AS edges FROM {edges} AS edges JOIN alias_labels AS labels ON labels.id = edges.previous
    GROUP BY root
)
SELECT labels.id, labels.root, row_number() OVER (ORDER BY labels.id) AS number
FROM alias_labels AS labels
JOIN sizes ON sizes.root = labels.root
JOIN links ON links.root = labels.root AND links.edges >= sizes.ids
"""

_TANGLED_EDGES = """
SELECT previous.number, "user".number
FROM {edges} AS edges
JOIN alias_tangled AS previous ON previous.id = edges.previous
JOIN alias_tangled AS "user" ON "user".id = edges."user"
"""

_CANONICAL = """
CREATE OR REPLACE TEMP TABLE {into} AS
WITH best AS (
    SELECT tangled.root, tangled.id AS canonical
    FROM alias_tangled AS tangled JOIN alias_chosen AS chosen ON chosen.number = tangled.number
    UNION ALL
    SELECT labels.root, min(labels.id)
    FROM alias_labels AS labels
    ANTI JOIN alias_tangled AS tangled ON tangled.id = labels.id
    ANTI JOIN {edges} AS edges ON edges.previous = labels.id
    GROUP BY labels.root
)
SELECT labels.id, best.canonical FROM alias_labels AS labels JOIN best ON best.root = labels.root
"""

_NUMBERS_A_STATEMENT = 10_000

_TEMPORARY = ("alias_parents", "alias_jumped", "alias_edges", "alias_labels", "alias_tangled", "alias_chosen")


def canonical_ids_sql(run: Run, *, edges: str, into: str) -> None:
    """Write the table `into (id, canonical)` for every id that a row of the table `edges (previous, user)` touches.

    No row of `edges` may lead from an id to itself.
    """
    run(_LABELS.format(edges=edges))
    run(_ROOT_EDGES.format(edges=edges))
    while run("SELECT 1 FROM alias_edges LIMIT 1"):
        run(_HANG)
        run(_JUMP)
        while run("SELECT 1 FROM alias_jumped WHERE moved LIMIT 1"):
            run(_LAND)
            run(_JUMP)
        run(_RELABEL)
        run(_CONTRACT)
    run(_TANGLED.format(edges=edges))
    run("CREATE OR REPLACE TEMP TABLE alias_chosen (number BIGINT)")
    tangled: list[tuple[int, int]] = run(_TANGLED_EDGES.format(edges=edges))
    chosen = sorted(set(canonical_ids(tangled).values()))
    for start in range(0, len(chosen), _NUMBERS_A_STATEMENT):
        numbers = ", ".join(f"({number})" for number in chosen[start : start + _NUMBERS_A_STATEMENT])
        run(f"INSERT INTO alias_chosen VALUES {numbers}")  # noqa: S608 - our own numbers
    run(_CANONICAL.format(edges=edges, into=into))
    for table in _TEMPORARY:
        run(f"DROP TABLE IF EXISTS {table}")
