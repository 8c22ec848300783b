"""Attribution by a plain loop over all messages, in fractions, to compare answers with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.analytics.questions.sessions.reference import Call, sessions_of

__all__ = ["Expected", "Link", "Sent", "expected"]

BILLION = 1_000_000_000


class Link(NamedTuple):
    """How somebody came: the link's utm_campaign and utm_source, and the origin."""

    name: str | None
    source: str | None
    origin: str

    @property
    def is_direct(self) -> bool:
        return self == (None, None, "direct")


class Sent(NamedTuple):
    """A message, by which link its sender came, and an amount with its currency."""

    call: Call
    link: Link | None
    amount: int
    currency: str


class Touch(NamedTuple):
    at: int
    seq: int
    label: str
    is_direct: bool


class Expected(NamedTuple):
    """By model and label (None for no touch): conversions; by model, label and currency: amounts. By label: visits."""

    conversions: Mapping[tuple[str, str | None], Fraction]
    amounts: Mapping[tuple[str, str | None, str], Fraction]
    visits: Mapping[str, int]


def expected(
    log: Sequence[Sent], *, by: str, zone: str, within: int, half_life: int, since: int | None, until: int
) -> Expected:
    """What the answer has to be."""
    touches = touches_of(log, by, zone)
    conversions: dict[tuple[str, str | None], Fraction] = defaultdict(Fraction)
    amounts: dict[tuple[str, str | None, str], Fraction] = defaultdict(Fraction)
    visits = Counter(
        touch.label for each in touches.values() for touch in each if (since or 0) <= touch.at < until
    )  # fmt: skip
    for sent in log:
        call = sent.call
        if call.name != "buy" or call.at < (since or 0) or call.at >= until:
            continue
        before = sorted(touch for touch in touches[call.person] if call.at - within <= touch.at <= call.at)
        for model, shares in models_of(before, call.at, half_life).items():
            pairs: list[tuple[Touch | None, Fraction]] = [*zip(before, shares, strict=True)] or [(None, Fraction(1))]
            assert sum(share for _, share in pairs) == 1
            for touch, share in pairs:
                label = touch.label if touch else None
                conversions[model, label] += share
                amounts[model, label, sent.currency] += share * sent.amount
    return Expected(conversions, amounts, visits)


def touches_of(log: Sequence[Sent], by: str, zone: str) -> dict[str, list[Touch]]:
    links = {sent.call.seq: sent.link for sent in log}
    touches: dict[str, list[Touch]] = defaultdict(list)
    for session in sessions_of([sent.call for sent in log]):
        before: Link | None = None
        for call in sorted(session, key=lambda call: (call.at, call.seq)):
            link = links[call.seq]
            if link is None or (before is not None and (link.is_direct or link == before)):
                continue
            before = link
            touches[call.person].append(Touch(call.at, call.seq, label_of(link, by, call.at, zone), link.is_direct))
    return touches


def label_of(link: Link, by: str, at: int, zone: str) -> str:
    """Campaigns of the plan: `mail` is spring of the newsletter; `old` and `new` are both `spring`, in turn."""
    if by == "origin":
        return link.origin
    if by == "medium":
        return link.origin
    if by == "source":
        return link.source or link.origin
    if link.name != "spring":
        return link.name or ""
    day = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date().isoformat()
    if link.source == "newsletter" and day <= "2018-11-10":
        return "mail"
    if day >= "2018-11-04":
        return "new"
    if day <= "2018-11-03":
        return "old"
    raise AssertionError(day)


def models_of(touches: Sequence[Touch], at: int, half_life: int) -> Mapping[str, list[Fraction]]:
    count = len(touches)
    if not count:
        return {model: [] for model in ("first", "last", "last_non_direct", "linear", "position", "time_decay")}
    known = [place for place, touch in enumerate(touches) if not touch.is_direct] or [count - 1]
    return {
        "first": alone(0, count),
        "last": alone(count - 1, count),
        "last_non_direct": alone(known[-1], count),
        "linear": [Fraction(1, count)] * count,
        "position": position(count),
        "time_decay": decay([at - touch.at for touch in touches], half_life),
    }


def alone(place: int, count: int) -> list[Fraction]:
    return [Fraction(int(each == place)) for each in range(count)]


def position(count: int) -> list[Fraction]:
    if count <= 2:
        return [Fraction(1, count)] * count
    end = Fraction(2, 5)
    return [end, *[Fraction(1, 5) / (count - 2)] * (count - 2), end]


def decay(ages: Sequence[int], half_life: int) -> list[Fraction]:
    weights = [int(2.0 ** (30 - age / half_life)) for age in ages]
    whole = sum(weights)
    if not whole:
        return alone(len(ages) - 1, len(ages))
    ends = [sum(weights[: place + 1]) * BILLION // whole for place in range(len(ages))]
    return [Fraction(end - begin, BILLION) for begin, end in zip([0, *ends], ends, strict=False)]
