"""Compares the header of two plans: id, timezone, identity keys, policies, sources, teams, texts."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.plan.model import Plan, Source
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.collection import compare_collection
from footfall.planning.diff.events import compare_policies
from footfall.planning.diff.wording import say

__all__ = ["PLAN_FIELDS", "compare_header"]

_DESCRIBING = ("format", "description", "naming", "require", "lint", "sensitivity_levels", "x")
_SECTIONS = (
    "traits",
    "events",
    "pages",
    "goals",
    "kpis",
    "experiments",
    "signals",
    "boards",
    "journeys",
    "campaigns",
    "segments",
    "cohorts",
    "derived_events",
    "silences",
)

_COMPARED = ("id", "timezone", "week_starts", "identity", "consent", "web", "staff", "enforcement", "teams", "sources")

PLAN_FIELDS = frozenset([*_COMPARED, *_DESCRIBING, *_SECTIONS])
"""The fields of Plan that are compared; a test compares them with the model."""


_NAMED = (
    ("id", "plan_id_changed", "plan"),
    ("timezone", "timezone_changed", "timezone"),
    ("week_starts", "week_start_changed", "week_starts"),
)


def compare_header(old: Plan, new: Plan) -> Iterator[RawChange]:
    """The differences of two plans outside `_SECTIONS`."""
    for field, kind, path in _NAMED:
        old_value, new_value = getattr(old, field), getattr(new, field)
        if old_value != new_value:
            what = f"changes the plan's {field.replace('_', ' ')} from {old_value} to {new_value}"
            yield RawChange(kind, what, path=(path,), before=old_value, after=new_value)
    for key, who in (("device", "connected product"), ("account", "group")):
        old_value, new_value = getattr(old.identity, key), getattr(new.identity, key)
        if old_value != new_value:
            what = f"names a {who} by {new_value or 'nothing'} (it was {old_value or 'nothing'})"
            yield RawChange("identity_changed", what, path=("identity", key), before=old_value, after=new_value)
    yield from compare_collection(old, new)
    yield from compare_policies(old.enforcement, new.enforcement)
    yield from _sources(old, new)
    yield from _teams(old, new)
    for key in _DESCRIBING:
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value != new_value:
            what = f"changes the plan's {'other keys' if key == 'x' else key}"
            before, after = say(old_value or None), say(new_value or None)
            yield RawChange("plan_described", what, path=(key,), before=before, after=after)


def _sources(old: Plan, new: Plan) -> Iterator[RawChange]:
    for name, source in old.sources.items():
        path, now = ("sources", name), new.sources.get(name)
        if now is None:
            yield RawChange("source_removed", "removes {where}", path=path, before=source.kind, in_base=True)
        elif source.kind != now.kind:
            what = f"changes the kind of the source from {source.kind} to {now.kind}"
            yield RawChange("source_kind_changed", what, path=path, before=source.kind, after=now.kind)
        if now is not None and source.channel != now.channel:
            before, after = source.channel or "none", now.channel or "none"
            what = f"changes the channel of the source from {before} to {after}"
            yield RawChange("channel_changed", what, path=path, before=source.channel, after=now.channel)
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
