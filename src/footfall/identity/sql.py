"""The rules of `footfall.identity.attribution` as DuckDB SQL: the same answer, for every row of a table at once.

Only text is made here; the caller passes a function that runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from footfall.identity.ids import comparable_sql
from footfall.identity.junk import junk_sql
from footfall.identity.sessions import SESSION_GAP_US
from footfall.identity.sql_aliases import canonical_ids_sql
from footfall.identity.sql_names import json_array_sql, uuid5_sql

__all__ = ["attribute_sql"]

Run = Callable[[str], list[tuple[Any, ...]]]

_IDS = ("user_id", "anonymous_id", "device_id", "previous_id")

_MESSAGES = f"""
CREATE OR REPLACE TEMP TABLE identity_messages AS
WITH compared AS (
    SELECT source, message_id, occurred_at, type,
           {", ".join(f"{comparable_sql(f'observations.{name}')} AS {name}" for name in _IDS[:3])},
           CASE WHEN type = 'alias' THEN {comparable_sql("observations.previous_id")} END AS previous_id
    FROM observations ONCE
)
SELECT source, message_id, occurred_at, type = 'reset' AS is_reset, type = 'alias' AS is_alias,
       {", ".join(f"CASE WHEN {junk_sql(name)} THEN NULL ELSE {name} END AS {name}" for name in _IDS)}
FROM compared
"""  # noqa: S608 - every part of the text is written in this package

# Names (source, message_id) are unique in a journal, so the costly sort is left out unless a table repeats one; then
# the smallest row counts, as in the pure rules.
_REPEATED = "SELECT 1 FROM observations GROUP BY source, message_id HAVING count(*) > 1 LIMIT 1"

_ONCE = f"""
    QUALIFY row_number() OVER (
        PARTITION BY source, message_id
        ORDER BY occurred_at, type, {", ".join(f"observations.{name} NULLS FIRST" for name in _IDS)}
    ) = 1
"""

# What each alias does, by the ids that it names: see `footfall.identity.aliases`.
_ALIASES = """
CREATE OR REPLACE TEMP TABLE identity_aliases AS
WITH pairs AS (
    SELECT DISTINCT previous_id AS previous, user_id AS "user"
    FROM identity_messages WHERE previous_id IS NOT NULL AND user_id IS NOT NULL
), targets AS (
    SELECT previous, count(*) FILTER (previous <> "user") AS targets FROM pairs GROUP BY previous
), anonymous AS (
    SELECT DISTINCT messages.anonymous_id AS id
    FROM identity_messages AS messages SEMI JOIN targets ON targets.previous = messages.anonymous_id
), users AS (
    SELECT DISTINCT messages.user_id AS id
    FROM identity_messages AS messages SEMI JOIN targets ON targets.previous = messages.user_id
)
SELECT pairs.previous, pairs."user", CASE
       WHEN pairs.previous = pairs."user" THEN 'itself'
       WHEN anonymous.id IS NULL THEN 'merged'
       WHEN users.id IS NULL THEN 'identified'
       WHEN targets.targets = 1 THEN 'merged'
       ELSE 'ambiguous' END AS effect
FROM pairs
JOIN targets ON targets.previous = pairs.previous
LEFT JOIN anonymous ON anonymous.id = pairs.previous
LEFT JOIN users ON users.id = pairs.previous
"""

_EDGES = """
CREATE OR REPLACE TEMP TABLE identity_edges AS
SELECT previous, "user" FROM identity_aliases WHERE effect = 'merged'
"""

# One row for each device that a message takes part in; an alias also speaks of the device that previous_id names.
_TIMELINE = """
CREATE OR REPLACE TEMP TABLE identity_timeline AS
WITH owned AS (
    SELECT messages.*, coalesce(canonical.canonical, messages.user_id) AS owner
    FROM identity_messages AS messages LEFT JOIN identity_canonical AS canonical ON messages.user_id = canonical.id
)
SELECT anonymous_id AS device, occurred_at, source, message_id, is_reset, owner
FROM owned WHERE anonymous_id IS NOT NULL AND (owner IS NOT NULL OR device_id IS NULL)
UNION ALL
SELECT previous_id, occurred_at, source, message_id, is_reset, owner
FROM owned
WHERE previous_id IS NOT NULL AND owner IS NOT NULL AND previous_id IS DISTINCT FROM anonymous_id
"""

_DEVICES = """
CREATE OR REPLACE TEMP TABLE identity_devices AS
SELECT device, min(owner) AS owner, min(owner) <> max(owner) AS is_shared,
       min({'occurred_at': occurred_at, 'source': source, 'message_id': message_id}) AS first
FROM identity_timeline WHERE owner IS NOT NULL
GROUP BY device
"""

# Only devices with several users need their sessions. A stretch runs from one identification to the next, and the first
# of a session also covers what came before it; so each stretch has one identification, or its session has none.
# (Windows that look for the nearest value, `IGNORE NULLS`, would take quadratic time where that value is far.)
_NEAREST = f"""
CREATE OR REPLACE TEMP TABLE identity_nearest AS
WITH shared AS (
    SELECT entries.*
    FROM identity_timeline AS entries
    JOIN identity_devices AS devices ON devices.device = entries.device AND devices.is_shared
), cut AS (
    SELECT *, coalesce(
        lag(is_reset) OVER timeline OR occurred_at - lag(occurred_at) OVER timeline > {SESSION_GAP_US}, true
    ) AS starts
    FROM shared
    WINDOW timeline AS (PARTITION BY device ORDER BY occurred_at, source, message_id)
), numbered AS (
    SELECT *, sum(starts::INTEGER) OVER (PARTITION BY device ORDER BY occurred_at, source, message_id) AS session
    FROM cut
), stretched AS (
    SELECT source, message_id, device, session, owner,
           first_value({{'source': source, 'message_id': message_id}}) OVER so_far AS session_first,
           greatest(count(owner) OVER so_far, 1) AS stretch
    FROM numbered
    WINDOW so_far AS (PARTITION BY device, session ORDER BY occurred_at, source, message_id)
)
SELECT source, message_id, session_first,
       max(CASE WHEN owner IS NOT NULL THEN {{'owner': owner, 'source': source, 'message_id': message_id}} END)
           OVER (PARTITION BY device, session, stretch) AS identification
FROM stretched
QUALIFY owner IS NULL
"""  # noqa: S608 - every part of the text is written in this package

# Each join compares keys alone: with a condition beside them, DuckDB 1 compares every row with every other one.
_ATTRIBUTIONS = f"""
CREATE OR REPLACE TABLE attributions AS
WITH joined AS (
    SELECT messages.source, messages.message_id, messages.user_id, messages.device_id, messages.anonymous_id,
           messages.is_alias, coalesce(canonical.canonical, messages.user_id) AS canonical,
           devices.owner, devices.is_shared, devices.first, nearest.identification, nearest.session_first,
           aliases.effect
    FROM identity_messages AS messages
    LEFT JOIN identity_canonical AS canonical ON messages.user_id = canonical.id
    LEFT JOIN identity_devices AS devices
        ON devices.device =
            CASE WHEN messages.user_id IS NULL AND messages.device_id IS NULL THEN messages.anonymous_id END
    LEFT JOIN identity_nearest AS nearest
        ON nearest.source = CASE WHEN devices.is_shared THEN messages.source END
        AND nearest.message_id = messages.message_id
    LEFT JOIN identity_aliases AS aliases
        ON aliases.previous = messages.previous_id AND aliases."user" = messages.user_id
), reasoned AS (
    SELECT *, CASE
        WHEN user_id IS NOT NULL THEN 'explicit'
        WHEN device_id IS NOT NULL THEN 'device'
        WHEN anonymous_id IS NULL THEN 'blocked'
        WHEN owner IS NULL THEN 'anonymous'
        WHEN NOT is_shared THEN 'sole_owner'
        WHEN identification IS NOT NULL THEN 'same_session'
        ELSE 'contested' END AS reason
    FROM joined
), named AS (
    SELECT *, CASE reason
        WHEN 'explicit' THEN 'u:' || canonical
        WHEN 'device' THEN 'd:' || device_id
        WHEN 'blocked' THEN 'm:' || {json_array_sql("source", "message_id")}
        WHEN 'anonymous' THEN 'a:' || anonymous_id
        WHEN 'sole_owner' THEN 'u:' || owner
        WHEN 'same_session' THEN 'u:' || identification.owner
        WHEN 'contested' THEN
            's:' || {json_array_sql("anonymous_id", "session_first.source", "session_first.message_id")} END AS name
    FROM reasoned
)
SELECT source, message_id, PERSON_ID AS person_id, reason,
       CASE reason WHEN 'explicit' THEN source
                   WHEN 'sole_owner' THEN first.source
                   WHEN 'same_session' THEN identification.source END AS evidence_source,
       CASE reason WHEN 'explicit' THEN message_id
                   WHEN 'sole_owner' THEN first.message_id
                   WHEN 'same_session' THEN identification.message_id END AS evidence_message_id,
       CASE reason WHEN 'explicit' THEN canonical
                   WHEN 'sole_owner' THEN owner
                   WHEN 'same_session' THEN identification.owner END AS user_id,
       reason NOT IN ('device', 'blocked') AS counted,
       CASE WHEN is_alias THEN coalesce(effect, 'unusable') END AS alias_effect
FROM named
"""  # noqa: S608 - every part of the text is written in this package

_TEMPORARY = (
    "identity_messages",
    "identity_aliases",
    "identity_edges",
    "identity_canonical",
    "identity_timeline",
    "identity_devices",
    "identity_nearest",
)


def attribute_sql(run: Run, ns: UUID) -> None:
    """Attribute every row of the table `observations`, and write the table `attributions` anew.

    `run` runs one DuckDB statement and returns its rows. `observations` has the columns of `Observation`
    (`occurred_at` a BIGINT, all else VARCHAR); `attributions` gets `source, message_id, person_id, reason,
    evidence_source, evidence_message_id, user_id, alias_effect` (VARCHAR; the last is NULL but for an alias) and
    `counted` (BOOLEAN), one row for each message.
    """
    run(_MESSAGES.replace("ONCE", _ONCE if run(_REPEATED) else ""))
    run(_ALIASES)
    run(_EDGES)
    canonical_ids_sql(run, edges="identity_edges", into="identity_canonical")
    run(_TIMELINE)
    run(_DEVICES)
    run(_NEAREST)
    run(_ATTRIBUTIONS.replace("PERSON_ID", uuid5_sql(ns, "name")))
    for table in _TEMPORARY:
        run(f"DROP TABLE {table}")
