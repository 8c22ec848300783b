"""A collector takes batches in, in process: what it stores, what it puts aside, what it refuses, and what it says."""

from __future__ import annotations

import json
import logging
import math
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from footfall.collector import Collector
from footfall.errors import DataFolderHeldError, JournalError, PlanError, RequestError
from footfall.events import Answer, Fault
from footfall.plan.model import Plan
from footfall.storage import DataFolder, Row, SqliteJournal
from footfall.storage.books import COUNTS
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.timestamps import format_us

BAD_TYPE = ("quarantined", "invalid", ["type"])
TOO_LOW = ("quarantined", "invalid", ["min"])


def body(*messages: object, **envelope: object) -> bytes:
    return json.dumps({"batch": messages, **envelope}).encode()


def track(event: str = "seen", **more: object) -> dict[str, object]:
    return {"type": "track", "event": event, "userId": "u1", **more}


def rows(collector: Collector, kind: Any = "stored") -> list[Row]:
    collector.close()
    journal = SqliteJournal(DataFolder.read(collector.data).journal_path, readonly=True)
    found = [entry.row for chunk in journal.scan(kind) for entry in chunk]
    journal.close()
    return found


def only(answer: Answer) -> tuple[str, str | None, list[tuple[str, str]]]:
    (verdict,) = answer.verdicts
    return verdict.verdict, verdict.reason, [(fault.path, fault.code) for fault in verdict.faults]


def test_a_good_message_is_stored_byte_for_byte(open_collector: Collector) -> None:
    message = b'{ "type":"track","event":"seen","messageId":"m1","userId":"u1","properties":{"total": 1.10} }'

    answer = open_collector.take(b'{"batch":[%s]}' % message, source="shop")

    assert answer == Answer(1)
    (row,) = rows(open_collector)
    assert row.body == message
    assert (row.source, row.message_id, row.type, row.event, row.user_id) == ("shop", "m1", "track", "seen", "u1")
    assert row.bundle is None


def test_a_second_sending_gives_only_duplicates(open_collector: Collector) -> None:
    batch = body(track(messageId="a"), track(messageId="b"), track(), {"type": "exec"})

    first = open_collector.take(batch)
    second = open_collector.take(batch)

    assert first.counts() == {"stored": 3, "duplicate": 0, "quarantined": 1, "rejected": 0}
    assert second.counts() == {"stored": 0, "duplicate": 4, "quarantined": 0, "rejected": 0}


def test_an_id_made_of_the_content_does_not_see_what_an_attempt_changes(open_collector: Collector) -> None:
    message = track(properties={"a": 1, "b": 2})
    retried = dict(reversed(list({**message, "sentAt": "2026-09-01T00:00:05Z", "writeKey": "secret"}.items())))
    other = track(properties={"a": 12345678901234567890123, "b": 2})
    close = track(properties={"a": 12345678901234567890124, "b": 2})
    as_text = track(properties={"a": "1", "b": 2})

    verdicts = [
        open_collector.take(body(one)).counts()["duplicate"] for one in (message, retried, other, close, as_text)
    ]

    assert verdicts == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("given_id", ["", "x" * 201, 5, None, ["a"], {"a": 1}])
def test_a_message_id_that_cannot_be_used_gives_way_to_one_made_of_the_content(
    open_collector: Collector, given_id: object
) -> None:
    open_collector.take(body(track(messageId=given_id)))

    (row,) = rows(open_collector)
    assert row.message_id.startswith("c-")
    assert len(row.message_id) == 34


@pytest.mark.parametrize(
    ("message", "reason", "faults"),
    [
        ({"userId": "u"}, "type", [("type", "required")]),
        ({"type": "exec", "userId": "u"}, "type", [("type", "enum")]),
        ({"type": ["track"], "userId": "u"}, "type", [("type", "enum")]),
        ({"type": "track", "userId": "u"}, "event", [("event", "required")]),
        ({"type": "track", "event": "", "userId": "u"}, "event", [("event", "required")]),
        ({"type": "track", "event": {"$gt": ""}, "userId": "u"}, "event", [("event", "type")]),
        ({"type": "alias", "userId": "u"}, "required", [("previousId", "required")]),
        ({"type": "group", "userId": "u"}, "required", [("groupId", "required")]),
        (track(properties=[1]), "invalid", [("properties", "type")]),
        (track(context="x"), "invalid", [("context", "type")]),
        ({"type": "track", "event": "e"}, "no_usable_id", [("userId", "no_usable_id")]),
        ({"type": "track", "event": "e", "userId": " NULL "}, "no_usable_id", [("userId", "no_usable_id")]),
        ({"type": "track", "event": "e", "anonymousId": ""}, "no_usable_id", [("userId", "no_usable_id")]),
        ({"type": "track"}, "event", [("event", "required"), ("userId", "no_usable_id")]),
    ],
)
def test_a_message_of_the_wrong_shape_is_quarantined_with_everything_that_is_wrong(
    open_collector: Collector, message: object, reason: str, faults: list[tuple[str, str]]
) -> None:
    answer = open_collector.take(body(track(messageId="good"), message))

    assert only(answer) == ("quarantined", reason, faults)
    assert [row.message_id for row in rows(open_collector)] == ["good"]
    (kept,) = rows(open_collector, "quarantined")
    assert orjson.loads(kept.body) == message
    assert [(fault["path"], fault["code"]) for fault in orjson.loads(kept.faults or b"[]")] == faults


def test_the_id_of_a_message_of_the_wrong_shape_stays_free_for_the_right_one(open_collector: Collector) -> None:
    wrong = open_collector.take(body({"type": "exec", "messageId": "m"}, {"type": "track", "messageId": "m"}))
    right = open_collector.take(body(track(messageId="m")))

    assert wrong.counts()["quarantined"] == 2
    assert right.counts()["stored"] == 1


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (b'5,null,"x",[]', [("rejected", "not_an_object")] * 4),
        (b"NaN,nonsense", [("rejected", "not_an_object")] * 2),
        (b'{"a":NaN}', [("quarantined", "json")]),
        (b'{"type":"track","event":"e","userId":"a","userId":"b"}', [("quarantined", "duplicate_key")]),
        (json.dumps(track(properties={"p": "x" * 40_000})).encode(), [("quarantined", "too_large")]),
        (json.dumps(track(properties={"p": nested(63)})).encode(), [("quarantined", "depth")]),
        (json.dumps(track(properties={"p": nested(62)})).encode(), []),
        (json.dumps(track(properties={str(n): n for n in range(1001)})).encode(), [("quarantined", "keys")]),
        (json.dumps(track(properties={str(n): n for n in range(900)})).encode(), []),
        (json.dumps(track(properties={"p": ["{[::" * 99] * 20})).encode(), []),
    ],
    ids=range(10),
)
def test_what_breaks_a_limit_is_refused_or_quarantined_alone(
    open_collector: Collector, messages: bytes, expected: list[tuple[str, str]]
) -> None:
    answer = open_collector.take(b'{"batch":[%s]}' % messages)

    assert [(verdict.verdict, verdict.reason) for verdict in answer.verdicts] == expected


def test_ids_stand_as_they_were_sent(open_collector: Collector) -> None:
    huge = 12345678901234567890123456789
    messages: list[dict[str, object]] = [
        {"type": "identify", "userId": 19},
        {"type": "track", "event": "e", "userId": huge},
        {"type": "track", "event": "e", "userId": True, "anonymousId": "a"},
        {"type": "track", "event": "e", "userId": "null", "anonymousId": "a"},
        {"type": "alias", "previousId": "old", "userId": " new "},
        {"type": "group", "groupId": 7, "userId": "u"},
        {"type": "reset", "anonymousId": "a"},
        {"type": "page", "name": "Home", "anonymousId": "null"},
    ]

    answer = open_collector.take(body(*messages))

    stored = rows(open_collector)
    assert [(row.type, row.event, row.user_id, row.anonymous_id, row.previous_id, row.group_id) for row in stored] == [
        ("identify", None, "19", None, None, None),
        ("track", "e", str(huge), None, None, None),
        ("track", "e", None, "a", None, None),
        ("track", "e", "null", "a", None, None),
        ("alias", None, " new ", None, "old", None),
        ("group", None, "u", None, None, "7"),
        ("reset", None, None, "a", None, None),
        ("page", None, None, "null", None, None),
    ]
    assert [(verdict.index, verdict.verdict, verdict.faults) for verdict in answer.verdicts] == [
        (2, "stored", (Fault("userId", "type", "string", "boolean"),)),
        (3, "stored", (Fault("userId", "junk_id", "the id of a user"),)),
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (b"12345.0", "12345"),
        (b"1.2e3", "1200"),
        (b"9007199254740993.0", "9007199254740993"),
        (b"12345678901234567890123.00", "12345678901234567890123"),
    ],
)
def test_a_number_without_a_fraction_is_an_id_with_all_its_digits_and_a_warning(
    open_collector: Collector, number: bytes, text: str
) -> None:
    message = b'{"type":"group","userId":%b,"groupId":%b,"context":{"device":{"id":%b}}}' % (number, number, number)

    answer = open_collector.take(b'{"batch":[%b]}' % message)

    (row,) = rows(open_collector)
    assert (row.user_id, row.group_id, row.device_id) == (text, text, text)
    assert row.body == message
    assert {(fault.path, fault.code) for fault in answer.verdicts[0].faults} == {
        (path, "float_id") for path in ("userId", "groupId", "context.device.id")
    }


def test_a_device_of_the_batch_may_be_a_number_too(open_collector: Collector) -> None:
    open_collector.take(body({"type": "page", "context": None}, context={"device": {"id": 7.0}}))

    assert [row.device_id for row in rows(open_collector)] == ["7"]


@pytest.mark.parametrize("number", [b"1.5", b"1e-1", b"-0.0", b"0e3"])
def test_a_number_that_is_nobodys_id_leads_to_the_quarantine(open_collector: Collector, number: bytes) -> None:
    answer = open_collector.take(b'{"batch":[{"type":"track","event":"e","userId":%b}]}' % number)

    assert answer.verdicts[0].reason == "no_usable_id"


def test_a_connected_product_is_known_by_context_or_by_the_property_that_the_plan_names(collector: Collector) -> None:
    by_context = {"type": "page", "context": {"device": {"id": "d1"}}}
    by_envelope = {"type": "page"}
    by_property = {"type": "track", "event": "reading_reported", "properties": {"gw": "d3"}}

    collector.take(body(by_context), source="gateway")
    collector.take(body(by_envelope, context={"device": {"id": "d2"}}), source="gateway")
    collector.take(body(by_property), source="gateway")

    assert [row.device_id for row in rows(collector)] == ["d1", "d2", "d3"]


@pytest.mark.parametrize(
    ("timestamp", "sent_at", "occurred"),
    [
        ("2026-09-01T11:00:00Z", None, "2026-09-01T11:00:00.000000Z"),
        ("2026-09-01T11:00:00Z", "2026-09-01T11:59:30Z", "2026-09-01T11:00:00.000000Z"),  # 30 s: a slow request
        ("2026-09-01T10:00:00Z", "2026-09-01T11:00:00Z", "2026-09-01T11:00:00.000000Z"),  # a clock one hour behind
        ("2026-09-01T14:00:00Z", "2026-09-01T13:00:00Z", "2026-09-01T13:00:00.000000Z"),  # and one ahead
        ("2026-9-1T13:00:00.5+02:00", "never", "2026-09-01T11:00:00.500000Z"),
        (None, "2026-09-01T11:00:00Z", "2026-09-01T12:00:00.000000Z"),
    ],
)
def test_the_time_is_the_senders_put_right_by_a_clock_that_is_far_off(
    open_collector: Collector, timestamp: str | None, sent_at: str | None, occurred: str
) -> None:
    answer = open_collector.take(body(track(timestamp=timestamp), sentAt=sent_at))

    assert answer.verdicts == ()
    (row,) = rows(open_collector)
    assert format_us(row.occurred_at) == occurred
    assert format_us(row.received_at) == "2026-09-01T12:00:00.000000Z"


def test_a_time_that_cannot_be_read_is_the_time_of_receipt_with_a_warning(open_collector: Collector) -> None:
    answer = open_collector.take(
        body(track(timestamp="yesterday"), track(timestamp=5), track(originalTimestamp="2026-08-15"))
    )

    assert [(verdict.verdict, verdict.faults[0].code) for verdict in answer.verdicts] == [("stored", "timestamp")] * 2
    assert [format_us(row.occurred_at)[:10] for row in rows(open_collector)] == [
        "2026-09-01",
        "2026-09-01",
        "2026-08-15",
    ]


@pytest.mark.parametrize(
    ("message", "source", "expected"),
    [
        (track("Order Completed", properties={"total": "1.10"}), "shop", None),
        (track("order_completed", properties={"total": 1.1}), "default", None),
        (track("order_placed", properties={"total": 1}), "shop", None),
        (track("order_made", properties={"total": 1}), "shop", ("quarantined", "unknown_event", ["unknown_event"])),
        (track("nonsense"), "shop", ("quarantined", "unknown_event", ["unknown_event"])),
        (track("order_completed"), "shop", ("quarantined", "invalid", ["required"])),
        (track("order_completed", properties=None), "shop", ("quarantined", "invalid", ["required"])),
        (track("order_completed", properties={"total": 1}), "gateway", ("quarantined", "source", ["source"])),
        (track("order_completed", properties={}), "gateway", ("quarantined", "source", ["source", "required"])),
        (track("order_completed", properties={"total": 1, "channel": "fax"}), "shop", ("stored", None, ["enum"])),
        (track("order_completed", properties={"total": 1, "more": 1}), "shop", ("stored", None, ["unknown_property"])),
        (track("help_opened"), "anything", None),
        (track("help_closed"), "shop", ("stored", None, ["deprecated"])),
        (track("help_rated"), "shop", ("quarantined", "draft", ["draft"])),
        (track("clicks_counted", properties={"n": "x"}), "shop", ("rejected", "invalid", ["type"])),
        (track("clicks_counted", properties={"m": 1}), "shop", ("stored", None, ["unknown_property"])),
        ({"type": "identify", "userId": "u", "traits": {"age": -1}}, "shop", TOO_LOW),
        ({"type": "identify", "userId": "u", "traits": {"age": 4, "x": 1}}, "shop", None),
        ({"type": "identify", "userId": "u", "context": {"traits": {"age": ""}}}, "shop", BAD_TYPE),
        ({"type": "identify", "userId": "u", "traits": None}, "shop", None),
        ({"type": "identify", "userId": "u", "context": {"traits": 5}}, "shop", None),
        ({"type": "group", "groupId": "g", "userId": "u", "traits": {"seats": 0}}, "shop", TOO_LOW),
        ({"type": "page", "userId": "u", "properties": {"whatever": 1}}, "shop", None),
    ],
)  # fmt: skip
def test_the_plan_decides(
    collector: Collector, message: object, source: str, expected: tuple[str, str | None, list[str]] | None
) -> None:
    answer = collector.take(body(message), source=source)

    found = [(verdict.verdict, verdict.reason, [fault.code for fault in verdict.faults]) for verdict in answer.verdicts]
    assert found == ([expected] if expected is not None else [])


def test_an_event_is_stored_under_its_name_in_the_plan(collector: Collector) -> None:
    names = ["Order Completed", "order_completed", "order_placed"]
    collector.take(body(*(track(name, properties={"total": 1}) for name in names)), source="shop")
    collector.take(body(track("no such event")), source="shop")

    assert {key: counts["stored"] for key, counts in collector.stats().items()} == {
        ("shop", "order_completed"): 3,
        ("shop", "no such event"): 0,
    }


def test_an_event_is_judged_by_its_senders_plan_where_that_is_known(
    tmp_path: Path, clock: ManualClock, plan_path: Path
) -> None:
    with Collector(tmp_path / "data", plan=plan_path, clock=clock) as earlier:
        earlier.take(body(track("help_opened", messageId="first")))
    (first,) = rows(earlier)
    plan_path.write_text(
        plan_path.read_text()
        .replace("  help_opened:", "  help_wanted:")
        .replace("replaced_by: help_opened", "replaced_by: help_wanted")
    )
    message = track("help_opened")

    with Collector(tmp_path / "data", plan=plan_path, clock=clock) as later:
        plain = later.take(body({**message, "messageId": "plain"}))
        told = later.take(body({**message, "messageId": "told", "context": {"plan": {"bundle": first.bundle}}}))
        by_envelope = later.take(body({**message, "messageId": "env"}, context={"plan": {"bundle": first.bundle}}))
        unknown = later.take(body({**message, "messageId": "unk", "context": {"plan": {"bundle": "f" * 64}}}))

    assert only(plain) == only(unknown) == ("quarantined", "unknown_event", [("event", "unknown_event")])
    assert told == by_envelope == Answer(1)
    assert {row.message_id: row.bundle for row in rows(later)} == dict.fromkeys(["first", "told", "env"], first.bundle)


def test_a_repeat_that_passes_a_mended_plan_is_stored_in_place_of_the_quarantined_one(
    tmp_path: Path, plan_path: Path
) -> None:
    wrong = body(track("help_wanted", messageId="m1"))
    with Collector(tmp_path / "data", plan=plan_path) as before:
        assert [only(before.take(wrong))[0] for _ in range(2)] == ["quarantined", "duplicate"]
    plan_path.write_text(plan_path.read_text(encoding="utf-8").replace("help_opened", "help_wanted"), encoding="utf-8")

    with Collector(tmp_path / "data", plan=plan_path) as after:
        assert after.take(wrong) == Answer(1)
        assert only(after.take(wrong))[0] == "duplicate"
        assert [row.message_id for row in rows(after)] == ["m1"]


def test_the_books_balance_and_name_what_could_not_be_kept(open_collector: Collector) -> None:
    open_collector.take(body(track("a", messageId="1"), track("a", messageId="1"), track("b", userId=None), 5))
    open_collector.take(body({"type": "page", "userId": "u"}, "x"))

    nothing = dict.fromkeys(COUNTS, 0)
    assert open_collector.stats() == {
        ("default", "(page)"): nothing | {"received": 1, "stored": 1},
        ("default", "(unreadable)"): nothing | {"received": 2, "rejected": 2},
        ("default", "a"): nothing | {"received": 2, "stored": 1, "duplicate": 1},
        ("default", "b"): nothing | {"received": 1, "quarantined": 1},
    }


def test_a_request_that_cannot_be_read_changes_nothing(open_collector: Collector) -> None:
    with pytest.raises(RequestError):
        open_collector.take(b'{"batch":[')

    assert open_collector.stats() == {}


def test_what_could_not_be_written_is_not_acknowledged(tmp_path: Path, clock: ManualClock) -> None:
    journal = MemoryJournal()
    journal.fail_with.append(JournalError("the disk is full"))
    with Collector(tmp_path / "data", clock=clock, journal=journal) as collector:
        with pytest.raises(JournalError, match="disk is full"):
            collector.take(body(track(messageId="a")))

        assert collector.take(body(track(messageId="a"))) == Answer(1)


def test_a_folder_has_one_collector_at_a_time(tmp_path: Path, clock: ManualClock) -> None:
    first = Collector(tmp_path / "data", clock=clock)

    with pytest.raises(DataFolderHeldError):
        Collector(tmp_path / "data", clock=clock)
    first.close()
    first.close()
    Collector(tmp_path / "data", clock=clock).close()


def test_a_plan_that_cannot_be_used_holds_no_folder(tmp_path: Path, plan_path: Path, plan: Plan) -> None:
    plan_path.write_text(plan_path.read_text() + "\nevnts: {}\n")

    with pytest.raises(PlanError, match="evnts"):
        Collector(tmp_path / "data", plan=plan_path)
    Collector(tmp_path / "data", plan=plan).close()


def test_the_log_has_a_line_per_batch_and_nothing_of_what_was_sent(
    open_collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="footfall"):
        open_collector.take(body(track("secret\r\nevent", userId="secret-id"), 5), source="shop")

    assert [record.getMessage() for record in caplog.records] == [
        "batch source=shop received=2 stored=1 duplicate=0 quarantined=0 rejected=1"
    ]


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([math.nan, -math.inf])
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "type",
    "event",
    "messageId",
    "userId",
    "anonymousId",
    "timestamp",
    "properties",
    "traits",
    "context",
    "groupId",
]
ANY_MESSAGE = st.dictionaries(st.sampled_from(FIELDS), ANY_JSON | st.sampled_from(["track", "identify", "help_opened"]))
GOOD = st.builds(lambda n: track("help_opened", messageId=f"good-{n}", properties={"n": n}), st.integers(0, 10**6))


NO_JSON = st.builds(
    lambda number: track("help_opened", properties={"n": number}), st.sampled_from([math.nan, math.inf])
)
A_GOOD_ONE = track("help_opened", messageId="good-1")
MIXES = st.lists(st.one_of(GOOD, ANY_MESSAGE, ANY_JSON, NO_JSON), max_size=8)


@given(messages=MIXES, ascii_only=st.booleans())
@example(
    messages=[track("help_opened", messageId="good-1"), 7, track("help_opened", properties={"n": math.nan})],
    ascii_only=True,
)
@example(
    messages=[{"context": 1, "traits": "x", "type": "identify"}, track("help_opened", messageId="good-2")],
    ascii_only=False,
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_mix_keeps_every_good_message_and_balances(plan: Plan, messages: list[Any], ascii_only: bool) -> None:
    journal = MemoryJournal()
    text = json.dumps({"batch": messages}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    with (
        tempfile.TemporaryDirectory() as folder,
        Collector(folder, plan=plan, clock=ManualClock(), journal=journal) as collector,
    ):
        first = collector.take(text)
        second = collector.take(text)
        books = collector.stats()
        kept = {entry.row.message_id for chunk in journal.scan("stored") for entry in chunk}

    good = {
        one["messageId"] for one in messages if isinstance(one, dict) and str(one.get("messageId")).startswith("good-")
    }
    assert good <= kept
    assert "unjudged" not in {verdict.reason for verdict in first.verdicts}
    assert sum(first.counts().values()) == len(messages)
    assert second.counts()["stored"] == second.counts()["quarantined"] == 0
    assert second.counts()["rejected"] == first.counts()["rejected"]
    total = {name: sum(line[name] for line in books.values()) for name in next(iter(books.values()), {})}
    assert total == {} or total["received"] == 2 * len(messages) == sum(total.values()) - total["received"]


@pytest.mark.parametrize(
    ("value", "code", "got"),
    [
        ("1e400", "not_finite", "1e400"),
        ("-Infinity", "not_finite", "-Infinity"),
        ("NaN", "not_finite", "NaN"),
        (r'"\ud800"', "json", ""),
        ("tru", "json", ""),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, value: str, code: str, got: str) -> None:
    body = b'{"batch":[{"type":"track","event":"e","userId":"u","properties":{"a":%b}}]}' % value.encode()
    with Collector(tmp_path, clock=ManualClock(), journal=MemoryJournal()) as collector:
        (verdict,) = collector.take(body).verdicts

    assert (verdict.verdict, verdict.faults[0].code, verdict.faults[0].got) == ("quarantined", code, got)


def test_without_id_and_time_the_same_message_is_a_repeat_today_and_new_tomorrow(tmp_path: Path) -> None:
    clock, body = ManualClock(), b'{"batch":[{"type":"track","event":"cup_of_coffee","userId":"kari"}]}'
    with Collector(tmp_path, clock=clock, journal=MemoryJournal()) as collector:
        today = [collector.take(body).counts()["stored"] for _ in range(2)]
        clock.advance(86_400)
        tomorrow = collector.take(body).counts()["stored"]

    assert (today, tomorrow) == ([1, 0], 1)


@pytest.mark.parametrize(
    ("one", "other", "is_repeat"),
    [
        ("1", "1", True),
        ("1.50", "1.50", True),
        ("1.50", "1.5", False),
        ("1e2", "100", False),
        ("0", "-0", False),
        ("1", '"1"', False),
        ("9007199254740993", "9007199254740992", False),
        ('{"b":1,"a":[2]}', '{ "a": [2], "b": 1 }', True),
        ('"\\u00e9"', '"é"', True),
        ("[" + "1," * 9_999 + "1]", "[" + "1," * 9_999 + "2]", False),
    ],
)
def test_without_id_a_message_is_a_repeat_when_its_content_is_the_same_to_the_last_digit(
    tmp_path: Path, one: str, other: str, is_repeat: bool
) -> None:
    first, second = (
        f'{{"type":"track","event":"e","userId":"u","timestamp":"2026-11-01T00:00:00Z","properties":{{"a":{each}}}}}'
        for each in (one, other)
    )
    with Collector(tmp_path, clock=ManualClock(), journal=MemoryJournal()) as collector:
        counts = collector.take(f'{{"batch":[{first},{second}]}}'.encode()).counts()

    assert (counts["stored"], counts["duplicate"]) == ((1, 1) if is_repeat else (2, 0))


def test_a_message_nested_a_hundred_thousand_deep_costs_the_good_ones_nothing(tmp_path: Path) -> None:
    good = b'{"type":"track","event":"e","messageId":"%b","userId":"u"}'
    deep = b'{"type":"track","event":"e","userId":"u","properties":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    body = b'{"batch":[%b,%b,%b]}' % (good % b"m1", deep, good % b"m2")
    with Collector(tmp_path, clock=ManualClock(), journal=MemoryJournal()) as collector:
        assert collector.take(body).counts() == {"stored": 2, "duplicate": 0, "quarantined": 1, "rejected": 0}
