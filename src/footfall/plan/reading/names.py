"""The names that a plan defines, by section, and the checks of whatever refers to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.problems import Location, Path, Problems
from footfall.plan.reading.merge import Definition, MergedFiles
from footfall.plan.reading.schema import PURPOSES
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["Names"]

_PURPOSE_SECTIONS = {"kpi": "kpis", "journey": "journeys", "goal": "goals"}


class Names:
    """The names of a whole plan. A definition with a problem counts as defined: that is reported already."""

    def __init__(self, files: MergedFiles, problems: Problems) -> None:
        self.problems = problems
        self._sections: Mapping[str, Mapping[str, Definition]] = files.sections
        self._required: Mapping[str, tuple[str, ...]] = files.header.get("require", {})

    def of(self, section: str) -> Mapping[str, Definition]:
        """What a section defines."""
        return self._sections[section]

    def check(self, section: str, kind: str, name: str, at: Location, path: Path) -> bool:
        """Whether a section defines a name; a problem if not."""
        names = self._sections[section]
        if name not in names:
            self.problems.unknown(kind, name, names, at=at, path=path)
        return name in names

    def check_list(
        self, section: str, kind: str, key: str, values: Mapping[str, Any], node: YamlNode, path: Path
    ) -> None:
        """Check that a section defines every name in the list under a key."""
        for item, name in _texts(node, key, values):
            self.check(section, kind, name, item, (*path, key))

    def check_event_keys(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        """Check the owner, sources, groups and purposes that an event names, or a file's defaults for events."""
        self._owner(values, node, path)
        self.check_list("sources", "source", "sources", values, node, path)
        self.check_list("property_groups", "property group", "include", values, node, path)
        part_path = (*path, "purpose")
        for item, text in _texts(node, "purpose", values):
            kind, colon, name = text.partition(":")
            if not colon or kind not in PURPOSES:
                remedy = f"write {', '.join(f'{purpose}:NAME' for purpose in PURPOSES[:-1])} or {PURPOSES[-1]}:NAME"
                self.problems.add("unknown_value", f"{text!r} is not a purpose", at=item, path=part_path, remedy=remedy)
            else:
                self.check(_PURPOSE_SECTIONS[kind], kind, name, item, part_path)

    def complete(self, section: str, values: dict[str, Any], definition: Definition, path: Path) -> None:
        """Give a KPI, goal or journey its file's default owner, and check its owner and required metadata."""
        self._owner(values, definition.node, path)
        values.update(definition.defaults_of(("owner",)))
        self.check_metadata(section, values, definition, path)

    def check_metadata(self, section: str, values: Mapping[str, Any], definition: Definition, path: Path) -> None:
        """Check for the keys that the plan's `require` asks for; an empty list counts as written."""
        for key in self._required.get(section, ()):
            if key not in definition.node.value and not values.get(key):
                self.problems.add(
                    "missing_metadata",
                    f"{key!r} is missing",
                    at=definition.location,
                    path=path,
                    remedy=f"add {key}: the plan's `require` asks for it",
                )

    def _owner(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        teams = self._sections["teams"]
        if teams and "owner" in values and "owner" in node.value and values["owner"] not in teams:
            self.problems.unknown("team", values["owner"], teams, at=node.value["owner"], path=(*path, "owner"))


def _texts(node: YamlNode, key: str, values: Mapping[str, Any]) -> list[tuple[YamlNode, str]]:
    """The texts of a list with their nodes; none when the list is a default's, or could not be read."""
    texts = node.get(key)
    if texts is None or key not in values or not isinstance(texts.value, list):
        return []
    return [(item, item.value) for item in texts.value if isinstance(item.value, str)]
