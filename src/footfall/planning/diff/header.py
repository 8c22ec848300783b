"""Compares what stands once in a plan: its id, timezone, identity keys, policies, sources, teams, texts."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.plan.model import Plan, Source
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.events import compare_policies
from footfall.planning.diff.wording import say

__all__ = ["PLAN_FIELDS", "compare_header"]

_DESCRIBING = ("format", "description", "naming", "require", "lint", "sensitivity_levels", "x")
_SECTIONS = ("traits", "events", "pages", "goals", "kpis", "journeys")

PLAN_FIELDS = frozenset(["id", "timezone", "identity", "enforcement", "teams", "sources", *_DESCRIBING, *_SECTIONS])
"""The fields of Plan whose difference is found; a test holds it against the model."""


def compare_header(old: Plan, new: Plan) -> Iterator[RawChange]:
    """The differences of two plans outside their traits, events, pages, goals, KPIs and journeys."""
    for field, kind, path in (("id", "plan_id_changed", "plan"), ("timezone", "timezone_changed", "timezone")):
        one, two = getattr(old, field), getattr(new, field)
        if one != two:
            what = f"changes the plan's {field} from {one} to {two}"
            yield RawChange(kind, what, path=(path,), before=one, after=two)
    for key, who in (("device", "connected product"), ("account", "group")):
        one, two = getattr(old.identity, key), getattr(new.identity, key)
        if one != two:
            what = f"names a {who} by {two or 'nothing'} (it was {one or 'nothing'})"
            yield RawChange("identity_changed", what, path=("identity", key), before=one, after=two)
    yield from compare_policies(old.enforcement, new.enforcement)
    yield from _sources(old, new)
    yield from _teams(old, new)
    for key in _DESCRIBING:
        one, two = getattr(old, key), getattr(new, key)
        if one != two:
            what = f"changes the plan's {'other keys' if key == 'x' else key}"
            yield RawChange("plan_described", what, path=(key,), before=say(one or None), after=say(two or None))


def _sources(old: Plan, new: Plan) -> Iterator[RawChange]:
    for name, source in old.sources.items():
        path, now = ("sources", name), new.sources.get(name)
        if now is None:
            yield RawChange("source_removed", "removes {where}", path=path, before=source.kind, in_base=True)
        elif source.kind != now.kind:
            what = f"changes the kind of the source from {source.kind} to {now.kind}"
            yield RawChange("source_kind_changed", what, path=path, before=source.kind, after=now.kind)
        if now is not None and _about(source) != _about(now):
            yield RawChange("plan_described", "changes what is said of the source", path=path)
    for name, source in new.sources.items():
        if name not in old.sources:
            yield RawChange("source_added", "adds {where}", path=("sources", name), after=source.kind)


def _about(source: Source) -> tuple[object, ...]:
    return (source.language, source.paths, source.min_version, source.x)


def _teams(old: Plan, new: Plan) -> Iterator[RawChange]:
    for name, team in old.teams.items():
        path = ("teams", name)
        if name not in new.teams:
            before = team.contact or team.slack or None
            yield RawChange("team_removed", "removes {where}", path=path, before=before, in_base=True)
        elif team != new.teams[name]:
            yield RawChange("plan_described", "changes how the team is reached", path=path)
    for name in new.teams:
        if name not in old.teams:
            yield RawChange("plan_described", "adds {where}", path=("teams", name))
