"""Recording without pytest: a block in which clients made from a URL are recorded, checked, and never sent."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.client.hostile import hostile_values

import footfall
from footfall.errors import UsageError
from footfall.plan import Plan, read
from footfall.testing import ManualClock, Recorder, recording

URL = "http://localhost:9"
PLAN = """
plan: bakery
identity: {device: oven_id}
events:
  viewed: {properties: {kind: {type: string}}}
  signed_up: {}
  bought: {wire_name: Bread Bought, properties: {total: {type: decimal, wire_name: totalPrice}}}
  declined: {}
  heated: {properties: {oven_id: {type: string, required: true}}}
journeys:
  buying:
    within: 7d
    steps:
      - {id: see, event: viewed}
      - {id: join, event: signed_up}
      - {id: buy, event: bought, where: {total: {gt: 10}}, within: 1h}
    branches: [{id: quick, after: see, steps: [buy]}]
    never: [{event: declined, between: [see, buy], as: trouble}]
  baking: {by: device, steps: [{id: hot, event: heated}, {id: hotter, event: heated}]}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return read(tmp_path / "plan.yaml").require()


class MessageSpec(Enum):
    RYE = "rye"


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (Decimal("129.90"), Decimal("129.90")),
        (Decimal("129.90"), 129.9),
        (MessageSpec.RYE, MessageSpec.RYE),
        (MessageSpec.RYE, "rye"),
        (date(2026, 1, 1), date(2026, 1, 1)),
        ({"a": [1, None]}, {"a": [1, None]}),
        (0.1 + 0.2, pytest.approx(0.3)),
        (None, None),
        (np.array([1, 2]), np.array([1, 2])),
        ([1, 2], np.array([1, 2])),
    ],
)
def test_a_value_is_the_one_that_was_sent_however_it_is_written(value: Any, asked: Any) -> None:
    with recording() as sent:
        footfall.Client(URL, write_key="key").track("viewed", {"x": value}, user_id="ann")

    sent.assert_sent("viewed", x=asked)


@pytest.mark.parametrize(("value", "asked"), [(1, True), (1, 2), ("1", 1), (None, ""), (Decimal("1.5"), "1.5")])
def test_another_value_is_another_value(value: Any, asked: Any) -> None:
    with recording() as sent:
        footfall.Client(URL, write_key="key").track("viewed", {"x": value}, user_id="ann")

    sent.assert_not_sent("viewed", x=asked)


def test_only_the_clients_that_are_made_inside_are_recorded() -> None:
    recorder = Recorder()
    with recording() as sent:
        inside = footfall.Client(URL, write_key="key")
        with footfall.Client(recorder) as own_transport:
            own_transport.track("viewed", user_id="ann")
    inside.track("bought", user_id="ann")

    assert sent.events == ["bought"]
    assert recorder.events == ["viewed"]


def test_a_transport_that_is_handed_in_records_as_well() -> None:
    with recording() as sent:
        with footfall.Client(sent.transport) as client:
            client.track("viewed", user_id="ann")
        sent.client.track("bought", user_id="ann")

    assert sent.events == ["viewed", "bought"]


def test_the_messages_of_many_threads_are_all_there() -> None:
    with recording() as sent:
        client = footfall.Client(URL, write_key="key")
        threads = [
            threading.Thread(target=lambda: [client.track("viewed", user_id="ann") for _ in range(50)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.flush().delivered == 200

    sent.assert_sent("viewed", times=200)


def test_leaving_the_block_tells_every_fault(plan: Plan) -> None:
    def send_faults() -> None:
        with recording(plan):
            client = footfall.Client(URL, write_key="key")
            client.track("viewed", {"kind": 1}, user_id="ann")
            client.track("seen", user_id="ann")

    with pytest.raises(AssertionError, match=r"2 faults[^$]*viewed kind type[^$]*seen unknown_event"):
        send_faults()


def test_the_error_of_a_block_is_not_hidden_by_its_faults(plan: Plan) -> None:
    def fail() -> None:
        with recording(plan):
            footfall.Client(URL, write_key="key").track("seen", user_id="ann")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_without_a_plan_a_journey_cannot_be_asserted() -> None:
    with recording() as sent, pytest.raises(UsageError, match="needs a plan"):
        sent.assert_journey("buying", user_id="ann")


class Shop:
    """A shopper's calls at times of the test's choosing."""

    def __init__(self, plan: Plan) -> None:
        self.clock = ManualClock()
        self.client = footfall.Client(URL, write_key="key", clock=self.clock)

    def does(self, *events: str, after: float = 1, **who: Any) -> None:
        for event in events:
            self.clock.advance(after)
            properties = {"totalPrice": 11} if event == "bought" else {}
            self.client.track(event, properties, **(who or {"user_id": "ann"}))


def test_a_journey_is_walked_on_the_main_way_or_a_branch(plan: Plan) -> None:
    with recording(plan) as sent:
        shop = Shop(plan)
        shop.does("viewed", "signed_up", "bought")
        shop.does("viewed", "bought", user_id="bob")

    sent.assert_journey("buying", user_id="ann")
    sent.assert_journey("buying", user_id="bob")


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((), "0 of 3 steps"),
        (("bought", "viewed"), "1 of 3 steps"),
        (("viewed", "signed_up"), "2 of 3 steps"),
    ],
)
def test_a_journey_that_stops_says_where(plan: Plan, events: tuple[str, ...], words: str) -> None:
    with recording(plan) as sent:
        Shop(plan).does(*events)

    with pytest.raises(AssertionError, match=words) as told:
        sent.assert_journey("buying", user_id="ann")
    assert "MISSING" in str(told.value)
    assert f"sent by user_id 'ann': {', '.join(events) or 'nothing'}" in str(told.value)


def test_a_step_has_to_be_in_time_and_meet_its_condition(plan: Plan) -> None:
    with recording(plan) as sent:
        shop = Shop(plan)
        shop.does("viewed", "signed_up")
        shop.does("bought", after=3601)
        shop.does("viewed", "signed_up", user_id="bob")
        shop.client.track("bought", {"totalPrice": 10}, user_id="bob")

    for user in ("ann", "bob"):
        with pytest.raises(AssertionError, match=r"none that counts \(it must be: total over 10; within 1h"):
            sent.assert_journey("buying", user_id=user)


def test_what_must_never_happen_fails_a_journey_unless_it_is_named(plan: Plan) -> None:
    with recording(plan) as sent:
        Shop(plan).does("viewed", "declined", "bought", "declined")

    with pytest.raises(AssertionError, match="trouble: declined between see and buy"):
        sent.assert_journey("buying", user_id="ann")
    sent.assert_journey("buying", user_id="ann", despite=["trouble"])


def test_what_a_visitor_did_before_signing_in_is_theirs(plan: Plan) -> None:
    with recording(plan) as sent:
        shop = Shop(plan)
        shop.does("viewed", anonymous_id="b")
        shop.client.identify("ann", anonymous_id="b")
        shop.does("bought")
        shop.does("viewed", user_id="bob")

    sent.assert_journey("buying", user_id="ann")
    with pytest.raises(UsageError, match="2 users sent messages"):
        sent.assert_journey("buying")


def test_a_device_walks_by_the_property_that_names_it(plan: Plan) -> None:
    with recording(plan) as sent:
        client = footfall.Client(URL, write_key="key")
        for oven in ("o1", "o1", "o2"):
            client.track("heated", {"oven_id": oven})

    sent.assert_journey("baking", device_id="o1")
    with pytest.raises(AssertionError, match="1 of 2 steps"):
        sent.assert_journey("baking", device_id="o2")


def test_decimals_are_recorded_with_every_digit() -> None:
    with recording() as sent:
        sent.client.track("bought", {"total": Decimal("12345678901234567890.10")}, user_id="kari")

    assert str(sent.messages[0]["properties"]["total"]) == "12345678901234567890.10"
    sent.assert_sent("bought", total=Decimal("12345678901234567890.10"))


def test_no_value_that_is_asked_for_or_refused_can_break_a_recording() -> None:
    values = hostile_values()
    with recording() as sent:
        sent.allow_faults()
        client = footfall.Client(URL, write_key="key")
        client.track("viewed", {"x": 5}, user_id="ann")
        refused = [client.track(value, user_id="ann") for value in values]

    for value in values:
        sent.assert_not_sent("viewed", x=value)
    assert {receipt.reason for receipt in refused if not receipt} == {"invalid"}
