"""What people do and meet on their way, in SQL: steps, bad statuses of pages, and faults of what is in quarantine."""

from __future__ import annotations

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.quarantine_persons import quarantine_persons
from footfall.analytics.query import ACTORS
from footfall.analytics.question import ShardContext
from footfall.plan.model import Page, Plan, Property

__all__ = ["bad_statuses", "faults", "step_names", "steps", "unattributed_faults"]

_BAD = 400
_STATUS = Property(name="status", wire_name="status", type="integer")


def steps(context: ShardContext, by: str) -> str:
    """What they did, as SQL: `actor`, `time`, `seq` and the number of the `step`."""
    messages = context.messages("person", "occurred_at", "seq", "step")
    return (
        f"SELECT person AS actor, occurred_at AS time, seq, step FROM {messages} "
        f"WHERE step IS NOT NULL AND {ACTORS[by]} AND {context.shard.sql()}"
    )


def step_names(context: ShardContext) -> str:
    """The name of the table that has the `name` of each `step`."""
    return f"{context.messages('person', 'occurred_at', 'seq', 'step')}_steps"


def bad_statuses(context: ShardContext, by: str) -> str:
    """The pages that were answered with 400 or more, as SQL: `actor`, `time` and the status as `name`."""
    plan, stored = _with_status(context.report.plan), ("person", *context.shard.stored)
    table = context.dataset.events("page", ["status"], plan=plan, stored=stored)
    status = table.columns["status"].sql
    return (
        f"SELECT person AS actor, occurred_at AS time, concat('status ', {status}::BIGINT) AS name FROM {table.name} "
        f"WHERE {status} >= {_BAD} AND {status} < 1000 AND {ACTORS[by]} AND {context.shard.sql()}"
    )


def _with_status(plan: Plan) -> Plan:
    """The plan with the status of pages, which footfall's own integrations send without being asked."""
    page = plan.pages.get("page", Page(name="page"))
    others = tuple(prop for prop in page.properties if prop.name != _STATUS.name)
    page = msgspec.structs.replace(page, properties=(*others, _STATUS))
    return msgspec.structs.replace(plan, pages={**plan.pages, "page": page})


def faults(context: ShardContext) -> str:
    """The faults of messages in quarantine, as SQL: `actor`, `time` and a `name`; the actor is null where unknown."""
    persons = quarantine_persons(context.dataset)
    return (
        "SELECT person AS actor, occurred_at AS time, concat('fault ', code, ' at ', path, ' of ', event) AS name "
        f"FROM quarantine JOIN quarantine_faults USING (seq) LEFT JOIN {persons} USING (seq)"
    )


def unattributed_faults(dataset: Dataset, condition: str) -> int:
    """How many messages in quarantine are of nobody who is known, of those whose `occurred_at` meets a condition."""
    ((count,),) = dataset.rows(
        f"SELECT count(*) FROM quarantine LEFT JOIN {quarantine_persons(dataset)} USING (seq) "
        f"WHERE person IS NULL AND {condition}"
    )
    return int(count)
