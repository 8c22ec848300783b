"""The views of SQL have each message once, under its event, with its person, wherever it lies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.truth.folders import seal_at
from tests.truth.log import Log
from tests.truth.messages import Message, messages_of

import footfall
from footfall.plan.model import Plan


def person_of(message: Message) -> str | None:
    """A message that is nobody's has no person here, so that to count the different ones is right."""
    return None if message.reason in ("blocked", "bot", "unconsented") else message.person


def test_messages_and_persons(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [30, 60], plan, None)
    messages = messages_of(log.stored, plan)

    with footfall.open(data, plan) as base:
        rows = base.sql("SELECT source, message_id, event, person_id, reason FROM messages").rows
        persons = base.sql("SELECT person_id, messages FROM persons").rows

    assert sorted(rows, key=str) == sorted(
        ((m.row.source, m.row.message_id, m.event, person_of(m), m.reason) for m in messages), key=str
    )
    assert dict(persons) == Counter(message.person for message in messages if message.counted)


def test_sessions_are_as_many_in_sql_as_in_the_question(data: Path, plan: Plan) -> None:
    seal_at(data, [30, 60], plan, None)

    with footfall.open(data, plan) as base:
        ((count, messages),) = base.sql("SELECT count(*), sum(messages) FROM sessions").rows
        total = base.sessions(include=("bots", "staff")).result.rows[-1].figures

    assert (total.sessions, total.messages) == (count, messages)
    assert count > 10


@pytest.mark.slow
def test_the_view_of_each_event(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [30, 60], None, plan)
    messages = messages_of(log.stored, plan)

    with footfall.open(data, plan) as base:
        ids = {
            event: sorted(base.sql(f"SELECT message_id, person_id FROM {event}").rows, key=str) for event in plan.events
        }

    assert ids == {
        event: sorted(
            ((m.row.message_id, person_of(m)) for m in messages if m.event == event and m.row.type == "track"), key=str
        )
        for event in plan.events
    }


def test_values_have_each_digit_that_was_sent(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [30, 60], plan, None)
    quantities = [
        message.body["properties"].get("quantity")
        for message in messages_of(log.stored, plan)
        if message.event == "cart_item_added" and isinstance(message.body.get("properties"), dict)
    ]
    whole = [quantity for quantity in quantities if type(quantity) is int]

    with footfall.open(data, plan) as base:
        answer = base.sql("SELECT count(quantity), sum(quantity) FROM cart_item_added")

    assert answer.rows == [(len(whole), sum(whole))]
