"""Merges the files of a plan: what is said once, and what is defined by name, each with its location."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from footfall.plan.problems import MISSING, Location, Path, Problems
from footfall.plan.reading.field_types import NAME, FieldType, check_name
from footfall.plan.reading.schema import FILE, HEADER, SECTIONS, TRAIT_KINDS
from footfall.plan.reading.yaml_source import YamlNode, kind_of

__all__ = ["Defaults", "Definition", "MergedFiles", "merge_files"]


class Defaults(NamedTuple):
    """What a file says for everything that it defines: the values, and their node."""

    values: Mapping[str, Any]
    node: YamlNode


class Definition(msgspec.Struct, eq=False):
    """One definition: its name, the location of the name, what was written, and the defaults of its file."""

    name: str
    node: YamlNode
    location: Location
    defaults: Defaults

    def defaults_of(self, keys: Container[str]) -> dict[str, Any]:
        """The values that the file's defaults give to those of `keys` that are not written here."""
        return {key: value for key, value in self.defaults.values.items() if key in keys and self.node.get(key) is None}


class MergedFiles:
    """The sections of a whole plan. `header` has what a plan says once, `header_nodes` where it is written."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {}
        self.header_nodes: dict[str, YamlNode] = {}
        self.sections: dict[str, dict[str, Definition]] = {section: {} for section in SECTIONS}
        self.traits: dict[str, dict[str, Definition]] = {}
        self.defaults: list[Defaults] = []
        self.x: dict[str, Any] = {}

    def groups_of(self, event: Definition) -> list[Definition]:
        """The property groups that an event includes: those in its own `include`, or else in its file's defaults."""
        own = event.node.get("include")
        nodes = own.value if own is not None and isinstance(own.value, list) else ()
        names = event.defaults_of(("include",)).get("include", tuple(node.value for node in nodes))
        groups = self.sections["property_groups"]
        return [groups[name] for name in names if isinstance(name, str) and name in groups]

    def with_used_types(self, node: YamlNode | None) -> Iterator[YamlNode]:
        """The node of a property, then those of the types that it uses, each once: a faulty plan may have circles."""
        passed: list[YamlNode] = []
        while node is not None and node not in passed:
            yield node
            passed.append(node)
            used = node.get("use")
            definition = (
                self.sections["types"].get(used.value) if used is not None and isinstance(used.value, str) else None
            )
            node = None if definition is None else definition.node


def merge_files(roots: Iterable[YamlNode], problems: Problems) -> MergedFiles:
    """Merge the files in the given order. A name or header key that comes twice is a problem that names both places."""
    files = MergedFiles()
    for root in roots:
        _file(root, files, problems)
    return files


def _file(root: YamlNode, files: MergedFiles, problems: Problems) -> None:
    values = FILE.read(root, (), problems)
    if values is MISSING:
        problems.incomplete = True
        return
    node = root.get("defaults")
    defaults = Defaults(values.get("defaults", {}), node or root)
    if node is not None:
        files.defaults.append(defaults)
    for key in HEADER:
        if key in values and _once(key, root, files, problems):
            files.header[key] = values[key]
    for key, value in values.get("x", {}).items():
        if _once(key, root, files, problems):
            files.x[key] = value
    for section, (names, _) in SECTIONS.items():
        if section in values:
            _define(root.value[section], names, files.sections[section], (section,), defaults, problems)
    for kind in TRAIT_KINDS:
        node = values.get("traits", {}).get(kind)
        if node is not None:
            _define(node, NAME, files.traits.setdefault(kind, {}), ("traits", kind), defaults, problems)


def _once(key: str, root: YamlNode, files: MergedFiles, problems: Problems) -> bool:
    node = root.value[key]
    first = files.header_nodes.setdefault(key, node)
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
    for name, definition in node.value.items():
        check_name(name, names, node=node, path=(*path, name), problems=problems)
        location = node.key(name)
        first = into.get(name)
        if first is None:
            into[name] = Definition(name, definition, location, defaults)
            continue
        problems.add(
            "duplicate_name",
            f"{name!r} is defined here and at {first.location}",
            at=location,
            path=(*path, name),
            remedy="rename one of them, or remove it",
        )
