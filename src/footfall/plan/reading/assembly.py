"""Assembles the Plan from the documents of its files, and reports every problem of every file.

Each step takes what the steps before it returned: properties go into events, traits and pages, these are the subjects
of journeys and KPIs, and a KPI may measure a journey.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from footfall.plan.model import Consent, IdentityKeys, Page, Plan, Property, Source, Team
from footfall.plan.problems import MISSING, Location, Problems, did_you_mean
from footfall.plan.reading.boards import read_boards
from footfall.plan.reading.campaigns import read_campaigns
from footfall.plan.reading.consent import check_consent, read_consent
from footfall.plan.reading.currencies import check_currency
from footfall.plan.reading.derived import read_derived_events
from footfall.plan.reading.events import read_enforcement, read_events
from footfall.plan.reading.experiments import read_experiments
from footfall.plan.reading.journeys import read_journeys
from footfall.plan.reading.kpis import read_goals, read_kpis
from footfall.plan.reading.merge import MergedFiles, merge_files
from footfall.plan.reading.names import Names
from footfall.plan.reading.properties import PropertyReader
from footfall.plan.reading.schema import PAGE, SECTIONS
from footfall.plan.reading.segments import read_cohorts, read_segments
from footfall.plan.reading.signals import read_signals
from footfall.plan.reading.silences import read_silences
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.visitors import read_staff, read_web
from footfall.plan.reading.yaml_source import YamlNode
from footfall.versions import PLAN_FORMAT

__all__ = ["assemble"]

_DEFAULTS = Plan(id="none")


def assemble(documents: Sequence[YamlNode], problems: Problems) -> tuple[Plan, MergedFiles]:
    """The plan in one or more documents, as far as it can be understood, and the definitions that it was made from."""
    files = merge_files(documents, problems)
    header, sections = files.header, files.sections
    levels = header.get("sensitivity_levels", _DEFAULTS.sensitivity_levels)
    names = Names(files, problems)
    _check_header(files, documents, problems)
    consent = read_consent(files, problems)
    _check_defaults(files, names, levels, consent)
    enforcement = read_enforcement(header.get("enforcement", {}), {})
    properties = PropertyReader(files, problems, levels)
    events = read_events(files, names, properties, enforcement, consent)
    traits = _traits(files, properties, problems)
    pages = _pages(files, properties, problems, consent)
    properties.check_examples()
    derived_events = read_derived_events(sections["derived_events"], names, events.properties)
    subjects = Subjects(names, events, pages, traits, derived_events)
    for replacement in events.replacements:
        subjects.event(replacement.name, replacement.node, replacement.path)
    journeys = read_journeys(sections["journeys"], subjects)
    segments = read_segments(sections["segments"], subjects)
    kpis = read_kpis(sections["kpis"], subjects, journeys)
    plan = Plan(
        id=header.get("plan", ""),
        format=header.get("format", PLAN_FORMAT),
        description=header.get("description", ""),
        timezone=header.get("timezone", _DEFAULTS.timezone),
        week_starts=header.get("week_starts", _DEFAULTS.week_starts),
        teams=_simple(Team, "teams", files, problems),
        sources=_simple(Source, "sources", files, problems),
        naming=_plain(header.get("naming", {})),
        lint=header.get("lint", {}),
        require=header.get("require", {}),
        sensitivity_levels=levels,
        identity=_identity(files, subjects),
        consent=consent,
        web=read_web(files, problems),
        staff=read_staff(files, problems),
        enforcement=enforcement,
        traits=traits,
        events=events.by_name,
        pages=pages,
        goals=read_goals(sections["goals"], names),
        kpis=kpis,
        signals=read_signals(sections["signals"], subjects),
        boards=read_boards(sections["boards"], names),
        experiments=read_experiments(sections["experiments"], subjects, kpis),
        journeys=journeys,
        campaigns=read_campaigns(sections["campaigns"], names),
        segments=segments,
        cohorts=read_cohorts(sections["cohorts"], subjects, segments),
        derived_events=derived_events,
        silences=read_silences(sections["silences"], names),
        x=files.x,
    )
    return plan, files


def _check_header(files: MergedFiles, documents: Sequence[YamlNode], problems: Problems) -> None:
    header, nodes = files.header, files.header_nodes
    if not problems.incomplete and not any(document.get("plan") for document in documents):
        problems.add(
            "missing_key", "the plan has no id", at=Location(documents[0].file, 1, 1), path=("plan",),
            remedy="add plan: NAME to one of its files",
        )  # fmt: skip
    version = header.get("format", PLAN_FORMAT)
    if not 1 <= version <= PLAN_FORMAT:
        message = f"format {version} is not read by this footfall, which knows format {PLAN_FORMAT}"
        remedy = "upgrade footfall" if version > PLAN_FORMAT else f"write format: {PLAN_FORMAT}"
        problems.add("newer_format", message, at=nodes["format"], path=("format",), remedy=remedy)
    if "timezone" in header:
        _check_timezone(header["timezone"], nodes["timezone"], problems)


_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", re.ASCII)


def _check_timezone(name: str, at: Location, problems: Problems) -> None:
    import zoneinfo  # loaded late: only reading YAML needs it

    try:
        if _ZONE.fullmatch(name):
            zoneinfo.ZoneInfo(name)
            return
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        pass
    remedy = did_you_mean(name, zoneinfo.available_timezones(), "a name such as Europe/Stockholm, or UTC")
    problems.add("unknown_timezone", f"there is no timezone {name!r}", at=at, path=("timezone",), remedy=remedy)


def _check_defaults(files: MergedFiles, names: Names, levels: tuple[str, ...], consent: Consent | None) -> None:
    for values, node in files.defaults:
        names.check_event_keys(values, node, ("defaults",))
        check_consent(values, node, ("defaults",), consent, files, names.problems)
        level = values.get("sensitivity")
        if level is not None and level not in levels:
            at, path = node.value["sensitivity"], ("defaults", "sensitivity")
            names.problems.unknown("sensitivity level", level, levels, at=at, path=path)


def _plain(value: Any) -> Any:
    """A record's values in the form that a bundle gives back: `x_*` keys in their place, lists as lists."""
    if isinstance(value, dict):
        flat = {key: _plain(part) for key, part in value.items() if key != "x"}
        return {**flat, **value.get("x", {})}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _traits(files: MergedFiles, reader: PropertyReader, problems: Problems) -> dict[str, tuple[Property, ...]]:
    traits = {}
    for kind, definitions in files.traits.items():
        resolved = [reader.trait(definition, kind) for definition in definitions.values()]
        check_currency(resolved, ("traits", kind), problems)
        traits[kind] = tuple(part.property for part in resolved if part.property is not None)
    return traits


def _pages(files: MergedFiles, reader: PropertyReader, problems: Problems, consent: Consent | None) -> dict[str, Page]:
    pages = {}
    for definition in files.sections["pages"].values():
        path = ("pages", definition.name)
        values = PAGE.read(definition.node, path, problems)
        if values is MISSING:
            continue
        check_consent(values, definition.node, path, consent, files, problems)
        node, sensitivity = values.pop("properties", None), definition.defaults.values.get("sensitivity")
        resolved = [] if node is None else reader.properties(node, path, sensitivity)
        check_currency(resolved, path, problems)
        properties = tuple(part.property for part in resolved if part.property is not None)
        pages[definition.name] = Page(name=definition.name, properties=properties, **values)
    return pages


def _identity(files: MergedFiles, subjects: Subjects) -> IdentityKeys:
    values = files.header.get("identity", {})
    names = subjects.all_properties()
    for key in ("device", "account"):
        if names and key in values and values[key] not in names:
            at, path = files.header_nodes["identity"].value[key], ("identity", key)
            subjects.names.problems.unknown("property of any event", values[key], names, at=at, path=path)
    return IdentityKeys(device=values.get("device"), account=values.get("account"))


def _simple(struct: type[msgspec.Struct], section: str, files: MergedFiles, problems: Problems) -> dict[str, Any]:
    """A section whose definitions need nothing but their shape."""
    record = SECTIONS[section][1]
    definitions = files.sections[section].values()
    values = {each.name: record.read(each.node, (section, each.name), problems) for each in definitions}
    return {name: struct(name=name, **given) for name, given in values.items() if given is not MISSING}
