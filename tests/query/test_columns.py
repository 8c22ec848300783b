"""Columns of messages are the same from sealed files and from the journal's tail."""

from __future__ import annotations

import itertools
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.maintenance.folders import seal
from tests.query.asked import database, message, plan_of, rows

import footfall
from footfall.collector import Collector
from footfall.plan.model import Alias, Event, Plan, Property
from footfall.query.views import views_of

CITY = Property(name="name", wire_name="N", type="string")
PLAN = plan_of(
    Property(name="total", wire_name="Total", type="decimal"), Property(name="tags", wire_name="tags", type="array"),
    Property(name="city", wire_name="at", type="object", properties=(CITY,)),
)  # fmt: skip
MESSAGES: list[dict[str, Any]] = [
    {
        "type": "track",
        "event": "buy",
        "userId": "ann",
        "properties": {"Total": "1.50", "tags": [1], "at": {"N": "Oslo"}},
    },
    {"type": "track", "event": "buy", "anonymousId": "b", "properties": {"Total": "x", "tags": None}},
    {"type": "page", "name": "Home", "category": "Shop", "anonymousId": "b", "properties": {"path": "/"}},
    {"type": "identify", "userId": "ann", "anonymousId": "b", "traits": {"plan": "pro"}, "context": {"ip": "x"}},
    {"type": "track", "event": "other", "userId": " ann ", "context": {"device": {"id": "d"}}},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some messages, the first half of them sealed."""
    data = tmp_path_factory.mktemp("columns") / "data"
    for number, messages in enumerate((MESSAGES[:3], MESSAGES[3:])):
        with Collector(data) as collector:
            collector.take(json.dumps({"batch": messages, "context": {"app": number}}).encode())
        if not number:
            seal(data)
    return data


@pytest.mark.parametrize(
    "view", ["messages", "sold", *(pytest.param(n, marks=pytest.mark.slow) for n in ("buy", "persons"))]
)
def test_the_first_rows_are_those_of_the_whole_view(folder: Path, view: str) -> None:
    sold = Event(name="sold", wire_name="sold", aliases=(Alias(name="buy", until="2999-01-01"),))
    plan = Plan(id="p", events={"sold": sold}) if view == "sold" else PLAN
    with footfall.open(folder, plan) as opened:
        whole = opened.sql(f"from {view}").rows
    for offset, limit in itertools.product(range(3), range(len(whole) + 2)):
        with footfall.open(folder, plan) as opened:
            assert opened.sql(f"from {view} limit {limit} offset {offset}").rows == whole[offset : offset + limit]

    assert len(whole) > 1 or view == "persons"


def test_the_first_rows_of_a_view_are_read_of_no_more_files_than_have_them(folder: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(folder, tmp_path / "data"))
    seal(data)
    with footfall.open(data, PLAN) as opened:
        opened.sql("select person_id from messages")
    (first, second) = sorted((data / "warehouse").rglob("*.parquet"))
    content = second.read_bytes()
    second.write_bytes(b"PAR1" + bytes(len(content) - 4))
    with footfall.open(data, PLAN) as opened:
        few = opened.sql("select seq, properties from messages limit 3").rows
        losses = [opened.losses]
        every = opened.sql("select seq, properties from messages").rows
        losses.append(opened.losses)

    assert (len(few), len(every), first.stat().st_size > 0) == (3, 3, True)
    assert [len(each) for each in losses] == [0, 1]


def test_every_column_of_every_message_is_there_sealed_or_not(folder: Path) -> None:
    with footfall.open(folder, PLAN) as opened:
        names = list(opened.views["messages"].columns)
        lines = [dict(zip(names, row, strict=True)) for row in opened.sql("from messages order by seq").rows]

    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert [line["event"] for line in lines] == ["buy", "buy", None, None, "other"]
    assert [line["user_id"] for line in lines] == ["ann", None, None, "ann", "ann"]
    assert [line["reason"] for line in lines] == ["explicit", "sole_owner", "sole_owner", "explicit", "explicit"]
    assert len({line["person_id"] for line in lines}) == 1
    assert (lines[2]["name"], lines[2]["category"], lines[0]["name"]) == ("Home", "Shop", None)
    assert [line["traits"] and json.loads(line["traits"]) for line in lines] == [
        None,
        None,
        None,
        {"plan": "pro"},
        None,
    ]
    assert [json.loads(line["context"]) for line in lines][2:4] == [{"app": 0}, {"ip": "x"}]
    assert [json.loads(line["message"])["type"] for line in lines] == [message["type"] for message in MESSAGES]
    assert json.loads(lines[0]["properties"]) == MESSAGES[0]["properties"]
    assert lines[1]["evidence_message_id"] == lines[3]["message_id"]


def test_each_column_is_the_same_alone_and_with_all_others(folder: Path) -> None:
    with footfall.open(folder, PLAN) as opened, footfall.open(folder, PLAN) as other:
        whole = opened.sql("from messages order by seq").to_arrow()
        for name in whole.column_names:
            alone = other.sql(f"select {name} from messages order by seq").to_arrow().column(0)

            assert alone.to_pylist() == whole.column(name).to_pylist()


def test_properties_are_read_from_the_columns_of_a_file_and_from_json(folder: Path) -> None:
    with footfall.open(folder, PLAN) as opened:
        result = opened.sql('select seq, total, tags, "city.name" from buy order by seq')

    assert result.rows == [(1, Decimal("1.50"), "[1]", "Oslo"), (2, None, None, None)]
    assert result.notes == ("1 value of buy.total cannot be shown in its type: NULL there, as sent in properties",)


def test_an_event_that_came_in_under_its_wire_name_or_an_alias_of_then_is_among_its_own() -> None:
    event = Event(name="buy", wire_name="Buy", aliases=(Alias(name="bought", until="1970-01-02"),))
    log = [
        message(1, "Buy"), message(2, "bought", at=10), message(3, "bought", at=200_000), message(4, "buy"),
        message(5, "Buy", type="page"),
    ]  # fmt: skip
    plan = Plan(id="p", events={"buy": event})

    assert rows(log, "select seq from buy order by seq", plan) == [(1,), (2,), (4,)]
    assert rows(log, "select seq, event from messages order by seq", plan)[:3] == [
        (1, "buy"),
        (2, "buy"),
        (3, "bought"),
    ]


def test_a_message_of_nobody_has_no_person() -> None:
    with database([message(1)]) as opened:
        assert opened.sql("select person_id, reason from messages").rows == [(None, "blocked")]
        assert opened.sql("from persons").rows == []


def test_a_file_that_is_damaged_is_named_and_the_rest_is_there(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "data")
    (file,) = (tmp_path / "data" / "warehouse").rglob("*.parquet")
    content = bytearray(file.read_bytes())
    content[200:400] = bytes(200)
    file.write_bytes(content)

    with footfall.open(tmp_path / "data", PLAN) as opened:
        result = opened.sql("from messages order by seq")

    assert [row[0] for row in result.rows] == [4, 5]
    assert any(file.name in note and "not in the answer" in note for note in result.notes)


def test_the_data_of_an_earlier_moment_is_that_of_then(folder: Path) -> None:
    with footfall.open(folder, PLAN, as_of=2) as opened:
        result = opened.sql("select seq from messages order by seq")

    assert result.rows == [(1,), (2,)]
    assert result.notes[0].startswith("as of message 2")


def test_every_column_of_the_view_of_an_event_can_be_read() -> None:
    with database([message(1)], plan_of()) as opened:
        for name in views_of(plan_of())["buy"].columns:
            assert len(opened.sql(f"select {name} from buy")) == 1
