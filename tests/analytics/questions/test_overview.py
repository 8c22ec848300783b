"""The overview counts messages, persons, events and sources by the period that suits how long there was data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import answer

from footfall.analytics.dataset import Dataset
from footfall.analytics.questions.overview import OVERVIEW, Overview
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
START = datetime(2026, 3, 28, tzinfo=UTC)  # the next night, Europe's clocks go an hour forward


def overview(dataset: Dataset, zone: str = "UTC") -> Overview:
    shown = answer(OVERVIEW, dataset, Plan(id="", timezone=zone))
    assert shown is not None
    return shown


def at(**later: float) -> float:
    return (START + timedelta(**later)).timestamp()


@pytest.mark.parametrize(
    ("moments", "per", "periods"),
    [
        ([], "hour", 0),
        ([at(hours=hour) for hour in range(24)], "hour", 24),
        ([at(hours=hour) for hour in range(24)] + [0.0], "hour", 25),
        ([at(hours=6 * number) for number in range(60)], "day", 15),
        ([at(days=number) for number in range(90)], "week", 14),
        ([at(days=number) for number in range(365)], "month", 13),
        ([at(days=365 * number) for number in range(80)], "month", 80),
    ],
)
def test_the_period_suits_how_long_there_was_data(
    entry: MakeEntry, moments: list[float], per: str, periods: int
) -> None:
    with Dataset.of(entry(number, "seen", moment, user="u") for number, moment in enumerate(moments, 1)) as dataset:
        shown = overview(dataset)

    assert (shown.per, len(shown.periods)) == (per, periods)
    assert sum(period.messages for period in shown.periods) == len(moments)


def test_names_are_counted_with_their_first_and_last_moment_the_most_frequent_first(entry: MakeEntry) -> None:
    log = [
        entry(1, "seen", 5, user="a"),
        entry(2, "seen", 9, user="b", source="app"),
        entry(3, None, 7, user="a", type="page"),
        entry(4, "seen", 3, user="a"),
    ]
    with Dataset.of(log) as dataset:
        shown = overview(dataset)

    assert [(name.name, name.messages, name.persons, name.first.second, name.last.second) for name in shown.events] == [
        ("seen", 3, 2, 3, 9),
        ("(page)", 1, 1, 7, 7),
    ]
    assert [(name.name, name.messages) for name in shown.sources] == [("shop", 3), ("app", 1)]


@pytest.mark.parametrize("second", [-62_135_596_800, pytest.param(253_402_300_799, marks=pytest.mark.slow)])
def test_the_rim_of_the_calendar_has_a_period_too(entry: MakeEntry, second: int) -> None:
    days = [entry(number, "seen", number * 86_400, user="u") for number in range(1, 60)]
    with Dataset.of([*days, entry(90, "seen", second, user="u")]) as dataset:
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            assert sum(period.messages for period in overview(dataset, zone).periods) == 60


LOGS = st.lists(
    st.tuples(
        st.integers(0, 400).map(lambda quarters: at(minutes=15 * quarters, seconds=7)),
        st.sampled_from(["seen", "bought"]),
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(["shop", "app"]),
    ),
    min_size=1,
    max_size=30,
)


@given(log=LOGS, zone=st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kathmandu", "Australia/Lord_Howe"]))
@settings(max_examples=40)
@pytest.mark.slow
def test_any_log_is_counted_as_a_loop_counts_it(
    entry: MakeEntry, log: list[tuple[float, str, str, str]], zone: str
) -> None:
    entries = [
        entry(number, name, when, user=user, source=source) for number, (when, name, user, source) in enumerate(log, 1)
    ]
    with Dataset.of(entries) as dataset:
        shown = overview(dataset, zone)

    groups: dict[datetime, list[tuple[float, str, str, str]]] = defaultdict(list)
    for line in log:
        local = datetime.fromtimestamp(line[0], UTC).astimezone(ZoneInfo(zone))
        whole = local.replace(minute=0, second=0, microsecond=0)
        groups[whole if shown.per == "hour" else whole.replace(hour=0, fold=0)].append(line)
    assert [
        (period.start, period.messages, period.persons, period.events, period.sources) for period in shown.periods
    ] == [
        (start, len(lines), *(len({line[place] for line in lines}) for place in (2, 1, 3)))
        for start, lines in sorted(groups.items(), key=lambda group: min(group[1])[0])
    ]
    event(f"by {shown.per} in {zone}")
