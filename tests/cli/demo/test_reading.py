"""At its end the demo runs the reading commands, and advises commands for the folder and the person that it showed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from footfall.cli.demo.reading import REASONS, best_example, page_views, show_results, story_of
from footfall.cli.demo.run import example_file
from footfall.collector import Collector
from footfall.query import Database
from footfall.query import open as open_data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "my data"
    unplanned = {"type": "track", "event": "unplanned", "userId": "kari"}
    sign_in = {"type": "identify", "userId": "kari", "anonymousId": "b"}
    collected(folder, viewed(anonymousId="b"), sign_in, ordered(userId="kari"), stored=3).close()
    collected(folder, unplanned, unplanned, stored=0).close()
    (folder / "plan").symlink_to(example_file("tracking_plans/shop_and_gateway"))
    return folder


def test_it_shows_the_story_what_is_in_quarantine_and_what_to_try_next(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    show_results(data)

    output = capfd.readouterr().out
    assert "known to the shop as kari" in output
    assert "2 x unplanned: event unknown_event" in output
    assert f"footfall person show kari --data '{data}'" in output
    assert "the books balance" in output


Message = Mapping[str, object]


def collected(data: Path, *messages: Message, stored: int | None = None) -> Database:
    plan = example_file("tracking_plans/shop_and_gateway")
    batch = [
        {"messageId": f"{len(messages)}-{number}", "timestamp": f"2026-11-22T09:00:{number:02d}Z", **message}
        for number, message in enumerate(messages)
    ]
    with Collector(data, plan=plan) as collector:
        answer = collector.take(json.dumps({"batch": batch}).encode())
        assert len(messages) - len(answer.verdicts) == (len(messages) if stored is None else stored)
    return open_data(data)


def viewed(**ids: str) -> Message:
    return {
        "type": "track",
        "event": "product_viewed",
        "properties": {"sku": "GW-200", "price": 5, "currency": "NOK"},
    } | ids


def ordered(**ids: str) -> Message:
    lines = [{"sku": "GW-200", "price": 5, "quantity": 2}]
    properties = {"order_id": "FH-000001", "total": 10.5, "currency": "NOK", "lines": lines}
    return {"type": "track", "event": "Order Completed", "properties": properties, **ids}


def test_the_story_starts_before_the_sign_in_and_ends_with_the_order(tmp_path: Path) -> None:
    messages: tuple[Message, ...] = (
        {"type": "page", "name": "home", "anonymousId": "b"},
        viewed(anonymousId="b"),
        {"type": "identify", "userId": "kari", "anonymousId": "b"},
        ordered(userId="kari"),
    )
    with collected(tmp_path / "data", *messages, viewed(anonymousId="stranger")) as database:
        person = best_example(database)
        assert person is not None
        moments = list(story_of(database, person[0]))

    assert [moment.what for moment in moments] == [
        "page home", "product_viewed (sku GW-200)", "identify", "order_completed (total 10.5)",
    ]  # fmt: skip
    assert [moment.reason for moment in moments] == ["sole_owner", "sole_owner", "explicit", "explicit"]
    assert [moment.time.second for moment in moments] == [0, 1, 2, 3]
    assert {moment.reason for moment in moments} <= set(REASONS)


def test_of_two_customers_the_one_with_more_before_they_were_known_is_told(tmp_path: Path) -> None:
    messages = []
    for name, pages in (("one", 1), ("three", 3), ("two", 2)):
        messages += [viewed(anonymousId=f"browser {name}")] * pages
        messages.append({"type": "identify", "userId": name, "anonymousId": f"browser {name}"})
        messages.append(ordered(userId=name))
    with collected(tmp_path / "data", *messages) as database:
        person = best_example(database)

    assert person is not None
    assert person[1] == "three"


def test_nobody_is_told_when_nobody_was_anonymous_and_then_ordered(tmp_path: Path) -> None:
    with collected(tmp_path / "data", viewed(anonymousId="b"), ordered(userId="kari")) as database:
        assert best_example(database) is None


def test_each_page_view_is_of_a_crawler_of_a_refuser_by_a_campaign_or_of_somebody_else(tmp_path: Path) -> None:
    page: Message = {"type": "page", "name": "/"}
    crawler = {**page, "context": {"bot": {"reason": "declared", "list": "1"}}}
    refuser = {**page, "context": {"consent": {"categoryPreferences": {"statistics": False}}}}
    reader = {**page, "anonymousId": "a", "context": {"campaign": {"name": "autumn", "source": "newsletter"}}}
    with collected(tmp_path / "data", crawler, refuser, reader, {**page, "anonymousId": "b"}) as database:
        counts = page_views(database)

    assert {who: count for (who, _), count in counts.items()} == {
        "of a crawler": 1, "of people who refuse (GPC)": 1, "by a campaign": 1, "of everybody else": 1,
    }  # fmt: skip
