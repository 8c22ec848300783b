"""One change of a plan: what it is, how severe it is, and whom it hurts.

The level is that of the change's kind, with four exceptions. A broken figure makes an error, a shifted one at least a
warning. A fault that client and collector both let pass is a warning. Changes of a draft are listed and fail nothing.
The removal of a deprecated event is a warning, as it was announced.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from footfall.plan.model import Journey, Kpi
from footfall.plan.problems import Location, dotted
from footfall.planning.diff.kinds import KINDS, Hurt, Level
from footfall.planning.usage import Use

__all__ = ["Affected", "Change", "Effect", "RawChange", "affected_by", "classify"]

Effect = Literal["breaks", "shifts"]


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A KPI or a journey that a change breaks or shifts, with its owner, and which of its parts use what changed."""

    kind: Literal["kpi", "journey"]
    name: str
    owner: str
    effect: Effect
    how: tuple[str, ...] = ()

    @classmethod
    def of(cls, part: Kpi | Journey, effect: Effect, how: tuple[str, ...] = ()) -> Affected:
        """A whole KPI or journey."""
        kind: Literal["kpi", "journey"] = "kpi" if isinstance(part, Kpi) else "journey"
        return cls(kind=kind, name=part.name, owner=part.owner, effect=effect, how=how)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}{f', owner {self.owner}' if self.owner else ''}"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two plans.

    `kind` is a key of KINDS, `path` names the changed part (`("order_completed", "total")`), `what` says the change in
    words, `before` and `after` are the two values as text (None for nothing). `owner` and `sources` are those of the
    event before the change. `suggestion` is a remedy for this change alone. `location` is the line to look at; it is in
    the base where `in_base` says that the new plan no longer has the part.
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
    location: Location = msgspec.field(default_factory=lambda: Location("", 0, 0))

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
        """The change and the figures it hits: `removes order_completed.total: breaks kpi:revenue, owner growth`."""
        clauses = []
        for effect, verb in (("breaks", "breaks"), ("shifts", "changes what is counted by")):
            names = [str(user) for user in self.affected if user.effect == effect]
            if names:
                clauses.append(f"{verb} {'; '.join(names)}")
        return f"{self.what}: {'; '.join(clauses)}" if clauses else self.what

    @property
    def harm(self) -> str:
        """Who is hurt, in words: `senders (shop_backend), generated code`; `none` if nobody is."""
        sources = f" ({', '.join(self.sources)})" if self.sources else ""
        named = (hurt.replace("_", " ") + (sources if hurt == "senders" else "") for hurt in self.hurts)
        return ", ".join(named) or "none"


class RawChange(msgspec.Struct, frozen=True):
    """A difference before it is classified: `what`, `before` and `after` as in Change.

    In `what`, `{where}` is replaced by the dotted name. `values` are removed enum values: a condition that names one of
    them breaks. `remedy` replaces that of the kind.
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
    """The change that a difference below `path` is.

    `faults_stop` says whether a fault keeps an event from being stored; `cap` is the worst level that it may have.
    """
    kind = KINDS[raw.kind]
    users = tuple(affected)
    level = kind.level
    if level == "error" and kind.hurts[:1] == ("senders",) and not faults_stop:
        level = "warning"
    if raw.kind == "property_removed" and faults_stop:
        level = "error"
    if users:
        level = max(level, "error" if any(user.effect == "breaks" for user in users) else "warning", key=_ORDER.index)
    whole = (*path, *raw.path)
    return Change(
        kind=raw.kind,
        path=whole,
        what=raw.what.replace("{where}", dotted(whole)),
        level=min(level, cap, key=_ORDER.index),
        hurts=(*kind.hurts, "meaning") if users and "meaning" not in kind.hurts else kind.hurts,
        before=raw.before,
        after=raw.after,
        affected=users,
        in_base=raw.in_base,
        suggestion=raw.remedy,
    )


def affected_by(uses: Iterable[Use], effect: Effect, *, healed: Iterable[tuple[str, str]] = ()) -> tuple[Affected, ...]:
    """The KPIs and journeys among these uses, each once.

    `healed` are the (kind, name) of those that the new plan defines without what broke: they shift instead.
    """
    shifting = frozenset(healed)
    users: dict[tuple[Literal["kpi", "journey"], str], tuple[str, dict[str, None]]] = {}
    for use in uses:
        if use.kind == "kpi" or use.kind == "journey":
            users.setdefault((use.kind, use.name), (use.owner, {}))[1][use.how] = None
    return tuple(
        Affected(
            kind=kind, name=name, owner=owner, how=tuple(parts),
            effect="shifts" if (kind, name) in shifting else effect,
        )
        for (kind, name), (owner, parts) in users.items()
    )  # fmt: skip
