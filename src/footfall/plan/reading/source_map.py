"""Where each part of a plan is written: from dotted names to file, line and column, so that Plan needs none.

A name is looked up in the files when somebody asks, so reading a plan costs nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from footfall.plan.problems import Location, Path
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["SourceMap", "split_where"]

_PARTS = re.compile(r"\[[^\[\]]*\]|[^.\[]+")
# The keys that contain the parts of an array or a map.
_INNER = {"[]": "items", "{}": "values"}
_SECTIONS = (
    "pages",
    "kpis",
    "experiments",
    "signals",
    "boards",
    "journeys",
    "goals",
    "campaigns",
    "derived_events",
    "silences",
    "teams",
    "sources",
    "types",
    "property_groups",
    "segments",
    "cohorts",
)


def split_where(where: str) -> Path:
    """The parts of a dotted name, as the problems write it: `order.lines[].price` is order, lines, [], price."""
    return tuple(_PARTS.findall(where))


def _path(where: str | Path) -> Path:
    return split_where(where) if isinstance(where, str) else where


_Step = tuple[Location, YamlNode | None]


class SourceMap:
    """Finds where a part of a plan is written.

    Parts are named as in problems: `EVENT`, `EVENT.PROPERTY`, `EVENT.PROPERTY[].INNER`, `EVENT.KEY`, `kpis.NAME`,
    `journeys.NAME.steps[0]`, `goals.NAME`, `traits.user.NAME`, `naming.events`, `require`. A property that an event
    includes is found in its group, an inner one that comes with a used type in the type. Where an event has a key and
    a property of one name, the name means the property, and `key` finds the other.
    """

    def __init__(self, file: str, files: MergedFiles | None = None) -> None:
        self._file = file
        self._files = files

    def find(self, where: str | Path) -> Location:
        """The location of a part, or of the innermost part around it that is written.

        For a plan without positions (a bundle), or a name that is nowhere, the location is the file, with line 0.
        """
        locations = [location for location, _ in self._steps(_path(where))]
        return locations[-1] if locations else Location(self._file, 0, 0)

    def key(self, where: str | Path, key: str) -> Location | None:
        """The location of a key of a part (`description` of `order.total`), also of one that a used type brings.

        None when the key is not written: it is left out, or a file's default.
        """
        nodes = (node for node in self._lines(_path(where)) if isinstance(node.value, dict) and key in node.value)
        return next((node.key(key) for node in nodes), None)

    def text(self, where: str | Path, key: str, text: str) -> Location:
        """The location of a text in the list under a key of a part; that of the part when the text is not there.

        The list may also be in a used type, or in the property group that a property is included from.
        """
        path = _path(where)
        for node in (*self._lines(path), *self._groups(path)):
            texts = node.get(key)
            for item in texts.value if texts is not None and isinstance(texts.value, list) else ():
                if item.value == text:
                    return Location(item.file, item.line, item.column)
        return self.find(path)

    @property
    def has_positions(self) -> bool:
        """Whether lines are known: they are not for a bundle."""
        return self._files is not None

    def _steps(self, path: Path) -> Iterator[_Step]:
        """The location and node of each longer part of the path, as far as it is written."""
        files = self._files
        if files is None or not path:
            return
        head = path[0]
        if head == "traits" and len(path) >= 3 and path[2] in files.traits.get(path[1], {}):
            part = files.traits[path[1]][path[2]]
            yield from ((part.location, None), (part.location, None), (part.location, part.node))
            yield from self._inside(files, part.node, path[3:])
        elif head in _SECTIONS and len(path) >= 2 and path[1] in files.sections[head]:
            part = files.sections[head][path[1]]
            yield from ((part.location, None), (part.location, part.node))
            yield from self._inside(files, part.node, path[2:])
        elif head in files.sections["events"]:
            part = files.sections["events"][head]
            yield part.location, part.node
            yield from self._event(files, part, path[1:])
        elif head in files.header_nodes:
            node = files.header_nodes[head]
            yield node, node
            yield from self._inside(files, node, path[1:])

    def _event(self, files: MergedFiles, event: Definition, path: Path) -> Iterator[_Step]:
        """Inside an event: what it says itself, or else what a group that it includes says."""
        for node in (event.node, *(group.node for group in files.groups_of(event))):
            steps = list(self._inside(files, node, path))
            if steps:
                yield from steps
                return

    def _groups(self, path: Path) -> Iterator[YamlNode]:
        """The nodes of the property groups that an event's property comes from."""
        files = self._files
        event = files.sections["events"].get(path[0]) if files is not None and len(path) == 2 else None
        if files is not None and event is not None:
            yield from (
                group.node for group in files.groups_of(event) if any(self._inside(files, group.node, path[1:]))
            )

    def groups(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The events that include each property group, with the names of its properties; nothing for a bundle."""
        if self._files is None:
            return {}
        events: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in self._files.sections["property_groups"]}
        for event in self._files.sections["events"].values():
            for group in self._files.groups_of(event):
                properties = group.node.get("properties")
                if properties is not None and isinstance(properties.value, dict):
                    events[group.name][event.name] = tuple(properties.value)
        return events

    def _lines(self, path: Path) -> Iterator[YamlNode]:
        """The nodes in which a key of a part may be written: its own, then those of the types that it uses."""
        steps = list(self._steps(path))
        if self._files is not None and steps and len(steps) == len(path):
            yield from self._files.with_used_types(steps[-1][1])

    def _inside(self, files: MergedFiles, node: YamlNode, path: Path) -> Iterator[_Step]:
        for part in path:
            step = _step(files, node, part)
            if step is None:
                return
            yield step
            node = step[1]


def _step(files: MergedFiles, node: YamlNode, part: str) -> tuple[Location, YamlNode] | None:
    """One part further in: an item, a property or a key, also one that a used type brings."""
    if isinstance(node.value, list):
        index = part[1:-1]
        inside = part[:1] == "[" and index.isdecimal() and int(index) < len(node.value)
        return (node.value[int(index)], node.value[int(index)]) if inside else None
    key = _INNER.get(part, part)
    for own in files.with_used_types(node):
        for mapping in (own.get("properties"), own):
            if mapping is not None and isinstance(mapping.value, dict) and key in mapping.value:
                return mapping.key(key), mapping.value[key]
    return None
