"""A funnel never disagrees with itself or others: step 1, the trend's total, lists, and the rows of a breakdown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry
from tests.analytics.questions.doings import DAY, ZONES, Doing, entries_of, logs, plan_in
from tests.many import MANY

import footfall
from footfall.analytics import Dataset
from footfall.cli.app import app
from footfall.plan.model import Plan
from footfall.query.database import Database
from footfall.timestamps import local_time


def check(log: list[Doing], zone: str, options: dict[str, Any]) -> None:
    """Ask of one log and one window, and compare."""
    times = [doing.at for doing in log]
    window: dict[str, Any] = {"until": local_time((max(times) + 40 * DAY) * 1_000_000)}
    with Database(Dataset.of(entries_of(make_entry, log), plan_in(zone))) as opened:
        result = opened.funnel(["visit", "buy"], breakdown="amount", **options, **window)
        listed = opened.funnel(["visit", "buy"], dropped=2, **options, **window)
        trend = opened.trend("visit", per="day", of="actors", **window).result
        messages = opened.trend("visit", per="day", **window).result
        power = opened.power("visit", top=99, **window).result
    first, last = (step.counts for step in result.result.steps)
    is_each = options["entry"] == "each"
    event(f"{options['entry']}: {first.reached}, {last.reached}")

    assert first.reached == (power.messages if is_each else power.persons)
    if is_each:
        assert first.reached == sum(int(point.value or 0) for each in messages.series for point in each.points)
    else:
        assert all(first.reached >= int(point.value or 0) for each in trend.series for point in each.points)
    assert len(listed.result.dropped) == len(listed.rows) == last.dropped == first.reached - last.reached
    for number in (0, 1):
        counts = [each.steps[number] for each in result.result.values]
        total = result.result.steps[number].counts
        assert sum(each.reached for each in counts) == total.reached
        assert sum(each.open for each in counts) == total.open
    if not is_each:
        assert {each.person_id for each in listed.result.dropped} <= {each.person_id for each in power.top}


OPTIONS = st.fixed_dictionaries(
    {
        "entry": st.sampled_from(["first", "any", "each"]),
        "order": st.sampled_from(["ordered", "strict"]),
        "ties": st.booleans(),
        "within": st.sampled_from([None, "1d", "session"]),
        "attribution": st.sampled_from(["first", "last", "1", "2"]),
    }
)


@settings(max_examples=6)
@given(log=logs(), zone=st.sampled_from(ZONES), options=OPTIONS)
def test_any_log_has_the_same_people_in_all_figures(log: list[Doing], zone: str, options: dict[str, Any]) -> None:
    check(log, zone, options)


@settings(max_examples=MANY)
@given(log=logs(), zone=st.sampled_from(ZONES), options=OPTIONS)
@pytest.mark.slow
def test_many_logs_have_the_same_people_in_all_figures(log: list[Doing], zone: str, options: dict[str, Any]) -> None:
    check(log, zone, options)


def test_text_json_csv_and_python_say_the_same_of_a_folder_with_late_and_contested_messages(
    template: Path, plan: Plan, tmp_path: Path
) -> None:
    steps = list(plan.events)[:2]
    with footfall.open(template, plan) as opened:
        answer = opened.funnel(steps)
        persons = opened.sql(
            f"select count(distinct person_id) from {steps[0]} where audience = 'people' "
            "and person_id in (select person_id from persons)"
        ).rows[0][0]
    outputs = {
        form: CliRunner().invoke(app, ["funnel", *steps, "--data", str(template), "--format", form]).stdout
        for form in ("text", "json", "csv")
    }
    rows = list(csv.DictReader(io.StringIO(outputs["csv"])))
    values = json.loads(outputs["json"])["funnel"]

    assert answer.result.entered == persons
    assert [row["reached"] for row in rows] == [str(row[4]) for row in answer.rows]
    assert [step["counts"]["reached"] for step in values["steps"]] == [row[4] for row in answer.rows]
    assert f"{answer.result.converted} of {answer.result.entered} convert" in outputs["text"]
