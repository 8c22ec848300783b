"""Sections are made of values that any renderer knows, in tables with a name for each column."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import get_args

import pytest
from tests.analytics.shop import REVENUE, MakeEntry, buy, plan_of, report_of

from footfall.analytics import Report
from footfall.analytics.sections import FigureDefinition, Phrase, Section, Value, alarm, plain, quiet, strong
from footfall.plan.model import Conversion, Count, Goal, Kpi, Target


@pytest.fixture
def answers(entry: MakeEntry) -> Report:
    kpis = (
        Kpi(name="revenue", measure=REVENUE, window=None, guardrails=("orders",)),
        Kpi(name="orders", measure=Count(event="buy"), window=None, target=Target(direction="up", value=Decimal(2))),
        Kpi(name="rate", measure=Conversion(journey="purchase", start="view", end="buy"), window=None),
    )
    plan = plan_of(*kpis, goals=(Goal(name="grow", kpis=("revenue",)),))
    return report_of(
        plan, [entry(1, "view", 1, user="ann"), buy(entry, 2, 2, "1.50", "EUR"), buy(entry, 3, 3, "true", "SEK")]
    )


def phrases(section: Section) -> Iterator[Phrase]:
    yield from section.beside
    for remark in section.remarks:
        yield from remark
    for row in section.table.rows if section.table else ():
        for cell in row.cells:
            yield from cell


def test_every_question_shows_values_that_renderers_know(answers: Report) -> None:
    values = [value for section in answers.sections() for phrase in phrases(section) for value in phrase.values]

    assert len(values) > 40
    assert {type(value) for value in values} <= set(get_args(Value))


def test_every_row_has_a_column_for_each_of_its_cells(answers: Report) -> None:
    tables = [section.table for section in answers.sections() if section.table is not None]

    assert len(tables) == 3
    assert all(1 <= len(row.cells) <= len(table.columns) for table in tables for row in table.rows)


def test_every_figure_has_a_definition(answers: Report) -> None:
    definitions: list[FigureDefinition | None] = []
    for section in answers.sections():
        definitions.append(section.definition)
        definitions += [row.definition for row in section.table.rows] if section.table else []

    assert [each.name for each in definitions if each is not None] == ["revenue", "orders", "rate", "purchase"]
    assert all(each.text.endswith(".") for each in definitions if each is not None)


def test_a_phrase_has_one_tone() -> None:
    assert [make("a", 1) for make in (plain, strong, quiet, alarm)] == [
        Phrase(("a", 1), tone) for tone in ("plain", "strong", "quiet", "alarm")
    ]
