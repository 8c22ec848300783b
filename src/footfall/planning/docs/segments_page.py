"""The page of segments and cohorts: who is in each, and what for."""

from __future__ import annotations

import msgspec

from footfall.plan.model import Plan, Segment
from footfall.plan.segments import segments_of
from footfall.planning.diff.wording import say_rule
from footfall.planning.docs.html import Markup, element, joined, table

__all__ = ["segments_body"]


def segments_body(plan: Plan) -> Markup:
    """The tables of the plan's segments and cohorts, and of the segments that every plan has."""
    own = (
        (element("code", name, id=name), segment.owner, say_rule(segment.who), segment.description)
        for name, segment in plan.segments.items()
    )
    cohorts = (
        (element("code", name, id=name), cohort.owner, cohort.segment, cohort.as_of, cohort.description)
        for name, cohort in plan.cohorts.items()
    )
    others = {**segments_of(msgspec.structs.replace(plan, segments={}, cohorts={}))}
    ready = (
        (element("code", name), say_rule(segment.who), segment.description)
        for name, segment in others.items()
        if isinstance(segment, Segment) and name not in {*plan.segments, *plan.cohorts}
    )
    return joined(
        table(("segment", "owner", "who", "what it is"), own),
        element("h2", "Cohorts") if plan.cohorts else "",
        table(("cohort", "owner", "segment", "as of", "what it is"), cohorts),
        element("h2", "In every plan"),
        table(("segment", "who", "what it is"), ready),
    )
