"""Writes the draft of a plan from a profile: YAML with the evidence for every guess in a comment beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from footfall.planning.profiling.infer import ENOUGH, InferredProperty, infer_property
from footfall.planning.profiling.profile import DataProfile, EventProfile
from footfall.planning.profiling.values import ValueProfile
from footfall.planning.words import words_of
from footfall.printable import counted
from footfall.timestamps import format_us

__all__ = ["InferredPlan", "infer_plan", "quoted"]

# Text that YAML 1.2 reads as this very text, also inside of a flow map.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*")
_NOT_TEXT = frozenset({"false", "null", "true"})
_UNIT: Final = "  "
_SHOWN = 40


class InferredPlan(msgspec.Struct, frozen=True):
    """The files of a drafted plan, by name, and what it could not say."""

    files: Mapping[str, str]
    left_out: tuple[str, ...]

    def text(self) -> str:
        """The whole plan as one file."""
        return "\n".join(self.files.values())


def quoted(text: str) -> str:
    """Text as YAML 1.2: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def infer_plan(profile: DataProfile, *, name: str, seen_in: str) -> InferredPlan:
    """A plan that every profiled message keeps, as far as a plan can say it. `seen_in` names the evidence.

    A draft says no more than was seen: descriptions, owners, KPIs and journeys are for people to add.
    """
    writer = _Writer()
    first, last = _day(profile.first), _day(profile.last)
    head = [
        f"# Drafted from {counted(profile.count, 'message')} in {_one_line(seen_in)}{_when(first, last)}.",
        "# What stands behind a # is the evidence. Say what each event is for, and add goals, KPIs and journeys.",
        f"plan: {quoted(name)}",
        "timezone: UTC",
    ]
    files = {"plan.yaml": "\n".join(head) + "\n"}
    if profile.events:
        files["events.yaml"] = "\n".join(["events:", *writer.events(profile.events)]) + "\n"
    if profile.traits:
        files["traits.yaml"] = "\n".join(["traits:", *writer.traits(profile.traits)]) + "\n"
    return InferredPlan(files, tuple(writer.left_out))


def _day(us: int | None) -> str:
    return "" if us is None else format_us(us)[:10]


def _when(first: str, last: str) -> str:
    if not first:
        return ""
    return f", of {first}" if first == last else f", {first} to {last}"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _names(keys: Iterator[str]) -> dict[str, str]:
    """A canonical name for each key on the wire: words in lower case, told apart by a number where they meet."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    # Who bears a canonical name already keeps it.
    for key in sorted(keys, key=lambda key: (_canonical(key) != key, key)):
        stem = _canonical(key)
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name)
        given[key] = name
    return given


def _canonical(key: str) -> str:
    # A plan's names are ASCII.
    name = "_".join(words_of(re.sub(r"[^\x00-\x7f]", " ", key))) or "unnamed"
    return name if name.isidentifier() else f"n_{name}"


class _Writer:
    """Writes lines, and gathers what a plan cannot name."""

    def __init__(self) -> None:
        self.left_out: list[str] = []

    def events(self, events: Mapping[str, EventProfile]) -> Iterator[str]:
        names = _names(iter(events))
        for wire, name in sorted(names.items(), key=lambda item: item[1]):
            event = events[wire]
            yield f"{_UNIT}{quoted(name)}:{self._about(event)}"
            if wire != name:
                yield f"{_UNIT * 2}wire_name: {quoted(wire)}"
            if event.body.fields:
                yield f"{_UNIT * 2}properties:"
                yield from self._properties(event.body, event.count, 3, name)
            else:
                yield f"{_UNIT * 2}properties: {{}}"

    def traits(self, traits: Mapping[str, EventProfile]) -> Iterator[str]:
        for kind, profile in sorted(traits.items()):
            if not profile.body.fields:
                continue
            yield f"{_UNIT}{kind}:{self._about(profile)}"
            yield from self._properties(profile.body, profile.count, 2, f"traits.{kind}", required=False)

    def _about(self, event: EventProfile) -> str:
        many = "" if event.count == 1 else "s"
        told = f"  # {event.count:,} message{many}{_when(_day(event.first), _day(event.last))}"
        if event.sources:
            told += f", from {', '.join(_one_line(source) for source in sorted(event.sources))}"
        return told

    def _properties(
        self, seen: ValueProfile, of: int, level: int, where: str, *, required: bool = True
    ) -> Iterator[str]:
        if "" in seen.fields:
            self.left_out.append(f"{where}: a property whose key is empty, which a plan cannot name")
        if seen.overflown is not None:
            self.left_out.append(f"{where}: keys beyond the first {len(seen.fields)}; one of its values may be a map")
        names = _names(key for key in seen.fields if key)
        for wire in filter(None, seen.fields):
            name = names[wire]
            field = seen.fields[wire]
            keys = {"wire_name": quoted(wire)} if wire != name else {}
            if required and field.present == of >= ENOUGH:
                keys["required"] = "true"
            yield from self._property(name, field, of, level, f"{where}.{name}", keys)

    def _property(
        self, name: str, seen: ValueProfile, of: int, level: int, where: str, more: Mapping[str, str]
    ) -> Iterator[str]:
        """One property, item or value: on one line where it has no inside."""
        found = infer_property(name, seen, level)
        keys = {"type": found.type, **more, **_constraints(found)}
        evidence = f"  # {_evidence(seen, found, of)}"
        pad = _UNIT * level
        if found.type not in {"array", "map", "object"}:
            yield f"{pad}{quoted(name)}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}{evidence}"
            return
        yield f"{pad}{quoted(name)}:{evidence}"
        yield from (f"{pad}{_UNIT}{key}: {value}" for key, value in keys.items())
        if found.type == "object":
            yield f"{pad}{_UNIT}properties:{'' if any(seen.fields) else ' {}'}"
            yield from self._properties(seen, seen.kinds["object"], level + 2, where)
            return
        inside, key = _inside(seen, found)
        if inside is None or inside.present == 0:
            yield f"{pad}{_UNIT}{key}: {{type: any, nullable: true}}  # none was seen"
        else:
            yield from self._property(key, inside, inside.present, level + 1, f"{where}[]", {})


def _inside(seen: ValueProfile, found: InferredProperty) -> tuple[ValueProfile | None, str]:
    if found.type == "array":
        return seen.items, "items"
    if seen.overflown is not None:
        return seen.overflown, "values"
    values = ValueProfile()
    for field in seen.fields.values():
        values.merge(field)
    return values, "values"


def _constraints(found: InferredProperty) -> dict[str, str]:
    keys: dict[str, str] = {}
    if found.nullable:
        keys["nullable"] = "true"
    if found.format is not None:
        keys["format"] = found.format
    if found.scale is not None:
        keys["scale"] = str(found.scale)
    if found.enum:
        # What was not seen yet may come: an open enum only warns.
        keys["enum"] = f"[{', '.join(map(quoted, found.enum))}]"
        keys["open"] = "true"
    if found.personal:
        keys["sensitivity"] = "personal"
    return keys


def _evidence(seen: ValueProfile, found: InferredProperty, of: int) -> str:
    parts = [f"in all {of:,}" if seen.present == of else f"in {seen.present:,} of {of:,}"]
    if seen.nulls:
        parts.append(f"{seen.nulls:,} null")
    if found.mixed:
        counted = (f"{count:,} {kind}" for kind, count in sorted(seen.kinds.items()) if count and kind != "null")
        parts.append(f"no type holds them all: {', '.join(counted)}")
    if seen.kinds["array"] or found.type == "map":
        parts.append(f"{_range(seen.items_low or 0, seen.items_high)} in each")
    if found.personal:
        parts.append("looks personal, so no value is shown")
        return "; ".join(parts)
    if seen.distinct is not None and len(seen.distinct) == 1 and seen.present > 1:
        parts.append(f"always {_value(next(iter(seen.distinct)))}")
        return "; ".join(parts)
    if seen.distinct and not found.enum:
        parts.append(f"{len(seen.distinct):,} different values")
    if found.type in {"decimal", "integer", "number"} and seen.low is not None and seen.high is not None:
        parts.append(_range(seen.low, seen.high))
    if found.type == "string" and found.format is None and seen.length_low is not None:
        parts.append(f"{_range(seen.length_low, seen.length_high)} characters")
    return "; ".join(parts)


def _range(low: object, high: object) -> str:
    return _value(low) if low == high else f"{_value(low)} to {_value(high)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    text = quoted(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
