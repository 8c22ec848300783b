"""`footfall plan impact`: who and what would notice a change of an event or of a property."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from footfall.cli.output import echo, echo_json
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.markdown_text import code_span
from footfall.markdown_text import markdown_text as escape
from footfall.plan.model import Team
from footfall.planning.diff.wording import say_how
from footfall.planning.impact import Dependent, Impact, impact_of

__all__ = ["command"]

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "kpi": ("KPI", "KPIs"),
        "goal": ("goal", "goals"),
        "journey": ("journey", "journeys"),
        "rule": ("rule", "rules"),
        "identity": ("key of identity", "keys of identity"),
        "purpose": ("stated purpose", "stated purposes"),
        "event": ("other event", "other events"),
        "source": ("source that sends it", "sources that send it"),
    }
)


@click.command()
@click.argument("path", type=PLAN_PATH)
@click.argument("name", metavar="EVENT[.PROPERTY]|GROUP")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, path: Path, name: str, form: str) -> None:
    """Say who and what would notice if EVENT, one PROPERTY of it, or a property GROUP changed in the plan at PATH.

    EVENT may be an alias, or the name on the wire. Named are KPIs, goals, journeys with the step, branch or guard,
    rules, identity, purposes and sources, each with its owner, and how to reach the teams. Exit code 2: there is no
    such event, property or group, or no plan.
    """
    reading = require_reading(ctx, path)
    plan = reading.require()
    impact = impact_of(plan, name, groups=reading.source_map.groups())
    if form == "json":
        echo_json(_fields(impact))
    else:
        echo(_as_text(impact) if form == "text" else _as_markdown(impact))


def _verdict(impact: Impact) -> str:
    counted = []
    for kind, words in _WORDS.items():
        number = sum(one.kind == kind for one in impact.dependents)
        if number:
            counted.append(f"{number} {words[number != 1]}")
    listed = ", ".join(counted)
    return f"{listed} would notice a change of {impact.name}" if counted else f"nothing stands on {impact.name}"


def _how(one: Dependent) -> str:
    return "; ".join([*map(say_how, one.how), *(f"through {name}" for name in one.through)])


def _reach(team: Team) -> str:
    return ", ".join(word for word in (team.contact, team.slack, team.codeowners) if word)


def _as_text(impact: Impact) -> str:
    lines = [f"{_verdict(impact)}.", ""]
    for kind, words in _WORDS.items():
        found = [one for one in impact.dependents if one.kind == kind]
        if found:
            lines.append(f"{words[1][:1].upper()}{words[1][1:]}:")
            lines += [f"  {one.name}{_owned(one)}{f': {_how(one)}' if _how(one) else ''}" for one in found]
    if impact.teams:
        lines += ["", "Ask:"]
        width = max(len(team.name) for team in impact.teams)
        lines += [f"  {team.name:{width}}  {_reach(team)}".rstrip() for team in impact.teams]
    return "\n".join(lines)


def _owned(one: Dependent) -> str:
    return f" ({one.owner})" if one.owner and one.kind != "source" else ""


def _as_markdown(impact: Impact) -> str:
    parts = [f"### Impact of {code_span(impact.name)}", f"{escape(_verdict(impact))}."]
    rows = [
        (_WORDS[one.kind][0], f"**{escape(one.name)}**", escape(one.owner), escape(_how(one)))
        for one in impact.dependents
    ]
    parts += _table(("what", "name", "owner", "how"), rows)
    people = [
        (escape(team.name), escape(team.contact), escape(team.slack), escape(team.codeowners)) for team in impact.teams
    ]
    parts += _table(("team", "contact", "slack", "code owners"), people)
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return ["\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines])] if lines else []


def _fields(impact: Impact) -> dict[str, Any]:
    return {
        "name": impact.name,
        "events": [event.name for event in impact.events],
        "property": None if impact.property is None else impact.property.name,
        "summary": _verdict(impact),
        "noticed": [
            {"kind": one.kind, "name": one.name, "owner": one.owner, "how": list(one.how), "through": list(one.through)}
            for one in impact.dependents
        ],
        "teams": [
            {"name": team.name, "contact": team.contact, "slack": team.slack, "codeowners": team.codeowners}
            for team in impact.teams
        ],
    }
