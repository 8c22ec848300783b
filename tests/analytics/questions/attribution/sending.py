"""Any log of messages by links, and the plan whose campaigns some of these are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from tests.analytics.questions.attribution.reference import Link, Sent
from tests.analytics.questions.sessions.logs import MINUTE, call, logs

from footfall.plan.model import Event, Plan, PlannedCampaign, Property
from footfall.storage.journal import Entry

__all__ = ["LINKS", "entries_of", "plan_in", "sent_logs"]

MakeEntry = Callable[..., Entry]
AMOUNT = Property(name="amount", wire_name="amount", type="decimal", currency="money")
MONEY = Property(name="money", wire_name="money", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT, MONEY)) for name in ("view", "buy")}
CAMPAIGNS = {
    "old": PlannedCampaign(name="old", utm={"name": ("spring",)}, last_day="2018-11-03"),
    "new": PlannedCampaign(name="new", utm={"name": ("SPRING",)}, first_day="2018-11-04"),
    "mail": PlannedCampaign(name="mail", utm={"name": ("spring",), "source": ("newsletter",)}, last_day="2018-11-10"),
}
LINKS = [
    None, Link(None, None, "direct"), Link(None, None, "direct"), Link("spring", "newsletter", "email"),
    Link("spring", "google", "paid_search"), Link("summer", "google", "paid_search"),
    Link(None, None, "organic_search"),
]  # fmt: skip


def plan_in(zone: str) -> Plan:
    return Plan(id="test", timezone=zone, events=EVENTS, campaigns=CAMPAIGNS)


def context(link: Link | None) -> dict[str, Any]:
    if link is None:
        return {"origin": {"type": "internal"}}
    marks = {"name": link.name, "source": link.source}
    return {"origin": {"type": link.origin}} | ({"campaign": marks} if link.name else {})


def entries_of(make: MakeEntry, log: Sequence[Sent]) -> list[Entry]:
    return [stored(make, sent) for sent in log]


def stored(make: MakeEntry, sent: Sent) -> Entry:
    name = sent.call.name if sent.call.type == "track" else None
    body = {
        "type": sent.call.type, "event": name, "properties": {"amount": sent.amount, "money": sent.currency},
        "context": context(sent.link),
    }  # fmt: skip
    return make(
        sent.call.seq, name, sent.call.at, user=sent.call.person, anonymous=sent.call.device, type=sent.call.type,
        message_id=sent.call.mark, body=msgspec.json.encode(body),
    )  # fmt: skip


@st.composite
def sent_logs(draw: st.DrawFn) -> list[Sent]:
    """Any log, each message by any link; more of them buy than in other logs."""
    calls = draw(logs())
    more = draw(st.lists(st.tuples(st.sampled_from(calls), st.sampled_from([0, MINUTE, 31 * MINUTE])), max_size=8))
    buys = [
        call(each.at + later, "track", "buy", person=each.person, device=each.device, seq=len(calls) + number)
        for number, (each, later) in enumerate(more)
    ]
    amounts, currencies = st.integers(0, 5), st.sampled_from(["EUR", "EUR", "NOK"])
    return [Sent(each, *draw(st.tuples(st.sampled_from(LINKS), amounts, currencies))) for each in [*calls, *buys]]
