"""Compares what two plans keep of people: consent, web capture, who counts as the team's own."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from footfall.plan.consent import LEVELS
from footfall.plan.model import Consent, ConsentLevel, Plan, Staff, Web
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.wording import say

__all__ = ["compare_collection"]


def compare_collection(old: Plan, new: Plan) -> Iterator[RawChange]:
    """The differences of two plans in `consent`, `web` and `staff`."""
    yield from _consent(old.consent, new.consent)
    for key in ("web", "staff"):
        before, after = (_stated(getattr(plan, key)) for plan in (old, new))
        for part in sorted(before.keys() | after.keys()):
            if before.get(part) != after.get(part):
                was, now = (say(values[part]) if part in values else None for values in (before, after))
                what = f"says {part}: {now or 'nothing'} (it was {was or 'nothing'})"
                yield RawChange(f"{key}_changed", what, path=(key, part), before=was, after=now)


def _stated(part: Web | Staff | None) -> dict[str, object]:
    """The keys of a part that say anything."""
    return {} if part is None else {key: value for key, value in msgspec.structs.asdict(part).items() if value}


def _consent(old: Consent | None, new: Consent | None) -> Iterator[RawChange]:
    if old is None or new is None:
        if old is not new:
            kind, verb = ("consent_tightened", "adds") if old is None else ("consent_loosened", "removes")
            yield RawChange(kind, f"{verb} {{where}}", path=("consent",), in_base=new is None)
        return
    if old.rule != new.rule:
        what = f"asks for consent by {new.rule} (it was {old.rule})"
        yield RawChange("consent_changed", what, path=("consent", "rule"), before=old.rule, after=new.rule)
    if old.default != new.default:
        yield _level_change(old.default, new.default, ("consent", "default"))
    if next(iter(old.purposes)) != next(iter(new.purposes)):
        before, after = (next(iter(consent.purposes)) for consent in (old, new))
        what = f"makes {after} the first purpose (it was {before})"
        yield RawChange("consent_changed", what, path=("consent", "purposes"), before=before, after=after)
    for name in dict.fromkeys([*old.purposes, *new.purposes]):
        path, was, now = ("consent", "purposes", name), old.purposes.get(name), new.purposes.get(name)
        if was is None or now is None:
            verb = "adds" if was is None else "removes"
            yield RawChange("consent_changed", f"{verb} {{where}}", path=path, in_base=now is None)
        elif was.refused != now.refused:
            yield _level_change(was.refused, now.refused, path)
        elif was != now:
            yield RawChange("plan_described", "changes what is said of the purpose", path=path)
    if old.x != new.x:
        yield RawChange("plan_described", "changes other keys", path=("consent",))


def _level_change(old: ConsentLevel, new: ConsentLevel, path: tuple[str, ...]) -> RawChange:
    kind = "consent_loosened" if LEVELS.index(new) > LEVELS.index(old) else "consent_tightened"
    what = f"keeps {new} without consent (it was {old})"
    return RawChange(kind, what, path=path, before=old, after=new)
