"""Questions about the same active persons never disagree: lifecycle, stickiness, power, trend, retention and SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry
from tests.analytics.questions.doings import DAY, ZONES, Doing, entries_of, logs, plan_in
from tests.many import MANY

import footfall
from footfall.analytics import Dataset
from footfall.plan.model import Plan
from footfall.query.database import Database
from footfall.timestamps import local_time

PERIODS = st.sampled_from(["day", "week", "month"])


def check(log: list[Doing], zone: str, per: Any) -> None:
    """Ask every question of one log and one window, and compare."""
    times = [doing.at for doing in log if doing.event == "visit"] or [log[0].at]
    window: dict[str, Any] = {"until": local_time((max(times) + 40 * DAY) * 1_000_000)}
    with Database(Dataset.of(entries_of(make_entry, log), plan_in(zone))) as opened:
        periods = opened.lifecycle("visit", per=per, **window).result.periods
        power = opened.power("visit", top=99, **window).result
        active = {each.start: each.active for each in periods if each.active}
        trend = opened.trend("visit", per=per, of="actors", **window).result.series
        messages = opened.trend("visit", per=per, **window).result.series
        entries = opened.retention("visit", per=per, entry="first_ever", **window).result.cohorts
        total = opened.stickiness("visit", per=per, of="month", **window).result.total if per != "month" else None
        ids = {row[0] for row in opened.sql("select distinct person_id from visit").rows}
    event(f"{len(active)} active {per}s")

    assert active == {point.start: point.value for each in trend for point in each.points if point.value}
    assert {each.start: each.new for each in periods if each.new} == {
        each.start: each.entered for each in entries if each.entered
    }
    assert sum(each.new for each in periods) == power.persons == len(power.top) == len(ids)
    assert {each.person_id for each in power.top} == ids
    assert power.messages == sum(each.messages for each in power.top)
    assert power.messages == sum(int(point.value or 0) for each in messages for point in each.points)
    if total is not None:
        assert total.active == power.persons
        assert sum(each.periods * each.exactly for each in total.distribution) == sum(active.values())


@settings(max_examples=8)
@given(log=logs(), zone=st.sampled_from(ZONES), per=PERIODS)
def test_any_log_has_the_same_active_persons_in_every_question(log: list[Doing], zone: str, per: str) -> None:
    check(log, zone, per)


@settings(max_examples=MANY)
@given(log=logs(), zone=st.sampled_from(ZONES), per=PERIODS)
@pytest.mark.slow
def test_many_logs_have_the_same_active_persons_in_every_question(log: list[Doing], zone: str, per: str) -> None:
    check(log, zone, per)


@pytest.mark.parametrize("per", ["day", "week", "month"])
def test_a_folder_with_late_contested_and_foreign_messages_has_them_too(template: Path, plan: Plan, per: Any) -> None:
    theirs = "from messages where audience = 'people' and person_id in (select person_id from persons)"
    with footfall.open(template, plan) as opened:
        periods = opened.lifecycle("*", per=per).result.periods
        power = opened.power("*").result
        active = opened.sql(
            f"select date_trunc('{per}', occurred_at), count(distinct person_id) {theirs} group by 1 order by 1"
        )
        (whole,) = opened.sql(f"select count(distinct person_id), count(*) {theirs}").rows

    assert [(each.start.date(), each.active) for each in periods if each.active] == [
        (start.date(), count) for start, count in active.rows
    ]
    assert (power.persons, power.messages) == whole
    assert sum(each.new for each in periods) == power.persons
