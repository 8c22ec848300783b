"""The sections of a journey have what was asked for, and the definition says how each figure is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tests.analytics.questions.journey.small import PLAN

from footfall.analytics import Dataset, report
from footfall.analytics.questions.journey import journey, journey_options
from footfall.analytics.sections import Section
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def sections_of(entry: MakeEntry, people: int, **options: object) -> list[Section]:
    log = [entry(number, "view", 1, user=f"p{number}") for number in range(1, people + 1)]
    question = journey(journey_options(PLAN, "buying", **options))  # type: ignore[arg-type]
    with Dataset.of(log, PLAN) as dataset:
        return list(report(dataset, PLAN, now=datetime(1970, 1, 2, tzinfo=UTC), questions=[question]).sections())


def test_it_has_stages_and_conformance_and_names_the_question_to_ask_next(entry: MakeEntry) -> None:
    first, second = sections_of(entry, 2)

    assert first.title == "Journey buying: where everybody is"
    assert first.table is not None
    assert [row.cells[0][0].values[0] for row in first.table.rows] == ["view", "cart", "buy"]
    assert "--between view cart" in str(first.remarks)
    assert second.title == "Kept to the plan"


def test_what_came_between_and_the_persons_come_where_they_are_asked_for(entry: MakeEntry) -> None:
    titles = [section.title for section in sections_of(entry, 60, between=("view", "buy"), persons=True)]
    *_, persons = sections_of(entry, 60, persons=True)

    assert titles[2:] == ["Between view and buy: what they did first", "Obstacles between view and buy", "60 persons"]
    assert persons.table is not None
    assert len(persons.table.rows) == 51  # 50, and how many more there are


def test_the_definition_says_which_time_there_is_between_two_steps(entry: MakeEntry) -> None:
    first, *_ = sections_of(entry, 1, between=("view", "cart"), floor=12)

    assert first.definition is not None
    for words in ("The time is that of the plan's limits", "fewer than 12 had", "Late is whose last moment"):
        assert words in first.definition.text


def test_where_nobody_is_late_there_is_nothing_to_ask_next(entry: MakeEntry) -> None:
    log = [entry(1, "view", 1, user="ann"), entry(2, "buy", 2, user="ann")]
    question = journey(journey_options(PLAN, "buying"))
    with Dataset.of(log, PLAN) as dataset:
        first, _ = report(dataset, PLAN, now=datetime(1970, 1, 2, tzinfo=UTC), questions=[question]).sections()

    assert not first.remarks
