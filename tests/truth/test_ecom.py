"""A published log of 31,106 events has its published numbers: sessions, funnel, next steps, and its planted incident.

The numbers are those of the README and of the docstring of `retentioneering.datasets.ecom` of Retentioneering 5.2.4.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.analytics.conftest import make_entry

from footfall.analytics import Dataset
from footfall.analytics.questions.paths.answer import NOTHING
from footfall.plan.model import Event, Journey, Plan, Step
from footfall.query.database import Database

FILE = Path(__file__).parents[1] / "data" / "ecom" / "sessions.txt.xz"
BEGIN = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
NOW = datetime(2025, 1, 1, tzinfo=UTC)


class Click(NamedTuple):
    """One row: who, in which session, what, and when."""

    user: str
    session: str
    event: str
    at: float


def clicks() -> Iterator[Click]:
    _, names, *lines = lzma.decompress(FILE.read_bytes()).decode().splitlines()
    events = dict(pair.split("=") for pair in names[2:].split())
    for number, line in enumerate(lines):
        user, start, rest = line.split()
        at = BEGIN + int(start)
        for gap, letter in re.findall(r"(\d*)([a-z])", rest):
            at += int(gap or 0)
            yield Click(f"user {user}", f"session {number}", events[letter], at)


def journey(name: str, *events: str) -> Journey:
    return Journey(name=name, by="user", steps=tuple(Step(id=event, event=event) for event in events))


def database(*, by: str) -> Database:
    """The log, with its users as persons, or each session as one."""
    rows = list(clicks())
    names = {row.event for row in rows}
    journeys = {
        each.name: each
        for each in (
            journey("buying", "cart", "shipping_details", "purchase"), journey("paying", "payment_details", "purchase"),
        )
    }  # fmt: skip
    plan = Plan(id="ecom", events={name: Event(name=name, wire_name=name) for name in names}, journeys=journeys)
    entries = [make_entry(seq, row.event, row.at, user=getattr(row, by)) for seq, row in enumerate(rows, 1)]
    return Database(Dataset.of(entries, plan))


@pytest.fixture(scope="module")
def users() -> Iterator[Database]:
    with database(by="user") as opened:
        yield opened


@pytest.fixture(scope="module")
def sessions() -> Iterator[Database]:
    with database(by="session") as opened:
        yield opened


def percent(count: int, of: int) -> Decimal:
    return round(Decimal(100 * count) / of, 1)


@pytest.mark.slow
def test_its_600_users_have_3605_sessions_at_30_minutes(users: Database) -> None:
    total = next(row for row in users.sessions(per="month").result.rows if row.start is None)

    assert users.sql("select count(*), count(distinct person_id) from messages").rows == [(31_106, 600)]
    assert total.figures.sessions == 3_605


@pytest.mark.slow
def test_the_funnel_of_its_sessions_has_the_published_shares(sessions: Database) -> None:
    stages = sessions.journey("buying").result.stages

    assert [percent(stage.reached, 3_605) for stage in stages] == [Decimal("28.3"), Decimal("14.2"), Decimal("4.8")]


@pytest.mark.slow
def test_as_many_sessions_have_a_path_from_the_cart_on(users: Database, sessions: Database) -> None:
    paths = users.paths(after="cart").result

    assert paths.paths == sessions.journey("buying").result.stages[0].reached == 1_022


@pytest.mark.slow
def test_after_the_first_payment_error_14_percent_of_sessions_end(users: Database) -> None:
    paths = users.paths(after="payment_error", steps=1).result
    ends = sum(edge.count for edge in paths.edges if edge.position == 1 and edge.target == NOTHING)

    assert round(100 * ends / paths.paths) == 14


@pytest.mark.slow
def test_its_payment_incident_is_the_obstacle_before_paying(sessions: Database) -> None:
    leavers = sessions.journey("paying", between=("payment_details", "purchase")).result.leavers

    assert leavers is not None
    assert sorted(each.name for each in leavers.obstacles[:2]) == ["payment_error", "support_chat"]
    assert all(each.low > 2 for each in leavers.obstacles[:2])
