"""The demo's history is the same for the same seed, keeps to the plan, and has what the questions are to find."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest

from footfall.cli.demo.history import LONGEST, PastMessage, history_of, send_history
from footfall.cli.demo.run import example_file
from footfall.client import Client
from footfall.clock import SystemClock
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.query import open as open_data

MIDNIGHT = datetime(2026, 11, 30, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def past() -> list[PastMessage]:
    return history_of(LONGEST, midnight=MIDNIGHT, seed=1)


def named(messages: list[PastMessage], name: str) -> list[PastMessage]:
    return [message for message in messages if message.name == name]


def test_the_same_seed_makes_the_same_history_and_another_seed_another(past: list[PastMessage]) -> None:
    assert history_of(LONGEST, midnight=MIDNIGHT, seed=1) == past
    assert history_of(LONGEST, midnight=MIDNIGHT, seed=2) != past


def test_no_days_have_no_messages() -> None:
    assert history_of(0, midnight=MIDNIGHT, seed=1) == []


@pytest.mark.parametrize("days", [1, 7, LONGEST])
def test_the_messages_are_of_the_days_before_midnight_in_order_of_time(days: int) -> None:
    times = [message.at for message in history_of(days, midnight=MIDNIGHT, seed=1)]

    assert times == sorted(times)
    assert MIDNIGHT - timedelta(days=days) <= times[0]
    assert times[-1] < MIDNIGHT
    assert len({time.date() for time in times}) == days


def test_an_order_is_the_sum_of_its_lines(past: list[PastMessage]) -> None:
    orders = named(past, "order_completed")

    assert orders
    for order in orders:
        assert order.values["total"] == sum((line["price"] for line in order.values["lines"]), Decimal())


def test_a_working_day_has_more_messages_than_most_days_of_the_weekend(past: list[PastMessage]) -> None:
    days = Counter(message.at.date() for message in past)

    weekend = [count for day, count in days.items() if day.weekday() >= 5]
    assert median(weekend) < min(count for day, count in days.items() if day.weekday() < 5)


def test_the_newsletter_converts_more_often_than_the_advertisement(past: list[PastMessage]) -> None:
    shares = {}
    for campaign in ("autumn", "warm_winter"):
        visitors = {
            message.anonymous_id for message in past if message.context.get("campaign", {}).get("name") == campaign
        }
        buyers = visitors & {order.anonymous_id for order in named(past, "order_completed")}
        shares[campaign] = len(buyers) / len(visitors)

    assert shares["autumn"] > 2 * shares["warm_winter"] > 0


def test_most_orders_with_a_failed_payment_are_given_up(past: list[PastMessage]) -> None:
    failed = {message.values["order_id"] for message in named(past, "payment_failed")}
    bought = {message.values["order_id"] for message in named(past, "order_completed")}

    assert 0 < len(failed & bought) < len(failed) / 2


def test_the_release_changes_once(past: list[PastMessage]) -> None:
    releases = [message.context["app"]["version"] for message in past if "app" in message.context]

    assert releases == sorted(releases)
    assert len(set(releases)) == 2


@pytest.mark.slow
def test_a_collector_stores_all_of_it_with_its_own_times(tmp_path: Path) -> None:
    plan = example_file("tracking_plans/shop_and_gateway")
    now = datetime.fromtimestamp(SystemClock().now_us() // 1_000_000, UTC)
    midnight = now.replace(hour=0, minute=0, second=0)
    past = history_of(LONGEST, midnight=midnight, seed=1)
    with Collector(tmp_path / "data", plan=plan) as collector:
        shop, gateways = (Client(InProcessTransport(collector), plan=plan) for _ in range(2))
        count = send_history(past, shop=shop, gateways=gateways)

    with open_data(tmp_path / "data") as data:
        rows = data.sql("SELECT count(*), count(DISTINCT occurred_at::DATE), max(occurred_at) FROM messages").rows
    assert count == len(past) == rows[0][0]
    assert rows[0][1] == LONGEST
    assert rows[0][2].astimezone(UTC) < midnight
