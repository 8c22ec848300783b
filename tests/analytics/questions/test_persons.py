"""The list of persons has each once, in an order in which a list can go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND
from tests.analytics.segment_reference import Act
from tests.analytics.test_segment_tables import entries_of, plan_in

from footfall.analytics import Dataset, report
from footfall.analytics.questions.persons import PersonsOptions, PersonsResult, persons, persons_options
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

LOG = [Act(name, "visit", number * DAY) for number, name in enumerate("abcdefg")] + [Act("a", "buy", 3 * DAY)]
PLAN = plan_in("UTC")


def listed(entry: MakeEntry, end: int = 30 * DAY, shards: int = 1, **options: Any) -> PersonsResult:
    question = persons(persons_options(PLAN, **options))
    with Dataset.of(entries_of(entry, LOG), PLAN) as dataset:
        return context_of(dataset, PLAN, Span(None, end * SECOND), end * SECOND, shards).answer(question)


def test_everybody_is_listed_with_times_and_messages(entry: MakeEntry) -> None:
    (first,) = [each for each in listed(entry).persons if each.user_id == "a"]

    assert len(listed(entry).persons) == 7
    assert (first.first_seen, first.last_seen, first.messages) == (
        datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 4, tzinfo=UTC), 2,
    )  # fmt: skip


def test_what_comes_later_counts_for_nothing(entry: MakeEntry) -> None:
    result = listed(entry, 2 * DAY)

    assert {(each.user_id, each.messages) for each in result.persons} == {("a", 1), ("b", 1)}


@pytest.mark.parametrize("shards", [1, 3])
def test_pages_one_after_another_are_the_whole_list(entry: MakeEntry, shards: int) -> None:
    whole, after, pages = listed(entry), None, []
    while page := listed(entry, shards=shards, limit=2, after=after).persons:
        pages.append(page)
        after = page[-1].person_id

    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert tuple(each for page in pages for each in page) == whole.persons


def test_a_segment_has_its_own(entry: MakeEntry) -> None:
    result = listed(entry, segment="buyers")

    assert ([each.user_id for each in result.persons], result.size, result.segment) == (["a"], 1, "buyers")
    assert "who are in the segment. In the segment: buyers: who had buy at least once." in result.definition


def test_its_section_says_how_many_it_leaves_out(entry: MakeEntry) -> None:
    question = persons(PersonsOptions(limit=3))
    with Dataset.of(entries_of(entry, LOG), PLAN) as dataset:
        answered = report(dataset, PLAN, now=datetime.fromtimestamp(30 * DAY, UTC), questions=[question])
    (section,) = answered.sections()

    assert section.table is not None
    assert len(section.table.rows) == 3
    last = answered[question].persons[-1].person_id
    assert section.remarks[0][0].values[0] == f"4 more persons: --after {last} lists the next, --format json all"


@pytest.mark.parametrize(
    ("options", "message"), [({"limit": 0}, "1 person or more"), ({"after": "ann"}, "'ann', which is no person_id")]
)
def test_an_impossible_option_is_refused(entry: MakeEntry, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        listed(entry, **options)
