"""A client sends of a message what its person agreed to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from footfall import Client
from footfall.plan import read
from footfall.testing import ManualClock, Recorder

PLAN = read({
    "plan": "p",
    "consent": {
        "rule": "opt_in", "default": "count_only", "purposes": {"statistics": {}, "marketing": {"refused": "none"}},
    },
    "events": {
        "seen": {
            "properties": {
                "kind": {"type": "string", "sensitivity": "public"},
                "mail": {"type": "string", "sensitivity": "personal"},
            },
        },
        "clicked": {"consent": "marketing"},
    },
}).require()  # fmt: skip
YES, NO = {"statistics": True, "marketing": True}, {"statistics": False, "marketing": False}


def stated(statement: object) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": statement}, "ip": "192.0.2.1"}


def sent(recorder: Recorder) -> list[dict[str, Any]]:
    return [json.loads(message) for batch in recorder.batches for message in batch.messages]


def test_a_message_of_somebody_who_agreed_goes_as_it_is() -> None:
    recorder = Recorder()
    with Client(recorder, plan=PLAN) as client, client.scope(anonymous_id="a", context=stated(YES)):
        assert client.track("seen", {"kind": "x"})

    (message,) = sent(recorder)
    assert (message["anonymousId"], message["context"]["ip"]) == ("a", "192.0.2.1")


@pytest.mark.parametrize("context", [stated(NO), stated({}), {"ip": "192.0.2.1"}, None])
def test_of_a_message_that_is_only_counted_nothing_else_leaves_the_process(context: Any) -> None:
    recorder = Recorder()
    clock = ManualClock()
    with Client(recorder, plan=PLAN, clock=clock) as client:
        receipt = client.track(
            "seen", {"kind": "x", "mail": "m@x.example"}, user_id="u", anonymous_id="a", context=context
        )

    (message,) = sent(recorder)
    assert receipt.faults == ()
    assert message.pop("timestamp").endswith(":00:00Z")
    assert message == {
        "consent": "count_only", "type": "track", "messageId": receipt.message_id, "event": "seen",
        "properties": {"kind": "x"},
    }  # fmt: skip


def test_the_id_of_a_message_that_is_only_counted_has_no_more_than_the_hour() -> None:
    clock = ManualClock()
    with Client(Recorder(), plan=PLAN, clock=clock) as client:
        ids = [client.page("/").message_id for _ in range(3)]

    assert len(set(ids)) == 3
    for text in ids:
        assert text is not None
        assert UUID(text).version == 7
        assert (UUID(text).int >> 80) % 3_600_000 == 0


def test_a_given_id_and_the_hour_of_a_given_time_are_kept() -> None:
    recorder = Recorder()
    with Client(recorder, plan=PLAN) as client:
        client.page("/", message_id="line-7", timestamp="2026-11-30T12:34:56Z")

    (message,) = sent(recorder)
    assert (message["messageId"], message["timestamp"]) == ("line-7", "2026-11-30T12:00:00Z")


def test_what_may_not_be_kept_is_refused_and_the_books_balance() -> None:
    recorder = Recorder()
    client = Client(recorder, plan=PLAN)
    with client.scope(anonymous_id="a", context=stated(NO)):
        receipts = [client.track("clicked"), client.identify("u"), client.alias("a", "u"), client.reset()]
        kept = client.track("seen")
    client.close()
    ledger = client.stats()

    assert kept
    assert [(bool(receipt), receipt.reason) for receipt in receipts] == [(False, "consent")] * 4
    assert ledger.refused == {"consent": 4}
    assert ledger.balanced
    assert (ledger.accepted, ledger.delivered) == (1, 1)
    assert b"clicked" not in b"".join(message for batch in recorder.batches for message in batch.messages)


@dataclass
class Preferences:
    statistics: Any


class Yes:
    """What an encoder makes `true` of, and is not True."""

    def __new__(cls) -> Any:
        import numpy

        return numpy.bool_(True)


@pytest.mark.parametrize(
    ("statement", "is_whole"),
    [
        ({"statistics": True}, True),
        ({"statistics": False}, False),
        ({}, False),
        (Preferences(True), True),
        (Preferences(False), False),
        ({"statistics": Yes()}, True),
        ({"statistics": 1}, False),
        ({"statistics": "true"}, False),
        (["statistics"], False),
    ],
)
def test_a_statement_counts_as_it_is_on_the_wire(statement: object, is_whole: bool) -> None:
    recorder = Recorder()
    with Client(recorder, plan=PLAN) as client:
        client.page("/", anonymous_id="a", context=stated(statement))

    assert ("anonymousId" in sent(recorder)[0]) is is_whole


def test_what_is_wrong_with_a_message_is_said_also_where_it_is_only_counted() -> None:
    with Client(Recorder(), plan=PLAN) as client:
        receipt = client.track("seen", {"kind": 7})

    assert [fault.code for fault in receipt.faults] == ["type"]


def test_what_hooks_and_marks_say_counts() -> None:
    recorder = Recorder()
    with Client(recorder, plan=PLAN, hooks=[lambda message: message]) as client:
        client.page("/", context={"bot": {"reason": "crawler"}, "userAgent": "x"})

    assert sent(recorder)[0]["context"] == {"bot": {"reason": "crawler"}}


def test_a_client_whose_plan_says_nothing_of_consent_sends_all() -> None:
    recorder = Recorder()
    with Client(recorder, plan=read({"plan": "p"}).require()) as client:
        client.track("seen", anonymous_id="a", context=stated(NO))

    assert sent(recorder)[0]["anonymousId"] == "a"


def test_a_bot_needs_no_id() -> None:
    with Client(Recorder()) as client:
        assert client.page("/", context={"bot": {"reason": "crawler"}}).faults == ()
        assert [fault.code for fault in client.page("/", context={"bot": True}).faults] == ["no_usable_id"]
