"""No statement of a report or of a person compares every row with every other one, on any DuckDB that we allow.

DuckDB 1 does so for an outer join with a condition beside its keys; DuckDB 2 does not. CI runs this on both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.analytics.conftest import make_entry
from tests.analytics.explaining import Explaining

from footfall.analytics import Dataset, report
from footfall.analytics.engine import connect
from footfall.analytics.loading import load_entries
from footfall.people import profiles
from footfall.plan import read

ACME = Path(__file__).parents[1] / "plan" / "data" / "acme"


def test_no_statement_of_a_report_or_a_person_is_a_nested_loop() -> None:
    plan = read(ACME).require()
    names = [event.wire_name for event in plan.events.values()]
    entries = [
        make_entry(
            number,
            names[number % len(names)] if number % 40 else None,
            number,
            user=f"user-{number % 7}" if number % 3 else None,
            anonymous=f"browser-{number % 11}",
            type="track" if number % 40 else "alias",
            previous_id=None if number % 40 else "browser-1",
        )
        for number in range(200)
    ]
    connection = Explaining(connect())
    with Dataset(connection, lambda _: load_entries(connection, entries, plan)) as dataset:  # type: ignore[arg-type]
        report(dataset, plan, now=datetime(1970, 1, 2, tzinfo=UTC))
        report(dataset, None, now=datetime(1970, 1, 2, tzinfo=UTC))
        persons = profiles(dataset, "browser-1")

    assert persons
    assert connection.joins > 20
    assert connection.nested_loops == []
