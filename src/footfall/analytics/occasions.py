"""Which occasions of signals are new. Pure: the same occasions, in any order, give the same signals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

__all__ = ["Occasion", "new_occasions", "signal_id"]


class Occasion(msgspec.Struct, frozen=True, order=True):
    """When something arose that a signal of the plan is about, by the `seq` of its messages; whose it is."""

    at: int
    evidence: tuple[int, ...]
    signal: str
    subject: str


def new_occasions(candidates: Iterable[Occasion], earlier: Iterable[Occasion], cooldown: int) -> list[Occasion]:
    """The occasions of one signal that are signals, the earliest first.

    Each message is evidence of one signal alone. Two signals of a subject are at least `cooldown` apart, in the unit of
    their times, also one that comes late and is before an earlier one.
    """
    used: dict[str, set[int]] = {}
    times: dict[str, list[int]] = {}
    for occasion in earlier:
        used.setdefault(occasion.subject, set()).update(occasion.evidence)
        times.setdefault(occasion.subject, []).append(occasion.at)
    chosen = []
    for occasion in sorted(candidates):
        evidence, moments = used.setdefault(occasion.subject, set()), times.setdefault(occasion.subject, [])
        is_near = any(abs(occasion.at - moment) < cooldown for moment in moments)
        if is_near or not evidence.isdisjoint(occasion.evidence):
            continue
        chosen.append(occasion)
        evidence.update(occasion.evidence)
        moments.append(occasion.at)
    return chosen


def signal_id(name: str, evidence: Sequence[int]) -> str:
    """The id of a signal: of the same evidence always the same."""
    return hashlib.sha256(f"{name}:{','.join(map(str, evidence))}".encode()).hexdigest()[:12]
