"""Writes a plan as one Markdown document that reads well in a repository: an index, and a part for each event."""

from __future__ import annotations

import re
from collections.abc import Iterator

from footfall.markdown_text import code_span, markdown_table, markdown_text
from footfall.plan.bundle import bundle_hash
from footfall.plan.model import Event, Plan
from footfall.planning.codegen.payload import example_payload
from footfall.planning.codegen.used_by import used_by
from footfall.planning.codegen.wording import PropertyRow, event_facts, rows
from footfall.planning.usage import UsageIndex

__all__ = ["markdown_document"]


def markdown_document(plan: Plan) -> str:
    """The document: the same for the same plan."""
    uses = UsageIndex(plan)
    parts = [f"# {markdown_text(plan.id)}", *([markdown_text(plan.description)] if plan.description else [])]
    parts.append(
        f"Made by `footfall plan codegen markdown` from the bundle `{bundle_hash(plan)}`. Change the plan instead."
    )
    index = [
        (f"[{markdown_text(event.name)}](#{event.name})", event.owner, event.status, event.description)
        for event in plan.events.values()
    ]
    parts.append(
        markdown_table(
            ("event", "owner", "status", "what happened"), ((link, *map(markdown_text, rest)) for link, *rest in index)
        )
    )
    for event in plan.events.values():
        parts += _event(event, plan, uses)
    return "\n\n".join(parts) + "\n"


def _event(event: Event, plan: Plan, uses: UsageIndex) -> Iterator[str]:
    yield f'<a id="{event.name}"></a>\n\n## {markdown_text(event.name)}'
    if event.description:
        yield markdown_text(event.description)
    named = [("On the wire", event.wire_name)] if event.wire_name != event.name else []
    yield "\n".join(f"- {label}: {markdown_text(text)}" for label, text in (*named, *event_facts(event)))
    if event.properties:
        yield markdown_table(("property", "type", "", "meaning"), map(_row, rows(event.properties)))
    else:
        yield "No properties."
    if event.rules:
        yield "\n".join(
            f"- Rule {markdown_text(rule.id)}: {code_span(rule.check)} {markdown_text(rule.message)}".rstrip()
            for rule in event.rules
        )
    users = used_by(event, plan, uses)
    if users:
        lines = (map(markdown_text, (f"{user.kind}:{user.name}", user.owner, user.how)) for user in users)
        yield markdown_table(("used by", "owner", "how"), lines)
    payload = example_payload(event).decode()
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", payload)), default=0))
    yield f"{fence}json\n{payload}\n{fence}"


def _row(row: PropertyRow) -> tuple[str, ...]:
    more = "; ".join((*row.limits, *row.notes))
    meaning = "<br>".join(markdown_text(part) for part in (row.description, more) if part)
    return (code_span(row.path), row.type, "required" if row.required else "", meaning)
