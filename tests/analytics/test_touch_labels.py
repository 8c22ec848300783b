"""A touch has the label of its campaign on its day, or of its own marks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.analytics.asking import context_of
from tests.analytics.questions.attribution.reference import Link, Sent
from tests.analytics.questions.attribution.sending import entries_of, plan_in
from tests.analytics.questions.sessions.logs import call

from footfall.analytics import Dataset
from footfall.analytics.touch_labels import NO_TOUCH, LabelledBy, TouchLabel, label_touches
from footfall.analytics.touches import make_touches
from footfall.analytics.window import midnight
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
LAST_OF_OLD = midnight(date(2018, 11, 4), "Europe/Oslo") // 1_000_000 - 1


@pytest.mark.parametrize(
    ("by", "later", "label", "is_inside"),
    [
        ("campaign", 0, TouchLabel("old", is_planned=True), True),
        ("campaign", 1, TouchLabel("new", is_planned=True), True),
        ("origin", 0, TouchLabel("paid_search"), True),
        ("source", 0, TouchLabel("google"), True),
        ("medium", 0, TouchLabel("paid_search"), True),
    ],
)
def test_a_label_is_that_of_its_day(
    entry: MakeEntry, by: LabelledBy, later: int, label: TouchLabel, is_inside: bool
) -> None:
    sent = Sent(call(LAST_OF_OLD + later, "page", "/"), Link("spring", "google", "paid_search"), 0, "EUR")
    with Dataset.of(entries_of(entry, [sent]), plan_in("Europe/Oslo")) as dataset:
        context = context_of(dataset, plan_in("Europe/Oslo")).shards[0]
        labels, table = label_touches(context, by, make_touches(context))
        rows = dataset.rows(f"SELECT label, is_inside FROM {table}")

    assert labels[0] == NO_TOUCH
    assert [(labels[number], inside) for number, inside in rows] == [(label, is_inside)]
