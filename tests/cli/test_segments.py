"""`footfall segments discover` shows kinds of persons, and writes accepted ones as segments of a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from footfall import Client
from footfall.analytics.questions.discover import DiscoverResult, FoundSegment
from footfall.cli.app import app
from footfall.cli.segments import plan_text
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan import read

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def result_of(*segments: FoundSegment) -> DiscoverResult:
    return DiscoverResult(MOMENT, MOMENT, MOMENT, 1_000, 900, segments, None, None, None, None, "")


def segment_of(name: str, *, is_accepted: bool) -> FoundSegment:
    who = "{all: [{did: '*', within: 14d}, {did: buy, at_least: 3, within: 14d}]}"
    apart = ("often_buy", "recently")
    return FoundSegment(name, apart, 333, Decimal("0.333"), Decimal("0.9"), who, Decimal("0.95"), is_accepted)


def test_accepted_ones_become_a_file_of_a_plan(tmp_path: Path) -> None:
    text = plan_text(result_of(segment_of("often_buy", is_accepted=True), segment_of("other", is_accepted=False)))
    assert text is not None
    (tmp_path / "plan.yaml").write_text("plan: test\nevents: {buy: {}}")
    (tmp_path / "found.yaml").write_text(text)

    plan = read(tmp_path).require()
    assert list(plan.segments) == ["often_buy"]
    assert (
        "often buy, recently; 33.3% of the persons. The rule has them by 95%" in plan.segments["often_buy"].description
    )


def test_where_none_is_accepted_there_is_no_file() -> None:
    assert plan_text(result_of(segment_of("other", is_accepted=False))) is None


def test_too_few_persons_are_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the discover extra is not installed")
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        client.page("/", {}, user_id="ann", timestamp="2026-11-01T12:00:00Z")
    done = CliRunner().invoke(
        app, ["segments", "discover", "--data", str(tmp_path / "data"), "-o", str(tmp_path / "found.yaml")]
    )

    assert "it takes 300 in each" in " ".join(done.stdout.split())
    assert "no segment is accepted" in done.stderr
    assert (done.exit_code, (tmp_path / "found.yaml").exists()) == (1, False)
