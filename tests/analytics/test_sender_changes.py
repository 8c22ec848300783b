"""When senders changed equals a plain loop over all messages; what was first of its kind is no change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, cast

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.trend import TrendOptions, trend
from footfall.analytics.sender_changes import FirstSent, SenderChange, SenderKind, changes_of, first_sent
from footfall.plan.model import Count, DerivedEvent, Event, Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
DAY = 86_400
SECOND = 1_000_000
PLAN = Plan(id="p", events={name: Event(name=name, wire_name=name) for name in ("buy", "see")})


class Sent(NamedTuple):
    event: str
    source: str
    at: int
    bundle: str | None
    release: str | None
    library: str | None


def entries_of(make: MakeEntry, log: Sequence[Sent]) -> list[Entry]:
    return [stored(make, seq, sent) for seq, sent in enumerate(log)]


def stored(make: MakeEntry, seq: int, sent: Sent) -> Entry:
    context = ({} if sent.release is None else {"app": {"version": sent.release}}) | (
        {} if sent.library is None else {"library": {"name": "sdk", "version": sent.library}}
    )
    body = {"type": "track", "event": sent.event, "context": context}
    return make(
        seq,
        sent.event,
        sent.at * DAY,
        user="ann",
        source=sent.source,
        bundle=sent.bundle,
        body=msgspec.json.encode(body),
    )


def by_hand(log: Sequence[Sent]) -> dict[tuple[str, str, str], int]:
    firsts: dict[tuple[str, str, str], int] = {}
    for sent in log:
        values = {
            "source": "", "plan": sent.bundle, "release": sent.release,
            "library": None if sent.library is None else f"sdk {sent.library}",
        }  # fmt: skip
        for kind, value in values.items():
            if sent.event == "buy" and value is not None:
                key = (sent.source, kind, value)
                firsts[key] = min(sent.at, firsts.get(key, sent.at))
    return firsts


names = st.sampled_from([None, "1", "2", "3"])
sent_of_any = st.builds(
    Sent,
    st.sampled_from(["buy", "buy", "see"]),
    st.sampled_from(["web", "app"]),
    st.integers(0, 5),
    names,
    names,
    names,
)


@settings(max_examples=60)
@given(log=st.lists(sent_of_any, max_size=12))
@example(log=[])
def test_any_first_messages_are_those_of_a_plain_loop(entry: MakeEntry, log: list[Sent]) -> None:
    with Dataset.of(entries_of(entry, log), PLAN) as dataset:
        firsts = first_sent(dataset, PLAN, ["buy", "buy"])

    assert {(each.source, each.kind, each.value): each.at // SECOND // DAY for each in firsts} == by_hand(log)


@settings(max_examples=60)
@given(log=st.lists(sent_of_any, max_size=12))
def test_a_change_is_what_comes_after_something_else_of_its_kind(log: list[Sent]) -> None:
    firsts = by_hand(log)
    rows = [FirstSent(source, cast("SenderKind", kind), value, at) for (source, kind, value), at in firsts.items()]
    changes = {(each.source, each.kind, each.value) for each in changes_of(rows)}

    for (source, kind, value), at in firsts.items():
        others = [
            other for (other_source, other_kind, _), other in firsts.items()
            if other_kind == kind and (kind == "source" or other_source == source)
        ]  # fmt: skip
        assert ((source, kind, value) in changes) is (at > min(others))


def test_a_change_is_beside_the_period_in_which_it_came(entry: MakeEntry) -> None:
    log = [Sent("buy", "web", 0, "a" * 64, "1.0", "1"), Sent("buy", "web", 1, "b" * 64, "1.0", "2"),
           Sent("buy", "app", 2, None, None, None)]  # fmt: skip
    with Dataset.of(entries_of(entry, log), PLAN) as dataset:
        question = trend(TrendOptions(name="buy", measure=Count(event="buy")))
        (series,) = context_of(dataset, PLAN, now=3 * DAY * SECOND).answer(question).series

    assert [[change.text for change in point.changes] for point in series.points] == [
        [], ["web: library sdk 2", f"web: plan {'b' * 12}"], ["app begins"],
    ]  # fmt: skip
    assert series.points[2].changes == (SenderChange(datetime(1970, 1, 3, tzinfo=UTC), "app", "source", ""),)


def test_the_senders_of_a_derived_event_are_those_of_its_event(entry: MakeEntry) -> None:
    derived = DerivedEvent(name="big_buy", event="buy", when="1 > 0")
    plan = msgspec.structs.replace(PLAN, derived_events={"big_buy": derived})
    log = [Sent("buy", "web", 1, None, "1.2", None), Sent("see", "app", 2, None, None, None)]

    with Dataset.of(entries_of(entry, log), plan) as dataset:
        assert first_sent(dataset, plan, {"big_buy"}) == first_sent(dataset, plan, {"buy"})
        assert {each.source for each in first_sent(dataset, plan, {"big_buy"})} == {"web"}
