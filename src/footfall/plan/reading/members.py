"""Reads conditions on the person of a message: `where: {segment: loyal}`."""

from __future__ import annotations

from typing import Final, Literal, Protocol

from footfall.plan.model import Event, Where
from footfall.plan.problems import Location, Path, Problems, did_you_mean
from footfall.plan.reading.yaml_source import YamlNode, kind_of

__all__ = ["SEGMENT_KEY", "SegmentNames", "is_about_segments", "read_members"]

SEGMENT_KEY: Final = "segment"
"""The key of a `where` that is about the person. A property of this name goes before it."""


class SegmentNames(Protocol):
    """Knows the segments and cohorts, and gathers what is wrong."""

    @property
    def problems(self) -> Problems:
        """What is wrong so far."""

    def segment(self, name: str, at: Location, path: Path) -> bool:
        """Whether there is a segment or cohort of this name; a problem if not."""


def is_about_segments(key: str, event: Event | None) -> bool:
    """Whether a key of a `where` on an event (None is any message) is about segments, and no property."""
    return key == SEGMENT_KEY and not any(item.name == key for item in (event.properties if event else ()))


def read_members(node: YamlNode, names: SegmentNames, path: Path) -> list[Where]:
    """The condition under the key: a name, a list of names, or either of them under `not`."""
    op: Literal["member", "not_member"] = "member"
    if isinstance(node.value, dict):
        for key in node.value:
            if key != "not":
                names.problems.add(
                    "unknown_key", f"unknown key {key!r}", at=node.key(key), path=path,
                    remedy=did_you_mean(key, ["not"], "write a name, a list of names, or {not: NAME}"),
                )  # fmt: skip
        if "not" not in node.value:
            if not node.value:
                message = "the condition is empty"
                names.problems.add("bad_condition", message, at=node, path=path, remedy="name a segment")
            return []
        op, node = "not_member", node.value["not"]
    items = node.value if isinstance(node.value, list) else [node]
    if not items:
        names.problems.add("bad_condition", "no segment is given", at=node, path=path, remedy="name at least one")
    values = []
    for item in items:
        if not isinstance(item.value, str):
            message = f"takes the name of a segment, not {kind_of(item.value)}"
            names.problems.add("bad_condition", message, at=item, path=path, remedy="write a name, or [NAME, NAME]")
        elif names.segment(item.value, item, path):
            values.append(item.value)
    return [Where(property=SEGMENT_KEY, op=op, values=tuple(values))] if values else []
