"""A report says the same whatever became of the cache: it is disposable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.truth.answers import answers, figures
from tests.truth.folders import EVERYTHING, assert_exact, report_of, seal_at
from tests.truth.log import Log

from footfall.plan.model import Plan


def cut_in_half(cache: Path) -> None:
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fill_with_other_things(cache: Path) -> None:
    for path in cache.iterdir():
        path.write_bytes(b"PAR1" + b"x" * 100)


def swap(cache: Path) -> None:
    """Give each file what the next one has."""
    paths = sorted(cache.iterdir())
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)


def put_a_file_in_its_place(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("change", [shutil.rmtree, cut_in_half, fill_with_other_things, swap, put_a_file_in_its_place])
def test_a_cache_that_is_gone_or_wrong_changes_nothing(
    data: Path, plan: Plan, log: Log, change: Callable[[Path], None]
) -> None:
    seal_at(data, [30, 60], plan)
    expected = answers(plan, log.stored, log.quarantined, EVERYTHING)
    before = figures(report_of(data, plan, EVERYTHING))

    change(data / "cache")
    after, again = (figures(report_of(data, plan, EVERYTHING)) for _ in range(2))

    assert [before, after, again] == [expected] * 3


@pytest.mark.slow
def test_a_cache_grows_with_each_seal(data: Path, plan: Plan, log: Log) -> None:
    for place in (10, 30, 31, 70, -1):
        seal_at(data, [place], plan)
        assert_exact(data, plan, log.stored, log.quarantined)


@pytest.mark.slow
def test_the_cache_of_another_plan_is_no_harm(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [60], plan)
    other = Plan(id="other", events=plan.events, kpis=plan.kpis, timezone=plan.timezone, journeys=plan.journeys,
                 pages=plan.pages, traits=plan.traits)  # fmt: skip

    for asked in (other, plan, other):
        assert_exact(data, asked, log.stored, log.quarantined)
