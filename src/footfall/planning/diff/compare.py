"""Compares two plans: every difference, judged by who is hurt, with the KPIs and journeys that it breaks or shifts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import msgspec

from footfall.plan.checking.validate import policy_of
from footfall.plan.model import Conversion, Event, Journey, Kpi, Page, Plan, Policy
from footfall.plan.segments import naming
from footfall.planning.diff.changes import Affected, Change, Effect, RawChange, affected_by, classify
from footfall.planning.diff.events import compare_event, event_shape, pair_events
from footfall.planning.diff.experiments import compare_experiments
from footfall.planning.diff.figures import (
    compare_boards,
    compare_campaigns,
    compare_cohorts,
    compare_derived_events,
    compare_goals,
    compare_journeys,
    compare_kpis,
    compare_segments,
    compare_signals,
    compare_silences,
)
from footfall.planning.diff.header import compare_header
from footfall.planning.diff.kinds import KINDS
from footfall.planning.diff.likeness import likely_heirs
from footfall.planning.diff.properties import compare_properties
from footfall.planning.diff.renames import Renames
from footfall.planning.usage import UsageIndex, Use

__all__ = ["diff"]

_PASSING: tuple[Policy, ...] = ("keep", "warn", "flag")
_RULED_BY = {
    "event_removed": "unknown_event",
    "wire_name_dropped": "unknown_event",
    "property_removed": "unknown_property",
}


def diff(base: Plan, new: Plan, *, faulty: Collection[str] = (), today: date | None = None) -> list[Change]:
    """Every difference between two plans, in the order of the base, then what is new.

    `faulty` are the dotted names of what `plan check` finds wrong in `new`, when it is a plan with faults: what is
    missing there could not be read, so its absence is no change, and KPIs and journeys named there are broken.
    The order of names counts for nothing. By `today` an experiment has started or not; without it each has.
    """
    return list(_Comparison(base, new, faulty, today).changes())


class _Comparison:
    """Two plans side by side, with who uses what in each."""

    def __init__(self, base: Plan, new: Plan, faulty: Collection[str], today: date | None) -> None:
        self._base = base
        self._today = today
        self._new = new
        self._faulty = tuple(faulty)
        self._uses = UsageIndex(base)
        self._new_uses = UsageIndex(new)

    def changes(self) -> Iterator[Change]:
        base, new = self._base, self._new
        for raw in compare_header(base, new):
            yield classify(raw, (), self._everything(raw))
        for kind in sorted(base.traits.keys() | new.traits.keys()):
            yield from self._traits(kind)
        for key in dict.fromkeys([*base.pages, *new.pages]):
            yield from self._page(key)
        pairs = list(pair_events(base.events, new.events))
        heirs = likely_heirs(pairs, event_shape)
        for old, now in pairs:
            yield from self._event(old, now, None if old is None else heirs.get(old.name))
        renames = Renames([(old, now) for old, now in pairs if old is not None and now is not None])
        for raw in compare_kpis({name: renames.kpi(kpi) for name, kpi in base.kpis.items()}, new.kpis):
            if not self._is_faulty(raw.path[:2]):
                yield classify(raw, (), self._kpi(raw), cap="warning")
        journeys = {name: renames.journey(journey) for name, journey in base.journeys.items()}
        for raw in compare_journeys(journeys, new.journeys):
            if not self._is_faulty(raw.path[:2]):
                yield classify(raw, (), self._journey(raw))
        segments = {name: renames.segment(segment) for name, segment in base.segments.items()}
        for raw in (
            *compare_goals(base.goals, new.goals),
            *self._experiments(renames),
            *compare_boards(base.boards, new.boards),
            *compare_signals({name: renames.signal(each) for name, each in base.signals.items()}, new.signals),
            *compare_campaigns(base.campaigns, new.campaigns),
            *compare_segments(segments, new.segments),
            *compare_cohorts(base.cohorts, new.cohorts),
            *compare_derived_events(base.derived_events, new.derived_events),
            *compare_silences(base.silences, new.silences),
        ):
            if not self._is_faulty(raw.path[:2]):
                yield classify(raw, (), self._segment(raw))

    def _experiments(self, renames: Renames) -> Iterator[RawChange]:
        old = {name: renames.experiment(each) for name, each in self._base.experiments.items()}
        kpis = {name: renames.kpi(kpi) for name, kpi in self._base.kpis.items()}
        redefined = {
            name
            for name, kpi in self._new.kpis.items()
            if name in kpis and (kpis[name].measure, _direction(kpis[name])) != (kpi.measure, _direction(kpi))
        }
        return compare_experiments(old, self._new.experiments, redefined=redefined, today=self._today)

    def _is_faulty(self, path: tuple[str, ...]) -> bool:
        """Whether something at or below this place is a fault of the new plan."""
        if not self._faulty:
            return False
        where = ".".join(path)
        return any(name == where or name.startswith((f"{where}.", f"{where}[")) for name in self._faulty)

    # KPIs, journeys, the plan

    def _everything(self, raw: RawChange) -> tuple[Affected, ...]:
        effect = KINDS[raw.kind].meaning
        parts: list[Kpi | Journey] = [*self._base.kpis.values(), *self._base.journeys.values()]
        return tuple(Affected.of(part, effect) for part in parts) if effect else ()

    def _kpi(self, raw: RawChange) -> tuple[Affected, ...]:
        effects: Mapping[str, Effect] = {"kpi_removed": "breaks", "kpi_redefined": "shifts"}
        return (Affected.of(self._base.kpis[raw.path[1]], effects[raw.kind]),) if raw.kind in effects else ()

    def _journey(self, raw: RawChange) -> tuple[Affected, ...]:
        effect = KINDS[raw.kind].meaning
        if not effect:
            return ()
        journey = self._base.journeys[raw.path[1]]
        affected = [Affected.of(journey, "shifts")]
        for kpi in self._base.kpis.values():
            measure, now = kpi.measure, self._new.kpis.get(kpi.name)
            if isinstance(measure, Conversion) and measure.journey == journey.name:
                moved = now is not None and now.measure != measure
                how = (f"from {measure.start} to {measure.end}",)
                affected.append(Affected.of(kpi, "shifts" if moved else effect, how))
        return tuple(affected)

    def _segment(self, raw: RawChange) -> tuple[Affected, ...]:
        """The KPIs and journeys that ask for a segment that is not what it was, by itself or through another."""
        effects: Mapping[str, Effect] = {
            "segment_removed": "breaks", "segment_redefined": "shifts", "cohort_removed": "breaks",
            "cohort_redefined": "shifts",
        }  # fmt: skip
        if raw.kind not in effects:
            return ()
        name = raw.path[1]
        uses = self._uses.of_segments([name, *sorted(naming(self._base, [name]))])
        return affected_by(uses, effects[raw.kind], healed=self._moved())

    # Traits and events

    def _traits(self, kind: str) -> Iterator[Change]:
        old, now = (plan.traits.get(kind, ()) for plan in (self._base, self._new))
        for raw in compare_properties(old, now, self._base.sensitivity_levels):
            here = raw
            if raw.kind == "property_removed" and len(raw.path) == 1:
                here = msgspec.structs.replace(raw, kind="trait_removed")
            path = ("traits", kind)
            if not (raw.in_base and self._is_faulty((*path, *raw.path))):
                effect = KINDS[raw.kind].meaning
                uses = self._uses.of_trait(raw.path) if effect and kind == "user" else ()
                affected = affected_by(uses, effect, healed=self._moved()) if effect else ()
                yield classify(here, path, affected, faults_stop=self._stops(None, "invalid"))

    def _page(self, key: str) -> Iterator[Change]:
        nothing = Page(name=key)
        old, now, path = self._base.pages.get(key, nothing), self._new.pages.get(key, nothing), ("pages", key)
        for raw in compare_properties(old.properties, now.properties, self._base.sensitivity_levels):
            if raw.in_base and self._is_faulty((*path, *raw.path)):
                continue
            effect = KINDS[raw.kind].meaning
            uses = self._uses.of_page(key, raw.path[0]) if effect and len(raw.path) == 1 else ()
            # What is sent with a page is never checked, so no message is lost for it.
            yield classify(raw, path, affected_by(uses, effect) if effect else (), faults_stop=False)
        if old.consent != now.consent:
            needed, needs = (", ".join(page.consent) or "the first purpose" for page in (old, now))
            what = f"needs the consent to {needs} (it was {needed})"
            yield classify(RawChange("consent_changed", what, before=needed, after=needs), path)
        if (old.description, old.x) != (now.description, now.x):
            before, after = old.description or None, now.description or None
            yield classify(RawChange("event_described", "changes its text", before=before, after=after), path)

    def _event(self, old: Event | None, now: Event | None, heir: Event | None) -> Iterator[Change]:
        if old is None:
            assert now is not None
            what = "adds {where}" if now.status == "active" else f"adds {{where}}, {now.status}"
            yield classify(RawChange("event_added", what, after=now.description or None), (now.name,))
            return
        path = (old.name,)
        if now is None:
            if self._is_faulty(path):
                return
            renamed = f"if {heir.name} is its new name, add `aliases: [{{name: {old.wire_name}}}]`" if heir else ""
            raw = RawChange(
                "event_removed", "removes {where}", before=old.description or None, in_base=True,
                remedy=renamed
            )  # fmt: skip
            yield self._classified(raw, old, old, announced=old.status == "deprecated")
            return
        if old == now:
            return
        for raw in compare_event(old, now, self._base.sensitivity_levels):
            if raw.in_base and (self._is_faulty((now.name, *raw.path)) or self._is_faulty((now.name, "include"))):
                continue
            yield self._classified(raw, old, now)

    def _classified(self, raw: RawChange, old: Event, now: Event, *, announced: bool = False) -> Change:
        affected = self._affected(raw, old, now)
        stops = not announced and self._stops(now, _RULED_BY.get(raw.kind, "invalid"))
        free = old.status == "draft" and not affected
        path = (old.name,) if raw.in_base else (now.name,)
        change = classify(raw, path, affected, faults_stop=stops, cap="info" if free else "error")
        return msgspec.structs.replace(change, owner=old.owner, sources=old.sources)

    def _stops(self, event: Event | None, fault: str) -> bool:
        """Whether a fault keeps an event from being stored, by the policies of the client or of the collector."""
        policies = (policy_of(self._new, "client", event), policy_of(self._new, "collector", event))
        return any(getattr(policy, fault) not in _PASSING for policy in policies)

    def _affected(self, raw: RawChange, old: Event, now: Event) -> tuple[Affected, ...]:
        effect = KINDS[raw.kind].meaning
        if not effect:
            return ()
        if not raw.path:
            return affected_by(
                self._uses.of_event(old.name), effect, healed=self._healed(self._new_uses.of_event(now.name))
            )
        name = raw.path[0]
        before = next((prop.name for prop in old.properties if prop.name == name), None) or self._old_name(
            name, old, now
        )
        uses = self._uses.of_value(old.name, (before, *raw.path[1:]))
        healed = self._healed(self._new_uses.of_value(now.name, raw.path))
        if raw.values and any(use.where and set(use.where.values) & set(raw.values) for use in uses):
            hit = tuple(use for use in uses if use.where and set(use.where.values) & set(raw.values))
            users = {(use.kind, use.name) for use in hit}
            rest = tuple(use for use in uses if (use.kind, use.name) not in users)
            return (*affected_by(hit, "breaks", healed=self._moved()), *affected_by(rest, effect, healed=healed))
        return affected_by(uses, effect, healed=healed)

    @staticmethod
    def _old_name(name: str, old: Event, now: Event) -> str:
        """The name in the base of a property that was renamed."""
        key = next((prop.wire_name for prop in now.properties if prop.name == name), name)
        return next((prop.name for prop in old.properties if prop.wire_name == key), name)

    def _healed(self, still: Collection[Use]) -> set[tuple[str, str]]:
        """The KPIs and journeys of the new plan that are sound and are not among those that `still` use it."""
        using = {(use.kind, use.name) for use in still}
        kpis, journeys = self._new.kpis, self._new.journeys
        return self._sound([*(("kpi", name) for name in kpis), *(("journey", name) for name in journeys)]) - using

    def _moved(self) -> set[tuple[str, str]]:
        """The KPIs and journeys that the new plan defines soundly, and in another way than the base."""
        base, new = self._base, self._new
        changed = [("kpi", name) for name, kpi in new.kpis.items() if base.kpis.get(name) != kpi]
        changed += [("journey", name) for name, journey in new.journeys.items() if base.journeys.get(name) != journey]
        return self._sound(changed)

    def _sound(self, names: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        return {(kind, name) for kind, name in names if not self._is_faulty((f"{kind}s", name))}


def _direction(kpi: Kpi) -> str | None:
    return None if kpi.target is None else kpi.target.direction
