"""`footfall channels` shows who uses which channel of contact; SQL and paths know it too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import footfall
from footfall.cli.app import app
from footfall.collector import Collector

PLAN = """
plan: shop
sources: {site: {channel: web}, till: {channel: store}}
events:
  order_completed: {description: Somebody paid}
  chat_started: {channel: chat, description: Somebody asked}
kpis:
  orders: {question: Where do they order?, measure: {count: order_completed, by: [channel]}, window: all}
  store_buyers: {question: Who?, measure: {unique: order_completed.actor, where: {channel: store}}, window: all}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann orders on the site after a chat there and once more in the store; Bob orders in the store."""
    (tmp_path / "plan.yaml").write_text(PLAN)
    plan = footfall.plan.read(tmp_path / "plan.yaml").require()
    with Collector(tmp_path / "data", plan=plan) as collector:
        for source, person, event, time in (
            ("site", "ann", "chat_started", "10:00"), ("site", "ann", "order_completed", "10:05"),
            ("till", "ann", "order_completed", "18:00"), ("till", "bob", "order_completed", "18:05"),
        ):  # fmt: skip
            message = {"type": "track", "event": event, "userId": person, "timestamp": f"2026-11-01T{time}:00Z"}
            collector.take(json.dumps({"batch": [message]}).encode(), source=source)
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "channels")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert ["web", "1", "1", "50", "%", "1"] in lines
    assert ["chat", "1", "1", "50", "%", "1"] in lines
    assert ["store", "2", "2", "100", "%", "2"] in lines
    assert "1 of 2 persons use several channels" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "channels", "--format", "json").stdout)["channels"]
    lines = run(data, "channels", "--format", "csv").stdout.splitlines()

    assert values["combinations"] == [
        {"channels": ["store"], "persons": 1}, {"channels": ["web", "chat", "store"], "persons": 1},
    ]  # fmt: skip
    assert lines == ["channel,messages,persons,sessions", "web,1,1,1", "chat,1,1,1", "store,2,2,2"]


def test_steps_of_paths_may_have_their_channel(data: Path) -> None:
    with footfall.open(data) as opened:
        result = opened.paths(within="1d", by="channel").result

    assert [path.steps for path in result.most_frequent] == [
        ("chat:chat_started", "web:order_completed", "store:order_completed"), ("store:order_completed",),
    ]  # fmt: skip
    assert "A step has its channel of contact before it" in result.definition


def test_sql_has_the_channel_of_messages_and_events(data: Path) -> None:
    with footfall.open(data) as opened:
        messages = opened.sql("select channel, count(*) from messages group by all order by all").rows
        orders = opened.sql("select channel from order_completed order by occurred_at").rows

    assert [tuple(row) for row in messages] == [("chat", 1), ("store", 2), ("web", 1)]
    assert [tuple(row) for row in orders] == [("web",), ("store",), ("store",)]


def test_kpis_go_by_the_channel_and_are_of_one(data: Path) -> None:
    kpis = json.loads(run(data, "report", "--format", "json").stdout)["kpis"]

    assert [(row["group"], row["value"]) for row in kpis[0]["rows"]] == [
        ({"channel": "store"}, 2), ({"channel": "web"}, 1),
    ]  # fmt: skip
    assert kpis[1]["value"] == 2


def test_a_channel_that_is_none_is_a_problem_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.replace("{channel: store}}, window", "{channel: storre}}, window"))

    (problem,) = map(str, footfall.plan.read(tmp_path / "plan.yaml").problems)

    assert "'channel' can never be 'storre' (did you mean 'store'?)" in problem
