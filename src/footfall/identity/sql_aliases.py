"""The rule of `footfall.identity.aliases` as DuckDB SQL: components by labels that fall to the smallest neighbour.

Each phase hangs every id under its smallest neighbour (or leaves it, when it is smaller than all of them), lets all
jump to their grandparents until they point at roots, and puts roots in place of ids on the edges. Two phases leave at
most half of the roots, and a jump halves every path, so that the statements grow with the logarithm of the ids,
whatever their order (Boruvka's contraction, with the pointer jumping of Shiloach and Vishkin, 1982).
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["canonical_ids_sql"]

Run = Callable[[str], list[tuple[object, ...]]]

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

# A sink wins over an id that another one replaced.
_CANONICAL = """
CREATE OR REPLACE TEMP TABLE {into} AS
SELECT id, coalesce(min(CASE WHEN replaced.previous IS NULL THEN id END) OVER component, min(id) OVER component)
           AS canonical
FROM alias_labels LEFT JOIN (SELECT DISTINCT previous FROM {edges}) AS replaced ON replaced.previous = id
WINDOW component AS (PARTITION BY root)
"""


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
    run(_CANONICAL.format(edges=edges, into=into))
    run("DROP TABLE IF EXISTS alias_parents")
    run("DROP TABLE IF EXISTS alias_jumped")
    run("DROP TABLE alias_edges")
    run("DROP TABLE alias_labels")
