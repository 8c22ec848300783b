"""Writes a plan as one Markdown document that reads well in a repository: an index, and a part for each event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from footfall.plan.bundle import bundle_hash
from footfall.plan.codegen.listing import Row, rows
from footfall.plan.codegen.payload import example_payload
from footfall.plan.codegen.used_by import used_by
from footfall.plan.codegen.wording import event_facts
from footfall.plan.model import Event, Plan
from footfall.plan.uses import UseIndex

__all__ = ["markdown_document"]

# A backslash keeps each of these from being markup; the rest of HTML is out of reach without `<` and `&`.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def markdown_document(plan: Plan) -> str:
    """The document: the same for the same plan."""
    uses = UseIndex(plan)
    parts = [f"# {_text(plan.id)}", *([_text(plan.description)] if plan.description else [])]
    parts.append(
        f"Made by `footfall plan codegen markdown` from the bundle `{bundle_hash(plan)}`. Change the plan instead."
    )
    index = [
        (f"[{_text(event.name)}](#{event.name})", event.owner, event.status, event.description)
        for event in plan.events.values()
    ]
    parts.append(
        _table(("event", "owner", "status", "what happened"), ((link, *map(_text, rest)) for link, *rest in index))
    )
    for event in plan.events.values():
        parts += _event(event, plan, uses)
    return "\n\n".join(parts) + "\n"


def _event(event: Event, plan: Plan, uses: UseIndex) -> Iterator[str]:
    yield f'<a id="{event.name}"></a>\n\n## {_text(event.name)}'
    if event.description:
        yield _text(event.description)
    named = [("On the wire", event.wire_name)] if event.wire_name != event.name else []
    yield "\n".join(f"- {label}: {_text(text)}" for label, text in (*named, *event_facts(event)))
    if event.properties:
        yield _table(("property", "type", "", "meaning"), map(_row, rows(event.properties)))
    else:
        yield "No properties."
    if event.rules:
        yield "\n".join(
            f"- Rule {_text(rule.id)}: {_code(rule.check)} {_text(rule.message)}".rstrip() for rule in event.rules
        )
    found = used_by(event, plan, uses)
    if found:
        told = ((_text(f"{use.kind}:{use.name}"), _text(use.owner), _text(use.how)) for use in found)
        yield _table(("used by", "owner", "how"), told)
    payload = example_payload(event).decode()
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", payload)), default=0))
    yield f"{fence}json\n{payload}\n{fence}"


def _row(row: Row) -> tuple[str, ...]:
    more = "; ".join((*row.limits, *row.notes))
    meaning = "<br>".join(_text(part) for part in (row.description, more) if part)
    return (_code(row.path), row.type, "required" if row.required else "", meaning)


def _table(head: tuple[str, ...], body: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in body)])


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"
