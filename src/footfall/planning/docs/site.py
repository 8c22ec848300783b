"""Makes the pages of a plan's site: overviews by event, KPI, journey and owner, and a page for each of them.

Pages are plain HTML without script, linked relatively, so that the folder works from a disk and from any web server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from footfall.plan.bundle import bundle_hash
from footfall.plan.model import Plan
from footfall.planning.codegen.used_by import UsedBy, used_by
from footfall.planning.docs.event_page import HistoryEntry, event_body, status_tag
from footfall.planning.docs.html import Markup, element, joined, link, table
from footfall.planning.docs.measure_pages import journey_body, kpi_body
from footfall.planning.docs.style import STYLE
from footfall.planning.usage import UsageIndex

__all__ = ["HistoryEntry", "site"]

_NOBODY = "no owner"


class _Owned(msgspec.Struct):
    """What an owner has: links, by kind."""

    event: list[Markup] = []
    kpi: list[Markup] = []
    journey: list[Markup] = []


def site(
    plan: Plan, *, history: Mapping[str, Sequence[HistoryEntry]], versions: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The pages by their path in the folder.

    `history` has the known changes of events, by name, newest first; `versions` what the plan's lock says they are.
    """
    uses = UsageIndex(plan)
    bundle = bundle_hash(plan)

    def page(title: str, body: Markup, up: str = "") -> str:
        return _page(plan.id, up, title, body, bundle)

    found = {event.name: used_by(event, plan, uses) for event in plan.events.values()}
    pages = {
        "index.html": page(plan.id, _index(plan)),
        "kpis.html": page("KPIs and goals", _kpis(plan)),
        "journeys.html": page("Journeys", _journeys(plan)),
        "owners.html": page("Owners", _owners(plan)),
    }
    for event in plan.events.values():
        body = event_body(
            event, plan, found[event.name], history.get(event.name, ()), (versions or {}).get(event.name, "")
        )
        pages[f"events/{event.name}.html"] = page(event.name, body, "../")
    for kpi in plan.kpis.values():
        body = kpi_body(kpi, plan, _served(found, "kpi", kpi.name))
        pages[f"kpis/{kpi.name}.html"] = page(kpi.name, body, "../")
    for journey in plan.journeys.values():
        pages[f"journeys/{journey.name}.html"] = page(journey.name, journey_body(journey, plan), "../")
    return pages


def _served(found: Mapping[str, Sequence[UsedBy]], kind: str, name: str) -> list[tuple[str, str]]:
    return [(event, use.how) for event, uses in found.items() for use in uses if (use.kind, use.name) == (kind, name)]


def _page(plan_id: str, up: str, title: str, body: Markup, bundle: str) -> str:
    places = (("index.html", plan_id), ("kpis.html", "KPIs"), ("journeys.html", "Journeys"), ("owners.html", "Owners"))
    top = element("nav", *(link(f"{up}{target}", text) for target, text in places))
    name = title if title == plan_id else f"{title} · {plan_id}"
    foot = ("Made by footfall plan docs from the bundle ", element("code", bundle))
    page = element(
        "html",
        element(
            "head",
            Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", name),
            element("style", Markup(STYLE)),
        ),
        element(
            "body",
            element("header", element("div", top)),
            element("main", element("h1", title), body),
            element("footer", *foot),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


def _index(plan: Plan) -> Markup:
    counts = ((len(plan.events), "events"), (len(plan.kpis), "KPIs"), (len(plan.journeys), "journeys"))
    rows = (
        (
            link(f"events/{event.name}.html", element("code", event.name)),
            status_tag(event),
            event.owner,
            event.description,
        )
        for event in plan.events.values()
    )
    return joined(
        element("p", plan.description, class_="lead") if plan.description else "",
        element("ul", *(element("li", element("b", f"{number:,}"), words) for number, words in counts), class_="cards"),
        element("h2", "Events"),
        table(("event", "status", "owner", "what happened"), rows),
    )


def _kpis(plan: Plan) -> Markup:
    rows = (
        (link(f"kpis/{kpi.name}.html", element("code", kpi.name)), kpi.owner, kpi.question)
        for kpi in plan.kpis.values()
    )
    goals = (
        (element("code", goal.name), goal.owner, joined(_comma(link(f"kpis/{name}.html", name) for name in goal.kpis)),
         goal.description)
        for goal in plan.goals.values()
    )  # fmt: skip
    return joined(
        table(("KPI", "owner", "question"), rows),
        element("h2", "Goals") if plan.goals else "",
        table(("goal", "owner", "KPIs", "what it is"), goals),
    )


def _journeys(plan: Plan) -> Markup:
    rows = (
        (
            link(f"journeys/{journey.name}.html", element("code", journey.name)),
            journey.owner,
            " → ".join(step.id for step in journey.steps),
            journey.description,
        )
        for journey in plan.journeys.values()
    )
    return table(("journey", "owner", "steps", "what it is"), rows)


def _owners(plan: Plan) -> Markup:
    owned: dict[str, _Owned] = {name: _Owned([], [], []) for name in plan.teams}
    for kind, section in (("event", plan.events), ("kpi", plan.kpis), ("journey", plan.journeys)):
        for name, part in section.items():
            lines = owned.setdefault(getattr(part, "owner", "") or _NOBODY, _Owned([], [], []))
            getattr(lines, kind).append(link(f"{kind}s/{name}.html", name))
    parts = []
    for name, lines in owned.items():
        team = plan.teams.get(name)
        ways = (team.contact, team.slack, team.codeowners) if team is not None else ()
        kinds = (("Events", lines.event), ("KPIs", lines.kpi), ("Journeys", lines.journey))
        told = [(element("dt", label), element("dd", joined(_comma(links)))) for label, links in kinds if links]
        contact = element("p", " · ".join(way for way in ways if way), class_="soft") if any(ways) else ""
        parts.append(
            joined(element("h2", name), contact, element("dl", told) if told else element("p", "Owns nothing."))
        )
    return joined(parts)


def _comma(links: Iterable[Markup]) -> list[str]:
    return [part for number, one in enumerate(links) for part in ((", ", one) if number else (one,))]
