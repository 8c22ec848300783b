"""Where each part of a plan stands: a side table from dotted names to file, line and column, so that Plan needs none.

A name is found by walking what was read, when somebody asks: reading a plan costs nothing more for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from footfall.plan.problems import Location, Path
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["SourceMap", "split_where"]

_PARTS = re.compile(r"\[[^\[\]]*\]|[^.\[]+")
# Where the parts of an array or a map are written.
_INNER = {"[]": "items", "{}": "values"}
_SECTIONS = ("pages", "kpis", "journeys", "goals", "teams", "sources", "types", "property_groups")


def split_where(where: str) -> Path:
    """The parts of a dotted name, as the problems write it: `order.lines[].price` is order, lines, [], price."""
    return tuple(_PARTS.findall(where))


class SourceMap:
    """Finds where a part of a plan stands.

    Names are those of the problems: `EVENT`, `EVENT.PROPERTY`, `EVENT.PROPERTY[].INNER`, `EVENT.KEY`, `kpis.NAME`,
    `journeys.NAME.steps[0]`, `goals.NAME`, `traits.user.NAME`, `naming.events`, `require`. A property that an event
    includes stands in its group, an inner one that comes with a used type in the type. Where an event has a key and a
    property of one name, the name means the property, and `key` finds the other.
    """

    def __init__(self, file: str, gathered: MergedFiles | None = None) -> None:
        self._file = file
        self._gathered = gathered

    def find(self, where: str | Path) -> Location:
        """The location of a part, or of the innermost part around it that is written down.

        For a plan without positions (a bundle), or a name that is nowhere, the location is the file, with line 0.
        """
        path = split_where(where) if isinstance(where, str) else where
        location = Location(self._file, 0, 0)
        for found, _ in self._steps(path):
            location = found
        return location

    def key(self, where: str | Path, key: str) -> Location | None:
        """The location of a key of a part (`description` of `order.total`), also of one that a used type brings.

        None when the key is not written: it is left out, or given by a file's defaults.
        """
        for node in self._and_used(self._node(where)):
            if isinstance(node.value, dict) and key in node.value:
                return node.key(key)
        return None

    def text(self, where: str | Path, key: str, text: str) -> Location:
        """The location of one text in the list of texts under a key of a part; that of the part when it is not there.

        Also of one that a used type brings, or the property group that a property is included from.
        """
        for node in (*self._and_used(self._node(where)), *self._groups_of(where)):
            inner = node.get(key)
            for item in inner.value if inner is not None and isinstance(inner.value, list) else ():
                if item.value == text:
                    return Location(item.file, item.line, item.column)
        return self.find(where)

    @property
    def has_positions(self) -> bool:
        """Whether positions are known at all: they are not for a bundle."""
        return self._gathered is not None

    def _steps(self, path: Path) -> Iterator[tuple[Location, YamlNode | None]]:
        """The location and node of each longer part of the path, as far as it is written."""
        gathered = self._gathered
        if gathered is None or not path:
            return
        head = path[0]
        if head == "traits" and len(path) >= 3 and path[2] in gathered.traits.get(path[1], {}):
            entry = gathered.traits[path[1]][path[2]]
            yield from ((entry.location, None), (entry.location, None), (entry.location, entry.node))
            yield from self._inside(entry.node, path[3:])
        elif head in _SECTIONS and len(path) >= 2 and path[1] in gathered.sections[head]:
            entry = gathered.sections[head][path[1]]
            yield from ((entry.location, None), (entry.location, entry.node))
            yield from self._inside(entry.node, path[2:])
        elif head in gathered.sections["events"]:
            entry = gathered.sections["events"][head]
            yield entry.location, entry.node
            yield from self._event(entry, path[1:])
        elif head in gathered.header_nodes:
            node = gathered.header_nodes[head]
            yield node, node
            yield from self._inside(node, path[1:])

    def _event(self, entry: Definition, path: Path) -> Iterator[tuple[Location, YamlNode | None]]:
        if not path:
            return
        own = list(self._inside(entry.node, path))
        if own:
            yield from own
            return
        for name in self._included(entry):
            group = self._section("property_groups").get(name)
            found = [] if group is None else list(self._inside(group.node, path))
            if found:
                yield from found
                return

    def _groups_of(self, where: str | Path) -> Iterator[YamlNode]:
        """The node of the property group that an event's property comes from."""
        path = split_where(where) if isinstance(where, str) else where
        entry = self._section("events").get(path[0]) if len(path) == 2 else None
        for name in self._included(entry) if entry is not None else ():
            group = self._section("property_groups").get(name)
            if group is not None and any(self._inside(group.node, path[1:])):
                yield group.node

    def groups(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The events that include each property group, with the names of its properties; nothing for a bundle."""
        events: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in self._section("property_groups")}
        for event, entry in self._section("events").items():
            for name in self._included(entry):
                group = self._section("property_groups").get(name)
                properties = None if group is None else group.node.get("properties")
                if properties is not None and isinstance(properties.value, dict):
                    events[name][event] = tuple(properties.value)
        return events

    def _included(self, entry: Definition) -> tuple[str, ...]:
        node = entry.node.get("include")
        if node is None:
            return tuple(entry.defaults.values.get("include", ()))
        return tuple(item.value for item in node.value) if isinstance(node.value, list) else ()

    def _section(self, name: str) -> dict[str, Definition]:
        return {} if self._gathered is None else self._gathered.sections[name]

    def _node(self, where: str | Path) -> YamlNode | None:
        path = split_where(where) if isinstance(where, str) else where
        steps = list(self._steps(path))
        return steps[-1][1] if len(steps) == len(path) and steps else None

    def _and_used(self, node: YamlNode | None) -> Iterator[YamlNode]:
        """The node of a property, then those of the types that it uses, each once: in a faulty plan they may circle."""
        seen: list[YamlNode] = []
        while node is not None and node not in seen:
            yield node
            seen.append(node)
            used = node.get("use")
            name = used.value if used is not None and isinstance(used.value, str) else ""
            entry = self._section("types").get(name)
            node = None if entry is None else entry.node

    def _inside(self, node: YamlNode, path: Path) -> Iterator[tuple[Location, YamlNode | None]]:
        for part in path:
            step = self._step(node, part)
            if step is None:
                return
            yield step
            node = step[1]

    def _step(self, node: YamlNode, part: str) -> tuple[Location, YamlNode] | None:
        """One part further in: an item, a property, a key; those of a used type where the node has none of its own."""
        if isinstance(node.value, list):
            index = part[1:-1]
            inside = part[:1] == "[" and index.isdecimal() and int(index) < len(node.value)
            return (node.value[int(index)], node.value[int(index)]) if inside else None
        key = _INNER.get(part, part)
        for seen in self._and_used(node):
            for holder in (seen.get("properties"), seen):
                if holder is not None and isinstance(holder.value, dict) and key in holder.value:
                    return holder.key(key), holder.value[key]
        return None
