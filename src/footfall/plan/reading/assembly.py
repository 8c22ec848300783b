"""Loads a tracking plan: finds its files, reads them, resolves what they refer to, and hands out one frozen Plan.

Every fault of every file is found before anything is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from footfall.disk import DEEPEST, Disk, SystemDisk
from footfall.errors import PlanError, Problem
from footfall.plan.bundle import read_plan_file
from footfall.plan.currencies import check_currency
from footfall.plan.model import IdentityKeys, Page, Plan, Property, Source, Team
from footfall.plan.problems import MISSING, Location, Problems, did_you_mean
from footfall.plan.reading.events import EventReader, read_enforcement
from footfall.plan.reading.examples import check_examples
from footfall.plan.reading.journeys import JourneyReader
from footfall.plan.reading.kpis import read_goals, read_kpis
from footfall.plan.reading.merge import MergedFiles, merge_files
from footfall.plan.reading.references import References
from footfall.plan.reading.resolve import Resolver
from footfall.plan.reading.schema import FORMAT, PAGE, SECTIONS
from footfall.plan.reading.yaml_source import YamlNode, node_of, parse_yaml

__all__ = ["plan_files", "read_document", "read_files"]

_YAML = frozenset({".yaml", ".yml"})
_LEFT_OUT = frozenset({"fixtures"})
_DEFAULTS = Plan(id="none")


def read_document(document: Mapping[str, Any]) -> tuple[Plan, list[Problem], MergedFiles]:
    """The plan in plain values, as far as it could be understood, its faults, and its sections."""
    problems = Problems()
    root = node_of(document, "plan")
    gathered = merge_files([root], problems)
    plan = _assemble(gathered, [root], problems)
    return plan, problems.sorted(), gathered


def read_files(path: Path, disk: Disk | None = None) -> tuple[Plan | None, list[Problem], MergedFiles | None]:
    """The plan in a folder or a YAML file, as far as it could be understood, its faults, and its sections."""
    disk = disk or SystemDisk()
    problems = Problems()
    roots = []
    for file in _files(path, disk, problems):
        data = _bytes(file, disk, problems)
        root = None if data is None else parse_yaml(data, str(file), problems)
        if root is not None:
            roots.append(root)
    gathered = merge_files(roots, problems) if roots else None
    plan = None if gathered is None else _assemble(gathered, roots, problems)
    return plan, problems.sorted(), gathered


def plan_files(path: str | Path, *, disk: Disk | None = None) -> tuple[list[Path], list[Problem]]:
    """The YAML files that `read` would read at `path`, in its order, and what is in the way of finding them.

    A path that is no folder is the one file, whether or not it is there.
    """
    problems = Problems()
    files = _files(Path(path), disk or SystemDisk(), problems)
    return files, problems.sorted()


def _bytes(path: Path, disk: Disk, problems: Problems) -> bytes | None:
    try:
        return read_plan_file(path, disk)
    except PlanError as error:
        for problem in error.problems:
            problems.add(problem.code, problem.message, at=Location(str(path), 0, 0), remedy=problem.remedy)
    problems.incomplete = True
    return None


def _files(path: Path, disk: Disk, problems: Problems) -> list[Path]:
    """The YAML files of a plan in a stable order; a path that is no folder is taken as a file."""
    try:
        children = disk.list(path)
    except (NotADirectoryError, FileNotFoundError):
        return [path]  # opening it tells what is wrong, if anything is
    except OSError as error:
        location = Location(str(path), 0, 0)
        message = f"the folder cannot be read: {error.strerror or error}"
        problems.add("unreadable_file", message, at=location, remedy="check its permissions")
        return []
    files = list(_below(children, disk, {path.resolve()}, problems))
    if not files and not len(problems):
        problems.add(
            "no_plan_files",
            "the folder holds no .yaml file",
            at=Location(str(path), 0, 0),
            remedy="name the folder of a plan, or write plan.yaml into it",
        )
    return files


def _below(children: list[Path], disk: Disk, seen: set[Path], problems: Problems, depth: int = 1) -> Iterator[Path]:
    for child in children:
        if child.name.startswith(".") or child.name in _LEFT_OUT:
            continue
        try:
            inner = disk.list(child)
        except OSError:
            if child.suffix in _YAML:
                yield child
            continue
        real = child.resolve()
        if real in seen:  # a link back up would go round for ever
            continue
        seen.add(real)
        if depth == DEEPEST:
            location = Location(str(child), 0, 0)
            message = f"has more than {DEEPEST} folders around it, so it was not looked into"
            problems.add("unreadable_file", message, at=location, remedy="move it, or remove it")
        else:
            yield from _below(inner, disk, seen, problems, depth + 1)


def _assemble(gathered: MergedFiles, roots: list[YamlNode], problems: Problems) -> Plan:
    header = gathered.header
    _check_header(gathered, roots, problems)
    references = References(gathered, problems)
    for defaults in gathered.defaults:
        if defaults.node is not None:
            for test in (references.owner, references.sources, references.groups, references.purposes):
                test(defaults.values, defaults.node, ("defaults",))
    required: Mapping[str, tuple[str, ...]] = header.get("require", {})
    levels = header.get("sensitivity_levels", _DEFAULTS.sensitivity_levels)
    sections = gathered.sections
    resolver = Resolver(sections["types"], sections["property_groups"], problems, levels=levels, required=required)
    _check_default_sensitivity(gathered, levels, problems)
    enforcement = read_enforcement(_records(header.get("enforcement", {})), {})
    readers = EventReader(resolver, references, required=required.get("events", ()), enforcement=enforcement)
    events = readers.read(sections["events"])
    resolver.resolve_all()
    traits = _traits(gathered, resolver, problems)
    pages = _pages(gathered, resolver, problems)
    references.add_pages(pages, traits)
    journeys = JourneyReader(references, required=required.get("journeys", ())).read(sections["journeys"])
    kpis = read_kpis(sections["kpis"], references, required=required.get("kpis", ()))
    goals = read_goals(sections["goals"], references, required=required.get("goals", ()))
    identity = _identity(gathered, references)
    check_examples(resolver.examples, problems)
    return Plan(
        id=header.get("plan", ""),
        format=header.get("format", FORMAT),
        description=header.get("description", ""),
        timezone=header.get("timezone", _DEFAULTS.timezone),
        teams=_simple(Team, "teams", gathered, problems),
        sources=_simple(Source, "sources", gathered, problems),
        naming=_plain(header.get("naming", {})),
        lint=header.get("lint", {}),
        require=required,
        sensitivity_levels=levels,
        identity=identity,
        enforcement=enforcement,
        traits=traits,
        events=events,
        pages=pages,
        goals=goals,
        kpis=kpis,
        journeys=journeys,
        x=gathered.x,
    )


def _check_header(gathered: MergedFiles, roots: list[YamlNode], problems: Problems) -> None:
    header, nodes = gathered.header, gathered.header_nodes
    if not problems.incomplete and not any(root.get("plan") for root in roots):
        problems.add(
            "missing_key", "the plan has no id", at=Location(roots[0].file, 1, 1), path=("plan",),
            remedy="add plan: NAME to one of its files",
        )  # fmt: skip
    version = header.get("format", FORMAT)
    if not 1 <= version <= FORMAT:
        message = f"format {version} is not read by this footfall, which knows format {FORMAT}"
        remedy = "upgrade footfall" if version > FORMAT else f"write format: {FORMAT}"
        problems.add("newer_format", message, at=nodes["format"], path=("format",), remedy=remedy)
    if "timezone" in header:
        _check_timezone(header["timezone"], nodes["timezone"], problems)


_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", re.ASCII)


def _check_timezone(name: str, location: Location, problems: Problems) -> None:
    import zoneinfo  # loaded late: only a plan that is read needs it

    try:
        if _ZONE.fullmatch(name):
            zoneinfo.ZoneInfo(name)
            return
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        pass
    near = did_you_mean(name, zoneinfo.available_timezones())
    remedy = near if near.startswith("did you mean") else "a name such as Europe/Stockholm, or UTC"
    problems.add("unknown_timezone", f"there is no timezone {name!r}", at=location, path=("timezone",), remedy=remedy)


def _check_default_sensitivity(gathered: MergedFiles, levels: tuple[str, ...], problems: Problems) -> None:
    for defaults in gathered.defaults:
        level = defaults.values.get("sensitivity")
        if level is not None and level not in levels and defaults.node is not None:
            location = defaults.node.value["sensitivity"]
            problems.unknown("sensitivity level", level, levels, at=location, path=("defaults", "sensitivity"))


def _records(stages: Mapping[str, Any]) -> Mapping[str, Any]:
    return {stage: stated for stage, stated in stages.items() if stage != "x"}


def _plain(value: Any) -> Any:
    """What a record read, in the form that a bundle gives back: `x_*` keys in their place, lists as lists."""
    if isinstance(value, dict):
        flat = {key: _plain(inner) for key, inner in value.items() if key != "x"}
        return {**flat, **value.get("x", {})}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _traits(gathered: MergedFiles, resolver: Resolver, problems: Problems) -> dict[str, tuple[Property, ...]]:
    traits = {}
    for kind, entries in gathered.traits.items():
        found = [(resolver.trait(entry, kind), entry.name, entry.location) for entry in entries.values()]
        check_currency(found, ("traits", kind), problems)
        traits[kind] = tuple(prop for prop, _, _ in found if prop is not None)
    return traits


def _pages(gathered: MergedFiles, resolver: Resolver, problems: Problems) -> dict[str, Page]:
    pages = {}
    for entry in gathered.sections["pages"].values():
        path = ("pages", entry.name)
        values = PAGE.read(entry.node, path, problems)
        if values is MISSING:
            continue
        node = values.pop("properties", None)
        found = [] if node is None else resolver.properties(node, path, entry.defaults.values.get("sensitivity"))
        check_currency([(each.property, each.name, each.location) for each in found], path, problems)
        properties = tuple(each.property for each in found if each.property is not None)
        pages[entry.name] = Page(name=entry.name, properties=properties, **values)
    return pages


def _identity(gathered: MergedFiles, references: References) -> IdentityKeys:
    values = gathered.header.get("identity", {})
    node = gathered.header_nodes.get("identity")
    known = references.all_properties()
    for key in ("device", "account"):
        if known and node is not None and key in values and values[key] not in known:
            location, path = node.value[key], ("identity", key)
            references.problems.unknown("property of any event", values[key], known, at=location, path=path)
    return IdentityKeys(device=values.get("device"), account=values.get("account"))


def _simple(struct: type[msgspec.Struct], section: str, gathered: MergedFiles, problems: Problems) -> dict[str, Any]:
    """A section whose entries need nothing but their shape."""
    kind = SECTIONS[section][1]
    made = {}
    for entry in gathered.sections[section].values():
        values = kind.read(entry.node, (section, entry.name), problems)
        if values:
            made[entry.name] = struct(name=entry.name, **values)
        elif values == {}:
            made[entry.name] = struct(name=entry.name)
    return made
