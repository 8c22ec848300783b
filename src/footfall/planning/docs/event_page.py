"""The page of one event: what it is, its properties, an example, who uses and who sends it, its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from footfall.plan.model import Event, Plan, Source
from footfall.planning.codegen.payload import example_payload
from footfall.planning.codegen.used_by import UsedBy
from footfall.planning.codegen.wording import PropertyRow, event_facts, rows
from footfall.planning.docs.html import Markup, Part, element, joined, link, table

__all__ = ["HistoryEntry", "event_body", "status_tag"]

_WEB = ("https://", "http://")
_SHOWN_ELSEWHERE = frozenset({"Status", "Sources", "Links"})


class HistoryEntry(msgspec.Struct, frozen=True):
    """One change of an event: a day, what was done, and its source (a commit, a version)."""

    day: str
    what: str
    source: str


def status_tag(event: Event) -> Markup:
    """The status of an event as a coloured word."""
    return element("span", event.status, class_=f"tag {event.status}")


def event_body(
    event: Event, plan: Plan, uses: Sequence[UsedBy], history: Sequence[HistoryEntry], version: str
) -> Markup:
    """The page below its title; `version` is that of the plan's lock, "" without one."""
    return joined(
        element("p", status_tag(event)),
        element("p", event.description, class_="lead") if event.description else "",
        _facts(event, version),
        element("h2", "Properties"),
        _properties(event),
        _rules(event),
        _derived(event, plan),
        element("h2", "Example"),
        element("pre", element("code", example_payload(event).decode())),
        element("h2", "Used by"),
        _uses(uses),
        element("h2", "Sent by"),
        _sources(event, plan),
        element("h2", "History"),
        _history(event, history),
    )


def _facts(event: Event, version: str) -> Markup:
    facts: list[tuple[str, Part]] = [("On the wire", element("code", event.wire_name))]
    if version:
        facts.append(("Version", version))
    facts += [(label, text) for label, text in event_facts(event) if label not in _SHOWN_ELSEWHERE]
    if event.links:
        links = (link(target, target) if target.startswith(_WEB) else target for target in event.links)
        facts.append(("Links", [element("div", target) for target in links]))
    return element("dl", *((element("dt", label), element("dd", text)) for label, text in facts))


def _properties(event: Event) -> Markup:
    if not event.properties:
        return element("p", "None.", class_="soft")
    return table(("property", "type", "", "meaning"), map(_row, rows(event.properties)))


def _row(row: PropertyRow) -> tuple[Part, ...]:
    more = "; ".join((*row.limits, *row.notes))
    return (
        element("code", row.path),
        row.type,
        element("span", "required", class_="tag required") if row.required else "",
        joined(row.description, element("div", more, class_="soft") if more else ""),
    )


def _rules(event: Event) -> Markup:
    rules = ((element("code", rule.id), element("code", rule.check), rule.message) for rule in event.rules)
    return joined(element("h2", "Rules"), table(("rule", "must hold", "or else"), rules)) if event.rules else Markup("")


def _derived(event: Event, plan: Plan) -> Markup:
    rows: list[tuple[Part, ...]] = [
        (element("code", each.name), each.type, element("code", each.expression), "") for each in event.derived
    ]
    rows += [
        (element("code", each.name), "event", element("code", each.when), each.description)
        for each in plan.derived_events.values()
        if each.event == event.name
    ]
    return joined(element("h2", "Derived"), table(("name", "", "by", "meaning"), rows)) if rows else Markup("")


def _uses(uses: Sequence[UsedBy]) -> Markup:
    if not uses:
        return element("p", "Nobody: no KPI and no journey is computed from it.", class_="soft")
    return table(("", "name", "owner", "how"), ((use.kind, _named(use), use.owner, use.how) for use in uses))


def _named(use: UsedBy) -> Markup:
    page = "../kpis.html" if use.kind == "goal" else f"../{use.kind}s/{use.name}.html"
    return link(page, element("code", use.name))


def _sources(event: Event, plan: Plan) -> Markup:
    if not event.sources:
        return element("p", "Any source.", class_="soft")
    return table(
        ("source", "kind", "code"), (_source(plan.sources.get(name) or Source(name=name)) for name in event.sources)
    )


def _source(source: Source) -> tuple[Part, ...]:
    version = f", from version {source.min_version}" if source.min_version else ""
    channel = f", channel {source.channel}" if source.channel else ""
    kind = f"{source.kind} {source.language}".strip()
    return (element("code", source.name), f"{kind}{version}{channel}", ", ".join(source.paths))


def _history(event: Event, history: Sequence[HistoryEntry]) -> Markup:
    entries = sorted([*history, *_stated(event)], key=lambda entry: entry.day, reverse=True)
    if not entries:
        return element("p", "Nothing is known.", class_="soft")
    return table(("day", "", "what"), ((entry.day, entry.source, entry.what) for entry in entries))


def _stated(event: Event) -> Iterator[HistoryEntry]:
    """What the plan says about days."""
    if event.since:
        yield HistoryEntry(event.since, "is sent since this day", "plan")
    if event.expires:
        yield HistoryEntry(event.expires, "must be renewed or removed", "plan")
    end = event.deprecated
    if end is not None and end.since:
        yield HistoryEntry(end.since, f"deprecated: {end.reason}" if end.reason else "deprecated", "plan")
    if end is not None and end.remove_after:
        yield HistoryEntry(end.remove_after, "may be removed after this day", "plan")
