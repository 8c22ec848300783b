"""Merges the files of a plan: what is said once, and what is defined by name, each with its location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from footfall.plan.problems import MISSING, Location, Path, Problems
from footfall.plan.reading.field_types import NAME, FieldType, check_name
from footfall.plan.reading.schema import FILE, HEADER, SECTIONS, TRAIT_KINDS
from footfall.plan.reading.yaml_source import YamlNode, kind_of

__all__ = ["Defaults", "Definition", "MergedFiles", "merge_files"]


class Defaults:
    """What a file says for all that it defines: the values, and the node that they were read from."""

    __slots__ = ("node", "values")

    def __init__(self, values: Mapping[str, Any], node: YamlNode | None) -> None:
        self.values = values
        self.node = node


class Definition:
    """One definition: its name, the location of the name, what was written, and the defaults of its file."""

    __slots__ = ("defaults", "location", "name", "node")

    def __init__(self, name: str, node: YamlNode, location: Location, defaults: Defaults) -> None:
        self.name = name
        self.node = node
        self.location = location
        self.defaults = defaults


class MergedFiles:
    """The sections of a whole plan. `header` holds what stands once, `header_nodes` where."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {}
        self.header_nodes: dict[str, YamlNode] = {}
        self.sections: dict[str, dict[str, Definition]] = {section: {} for section in SECTIONS}
        self.traits: dict[str, dict[str, Definition]] = {}
        self.defaults: list[Defaults] = []
        self.x: dict[str, Any] = {}


def merge_files(roots: Iterable[YamlNode], problems: Problems) -> MergedFiles:
    """Merge the files in the given order; a name or a header key that stands twice is told with both places."""
    gathered = MergedFiles()
    for root in roots:
        _file(root, gathered, problems)
    return gathered


def _file(root: YamlNode, gathered: MergedFiles, problems: Problems) -> None:
    values = FILE.read(root, (), problems)
    if values is MISSING:
        problems.incomplete = True
        return
    defaults = Defaults(values.get("defaults", {}), root.get("defaults"))
    if defaults.node is not None:
        gathered.defaults.append(defaults)
    for key in HEADER:
        if key in values and _once(key, root, gathered, problems):
            gathered.header[key] = values[key]
    for key, value in values.get("x", {}).items():
        if _once(key, root, gathered, problems):
            gathered.x[key] = value
    for section, (names, _) in SECTIONS.items():
        if section in values:
            _define(root.value[section], names, gathered.sections[section], (section,), defaults, problems)
    for kind in TRAIT_KINDS:
        node = values.get("traits", {}).get(kind)
        if node is not None:
            _define(node, NAME, gathered.traits.setdefault(kind, {}), ("traits", kind), defaults, problems)


def _once(key: str, root: YamlNode, gathered: MergedFiles, problems: Problems) -> bool:
    node = root.value[key]
    first = gathered.header_nodes.setdefault(key, node)
    if first is node:
        return True
    problems.add(
        "duplicate_name",
        f"{key!r} is set here and at {first}",
        at=root.key(key),
        path=(key,),
        remedy="a plan says this once: keep one of them",
    )
    return False


def _define(
    node: YamlNode, names: FieldType, into: dict[str, Definition], path: Path, defaults: Defaults, problems: Problems
) -> None:
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        problems.add(
            "wrong_type",
            f"takes a mapping from names to definitions, not {kind_of(node.value)}",
            at=node,
            path=path,
            remedy="write NAME: {…} under it",
        )
        return
    for name, inner in node.value.items():
        check_name(name, names, node=node, path=(*path, name), problems=problems)
        location = node.key(name)
        first = into.get(name)
        if first is None:
            into[name] = Definition(name, inner, location, defaults)
            continue
        problems.add(
            "duplicate_name",
            f"{name!r} is defined here and at {first.location}",
            at=location,
            path=(*path, name),
            remedy="rename one of them, or remove it",
        )
