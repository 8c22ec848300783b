"""Reads planned silences: when they are, how they come again, and what they are of."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.model import Silence
from footfall.plan.problems import MISSING, Path
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.names import Names
from footfall.plan.reading.schema import SILENCE
from footfall.plan.reading.yaml_source import YamlNode
from footfall.plan.silences import local_stretch, moved

__all__ = ["read_silences"]


def read_silences(definitions: Mapping[str, Definition], names: Names) -> dict[str, Silence]:
    """The silences in their order; one that cannot be read is left out, with a problem."""
    silences = {}
    for definition in definitions.values():
        path, node = ("silences", definition.name), definition.node
        values = SILENCE.read(node, path, names.problems)
        if values is MISSING or "from" not in values or "until" not in values:
            continue
        for section, noun in (("events", "event"), ("sources", "source"), ("kpis", "KPI")):
            names.check_list(section, noun, section, values, node, path)
        silence = Silence(name=definition.name, since=values.pop("from"), **values)
        if _has_time(silence, node, path, names):
            silences[definition.name] = silence
    return silences


def _has_time(silence: Silence, node: YamlNode, path: Path, names: Names) -> bool:
    """Whether a silence ends after it begins, and before it comes again; a problem if not."""
    begin, end = local_stretch(silence)
    if end <= begin:
        message, remedy = f"it ends at {silence.until}, before {silence.since}", "write a later end"
    elif silence.every is not None and end > moved(begin, silence.every, 1):
        message, remedy = f"it takes longer than the {silence.every} after which it comes again", "write an earlier end"
    else:
        return True
    names.problems.add("empty_range", message, at=node.value["until"], path=(*path, "until"), remedy=remedy)
    return False
