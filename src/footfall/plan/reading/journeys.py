"""Reads journeys: steps in order, branches forward, guards between two steps, expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.plan.durations import format_duration
from footfall.plan.model import Branch, Guard, Journey, Step, Where
from footfall.plan.problems import MISSING, Location, Path
from footfall.plan.reading.conditions import read_where
from footfall.plan.reading.field_types import Record
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.schema import BRANCH, GUARD, JOURNEY, STEP
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_journeys"]


def read_journeys(definitions: Mapping[str, Definition], subjects: Subjects) -> dict[str, Journey]:
    """The journeys in their order; one whose steps cannot be read is left out, with a problem."""
    reader = _JourneyReader(subjects)
    journeys = ((name, reader.read(definition)) for name, definition in definitions.items())
    return {name: journey for name, journey in journeys if journey is not None}


class _JourneyReader:
    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._problems = subjects.names.problems

    def read(self, definition: Definition) -> Journey | None:
        path, node = ("journeys", definition.name), definition.node
        values = JOURNEY.read(node, path, self._problems)
        if values is MISSING:
            return None
        self._subjects.names.complete("journeys", values, definition, path)
        steps = self._each("steps", STEP, values, path, self._step)
        ids = tuple(step.id for step in steps)
        if "steps" not in values or len(steps) != len(values["steps"]):
            return None  # a step cannot be read, so their order cannot be judged
        if not steps:
            message = "the journey has no step"
            self._problems.add("missing_key", message, at=node.value["steps"], path=path, remedy="add steps")
            return None
        self._check_limits(steps, values, path)
        branches = self._each("branches", BRANCH, values, path, lambda *args: self._branch(ids, *args))
        guards = self._each("never", GUARD, values, path, lambda *args: self._guard(ids, *args))
        return Journey(
            name=definition.name,
            by=values.get("by", "user"),
            steps=tuple(steps),
            within=values.get("within"),
            owner=values.get("owner", ""),
            description=values.get("description", ""),
            branches=tuple(branches),
            never=tuple(guards),
            no_lint=values.get("no_lint", ()),
            x=values.get("x", {}),
        )

    def _each(
        self,
        key: str,
        record: Record,
        values: Mapping[str, Any],
        path: Path,
        make: Callable[[dict[str, Any], YamlNode, Path], Any],
    ) -> list[Any]:
        """Read the items of one list of the journey, and report two that have the same name."""
        name_key = "as" if record is GUARD else "id"
        parts, names = [], dict[str, Location]()
        for index, node in enumerate(values.get(key, ())):
            part_path = (*path, key, f"[{index}]")
            item = record.read(node, part_path, self._problems)
            if item is MISSING:
                continue
            if name_key in item:
                location = node.value[name_key]
                first = names.setdefault(item[name_key], location)
                if first is not location:
                    message = f"{item[name_key]!r} is here and at {first}"
                    self._problems.add(
                        "duplicate_name", message, at=location, path=part_path, remedy="rename one of them"
                    )
            part = make(item, node, part_path)
            if part is not None:
                parts.append(part)
        return parts

    def _where(self, item: Mapping[str, Any], node: YamlNode, path: Path) -> tuple[Where, ...]:
        if "event" not in item:
            return ()
        event = self._subjects.event(item["event"], node.value["event"], (*path, "event"))
        return () if event is None else read_where(item.get("where"), event, self._subjects, (*path, "where"))

    def _step(self, item: dict[str, Any], node: YamlNode, path: Path) -> Step | None:
        where = self._where(item, node, path)
        expect = item.get("expect")
        if expect is not None and not 0 <= expect <= 1:
            self._problems.add(
                "bad_expectation", f"{expect} is not a share", at=node.value["expect"], path=(*path, "expect"),
                remedy="a number from 0 to 1, such as 0.3",
            )  # fmt: skip
        if "id" not in item or "event" not in item:
            return None
        return Step(
            id=item["id"],
            event=item["event"],
            where=where,
            within=item.get("within"),
            expect=None if expect is None else float(expect),
        )

    def _check_limits(self, steps: list[Step], values: Mapping[str, Any], path: Path) -> None:
        whole = values.get("within")
        for index, (step, node) in enumerate(zip(steps, values["steps"], strict=True)):
            part_path = (*path, "steps", f"[{index}]")
            for key in ("within", "expect") if index == 0 else ():
                if key in node.value:
                    self._problems.add(
                        "misplaced_step_key", f"{key!r} on the first step has no step before it to compare with",
                        at=node.key(key), path=part_path, remedy="take it out, or put it on a later step",
                    )  # fmt: skip
            if index and whole is not None and step.within is not None and step.within > whole:
                self._problems.add(
                    "empty_range",
                    f"the step allows more time than the whole journey ({format_duration(whole)})",
                    at=node.value["within"],
                    path=part_path,
                    remedy="shorten it, or lengthen the journey's within",
                )

    def _is_step(self, ids: tuple[str, ...], name: str, at: Location, path: Path) -> bool:
        if name not in ids:
            self._problems.unknown("step", name, ids, at=at, path=path)
        return name in ids

    def _branch(self, ids: tuple[str, ...], item: dict[str, Any], node: YamlNode, path: Path) -> Branch | None:
        if not {"id", "after", "steps"} <= item.keys():
            return None
        if item["id"] in ids:
            message = f"{item['id']!r} is also the name of a step"
            self._problems.add("duplicate_name", message, at=node.value["id"], path=path, remedy="rename the branch")
        part_path = (*path, "steps")
        steps = [step for step in node.value["steps"].value if isinstance(step.value, str)]
        are_steps = [self._is_step(ids, item["after"], node.value["after"], (*path, "after"))]
        are_steps += [self._is_step(ids, step.value, step, part_path) for step in steps]
        if not steps:
            message = "the branch leads to no step"
            self._problems.add(
                "missing_key", message, at=node.value["steps"], path=part_path, remedy="name a later step"
            )
        if not all(are_steps) or not steps:
            return None
        last = item["after"]
        for step in steps:
            if ids.index(step.value) <= ids.index(last):
                message = f"{step.value!r} does not come after {last!r}"
                remedy = f"the steps are {' → '.join(ids)}"
                self._problems.add("backwards", message, at=step, path=part_path, remedy=remedy)
                return None
            last = step.value
        return Branch(id=item["id"], after=item["after"], steps=item["steps"], note=item.get("note", ""))

    def _guard(self, ids: tuple[str, ...], item: dict[str, Any], node: YamlNode, path: Path) -> Guard | None:
        where = self._where(item, node, path)
        if not {"event", "between", "as"} <= item.keys():
            return None
        between, part_path = node.value["between"], (*path, "between")
        if len(between.value) != 2 or len(item["between"]) != 2:
            remedy = f"write [{ids[0]}, {ids[-1]}]"
            self._problems.add("wrong_type", "takes two steps", at=between, path=part_path, remedy=remedy)
            return None
        are_steps = [self._is_step(ids, step.value, step, part_path) for step in between.value]
        if not all(are_steps):
            return None
        start, end = item["between"]
        if ids.index(start) >= ids.index(end):
            message = f"{end!r} does not come after {start!r}"
            remedy = f"the steps are {' → '.join(ids)}"
            self._problems.add("backwards", message, at=between, path=part_path, remedy=remedy)
            return None
        return Guard(event=item["event"], start=start, end=end, name=item["as"], where=where)
