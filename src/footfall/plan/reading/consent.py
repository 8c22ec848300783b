"""Reads what a plan says of consent, and what events and pages say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from footfall.plan.model import Consent, ConsentLevel, Purpose
from footfall.plan.problems import MISSING, Path, Problems, did_you_mean
from footfall.plan.reading.field_types import WORD, check_name
from footfall.plan.reading.merge import MergedFiles
from footfall.plan.reading.schema import CONSENT_PURPOSE
from footfall.plan.reading.yaml_source import YamlNode, kind_of

__all__ = ["check_consent", "read_consent"]

_LEVELS: Final = get_args(ConsentLevel)
_SECTION = "consent: {rule: …, default: …, purposes: {NAME: {}}}"


def read_consent(files: MergedFiles, problems: Problems) -> Consent | None:
    """The plan's `consent:`; None, with a problem unless there is none, where it cannot be read."""
    values = files.header.get("consent")
    if values is None:
        return None
    purposes = _purposes(values["purposes"], problems) if "purposes" in values else {}
    if not purposes or "rule" not in values or "default" not in values:
        return None
    return Consent(rule=values["rule"], default=values["default"], purposes=purposes, x=values.get("x", {}))


def _purposes(node: YamlNode, problems: Problems) -> dict[str, Purpose]:
    path: Path = ("consent", "purposes")
    if not isinstance(node.value, dict) or not node.value:
        message = f"takes a mapping from names to purposes, not {kind_of(node.value)}"
        if isinstance(node.value, dict):
            message = "has no purpose"
        problems.add("wrong_type", message, at=node, path=path, remedy="write statistics: {refused: count_only} in it")
        return {}
    purposes = {}
    for name, definition in node.value.items():
        part_path = (*path, name)
        check_name(name, WORD, node=node, path=part_path, problems=problems)
        if name in _LEVELS:
            message = f"{name!r} is a level, and no name of a purpose"
            problems.add("bad_consent", message, at=node.key(name), path=part_path, remedy="name it for what it is for")
        values = CONSENT_PURPOSE.read(definition, part_path, problems)
        if values is not MISSING:
            purposes[name] = Purpose(name=name, **values)
    return purposes


def check_consent(
    values: Mapping[str, Any],
    node: YamlNode,
    path: Path,
    consent: Consent | None,
    files: MergedFiles,
    problems: Problems,
) -> None:
    """Check the `consent:` of an event, a page, or a file's defaults: purposes of the plan, or one level alone."""
    written = node.get("consent")
    if written is None or "consent" not in values:
        return
    part_path = (*path, "consent")
    if "consent" not in files.header:
        if not problems.incomplete:
            message = "'consent' has no effect: the plan has no `consent:` section"
            problems.add("misplaced_key", message, at=node.key("consent"), path=part_path, remedy=f"add {_SECTION}")
        return
    names = values["consent"]
    if not names or (len(names) > 1 and not set(_LEVELS).isdisjoint(names)):
        message = "takes one level, or the names of purposes"
        remedy = f"write {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]} alone, or purposes alone"
        problems.add("bad_consent", message, at=written, path=part_path, remedy=remedy)
    choices = () if consent is None else (*consent.purposes, *_LEVELS)
    for item in written.value if isinstance(written.value, list) else [written]:
        if choices and isinstance(item.value, str) and item.value not in choices:
            remedy = did_you_mean(item.value, choices)
            message = f"there is no purpose {item.value!r}"
            problems.add("unknown_reference", message, at=item, path=part_path, remedy=remedy)
