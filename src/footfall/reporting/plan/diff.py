"""The comment on a pull request: a verdict that anybody can read, who must act, what figures mean now, then details."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from footfall.errors import Problem
from footfall.markdown_text import code_span
from footfall.markdown_text import markdown_text as escape
from footfall.plan.problems import Location
from footfall.planning.diff import HURTS, KINDS, Affected, Change
from footfall.planning.diff.findings import say_hurts
from footfall.planning.diff.wording import say_how
from footfall.printable import counted

__all__ = ["comment"]

_ADDED = ("_added", "_activated")
_ACTION = ("what", "where", "who must act", "who is hurt", "what to do")


def comment(
    changes: Sequence[Change],
    left: Sequence[Problem],
    *,
    about: tuple[str, str, str],
    comparable: bool,
    place: Callable[[Change], Location],
) -> str:
    """The Markdown of a comparison.

    `left` are the findings that count, after the baseline; `about` is the title, how the base was found, and a note on
    the baseline; `comparable` says whether the plan could be compared at all; `place` finds the line of a
    change.
    """
    title, found, note = about
    told = {(problem.code, problem.where) for problem in left}
    hurting = [change for change in changes if change.level != "info" and (change.kind, change.where) in told]
    mild = [change for change in changes if change.level == "info"]
    kinds = {change.kind for change in hurting}
    faults = [problem for problem in left if problem.code not in kinds]
    parts = [f"### Tracking plan: {escape(title)}", _verdict(hurting, mild, faults, comparable=comparable)]
    parts += [escape(text) for text in (found, note) if text]
    parts += _table("Faults of the plan", ("where", "fault", "what to do"), map(_fault, faults))
    breaking = [change for change in hurting if change.level == "error" or "senders" in change.hurts]
    parts += _table("Breaking: who must act", _ACTION, (_breaking(change, place(change)) for change in breaking))
    hits = [(one, change) for change in hurting for one in change.affected]
    parts += _table("What KPIs and journeys mean", ("KPI or journey", "owner", "what happens"), _meaning(hits))
    rest = [change for change in hurting if change not in breaking and not change.affected]
    parts += _table("Also worth a look", _ACTION, (_breaking(change, place(change)) for change in rest))
    added = [change for change in mild if change.kind.endswith(_ADDED)]
    parts += _table("Additions", ("what", "is"), ((_what(change), escape(change.after or "")) for change in added))
    return "\n\n".join([*parts, *_details(hurting, [change for change in mild if change not in added])])


def _verdict(hurting: Sequence[Change], mild: Sequence[Change], faults: Sequence[Problem], *, comparable: bool) -> str:
    if faults and not comparable:
        return f"**The plan has {counted(len(faults), 'fault')}**, so it cannot be compared yet. Mend them first."
    broken = _names(one for change in hurting for one in change.affected if one.effect == "breaks")
    shifted = [name for name in _names(one for change in hurting for one in change.affected) if name not in broken]
    errors = [change for change in hurting if change.level == "error"]
    senders = sum("senders" in change.hurts for change in hurting)
    sentences = []
    if faults:
        sentences.append(f"The plan has {counted(len(faults), 'fault')} of its own.")
    if broken:
        sentences.append(f"It breaks {_list(broken)}.")
    if shifted:
        sentences.append(f"It changes what is counted by {_list(shifted)}.")
    if senders:
        sentences.append(f"{counted(senders, 'change')} can make events faulty that are right today.")
    others = len(hurting) - senders
    if others:
        sentences.append(f"{counted(others, 'other change')} should be looked at.")
    if mild:
        sentences.append(f"{counted(len(mild), 'change')} hurt{'s' if len(mild) == 1 else ''} nobody.")
    if errors or faults:
        head = "**This should not be merged as it is.**"
    elif hurting:
        head = "**This can be merged once its owners agree.**"
    else:
        head = "**This hurts nobody.**" if mild else "**Nothing has changed.**"
    return " ".join([head, *sentences])


def _names(affected: Iterable[Affected]) -> list[str]:
    kinds = {"kpi": "the KPI", "journey": "the journey"}
    named = (f"{kinds[one.kind]} {_bold(one.name)}{f' ({escape(one.owner)})' if one.owner else ''}" for one in affected)
    return list(dict.fromkeys(named))


def _bold(name: str) -> str:
    return f"**{escape(name)}**"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return []
    return [f"#### {title}", "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines])]


def _fault(problem: Problem) -> tuple[str, str, str]:
    place = f"<br>{code_span(f'{problem.file}:{problem.line}')}" if problem.line else ""
    return f"{code_span(problem.where)}{place}", escape(problem.message), escape(problem.remedy)


def _what(change: Change) -> str:
    where, what = escape(change.where), escape(change.what)
    shown = code_span(change.where)
    return what.replace(where, shown) if where and where in what else f"{shown} {what}"


def _line(change: Change, place: Location) -> str:
    line = code_span(f"{place.file}:{place.line}" if place.line else place.file)
    return f"{line} (base)" if change.in_base else line


def _breaking(change: Change, place: Location) -> tuple[str, str, str, str, str]:
    owners = [change.owner, *(one.owner for one in change.affected)]
    who = escape(", ".join(dict.fromkeys(owner for owner in owners if owner)))
    return _what(change), _line(change, place), who, escape(say_hurts(change)), escape(change.remedy)


def _meaning(hits: Sequence[tuple[Affected, Change]]) -> Iterable[tuple[str, str, str]]:
    verbs = {"breaks": "**breaks**", "shifts": "counts something else"}
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one, change in hits:
        how = f" ({escape('; '.join(map(say_how, one.how)))})" if one.how else ""
        about = f"{verbs[one.effect]}: {_what(change)}{how}"
        rows.setdefault((one.kind, one.name, one.owner), []).append(about)
    for (kind, name, owner), told in rows.items():
        yield f"{kind} {_bold(name)}", escape(owner), "<br>".join(told)


def _details(hurting: Sequence[Change], rest: Sequence[Change]) -> list[str]:
    lines = []
    for change in (*hurting, *rest):
        moved = [escape(text) if text is not None else "nothing" for text in (change.before, change.after)]
        told = moved == ["nothing", "nothing"] or (change.before or "") in change.what
        values = "" if told else f" ({moved[0]} → {moved[1]})"
        lines.append(f"- {_what(change)}{values}. {KINDS[change.kind].why}")
    if not lines:
        return []
    hurt = {hurt for change in hurting for hurt in change.hurts}
    legend = [f"- *{name.replace('_', ' ')}*: {about}" for name, about in HURTS.items() if name in hurt]
    body = "\n".join([*lines, *(["", "Who can be hurt:", "", *legend] if legend else [])])
    return [f"<details><summary>Every change, and why it counts</summary>\n\n{body}\n\n</details>"]
