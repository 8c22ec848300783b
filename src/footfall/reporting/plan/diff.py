"""Writes the comparison of two plans: its last lines for a terminal, its facts for JSON, a pull-request comment.

The comment has a verdict that anybody can read, then who must act, what figures mean now, and every detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from footfall.errors import Problem
from footfall.markdown_text import code_span, markdown_table
from footfall.markdown_text import markdown_text as escape
from footfall.planning.diff import HURTS, KINDS, Affected, Change
from footfall.planning.diff.report import DiffReport
from footfall.planning.diff.wording import say_how
from footfall.printable import counted

__all__ = ["diff_facts", "diff_markdown", "diff_summary", "diff_text"]

_ADDED = ("_added", "_activated")
_ACTION = ("what", "where", "who must act", "who is hurt", "what to do")


def diff_text(report: DiffReport) -> str:
    """What follows the findings on a terminal: the harmless changes, how the base was looked up, the summary."""
    lines = []
    if report.harmless:
        lines += ["", "These changes hurt nobody:"] if report.findings else ["These changes hurt nobody:"]
        lines += [f"  {_plain(change)}" for change in report.harmless] + [""]
    if report.base_note:
        lines.append(report.base_note)
    return "\n".join([*lines, diff_summary(report)])


def diff_summary(report: DiffReport) -> str:
    """How many findings and harmless changes there are, in one line."""
    errors = sum(problem.level == "error" for problem in report.findings)
    numbers = (
        (errors, "error", "errors"),
        (len(report.findings) - errors, "warning", "warnings"),
        (len(report.harmless), "change that hurts nobody", "changes that hurt nobody"),
    )
    named = [f"{number:,} {word if number == 1 else words}" for number, word, words in numbers if number]
    return f"{report.title}: {', '.join(named) or 'no change'}"


def _plain(change: Change) -> str:
    return change.what if change.where in change.what else f"{change.where}: {change.what}"


def diff_facts(report: DiffReport) -> dict[str, Any]:
    """The keys of the JSON form, but for the findings."""
    return {
        "path": report.path,
        "base": report.base,
        "note": report.base_note,
        "summary": diff_summary(report),
        "changes": [_fields(change) for change in report.changes],
    }


def _fields(change: Change) -> dict[str, Any]:
    location, in_ = change.location, "base" if change.in_base else "new"
    return {
        "kind": change.kind,
        "where": change.where,
        "level": change.level,
        "hurts": list(change.hurts) or ["none"],
        "what": change.what,
        "owner": change.owner,
        "sources": list(change.sources),
        "message": f"{change.message}; hurts {change.harm}",
        "before": change.before,
        "after": change.after,
        "affected": [
            {"kind": user.kind, "name": user.name, "owner": user.owner, "effect": user.effect, "how": list(user.how)}
            for user in change.affected
        ],
        "place": {"in": in_, "file": location.file, "line": location.line, "column": location.column},
    }


def diff_markdown(report: DiffReport) -> str:
    """The comment on a pull request."""
    hurting, harmless = report.hurting, report.harmless
    breaking = [change for change in hurting if change.level == "error" or "senders" in change.hurts]
    others = [change for change in hurting if change not in breaking and not change.affected]
    added = [change for change in harmless if change.kind.endswith(_ADDED)]
    hits = [(user, change) for change in hurting for user in change.affected]
    return "\n\n".join(
        [
            f"### Tracking plan: {escape(report.title)}",
            _verdict(report),
            *(escape(note) for note in (report.base_note, report.baseline_note) if note),
            *_section("Faults of the plan", ("where", "fault", "what to do"), map(_fault, report.faults)),
            *_section("Breaking: who must act", _ACTION, map(_action, breaking)),
            *_section("What KPIs and journeys mean", ("KPI or journey", "owner", "what happens"), _meaning(hits)),
            *_section("Also worth a look", _ACTION, map(_action, others)),
            *_section("Additions", ("what", "is"), ((_what(change), escape(change.after or "")) for change in added)),
            *_details(hurting, [change for change in harmless if change not in added]),
        ]
    )


def _verdict(report: DiffReport) -> str:
    hurting, faults, harmless = report.hurting, len(report.faults), len(report.harmless)
    if faults and not report.is_comparable:
        return f"**The plan has {counted(faults, 'fault')}**, so it cannot be compared yet. Mend them first."
    affected = [user for change in hurting for user in change.affected]
    broken = _names(user for user in affected if user.effect == "breaks")
    shifted = [name for name in _names(affected) if name not in broken]
    senders = sum("senders" in change.hurts for change in hurting)
    others = len(hurting) - senders
    if faults or any(change.level == "error" for change in hurting):
        sentences = ["**This should not be merged as it is.**"]
    elif hurting:
        sentences = ["**This can be merged once its owners agree.**"]
    else:
        sentences = ["**This hurts nobody.**" if harmless else "**Nothing has changed.**"]
    if faults:
        sentences.append(f"The plan has {counted(faults, 'fault')}.")
    if broken:
        sentences.append(f"It breaks {_list(broken)}.")
    if shifted:
        sentences.append(f"It changes what is counted by {_list(shifted)}.")
    if senders:
        sentences.append(f"{counted(senders, 'change')} can make events faulty that are right today.")
    if others:
        sentences.append(f"{counted(others, 'other change')} should be looked at.")
    if harmless:
        sentences.append(f"{counted(harmless, 'change')} hurt{'s' if harmless == 1 else ''} nobody.")
    return " ".join(sentences)


def _names(affected: Iterable[Affected]) -> list[str]:
    kinds = {"kpi": "the KPI", "journey": "the journey"}
    named = (
        f"{kinds[user.kind]} {_bold(user.name)}{f' ({escape(user.owner)})' if user.owner else ''}" for user in affected
    )
    return list(dict.fromkeys(named))


def _bold(name: str) -> str:
    return f"**{escape(name)}**"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    table = markdown_table(heads, rows)
    return [f"#### {title}", table] if table else []


def _fault(problem: Problem) -> tuple[str, str, str]:
    line = f"<br>{code_span(f'{problem.file}:{problem.line}')}" if problem.line else ""
    return f"{code_span(problem.where)}{line}", escape(problem.message), escape(problem.remedy)


def _what(change: Change) -> str:
    where, what = escape(change.where), escape(change.what)
    name = code_span(change.where)
    return what.replace(where, name) if where and where in what else f"{name} {what}"


def _action(change: Change) -> tuple[str, str, str, str, str]:
    location = change.location
    line = code_span(f"{location.file}:{location.line}" if location.line else location.file)
    owners = [change.owner, *(user.owner for user in change.affected)]
    who = escape(", ".join(dict.fromkeys(owner for owner in owners if owner)))
    where = f"{line} (base)" if change.in_base else line
    return _what(change), where, who, escape(change.harm), escape(change.remedy)


def _meaning(hits: Iterable[tuple[Affected, Change]]) -> Iterable[tuple[str, str, str]]:
    verbs = {"breaks": "**breaks**", "shifts": "counts something else"}
    clauses: dict[tuple[str, str, str], list[str]] = {}
    for user, change in hits:
        how = f" ({escape('; '.join(map(say_how, user.how)))})" if user.how else ""
        clause = f"{verbs[user.effect]}: {_what(change)}{how}"
        clauses.setdefault((user.kind, user.name, user.owner), []).append(clause)
    for (kind, name, owner), parts in clauses.items():
        yield f"{kind} {_bold(name)}", escape(owner), "<br>".join(parts)


def _details(hurting: Sequence[Change], harmless: Sequence[Change]) -> list[str]:
    lines = []
    for change in (*hurting, *harmless):
        before, after = (escape(text) if text is not None else "nothing" for text in (change.before, change.after))
        is_said = before == after == "nothing" or (change.before or "") in change.what
        values = "" if is_said else f" ({before} → {after})"
        lines.append(f"- {_what(change)}{values}. {KINDS[change.kind].why}")
    if not lines:
        return []
    hurts = {hurt for change in hurting for hurt in change.hurts}
    legend = [f"- *{name.replace('_', ' ')}*: {about}" for name, about in HURTS.items() if name in hurts]
    body = "\n".join([*lines, *(["", "Who can be hurt:", "", *legend] if legend else [])])
    return [f"<details><summary>Every change, and why it counts</summary>\n\n{body}\n\n</details>"]
