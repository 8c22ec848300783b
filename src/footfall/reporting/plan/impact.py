"""Writes who and what would notice a change of an event or a property: text, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from footfall.markdown_text import code_span, markdown_table
from footfall.markdown_text import markdown_text as escape
from footfall.planning.diff.wording import say_how
from footfall.planning.impact import Dependent, Impact

__all__ = ["impact_facts", "impact_markdown", "impact_text"]

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "kpi": ("KPI", "KPIs"),
        "goal": ("goal", "goals"),
        "journey": ("journey", "journeys"),
        "segment": ("segment", "segments"),
        "cohort": ("cohort", "cohorts"),
        "experiment": ("experiment", "experiments"),
        "signal": ("signal", "signals"),
        "rule": ("rule", "rules"),
        "derived": ("derived property", "derived properties"),
        "identity": ("key of identity", "keys of identity"),
        "purpose": ("stated purpose", "stated purposes"),
        "event": ("other event", "other events"),
        "source": ("source that sends it", "sources that send it"),
        "silence": ("planned silence", "planned silences"),
    }
)


def _summary(impact: Impact) -> str:
    kinds = [dependent.kind for dependent in impact.dependents]
    numbers = [
        f"{kinds.count(kind)} {words[kinds.count(kind) != 1]}" for kind, words in _WORDS.items() if kind in kinds
    ]
    if not numbers:
        return f"nothing depends on {impact.name}"
    return f"{', '.join(numbers)} would notice a change of {impact.name}"


def _how(dependent: Dependent) -> str:
    return "; ".join([*map(say_how, dependent.how), *(f"through {name}" for name in dependent.through)])


def impact_text(impact: Impact) -> str:
    """The summary, the dependents by kind, and the teams to ask."""
    lines = [f"{_summary(impact)}.", ""]
    for kind, (_, words) in _WORDS.items():
        dependents = [dependent for dependent in impact.dependents if dependent.kind == kind]
        if dependents:
            lines.append(f"{words[:1].upper()}{words[1:]}:")
        for dependent in dependents:
            owner = f" ({dependent.owner})" if dependent.owner and kind != "source" else ""
            how = _how(dependent)
            lines.append(f"  {dependent.name}{owner}{f': {how}' if how else ''}")
    if impact.teams:
        lines += ["", "Ask:"]
        width = max(len(team.name) for team in impact.teams)
        for team in impact.teams:
            ways = ", ".join(filter(None, (team.contact, team.slack, team.codeowners)))
            lines.append(f"  {team.name:{width}}  {ways}".rstrip())
    return "\n".join(lines)


def impact_markdown(impact: Impact) -> str:
    """A section of a pull-request comment: the dependents and the teams as tables."""
    dependents = [
        (_WORDS[each.kind][0], f"**{escape(each.name)}**", escape(each.owner), escape(_how(each)))
        for each in impact.dependents
    ]
    teams = [tuple(map(escape, (team.name, team.contact, team.slack, team.codeowners))) for team in impact.teams]
    parts = (
        f"### Impact of {code_span(impact.name)}",
        f"{escape(_summary(impact))}.",
        markdown_table(("what", "name", "owner", "how"), dependents),
        markdown_table(("team", "contact", "slack", "code owners"), teams),
    )
    return "\n\n".join(filter(None, parts))


def impact_facts(impact: Impact) -> dict[str, Any]:
    """Everything as plain values, for JSON."""
    return {
        "name": impact.name,
        "events": [event.name for event in impact.events],
        "property": None if impact.property is None else impact.property.name,
        "summary": _summary(impact),
        "noticed": [
            {"kind": each.kind, "name": each.name, "owner": each.owner, "how": each.how, "through": each.through}
            for each in impact.dependents
        ],
        "teams": [
            {"name": team.name, "contact": team.contact, "slack": team.slack, "codeowners": team.codeowners}
            for team in impact.teams
        ],
    }
