"""Volumes are counted in the same full periods as in the report."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.model import Plan, VolumeExpectation
from footfall.plan.periods import full_periods
from footfall.planning.profiling.profile import QUARTER_US
from footfall.planning.profiling.volume import volume

_START = 1_774_000_000_000_000  # in March 2026, shortly before clocks are put forward
_DAY = 86_400_000_000
_zones = st.sampled_from(["UTC", "Europe/Oslo", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])


@given(
    st.sampled_from(["hour", "day", "week"]),
    _zones,
    st.integers(0, 20 * _DAY),
    st.integers(0, 30 * _DAY),
    st.lists(st.integers(0, 50 * _DAY), max_size=60),
)
def test_each_full_period_is_counted_as_the_report_counts_it(
    per: Literal["hour", "day", "week"], zone: str, begin: int, length: int, drawn: list[int]
) -> None:
    since, until = _START + begin, _START + begin + length
    times = [_START + offset for offset in drawn]
    counts = [sum(start <= at < end for at in times) for start, end in full_periods(per, since, until, zone)]
    expected = VolumeExpectation(per=per, min=1, max=2)

    plan = Plan(id="", timezone=zone)
    found = volume(Counter(at // QUARTER_US for at in times), "view", expected, since=since, until=until, plan=plan)

    if not counts:
        assert found is None
    else:
        assert found is not None
        assert (found.periods, found.least, found.most) == (len(counts), min(counts), max(counts))
        assert found.low == sum(count < 1 for count in counts)
        assert found.high == sum(count > 2 for count in counts)
