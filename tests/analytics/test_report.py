"""A report puts every figure beside its window and its definition, and JSON keeps its digits."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.analytics.shop import DAY, NOW, REVENUE, MakeEntry, buy, plan_of, report_of
from tests.maintenance.folders import collect, seal

from footfall.analytics import JOURNEYS, KPIS, Dataset, report
from footfall.errors import UsageError
from footfall.plan.model import (
    Count,
    Kpi,
    Unique,
)
from footfall.reporting.json import to_json


def test_each_kpi_looks_back_as_far_as_its_window_unless_the_reader_says_otherwise(entry: MakeEntry) -> None:
    plan = plan_of(
        Kpi(name="week", measure=Count(event="buy"), window=7 * DAY),
        Kpi(name="ever", measure=Count(event="buy"), window=None),
    )
    log = [buy(entry, day, day, "1", "EUR") for day in (1, 2, 3, 4, 9, 10, 11)]

    own = {kpi.name: kpi.value for kpi in report_of(plan, log)[KPIS]}
    asked = report_of(plan, log, datetime(1970, 1, 3, tzinfo=UTC), datetime(1970, 1, 5, tzinfo=UTC))

    assert own == {"week": 3, "ever": 5}  # all there is, up to now
    assert {kpi.name: kpi.value for kpi in asked[KPIS]} == {"week": 2, "ever": 2}
    assert {kpi.window for kpi in asked[KPIS]} == {asked.window}


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="is not before until"):
        report_of(plan_of(), [], since=NOW, until=NOW)


def test_json_keeps_the_digits_of_a_decimal_and_its_keys(entry: MakeEntry) -> None:
    plan = plan_of(Kpi(name="revenue", measure=REVENUE, window=None))
    text = to_json(report_of(plan, [buy(entry, 1, 1, "12345678901234567890.10", "EUR")]).as_json())
    found = json.loads(text, parse_float=str)

    names = ["intake", "goals", "kpis", "journeys", "volumes", "overview"]
    assert list(found) == ["plan", "now", "window", "data", *names]
    assert found["overview"] is None
    assert found["kpis"][0]["value"] == "12345678901234567890.10"
    assert found["kpis"][0]["rows"] == [
        {"group": {"currency": "EUR"}, "value": "12345678901234567890.10", "rounded": False}
    ]
    assert found["now"] == "1970-01-11T01:00:00+01:00"


def test_every_figure_states_its_definition(entry: MakeEntry) -> None:
    plan = plan_of(
        Kpi(name="revenue", measure=REVENUE, window=7 * DAY),
        Kpi(name="actors", measure=Unique(event="view", property="actor"), window=None),
    )
    found = report_of(plan, [entry(1, "view", 1, user="ann")])
    revenue, actors = (kpi.definition for kpi in found[KPIS])

    assert "exact sum of buy.total" in revenue
    assert "1970-01-04 01:00:00+01:00 (inclusive) to 1970-01-11 01:00:00+01:00 (exclusive), Europe/Stockholm" in revenue
    assert "junk anonymous_id and device streams are not persons" in actors
    assert "one message fills one step" in found[JOURNEYS][0].definition


PROGRAM = """
import sys
from datetime import UTC, datetime
from footfall.analytics import Dataset, report
from footfall.plan.model import Count, Event, Journey, Kpi, Plan, Step, Unique
kpis = {
    "actors": Kpi(name="actors", measure=Unique(event="seen", property="actor"), window=None),
    "count": Kpi(name="count", measure=Count(event="seen"), window=7 * 86400),
}
steps = (Step(id="first", event="seen"), Step(id="last", event="bought"))
plan = Plan(
    id="shop",
    events={name: Event(name=name, wire_name=name) for name in ("seen", "bought")},
    kpis=kpis,
    journeys={"way": Journey(name="way", by="user", within=None, steps=steps)},
)
with Dataset.open(sys.argv[1], plan) as dataset:
    answer = report(dataset, plan, now=datetime(2999, 1, 1, tzinfo=UTC))
print(answer.data.messages, "pandas" in sys.modules)
"""


def test_a_report_by_a_program_loads_no_pandas_where_the_cache_has_who_is_who(tmp_path: Path) -> None:
    collect(tmp_path, ["1", "2", "3"])
    collect(tmp_path, ["4", "5"], event="bought")
    seal(tmp_path)
    with Dataset.open(tmp_path, plan_of()) as dataset:
        report(dataset, plan_of(), now=NOW)

    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "5 False\n"
