"""Makes the pages of a plan's site: overviews, and a page for each event, KPI and journey.

Pages are plain HTML without script, linked relatively, so that the folder works from a disk and from any web server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from footfall.plan.bundle import bundle_hash
from footfall.plan.model import Cohort, Event, Journey, Kpi, Plan, Segment
from footfall.planning.codegen.used_by import UsedBy, used_by
from footfall.planning.diff.figures import say_occasion
from footfall.planning.diff.wording import say_silence
from footfall.planning.docs.event_page import HistoryEntry, event_body, status_tag
from footfall.planning.docs.experiment_page import experiments_body
from footfall.planning.docs.html import Markup, element, joined, link, table
from footfall.planning.docs.measure_pages import journey_body, kpi_body
from footfall.planning.docs.privacy_page import privacy_body
from footfall.planning.docs.segments_page import segments_body
from footfall.planning.usage import UsageIndex

__all__ = ["site"]

_NOBODY = "no owner"


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

    users = {event.name: used_by(event, plan, uses) for event in plan.events.values()}
    pages = {
        "index.html": page(plan.id, _index(plan)),
        "kpis.html": page("KPIs and goals", _kpis(plan)),
        "experiments.html": page("Experiments", experiments_body(plan)),
        "boards.html": page("Boards", _boards(plan)),
        "signals.html": page("Signals", _signals(plan)),
        "journeys.html": page("Journeys", _journeys(plan)),
        "campaigns.html": page("Campaigns", _campaigns(plan)),
        "segments.html": page("Segments and cohorts", segments_body(plan)),
        "silences.html": page("Planned silences", _silences(plan)),
        "owners.html": page("Owners", _owners(plan)),
        "privacy.html": page("Privacy", privacy_body(plan)),
    }
    for event in plan.events.values():
        body = event_body(
            event, plan, users[event.name], history.get(event.name, ()), (versions or {}).get(event.name, "")
        )
        pages[f"events/{event.name}.html"] = page(event.name, body, "../")
    for kpi in plan.kpis.values():
        body = kpi_body(kpi, plan, _computed_from(users, kpi.name))
        pages[f"kpis/{kpi.name}.html"] = page(kpi.name, body, "../")
    for journey in plan.journeys.values():
        pages[f"journeys/{journey.name}.html"] = page(journey.name, journey_body(journey, plan), "../")
    return pages


def _computed_from(users: Mapping[str, Sequence[UsedBy]], kpi: str) -> list[tuple[str, str]]:
    """The events that a KPI is computed from, and how."""
    return [(event, use.how) for event, uses in users.items() for use in uses if (use.kind, use.name) == ("kpi", kpi)]


def _page(plan_id: str, up: str, title: str, body: Markup, bundle: str) -> str:
    overviews = {
        "kpis": "KPIs",
        "experiments": "Experiments",
        "boards": "Boards",
        "signals": "Signals",
        "journeys": "Journeys",
        "campaigns": "Campaigns",
        "segments": "Segments",
        "silences": "Silences",
        "owners": "Owners",
        "privacy": "Privacy",
    }
    pages = (("index.html", plan_id), *((f"{name}.html", title) for name, title in overviews.items()))
    top = element("nav", *(link(f"{up}{target}", text) for target, text in pages))
    name = title if title == plan_id else f"{title} · {plan_id}"
    foot = ("Made by footfall plan docs from the bundle ", element("code", bundle))
    page = element(
        "html",
        element(
            "head",
            Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", name),
            element("style", Markup(_STYLE)),
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
        (element("code", goal.name), goal.owner, _comma(link(f"kpis/{name}.html", name) for name in goal.kpis),
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


def _silences(plan: Plan) -> Markup:
    rows = ((element("code", each.name), say_silence(each), each.note) for each in plan.silences.values())
    return table(("silence", "when, and of what", "why"), rows)


def _signals(plan: Plan) -> Markup:
    rows = (
        (element("code", signal.name), signal.owner, say_occasion(signal), signal.answer)
        for signal in plan.signals.values()
    )
    return table(("signal", "owner", "occasion", "answer"), rows)


def _boards(plan: Plan) -> Markup:
    rows = (
        (element("code", board.name), board.owner, board.title, element("pre", "\n".join(board.questions)))
        for board in plan.boards.values()
    )
    return table(("board", "owner", "title", "questions"), rows)


def _campaigns(plan: Plan) -> Markup:
    rows = (
        (
            element("code", campaign.name),
            campaign.owner,
            "; ".join(f"{field}: {', '.join(texts)}" for field, texts in campaign.utm.items()),
            " to ".join((campaign.first_day or "any day", campaign.last_day or "any day")),
            "" if campaign.budget is None else f"{campaign.budget.amount:,} {campaign.budget.currency}",
            ", ".join(campaign.origins),
            campaign.description,
        )
        for campaign in plan.campaigns.values()
    )
    return table(("campaign", "owner", "known by", "days", "budget", "origins", "what it is"), rows)


def _owners(plan: Plan) -> Markup:
    owned: dict[str, dict[str, list[Markup]]] = {name: {} for name in plan.teams}
    sections: Mapping[str, Mapping[str, Event | Kpi | Journey | Segment | Cohort]] = {
        "Events": plan.events, "KPIs": plan.kpis, "Journeys": plan.journeys,
        "Segments": plan.segments, "Cohorts": plan.cohorts,
    }  # fmt: skip
    for label, section in sections.items():
        for name, part in section.items():
            links = owned.setdefault(part.owner or _NOBODY, {}).setdefault(label, [])
            is_listed = isinstance(part, Segment | Cohort)
            links.append(link(f"segments.html#{name}" if is_listed else f"{label.lower()}/{name}.html", name))
    return joined(part for name, lists in owned.items() for part in _owner(name, lists, plan))


def _owner(name: str, lists: Mapping[str, Sequence[Markup]], plan: Plan) -> Iterator[Markup]:
    yield element("h2", name)
    team = plan.teams.get(name)
    ways = [way for way in (team.contact, team.slack, team.codeowners) if way] if team is not None else []
    if ways:
        yield element("p", " · ".join(ways), class_="soft")
    facts = [(element("dt", label), element("dd", _comma(links))) for label, links in lists.items()]
    yield element("dl", facts) if facts else element("p", "Owns nothing.")


def _comma(links: Iterable[Markup]) -> list[str]:
    return [part for link in links for part in (", ", link)][1:]


# Written into each page, so that a page looks right wherever it is opened.
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --paper: #ffffff; --tint: #f5f7f9;
  --mark: #0b6e99; --good: #1b7f4b; --warn: #9a5b00; --bad: #a3312a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ed; --soft: #9aa5b3; --line: #2d3540; --paper: #14181d;
  --tint: #1c2229; --mark: #6cc0e8; --good: #6fcf97; --warn: #e6b25c; --bad: #f08a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); background: var(--tint); }
header > div, main, footer { max-width: 68rem; margin: 0 auto; padding: 0.8rem 1.25rem; }
header nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; align-items: baseline; }
header nav a:first-child { font-weight: 650; color: var(--ink); }
main { padding-top: 1.2rem; padding-bottom: 2rem; }
footer { color: var(--soft); font-size: 0.85rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.4rem 0 0.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--mark); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code, pre { font: 0.88em/1.5 ui-monospace, monospace; }
td code { white-space: nowrap; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem;
  overflow-x: auto; }
.lead { font-size: 1.08rem; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 0.82rem; border-bottom: 2px solid var(--line); }
th, td { padding: 0.4rem 0.8rem 0.4rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); }
td:last-child { min-width: 13rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1.2rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.55rem;
  font-size: 0.78rem; line-height: 1.5; white-space: nowrap; }
.active { color: var(--good); } .draft { color: var(--warn); } .deprecated { color: var(--bad); }
.required { color: var(--mark); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0.8rem; padding: 0;
  margin: 1rem 0; max-width: 40rem; }
.cards li { list-style: none; border: 1px solid var(--line); border-radius: 8px; padding: 0.7rem 0.9rem; }
.cards b { display: block; font-size: 1.5rem; line-height: 1.2; }
@media (max-width: 40rem) { body { font-size: 15px; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; } thead { display: none; } table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: 0.6rem 0; } td { border: 0; padding: 0.05rem 0; }
  td:first-child { font-weight: 600; } td:empty { display: none; }
  td[data-label]:not(:first-child):not(:last-child)::before { content: attr(data-label) ": ";
    color: var(--soft); } td code { white-space: normal; overflow-wrap: anywhere; } }
"""
