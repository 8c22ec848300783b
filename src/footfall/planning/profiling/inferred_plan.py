"""Writes the draft of a plan from a profile: YAML with the evidence for every property in a comment beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from footfall.planning.profiling.infer import ENOUGH, InferredProperty, infer_property
from footfall.planning.profiling.profile import DataProfile, EventProfile
from footfall.planning.profiling.values import ValueProfile
from footfall.planning.words import first_free, words_of
from footfall.printable import counted
from footfall.timestamps import format_day

__all__ = ["InferredPlan", "infer_plan", "quoted"]

# Text that YAML 1.2 reads as this very text, also inside of a flow map.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*")
_NOT_TEXT = frozenset({"false", "null", "true"})
_UNIT: Final = "  "
_SHOWN = 40


class InferredPlan(msgspec.Struct, frozen=True):
    """The files of a drafted plan, by name, and what a plan cannot express."""

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
    """A plan that every profiled message conforms to, as far as a plan can express it. `seen_in` names the evidence.

    It has no descriptions, owners, KPIs or journeys: those are for people to add.
    """
    writer = _Writer()
    first, last = _day(profile.first), _day(profile.last)
    head = [
        f"# Drafted from {counted(profile.count, 'message')} in {_one_line(seen_in)}{_when(first, last)}.",
        "# The comments are the evidence. Say what each event is for, and add goals, KPIs and journeys.",
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
    return "" if us is None else format_day(us)


def _when(first: str, last: str) -> str:
    if not first:
        return ""
    return f", of {first}" if first == last else f", {first} to {last}"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _names(keys: Iterator[str]) -> dict[str, str]:
    """A canonical name for each key on the wire: words in lower case, with a number where two would be equal."""
    names: dict[str, str] = {}
    # Who bears a canonical name already keeps it.
    for key in sorted(keys, key=lambda key: (_canonical(key) != key, key)):
        name = first_free(_canonical(key), names)
        names[name] = key
    return {key: name for name, key in names.items()}


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
                yield from self._properties(event.body, event.profiled, 3, name)
            else:
                yield f"{_UNIT * 2}properties: {{}}"

    def traits(self, traits: Mapping[str, EventProfile]) -> Iterator[str]:
        for kind, profile in sorted(traits.items()):
            if not profile.body.fields:
                continue
            yield f"{_UNIT}{kind}:{self._about(profile)}"
            yield from self._properties(profile.body, profile.profiled, 2, f"traits.{kind}", required=False)

    def _about(self, event: EventProfile) -> str:
        many = "" if event.count == 1 else "s"
        text = f"  # {event.count:,} message{many}{_when(_day(event.first), _day(event.last))}"
        if event.sources:
            text += f", from {', '.join(_one_line(source) for source in sorted(event.sources))}"
        return text

    def _properties(
        self, profile: ValueProfile, of: int, level: int, where: str, *, required: bool = True
    ) -> Iterator[str]:
        if "" in profile.fields:
            self.left_out.append(f"{where}: a property whose key is empty, which a plan cannot name")
        if profile.overflown is not None:
            self.left_out.append(
                f"{where}: keys beyond the first {len(profile.fields)}; one of its values may be a map"
            )
        names = _names(key for key in profile.fields if key)
        for wire in filter(None, profile.fields):
            name = names[wire]
            field = profile.fields[wire]
            keys = {"wire_name": quoted(wire)} if wire != name else {}
            if required and field.present == of >= ENOUGH:
                keys["required"] = "true"
            yield from self._property(name, field, of, level, f"{where}.{name}", keys)

    def _property(
        self, name: str, profile: ValueProfile, of: int, level: int, where: str, more: Mapping[str, str]
    ) -> Iterator[str]:
        """One property, item or value: on one line where it has no inside."""
        prop = infer_property(name, profile, level)
        keys = {"type": prop.type, **more, **_constraints(prop)}
        evidence = f"  # {_evidence(profile, prop, of)}"
        pad = _UNIT * level
        if prop.type not in {"array", "map", "object"}:
            yield f"{pad}{quoted(name)}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}{evidence}"
            return
        yield f"{pad}{quoted(name)}:{evidence}"
        yield from (f"{pad}{_UNIT}{key}: {value}" for key, value in keys.items())
        if prop.type == "object":
            yield f"{pad}{_UNIT}properties:{'' if any(profile.fields) else ' {}'}"
            yield from self._properties(profile, profile.kinds["object"], level + 2, where)
            return
        inside, key = _content_of(profile, prop)
        if inside is None or inside.present == 0:
            yield f"{pad}{_UNIT}{key}: {{type: any, nullable: true}}  # none was seen"
        else:
            yield from self._property(key, inside, inside.present, level + 1, f"{where}[]", {})


def _content_of(profile: ValueProfile, prop: InferredProperty) -> tuple[ValueProfile | None, str]:
    if prop.type == "array":
        return profile.items, "items"
    if profile.overflown is not None:
        return profile.overflown, "values"
    values = ValueProfile()
    for field in profile.fields.values():
        values.merge(field)
    return values, "values"


def _constraints(prop: InferredProperty) -> dict[str, str]:
    keys: dict[str, str] = {}
    if prop.nullable:
        keys["nullable"] = "true"
    if prop.format is not None:
        keys["format"] = prop.format
    if prop.scale is not None:
        keys["scale"] = str(prop.scale)
    if prop.enum:
        # What was not seen yet may come: an open enum only warns.
        keys["enum"] = f"[{', '.join(map(quoted, prop.enum))}]"
        keys["open"] = "true"
    if prop.personal:
        keys["sensitivity"] = "personal"
    return keys


def _evidence(profile: ValueProfile, prop: InferredProperty, of: int) -> str:
    parts = [f"in all {of:,}" if profile.present == of else f"in {profile.present:,} of {of:,}"]
    if profile.nulls:
        parts.append(f"{profile.nulls:,} null")
    if prop.mixed:
        counted = (f"{count:,} {kind}" for kind, count in sorted(profile.kinds.items()) if count and kind != "null")
        parts.append(f"no type holds them all: {', '.join(counted)}")
    if profile.kinds["array"] or prop.type == "map":
        parts.append(f"{_range(profile.items_low or 0, profile.items_high)} in each")
    if prop.personal:
        parts.append("looks personal, so no value is shown")
        return "; ".join(parts)
    if profile.distinct is not None and len(profile.distinct) == 1 and profile.present > 1:
        parts.append(f"always {_shown_value(next(iter(profile.distinct)))}")
        return "; ".join(parts)
    if profile.distinct and not prop.enum:
        parts.append(f"{len(profile.distinct):,} different values")
    if prop.type in {"decimal", "integer", "number"} and profile.low is not None and profile.high is not None:
        parts.append(_range(profile.low, profile.high))
    if prop.type == "string" and prop.format is None and profile.length_low is not None:
        parts.append(f"{_range(profile.length_low, profile.length_high)} characters")
    return "; ".join(parts)


def _range(low: object, high: object) -> str:
    return _shown_value(low) if low == high else f"{_shown_value(low)} to {_shown_value(high)}"


def _shown_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    text = quoted(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
