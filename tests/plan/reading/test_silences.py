"""Planned silences are read with their times and what they are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.plan import bundle_bytes, from_bundle, read
from footfall.plan.loading import Reading
from footfall.plan.model import Silence

PLAN = """
plan: p
sources: {{till: {{}}}}
events: {{sold: {{}}}}
kpis: {{orders: {{measure: {{count: sold}}}}}}
silences: {{shut: {}}}
"""


def reading_of(folder: Path, text: str) -> Reading:
    (folder / "plan.yaml").write_text(PLAN.format(text))
    return read(folder)


def read_silence(folder: Path, text: str) -> Silence:
    plan = reading_of(folder, text).require()
    assert from_bundle(bundle_bytes(plan)) == plan
    return plan.silences["shut"]


def test_a_silence_is_read_whole(tmp_path: Path) -> None:
    text = (
        "{from: 2026-12-24, until: 2026-12-26T18:00, every: year, events: [sold], sources: [till], kpis: [orders],"
        " note: Holidays, x_who: all}"
    )

    assert read_silence(tmp_path, text) == Silence(
        name="shut",
        since="2026-12-24",
        until="2026-12-26T18:00",
        every="year",
        events=("sold",),
        sources=("till",),
        kpis=("orders",),
        note="Holidays",
        x={"x_who": "all"},
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{from: 2026-12-24}", "'until' is missing"),
        ("{from: 24 December, until: 2026-12-24}", "is neither a day nor a time of the plan's clock"),
        ("{from: 2026-12-24T18:00+01:00, until: 2026-12-24}", "is neither a day nor a time of the plan's clock"),
        ("{from: 9999-12-31, until: 2026-12-24}", "is neither a day nor a time of the plan's clock"),
        ("{from: 2026-12-24, until: 2026-12-23}", "it ends at 2026-12-23, before 2026-12-24"),
        ("{from: 2026-12-24T18:00, until: 2026-12-24T18:00}", "before 2026-12-24T18:00"),
        ("{from: 2026-12-21, until: 2026-12-28, every: week}", "it takes longer than the week"),
        ("{from: 2026-12-24, until: 2026-12-24, every: month}", "'month' is not known here"),
        ("{from: 2026-12-24, until: 2026-12-24, events: [sole]}", "did you mean 'sold'?"),
        ("{from: 2026-12-24, until: 2026-12-24, sources: [tell]}", "did you mean 'till'?"),
        ("{from: 2026-12-24, until: 2026-12-24, kpis: [order]}", "did you mean 'orders'?"),
    ],
)
def test_a_silence_that_is_none_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    (shown,) = map(str, reading_of(tmp_path, text).problems)

    assert problem in shown
