"""Left out: which of a person's messages no figure counts, since they are of a bot or of the team, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.audience_rules import AudienceVerdict, MarkRule, TraitRule, names_agent
from footfall.analytics.persons.arrays import joined
from footfall.analytics.persons.fetching import fetch
from footfall.people.profile import LeftOutCount
from footfall.plan.model import Plan, Staff
from footfall.storage.part import Part
from footfall.web.bursts import in_burst

__all__ = ["left_out_counts"]

_BURST = AudienceVerdict("bot", "burst")


def left_out_counts(
    parts: Sequence[Part], plan: Plan | None, messages: Any, traits: Iterable[str | None], *, is_somebody: bool = True
) -> tuple[LeftOutCount, ...]:
    """How many of a person's messages are left out of figures, for each reason, as `analytics.audience` judges them.

    `messages` is a table of `part`, `row`, `type` and `at`, `traits` are those of each identify. Only the messages of
    somebody can be of a person of the team, or come in a burst. Raises DamagedFileError.
    """
    staff = (plan.staff if plan is not None else None) or Staff()
    if is_somebody and plan is not None and (staff.traits or staff.email_domains):
        rule = TraitRule.of(plan, staff)
        verdict = min(filter(None, map(rule.judged, traits)), default=None)
        if verdict is not None:
            return (LeftOutCount(*verdict, len(messages)),)
    verdicts = _verdicts(parts, messages, MarkRule(staff))
    if is_somebody:
        for place in _burst(parts, messages):
            verdicts[place] = _BURST if verdicts[place].audience == "people" else verdicts[place]
    counts = Counter(verdict for verdict in verdicts if verdict.audience != "people")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(LeftOutCount(*verdict, number) for verdict, number in ordered)


def _verdicts(parts: Sequence[Part], messages: Any, rule: MarkRule) -> list[AudienceVerdict]:
    """Of whom each message is by its marks."""
    marks = joined([fetch(parts, messages.column("part"), messages.column("row"), ("marks",)).column("marks")])
    encoded = marks.cast(pyarrow.string()).dictionary_encode()
    verdicts = [*map(rule.judged, encoded.dictionary.to_pylist()), AudienceVerdict("people")]
    return [verdicts[number] for number in pc.fill_null(encoded.indices, len(verdicts) - 1).to_pylist()]


def _burst(parts: Sequence[Part], messages: Any) -> list[int]:
    """The places of the page views that came faster than a person can open pages, in parts that know user agents."""
    views = pc.indices_nonzero(pc.equal(messages.column("type"), "page")).to_pylist()
    part, at = (messages.column(name).to_pylist() for name in ("part", "at"))
    if not any(in_burst([at[place] for place in views])):
        return []
    with_agents = {number for number in {part[place] for place in views} if _names_agents(parts[number])}
    views = [place for place in views if part[place] in with_agents]
    return [place for place, is_in in zip(views, in_burst([at[place] for place in views]), strict=True) if is_in]


def _names_agents(part: Part) -> bool:
    return any(map(names_agent, part.read(["marks"]).column("marks").drop_null().unique().to_pylist()))
