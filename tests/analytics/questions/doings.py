"""Any log of a few people who visit and buy around a change of clocks, and the plan that has these events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from footfall.plan.model import Event, Plan, Property, WeekStart
from footfall.storage.journal import Entry

__all__ = [
    "DAY", "SECOND", "WEEK_STARTS", "ZONES", "Doing", "entries_of", "first_day", "index", "logs", "plan_in",
    "week_of",
]  # fmt: skip

MakeEntry = Callable[..., Entry]

DAY = 86_400
SECOND = 1_000_000
ZONES = ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]
# The clocks of these zones change on days around these.
CHANGES = [datetime(2018, 11, 3), datetime(2024, 10, 26), datetime(2025, 3, 29), datetime(2025, 10, 4)]  # noqa: DTZ001
AMOUNT = Property(name="amount", wire_name="amount", type="integer")
MONEY = Property(name="price", wire_name="price", type="decimal", scale=2, currency="money")
CODE = Property(name="money", wire_name="money", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT, MONEY, CODE)) for name in ("visit", "buy")}
WEEK_STARTS: Mapping[str, WeekStart] = {"Africa/Cairo": "saturday", "America/Sao_Paulo": "sunday"}


class Doing(NamedTuple):
    """What a message says: who, what, when in seconds since 1970, and an amount."""

    actor: str
    event: str
    at: int
    amount: int = 0


def plan_in(zone: str) -> Plan:
    return Plan(id="test", timezone=zone, week_starts=WEEK_STARTS.get(zone, "monday"), events=EVENTS)


def entries_of(entry: MakeEntry, log: Sequence[Doing]) -> list[Entry]:
    return [
        entry(number, doing.event, doing.at, user=doing.actor, properties={"amount": doing.amount})
        for number, doing in enumerate(log, 1)
    ]


def week_of(day: date, zone: str) -> date:
    """The first day of the week of a day, as weeks begin where the zone is."""
    while f"{day:%A}".lower() != WEEK_STARTS.get(zone, "monday"):
        day -= timedelta(days=1)
    return day


def first_day(at: int, per: str, zone: str) -> date:
    """The first day of the period of a moment."""
    day = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date()
    if per == "week":
        return week_of(day, zone)
    return day.replace(day=1) if per == "month" else day


def index(day: date, per: str) -> int:
    """Periods one after another have numbers one after another."""
    return day.year * 12 + day.month if per == "month" else (day.toordinal() - 1) // (7 if per == "week" else 1)


@st.composite
def logs(draw: st.DrawFn) -> list[Doing]:
    """Up to four people around a change of clocks, many of their messages at midnight or at one time."""
    around = int(draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC).timestamp())
    times = st.one_of(st.integers(-3, 40).map(lambda days: days * DAY), st.integers(-3 * DAY, 40 * DAY))
    doing = st.builds(
        Doing, st.sampled_from("abcd"), st.sampled_from(["visit", "visit", "buy"]),
        times.map(lambda time: around + time), st.integers(0, 9),
    )  # fmt: skip
    return draw(st.lists(doing, min_size=1, max_size=25))
