"""Plan coverage: which planned events the tests sent, in words, as a file, and against the share that must be reached.

Active events count; a draft is not sent yet, and a deprecated one no longer. A message that the plan refuses counts
for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from footfall.disk import Disk, replace_file
from footfall.errors import UsageError
from footfall.plan import bundle_hash
from footfall.plan.model import Event, Plan
from footfall.printable import counted

__all__ = ["Coverage", "EventCoverage", "Gate", "read_gate"]

FORMAT = 1
_GATE = re.compile(r"(?:(?:(owner|source):)?([\w.-]+)=)?([0-9]{1,3}(?:\.[0-9]+)?)")
_TESTS = 5
_EACH = ("owner", "source")


class EventCoverage(msgspec.Struct):
    """How often tests sent an event, with which properties (by their names in the plan), and some tests that did."""

    count: int = 0
    properties: list[str] = []
    tests: list[str] = []


class Gate(msgspec.Struct, frozen=True):
    """A share, in percent, that must be reached: by the whole plan, or by one owner or source (`*`: by each)."""

    percent: float
    kind: str = ""
    name: str = ""


def read_gate(text: str) -> Gate:
    """A gate as an option says it. `80` is for the whole plan, `growth=90` and `owner:growth=90` for the events of one
    team, `source:web=90` for those of one source, `owner=90` and `source=90` for each of them. Raises UsageError.
    """
    match = _GATE.fullmatch(text.strip())
    if match is None or float(match[3]) > 100:
        raise UsageError(f"{text!r} is no coverage: write 80, TEAM=90, owner=90, source:NAME=90 or source=90 (percent)")
    kind, name, percent = match[1] or "", match[2] or "", float(match[3])
    if name in _EACH and not kind:
        return Gate(percent, name, "*")
    return Gate(percent, kind or ("owner" if name else ""), name)


class Coverage:
    """What tests sent of one plan. Sets of several processes are joined by `add`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.events: dict[str, EventCoverage] = {}

    def note(self, event: Event, keys: Iterable[str], test: str) -> None:
        """One message that `test` sent: its event, and the keys of its properties."""
        entry = self.events.setdefault(event.name, EventCoverage())
        names = {prop.wire_name or prop.name: prop.name for prop in event.properties}
        sent = {names[key] for key in keys if key in names}
        _join(entry, EventCoverage(1, sorted(sent), [test]))

    def add(self, data: Any) -> None:
        """Join what another process noted, as `plain` gave it."""
        for name, entry in msgspec.convert(data, dict[str, EventCoverage]).items():
            _join(self.events.setdefault(name, EventCoverage()), entry)

    def plain(self) -> Any:
        """Plain data for `add` in another process."""
        return msgspec.to_builtins(self.events)

    def summary(self) -> str:
        """One line: `plan coverage: 14 of 17 events, never seen: a, b, c`."""
        missed = [event.name for event in self._active() if event.name not in self.events]
        total = len(self._active())
        never = f", never seen: {', '.join(missed)}" if missed else ""
        return f"plan coverage: {total - len(missed)} of {counted(total, 'event')}{never}"

    def missed(self, gates: Iterable[Gate]) -> list[str]:
        """A line for each share that is not reached. Raises UsageError for a scope that the plan does not have."""
        return [line for gate in gates for line in self._missed(gate)]

    def write(self, disk: Disk, path: Path) -> None:
        """Write everything as JSON, for `footfall plan observe --tested`. Raises UsageError."""
        report = {
            "footfall_coverage": FORMAT,
            "plan": self._plan.id,
            "bundle": bundle_hash(self._plan),
            "events": dict(sorted(self.events.items())),
        }
        try:
            disk.make_folder(path.parent)
            replace_file(disk, path, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None

    def _active(self) -> list[Event]:
        return [event for event in self._plan.events.values() if event.status == "active"]

    def _missed(self, gate: Gate) -> Iterator[str]:
        scopes = _scopes(self._plan, gate.kind)
        if gate.name and gate.name != "*" and gate.name not in scopes:
            names = ", ".join(sorted(scopes)) or "none"
            raise UsageError(f"the plan has no {gate.kind} {gate.name!r} to cover; it has {names}")
        if gate.name == "*" and not scopes:
            raise UsageError(
                f"no event of the plan names its {gate.kind}: give {gate.kind}s to them, or take the gate away"
            )
        for name in sorted(scopes) if gate.name == "*" else [gate.name]:
            events = [event for event in self._active() if not name or _is_in(event, gate.kind, name)]
            sent = sum(event.name in self.events for event in events)
            reached = 100 * sent / len(events) if events else 100.0
            if reached < gate.percent:
                missing = ", ".join(event.name for event in events if event.name not in self.events)
                where = f" of {gate.kind} {name}" if name else ""
                yield (
                    f"plan coverage{where} is {reached:.0f} % ({sent} of {counted(len(events), 'event')}), "
                    f"less than {gate.percent:g} %: send {missing}"
                )


def _scopes(plan: Plan, kind: str) -> Mapping[str, Any] | set[str]:
    if kind == "source":
        return set(plan.sources) | {source for event in plan.events.values() for source in event.sources}
    return set(plan.teams) | {event.owner for event in plan.events.values() if event.owner}


def _is_in(event: Event, kind: str, name: str) -> bool:
    return name in event.sources if kind == "source" else event.owner == name


def _join(entry: EventCoverage, other: EventCoverage) -> None:
    entry.count += other.count
    entry.properties = sorted({*entry.properties, *other.properties})
    entry.tests = sorted({*entry.tests, *other.tests})[:_TESTS]
