"""A report of uncounted hits says how many there were so far; what it says beyond earlier ones counts."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.storage.uncounted import UncountedReport, increase

COUNTS = st.dictionaries(st.sampled_from(["static", "prefetch", "own"]), st.integers(0, 5))


def report(counts: Mapping[str, int]) -> UncountedReport:
    return UncountedReport("shop", "c", "2026-11-30", counts)


def test_a_report_counts_beyond_what_was_reported_before_it() -> None:
    assert increase({"static": 2, "own": 1}, report({"static": 5, "own": 1, "prefetch": 3})) == {
        "static": 3, "prefetch": 3,
    }  # fmt: skip


@example(before={"static": 5}, counts={"static": 2})
@given(before=COUNTS, counts=COUNTS)
def test_a_sum_is_the_largest_number_that_was_reported(before: dict[str, int], counts: dict[str, int]) -> None:
    more = increase(before, report(counts))

    for reason in before | counts:
        assert before.get(reason, 0) + more.get(reason, 0) == max(before.get(reason, 0), counts.get(reason, 0))
