"""A report as text: for any width and any terminal, with every number whole and every definition once."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from tests.reporting.shop import PLAN, fill, write_plan

from footfall import plan as plans
from footfall.analytics import Dataset, Report, report
from footfall.collector import Collector
from footfall.reporting.text import show


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    return write_plan(tmp_path)


@pytest.fixture
def data(tmp_path: Path, plan_file: Path) -> Path:
    return fill(tmp_path / "data", plan_file)


def report_of(data: Path, plan_file: Path, now: datetime) -> Report:
    plan = plans.read(plan_file).require()
    with Dataset.open(data, plan) as dataset:
        return report(dataset, plan, now=now)


def text_of(answers: Report, width: int, encoding: str = "utf-8", *, terminal: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=width, force_terminal=terminal, highlight=False)
    show(answers, console, "./data")
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_text_keeps_to_the_width_and_every_number_whole(data: Path, plan_file: Path, width: int) -> None:
    shown = text_of(report_of(data, plan_file, datetime(2026, 11, 11, tzinfo=UTC)), width)

    assert max(map(len, shown.splitlines())) <= width
    for text in ("12,345,678,901,234,577.22", "≥ 10 EUR", "20 %", "2 of 10"):
        assert text in shown
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line != line.rstrip()]


def test_a_terminal_too_narrow_for_a_number_gets_a_longer_line(data: Path, plan_file: Path) -> None:
    shown = text_of(report_of(data, plan_file, datetime(2026, 11, 11, tzinfo=UTC)), 40)

    assert "12,345,678,901,234,577.22" in shown


def test_a_terminal_gets_colour(data: Path, plan_file: Path) -> None:
    assert "\x1b[" in text_of(report_of(data, plan_file, datetime(2026, 11, 11, tzinfo=UTC)), 80, terminal=True)


def test_a_terminal_without_unicode_gets_ascii(data: Path, plan_file: Path) -> None:
    shown = text_of(report_of(data, plan_file, datetime(2026, 11, 11, tzinfo=UTC)), 80, "ascii")

    assert "####" in shown
    assert "> 10 EUR" in shown
    assert "Sell more ?" in shown


def test_windows_that_miss_all_of_the_data_are_pointed_out(data: Path, tmp_path: Path) -> None:
    recent = tmp_path / "recent.yaml"
    recent.write_text(PLAN.replace("window: all", "window: 7d"), encoding="utf-8")

    shown = text_of(report_of(data, recent, datetime(2027, 6, 1, tzinfo=UTC)), 80)

    assert "For all of it: --since 2026-11-01" in shown


TWINS = """
plan: shop
events:
  viewed: {description: seen, expect: {volume: {per: day, min: 1}}}
  bought: {description: sold, expect: {volume: {per: day, min: 1}}}
  failed: {description: not sold}
kpis:
  sales: {measure: {count: bought}, window: all, guardrails: [payment_failure_rate]}
  orders: {measure: {count: bought}, window: 28d}
  payment_failure_rate: {measure: {ratio: {of: {count: failed}, to: {count: bought}}}, window: all}
"""


def test_each_figure_keeps_its_own_first_sentence_in_its_footnote(data: Path, tmp_path: Path) -> None:
    twins = tmp_path / "twins.yaml"
    twins.write_text(TWINS, encoding="utf-8")
    shown = text_of(report_of(data, twins, datetime(2026, 11, 11, tzinfo=UTC)), 120)

    assert "[1] sales: Messages of bought." in shown
    assert "[2] orders: Messages of bought." in shown
    assert "volume of viewed, bought: Messages per day" in shown


def test_a_guardrail_is_one_line_with_its_value(data: Path, tmp_path: Path) -> None:
    twins = tmp_path / "twins.yaml"
    twins.write_text(TWINS, encoding="utf-8")
    shown = text_of(report_of(data, twins, datetime(2026, 11, 11, tzinfo=UTC)), 80)

    (line,) = (line for line in shown.splitlines() if "guardrail" in line)
    assert line.split() == ["guardrail:", "payment_failure_rate", "0", "%", "–"]


def test_one_of_a_kind_is_in_the_singular(tmp_path: Path, plan_file: Path) -> None:
    with Collector(tmp_path / "data", plan=plan_file) as collector:
        collector.take(b'{"batch": [{"type": "track", "event": "viewed", "userId": "ann"}]}')

    shown = text_of(report_of(tmp_path / "data", plan_file, datetime(2100, 1, 1, tzinfo=UTC)), 80)

    assert "1 message · 1 person · 0 connected products" in shown
