"""Reads signals, and checks that each has one occasion: so many messages, one after a pause, or none any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from footfall.plan.model import EventFilter, PlannedSignal
from footfall.plan.problems import MISSING, Path
from footfall.plan.reading.conditions import read_where
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.schema import SIGNAL
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["VOICE_PROPERTIES", "read_signals"]

_COOLDOWN: Final = 7 * 86_400
_OCCASIONS: Final = ("within", "after", "silent")
VOICE_PROPERTIES: Final = ("text", "about", "author")
"""What a voice event says of a note: its text, the signal that it is about, and who wrote it."""


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
        elif event is not None and "answer" in values and _has_voice(values, node, subjects, path):
            values = {"by": "user", "count": 1, "cooldown": _COOLDOWN, **values}
            signals[definition.name] = PlannedSignal(
                name=definition.name, filter=EventFilter(event=event.name, where=where), **values
            )
    return signals


def _has_voice(values: Mapping[str, Any], node: YamlNode, subjects: Subjects, path: Path) -> bool:
    """Whether the notes of a signal can become messages as it says; False with a problem."""
    if "voice" not in values:
        return True
    name, at, path = values["voice"], node.value["voice"], (*path, "voice")
    event = subjects.events.by_name.get(name)
    if event is None:
        if name not in subjects.names.of("events"):
            subjects.problems.unknown("event", name, subjects.names.of("events"), at=at, path=path)
        return False
    types = {prop.name: prop.type for prop in event.properties}
    lacking = [prop for prop in VOICE_PROPERTIES if types.get(prop) != "string"]
    other = [prop.name for prop in event.properties if prop.required and prop.name not in VOICE_PROPERTIES]
    if values.get("by") == "device":
        message, remedy = "a device says nothing", "leave voice out, or write by: user"
    elif lacking:
        message, remedy = f"{name!r} has no string {', '.join(lacking)}", "add them to its properties"
    elif other:
        message, remedy = f"{name!r} requires {', '.join(other)}, which no note has", "make them optional"
    else:
        return True
    subjects.problems.add("bad_signal", message, at=at, path=path, remedy=remedy)
    return False
