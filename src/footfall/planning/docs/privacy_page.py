"""The page about people's data: consent by purpose, what web capture keeps, who counts as the team's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from footfall.plan.consent import RULES
from footfall.plan.model import Consent, Plan, Staff, Web
from footfall.planning.docs.html import Markup, Part, element, joined, link, table

__all__ = ["privacy_body"]


def privacy_body(plan: Plan) -> Markup:
    """The page below its title."""
    return joined(
        element("h2", "Consent"),
        element("p", "The plan says nothing of consent.", class_="soft")
        if plan.consent is None
        else _consent(plan, plan.consent),
        element("h2", "Web capture"),
        _facts(_web(plan.web)),
        element("h2", "The team's own people"),
        element("p", "Nobody is recognised.", class_="soft") if plan.staff is None else _facts(_staff(plan.staff)),
    )


def _consent(plan: Plan, consent: Consent) -> Markup:
    needed: dict[str, list[Part]] = {}
    first = (next(iter(consent.purposes)),)
    for event in plan.events.values():
        for name in event.consent or first:
            needed.setdefault(name, []).append(link(f"events/{event.name}.html", element("code", event.name)))
    for page in plan.pages.values():
        for name in page.consent or first:
            needed.setdefault(name, []).append(element("code", page.name))
    rows: list[tuple[Part, ...]] = [
        (element("code", name), purpose.description, purpose.refused, _listed(needed.pop(name, ())))
        for name, purpose in consent.purposes.items()
    ]
    rows += [("", "whatever a person says", level, _listed(links)) for level, links in needed.items()]
    return joined(
        _facts(
            [("Rule", f"{consent.rule}: {RULES[consent.rule]}"), ("Where nothing is said", f"kept: {consent.default}")]
        ),
        table(("purpose", "what it is", "kept without consent", "events and pages"), rows),
    )


def _web(web: Web) -> Iterator[tuple[str, str]]:
    yield "Query keys kept", ", ".join(web.query) or "none"
    yield "Click ids kept", ", ".join(web.click_ids) or "none; only that there was one"
    yield "Address", "whole" if web.full_url else "the route"
    yield "Path", "as it was asked for" if web.paths else "not kept"
    yield "Referrer", "whole" if web.full_referrer else "its host"
    yield "Left out", ", ".join(web.exclude) or "nothing"


def _staff(staff: Staff) -> Iterator[tuple[str, str]]:
    yield "Traits", "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in staff.traits.items()) or "-"
    yield "E-mail domains", ", ".join(staff.email_domains) or "-"
    yield "Networks", ", ".join(staff.networks) or "-"
    yield "Signed link", "marks a browser" if staff.signed_link else "-"


def _facts(facts: Iterable[tuple[str, str]]) -> Markup:
    return element("dl", *((element("dt", label), element("dd", text)) for label, text in facts))


def _listed(links: Iterable[Part]) -> list[Part]:
    return [part for each in links for part in (", ", each)][1:]
