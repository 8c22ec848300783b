"""The signals of open data as rows: whose each is, its messages, and how far somebody is with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.query.result import QueryResult
from footfall.storage.signals import SignalRecord, SignalStep, state_of
from footfall.timestamps import local_time

__all__ = ["StateAsked", "signal_rows"]

StateAsked = Literal["open", "taken", "done", "all"]
_STATES: Final = ("open", "taken", "done", "all")


def signal_rows(
    records: Sequence[SignalRecord], steps: Sequence[SignalStep], plan: Plan, state: StateAsked
) -> QueryResult:
    """The signals in a state, the earliest first, in the columns that the schema below names.

    `person` is a person_id, or the id of a device's stream, `evidence` the `seq` of its messages, `notes` what was
    written about it. Raises UsageError for a state that there is not.
    """
    import pyarrow  # loaded with the engine

    if state not in _STATES:
        raise UsageError(f"there is no state {state!r} of a signal; it is one of {', '.join(_STATES)}")
    moment = pyarrow.timestamp("us", plan.timezone)
    schema = pyarrow.schema([
        ("id", pyarrow.string()), ("signal", pyarrow.string()), ("state", pyarrow.string()), ("at", moment),
        ("person", pyarrow.string()), ("evidence", pyarrow.list_(pyarrow.int64())), ("owner", pyarrow.string()),
        ("answer", pyarrow.string()), ("author", pyarrow.string()), ("notes", pyarrow.list_(pyarrow.string())),
    ])  # fmt: skip
    rows = []
    for record in records:
        current, own = state_of(record, steps), [step for step in steps if step.signal_id == record.id]
        signal = plan.signals.get(record.name)
        if state in ("all", current):
            rows.append({
                "id": record.id, "signal": record.name, "state": current, "at": local_time(record.at, plan.timezone),
                "person": record.subject, "evidence": list(record.evidence),
                "owner": signal.owner if signal else None, "answer": signal.answer if signal else None,
                "author": own[-1].author if own else None, "notes": [step.note for step in own if step.note],
            })  # fmt: skip
    return QueryResult(pyarrow.Table.from_pylist(rows, schema))
