"""Reads signals, and checks that each has one occasion: so many messages, one after a pause, or none any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from footfall.plan.model import EventFilter, PlannedSignal
from footfall.plan.problems import MISSING
from footfall.plan.reading.conditions import read_where
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.schema import SIGNAL
from footfall.plan.reading.subjects import Subjects

__all__ = ["read_signals"]

_COOLDOWN: Final = 7 * 86_400
_OCCASIONS: Final = ("within", "after", "silent")


def read_signals(definitions: Mapping[str, Definition], subjects: Subjects) -> dict[str, PlannedSignal]:
    """The signals in their order; one that cannot be read is left out, with a problem."""
    signals = {}
    for definition in definitions.values():
        path, node, problems = ("signals", definition.name), definition.node, subjects.problems
        values = SIGNAL.read(node, path, problems)
        if values is MISSING:
            continue
        subjects.names.complete("signals", values, definition, path)
        name = values.pop("event", None)
        event = None if name is None else subjects.event(name, node.value["event"], (*path, "event"))
        where = () if event is None else read_where(values.get("where"), event, subjects, (*path, "where"))
        values.pop("where", None)
        occasions = [key for key in _OCCASIONS if key in node.value]
        if len(occasions) > 1:
            problems.add(
                "bad_signal", f"it has {len(occasions)} occasions ({', '.join(occasions)})", at=node, path=path,
                remedy="write one signal for each",
            )  # fmt: skip
        elif "count" in values and {"after", "silent"} & values.keys():
            message = f"count is of messages within a time, not of {occasions[0]}"
            problems.add("bad_signal", message, at=node.value["count"], path=(*path, "count"), remedy="leave it out")
        elif values.get("count", 1) < 1:
            message = "a signal takes at least 1 message"
            problems.add("bad_signal", message, at=node.value["count"], path=(*path, "count"), remedy="write count: 1")
        elif event is not None and "answer" in values:
            values = {"by": "user", "count": 1, "cooldown": _COOLDOWN, **values}
            signals[definition.name] = PlannedSignal(
                name=definition.name, filter=EventFilter(event=event.name, where=where), **values
            )
    return signals
