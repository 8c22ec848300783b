"""One change of a plan, and how it is judged: by the row of its kind, by who uses it, by what policies let pass.

The row's level holds, with four exceptions. A figure that breaks makes an error, one that shifts at least a warning. A
fault that client and collector both let pass is a warning. What was a draft may change freely: its changes are told
and fail nothing. The end of an event that was deprecated is a warning, as it was announced.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from footfall.plan.problems import dotted
from footfall.planning.diff.kinds import KINDS, Hurt, Level
from footfall.planning.usage import Use

__all__ = ["Affected", "Change", "Effect", "RawChange", "affected_by", "classify"]

Effect = Literal["breaks", "shifts"]


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A KPI or a journey that a change breaks or shifts, with its owner, and the parts of it that stand on it."""

    kind: Literal["kpi", "journey"]
    name: str
    owner: str
    effect: Effect
    how: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}{f', owner {self.owner}' if self.owner else ''}"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two plans.

    `kind` is a key of KINDS, `path` names the changed part (`("order_completed", "total")`), `where` is the same as
    text, `what` says it in words, `before` and `after` hold what is written in each plan (None for nothing). `hurts`
    is empty where nobody is hurt. `owner` and `sources` are those of the event, before the change. `in_base` says that
    the place to look at is in the base, as nothing of it is left. `suggestion` is a remedy for this change alone.
    """

    kind: str
    path: tuple[str, ...]
    what: str
    level: Level
    hurts: tuple[Hurt, ...] = ()
    before: str | None = None
    after: str | None = None
    affected: tuple[Affected, ...] = ()
    owner: str = ""
    sources: tuple[str, ...] = ()
    in_base: bool = False
    suggestion: str = ""

    @property
    def remedy(self) -> str:
        """What to do: the suggestion for this change, else that for its kind."""
        return self.suggestion or KINDS[self.kind].remedy

    @property
    def where(self) -> str:
        """The dotted name of what changed, as `plan check` writes it."""
        return dotted(self.path)

    @property
    def message(self) -> str:
        """The change with those whom it breaks: `removes order_completed.total: breaks kpi:revenue, owner growth`."""
        told = []
        for effect, verb in (("breaks", "breaks"), ("shifts", "changes what is counted by")):
            names = [str(one) for one in self.affected if one.effect == effect]
            if names:
                told.append(f"{verb} {'; '.join(names)}")
        return f"{self.what}: {'; '.join(told)}" if told else self.what


class RawChange(msgspec.Struct, frozen=True):
    """A difference as it was found, before it is judged: `what`, `before` and `after` as in Change.

    In `what`, `{where}` stands for the dotted name.

    `values` are the enum values that went away; a condition that names one of them breaks. `remedy` takes the place
    of the kind's.
    """

    kind: str
    what: str
    path: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None
    in_base: bool = False
    values: tuple[str | int, ...] = ()
    remedy: str = ""


_ORDER: tuple[Level, ...] = ("info", "warning", "error")


def classify(
    raw: RawChange,
    path: tuple[str, ...],
    affected: Iterable[Affected] = (),
    *,
    faults_stop: bool = True,
    cap: Level = "error",
) -> Change:
    """The change that a difference at `path` is.

    `faults_stop` says whether a fault keeps an event from being stored; `cap` is the worst level that it may have.
    """
    kind = KINDS[raw.kind]
    hit = tuple(affected)
    level = kind.level
    if level == "error" and kind.hurts[:1] == ("senders",) and not faults_stop:
        level = "warning"
    if raw.kind == "property_removed" and faults_stop:
        level = "error"
    if hit:
        level = max(level, "error" if any(one.effect == "breaks" for one in hit) else "warning", key=_ORDER.index)
    hurts = (*kind.hurts, "meaning") if hit and "meaning" not in kind.hurts else kind.hurts
    whole = (*path, *raw.path)
    return Change(
        kind=raw.kind,
        path=whole,
        what=raw.what.replace("{where}", dotted(whole)),
        level=min(level, cap, key=_ORDER.index),
        hurts=hurts,
        before=raw.before,
        after=raw.after,
        affected=hit,
        in_base=raw.in_base,
        suggestion=raw.remedy,
    )


def affected_by(uses: Iterable[Use], effect: Effect, *, healed: Iterable[tuple[str, str]] = ()) -> tuple[Affected, ...]:
    """The KPIs and journeys among these uses, each once.

    `healed` are the (kind, name) of those that the new plan defines without what broke: they shift instead.
    """
    well = frozenset(healed)
    found: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for use in uses:
        if use.kind in {"kpi", "journey"}:
            parts = found.setdefault((use.kind, use.name), (use.owner, []))[1]
            if use.how not in parts:
                parts.append(use.how)
    return tuple(
        Affected(
            kind="kpi" if kind == "kpi" else "journey",
            name=name,
            owner=owner,
            effect="shifts" if (kind, name) in well else effect,
            how=tuple(parts),
        )
        for (kind, name), (owner, parts) in found.items()
    )
