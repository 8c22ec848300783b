"""The collector over HTTP, called as an ASGI application: who may send, what is answered, what is refused unread."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.faulty_vfs import FSYNC, FaultyVFS

from footfall.collector import Collector, CollectorSettings, create_app
from footfall.collector.app import App
from footfall.collector.group_commit import Done
from footfall.collector.key_text import ENTROPY, digest_of, new_key
from footfall.collector.keys import Keyring
from footfall.collector.pipeline import IntakeDecision
from footfall.collector.responses import encode
from footfall.delivery.http_answer import MAX_ANSWER
from footfall.errors import JournalError
from footfall.events import MESSAGE_TYPES, Answer, Fault, Verdict
from footfall.storage import KeyRecord, SqliteJournal
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

KEYS = {"wk": "shop", "wk_other": "app"}
GOOD: dict[str, Any] = {"type": "track", "event": "seen", "messageId": "m1", "userId": "u"}
BATCH = {"batch": [GOOD]}


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def request(app: Any, method: str = "POST", path: str = "/v1/batch", **more: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
            return await client.request(method, path, **more)

    return asyncio.run(send())


def post(app: Any, body: object, path: str = "/v1/batch", *, key: str | None = "wk", **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        named["authorization"] = basic(key)
    return request(app, path=path, content=content, headers=named)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def memory(tmp_path: Path, clock: ManualClock, journal: MemoryJournal) -> Iterator[Collector]:
    with Collector(tmp_path / "data", clock=clock, journal=journal) as collector:
        yield collector


@pytest.fixture
def app(memory: Collector) -> App:
    return create_app(memory, KEYS)


def kept(journal: MemoryJournal) -> list[tuple[str, str]]:
    return [(entry.row.source, entry.row.message_id) for chunk in journal.scan("stored") for entry in chunk]


def test_a_batch_is_answered_with_what_became_of_it(app: App) -> None:
    first = post(app, {"batch": [GOOD, {"type": "exec", "userId": "u", "messageId": "m2"}, 5]})
    second = post(app, BATCH)

    assert first.status_code == second.status_code == 200
    assert second.json() == {
        "status": 1, "error": None, "code": 200, "success": True,
        "received": 1, "stored": 0, "duplicate": 1, "quarantined": 0, "rejected": 0,
        "verdicts": [{"index": 0, "verdict": "duplicate", "message_id": "m1"}],
    }  # fmt: skip
    assert first.json()["stored"] == first.json()["quarantined"] == first.json()["rejected"] == 1
    assert [verdict["index"] for verdict in first.json()["verdicts"]] == [1, 2]


@pytest.mark.parametrize("type_", MESSAGE_TYPES)
def test_a_single_message_has_the_type_of_its_path(app: App, journal: MemoryJournal, type_: str) -> None:
    message = {"userId": "u", "event": "seen", "groupId": "g", "previousId": "p", "messageId": "m"}

    answer = post(app, message, f"/v1/{type_}")

    assert answer.json()["stored"] == 1
    assert [entry.row.type for chunk in journal.scan("stored") for entry in chunk] == [type_]


def test_the_key_of_the_header_wins_over_the_one_in_the_body(app: App, journal: MemoryJournal) -> None:
    post(app, {**BATCH, "writeKey": "wk_other"}, key="wk")
    post(app, {**BATCH, "writeKey": "wk_other"}, key=None)
    post(app, {**GOOD, "messageId": "m2", "writeKey": "wk"}, "/v1/track", key=None)
    refused = post(app, {**BATCH, "writeKey": "wk"}, key="bad")

    assert kept(journal) == [("shop", "m1"), ("app", "m1"), ("shop", "m2")]
    assert refused.status_code == 401
    assert not any(b"wk" in entry.row.body for chunk in journal.scan("stored") for entry in chunk)


def test_a_request_that_is_refused_is_told_in_the_collectors_log(
    app: App, memory: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    for body, key in ((BATCH, "bad"), (BATCH, None), (b"{bad", "wk"), (BATCH, "wk")):
        post(app, body, key=key)
    memory.intake_log.write_due(is_last=True)

    told = [message for message in caplog.messages if message.startswith("refused requests")]
    assert [line.split()[2] for line in told] == ["status=400", "status=401"]
    assert [line.split()[-1] for line in told] == ["count=1", "count=2"]


def test_a_key_that_may_not_send_or_is_mistyped_is_refused_with_the_reason(
    memory: Collector, journal: MemoryJournal
) -> None:
    reader, sender = new_key("view", bytes(ENTROPY)).text, new_key("write", bytes(ENTROPY)).text
    keyring = Keyring({sender: "shop"})
    keyring.take_stored([KeyRecord("k", digest_of(reader), "view", None, "", 1)])
    app = create_app(memory, keyring)

    answers = [
        post(app, BATCH, key=reader),
        post(app, {**BATCH, "writeKey": reader}, key=None),
        post(app, BATCH, key=sender[:-1]),
    ]

    codes = [(answer.status_code, answer.json()["error"]["code"]) for answer in answers]
    assert codes == [(403, "role"), (403, "role"), (401, "mistyped_key")]
    assert {answer.headers["connection"] for answer in answers} == {"close"}
    assert answers[2].headers["www-authenticate"] == 'Basic realm="footfall"'
    assert journal.books() == {}


def test_an_empty_header_names_no_key_and_the_one_in_the_body_counts(app: App, journal: MemoryJournal) -> None:
    post(app, {**BATCH, "writeKey": "wk"}, key=None, authorization="")

    assert kept(journal) == [("shop", "m1")]


def test_every_bad_key_is_refused_in_the_same_words(app: App, journal: MemoryJournal) -> None:
    answers = [
        post(app, BATCH, key=None),
        post(app, BATCH, key="w"),
        post(app, BATCH, key="wkk"),
        post(app, BATCH, key=None, authorization="Bearer w"),
        post(app, BATCH, key=None, authorization="Bearer"),
        post(app, BATCH, key=None, authorization="wk"),
        post(app, BATCH, key=None, authorization="Basic !!!"),
        post(app, {**BATCH, "writeKey": "bad"}, key=None),
        post(app, {**BATCH, "writeKey": ["wk"]}, key=None),
        post(app, {"batch": [], "writeKey": "bad"}, key=None),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Basic realm="footfall"'}
    assert journal.books() == {}


@pytest.mark.parametrize(
    ("method", "path", "status", "headers"),
    [
        ("GET", "/v1/batch", 405, {"allow": "POST"}),
        ("PUT", "/v1/track", 405, {"allow": "POST"}),
        ("POST", "/health", 405, {"allow": "GET, HEAD"}),
        ("POST", "/", 404, {}),
        ("POST", "/v1", 404, {}),
        ("POST", "/v1/batch/x", 404, {}),
        ("GET", "/v1/batch/", 405, {"allow": "POST"}),
        ("POST", "/v1/exec", 404, {}),
    ],
)
def test_other_methods_and_paths_are_refused(
    app: App, method: str, path: str, status: int, headers: dict[str, str]
) -> None:
    answer = request(app, method, path)

    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert answer.json()["error"]["code"]
    assert headers.items() <= dict(answer.headers).items()


def test_a_key_may_come_as_a_bearer_token(app: App, journal: MemoryJournal) -> None:
    answers = [post(app, BATCH, key=None, authorization=header) for header in ("Bearer wk", "bearer  wk_other ")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert kept(journal) == [("shop", "m1"), ("app", "m1")]


@pytest.mark.parametrize("path", ["/v1/batch/", "http://c//v1/batch", "/v1//batch//", "/v1/batch?x=y", "/v1/batch/?"])
def test_slashes_too_many_and_queries_change_nothing(app: App, path: str) -> None:
    assert post(app, BATCH, path).json()["stored"] == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "?",
        None,
    ],
)
@pytest.mark.parametrize("content_encoding", ["gzip", "x-gzip", "deflate", "br", "zstd", "x-snappy", "identity", None])
@pytest.mark.parametrize("packed", [False, True])
def test_no_label_keeps_a_body_from_being_read(
    app: App, content_type: str | None, content_encoding: str | None, packed: bool
) -> None:
    labels = {"content_type": content_type, "content_encoding": content_encoding}
    body = json.dumps(BATCH).encode()

    answer = post(app, gzip.compress(body) if packed else body, **{k: v for k, v in labels.items() if v is not None})

    assert answer.json()["stored"] == 1


def test_a_compressed_body_is_taken_and_a_bomb_is_refused(app: App, journal: MemoryJournal) -> None:
    taken = post(app, gzip.compress(json.dumps(BATCH).encode()), content_encoding="gzip")
    bomb = post(app, gzip.compress(bytes(30_000_000)), content_encoding="gzip")

    assert taken.status_code == 200
    assert bomb.status_code == 413
    assert kept(journal) == [("shop", "m1")]


@pytest.mark.parametrize(
    "body", [b"batch=%5B%5D", b"data=x", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), b"\0" * 40, b"[]"]
)
def test_what_is_no_object_inside_is_a_400(app: App, body: bytes) -> None:
    assert post(app, body).status_code == 400


def test_a_byte_order_mark_is_taken_off_inside_a_compressed_body_too(app: App, journal: MemoryJournal) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(BATCH).encode()

    answers = [post(app, body), post(app, gzip.compress(body)), post(app, gzip.compress(body), content_encoding="gzip")]

    assert [answer.json()["received"] for answer in answers] == [1, 1, 1]
    assert kept(journal) == [("shop", "m1")]


def test_a_large_body_is_read_beside_the_loop_with_the_same_result(app: App, journal: MemoryJournal) -> None:
    many = {"batch": [{**GOOD, "messageId": f"m{number}", "properties": {"p": "x" * 200}} for number in range(2000)]}

    answer = post(app, many)

    assert answer.json()["stored"] == 2000
    assert len(kept(journal)) == 2000


def call(app: App, headers: list[tuple[bytes, bytes]], parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the application sends, when its body comes in these parts; it must not ask for more of them."""
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/batch", "headers": headers}
    asyncio.run(app(scope, receive, send))
    return sent


AUTH = (b"authorization", basic("wk").encode())


def test_a_body_that_says_it_is_too_large_is_refused_before_a_byte_is_read(app: App) -> None:
    sent = call(app, [AUTH, (b"content-length", b"10737418240")], [])

    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a_body_that_turns_out_too_large_is_refused_without_the_rest(app: App) -> None:
    part = {"type": "http.request", "body": bytes(15_000_000), "more_body": True}

    sent = call(app, [AUTH], [part, dict(part)])

    assert sent[0]["status"] == 413


def test_a_sender_who_goes_away_leaves_nothing_behind(app: App, journal: MemoryJournal) -> None:
    part = {"type": "http.request", "body": json.dumps(BATCH).encode(), "more_body": True}

    assert call(app, [AUTH], [part, {"type": "http.disconnect"}]) == []
    assert kept(journal) == []


class SlowCollector(Collector):
    """Holds every commit back until it is told to go on."""

    held: list[tuple[IntakeDecision, Done]]
    two: asyncio.Event

    def submit(self, decision: IntakeDecision, done: Done) -> None:
        self.held.append((decision, done))
        if len(self.held) == 2:
            self.two.set()

    def go_on(self) -> None:
        for decision, done in self.held:
            super().submit(decision, done)


def test_when_too_many_requests_wait_the_next_one_is_told_to_come_back(tmp_path: Path, clock: ManualClock) -> None:
    limits = CollectorSettings(max_waiting_requests=2, retry_after=7)

    async def run() -> list[httpx.Response]:
        with SlowCollector(tmp_path / "data", clock=clock, settings=limits) as collector:
            collector.held, collector.two = [], asyncio.Event()
            transport = httpx.ASGITransport(create_app(collector, KEYS))
            headers = {"authorization": basic("wk")}
            async with httpx.AsyncClient(transport=transport, base_url="http://c", headers=headers) as client:
                waiting = [asyncio.create_task(client.post("/v1/batch", json=BATCH)) for _ in range(2)]
                await collector.two.wait()
                overload = await client.post("/v1/batch", json=BATCH)
                collector.go_on()
                return [overload, *await asyncio.gather(*waiting), await client.post("/v1/batch", json={"batch": []})]

    overload, *answered = asyncio.run(run())

    assert (overload.status_code, overload.json()["error"]["code"]) == (503, "overload")
    assert overload.headers["retry-after"] == "7"
    assert [answer.status_code for answer in answered] == [200, 200, 200]


def test_when_too_many_bytes_wait_the_next_request_is_told_to_come_back(tmp_path: Path, clock: ManualClock) -> None:
    limits = CollectorSettings(max_waiting_bytes=10)
    with Collector(tmp_path / "data", clock=clock, settings=limits) as collector:
        app = create_app(collector, KEYS)

        answers = [post(app, BATCH), post(app, b"{}")]

    assert [answer.status_code for answer in answers] == [503, 400]


def test_a_journal_that_fails_is_a_503_and_the_same_request_is_taken_later(app: App, journal: MemoryJournal) -> None:
    journal.fail_with += [JournalError("/data: the disk is full", reason="the disk is full")]

    answers = [post(app, BATCH), request(app, "GET", "/ready"), post(app, BATCH), request(app, "GET", "/ready")]

    assert [answer.status_code for answer in answers] == [503, 503, 200, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == ["2", "2", None, None]
    assert "disk" not in answers[0].text
    assert kept(journal) == [("shop", "m1")]


def test_a_collector_whose_journal_fails_lives_and_says_since_when_and_why_it_is_not_ready(
    app: App, journal: MemoryJournal
) -> None:
    journal.fail_with += [JournalError("/data: the disk is full", reason="the disk is full")]
    paths = ("/live", "/ready", "/health", "/health/")

    before = [request(app, method, path).status_code for method in ("GET", "HEAD") for path in paths]
    post(app, BATCH)
    after = [request(app, "GET", path) for path in paths]

    assert before == [200] * 8
    assert [answer.status_code for answer in after] == [200, 503, 503, 503]
    assert after[0].json() == {"state": "live"}
    assert after[1].json() == {
        "state": "failing", "since": "2026-09-01T12:00:00.000000Z", "reason": "the disk is full"
    }  # fmt: skip


def test_an_idle_collector_notices_a_disk_that_fails_and_asking_tries_nothing(
    app: App, journal: MemoryJournal, clock: ManualClock
) -> None:
    journal.fail_with.append(JournalError("the disk is full"))
    soon = request(app, "GET", "/ready")
    clock.until_waiting()
    clock.advance(1)
    while journal.fail_with:
        clock.sleep(0)  # the committer's thread is on its way
    clock.until_waiting()
    later = request(app, "GET", "/ready")

    assert [answer.status_code for answer in (soon, later)] == [200, 503]
    assert journal.commits == []


def test_after_a_failed_sync_it_is_not_ready_until_the_journal_was_copied(tmp_path: Path, clock: ManualClock) -> None:
    vfs = FaultyVFS("app")
    journal = SqliteJournal(tmp_path / "journal.db", vfs=vfs.name, clock=clock)
    with Collector(tmp_path / "data", clock=clock, journal=journal) as collector:
        app = create_app(collector, KEYS)
        before = (tmp_path / "journal.db").stat().st_ino
        vfs.faults["sync", "-wal"] = FSYNC
        answers = [post(app, BATCH), request(app, "GET", "/ready"), post(app, BATCH), request(app, "GET", "/live")]
        clock.until_waiting()
        vfs.faults.clear()
        clock.advance(1)
        while collector.readiness().state != "ready":
            clock.sleep(0)  # the committer's thread copies
        assert (tmp_path / "journal.db").stat().st_ino != before
        answers += [request(app, "GET", "/ready"), post(app, BATCH)]
    vfs.unregister()

    assert [answer.status_code for answer in answers] == [503, 503, 503, 200, 200, 200]
    assert [answers[number].json()["state"] for number in (1, 4)] == ["unsynced", "ready"]
    assert answers[1].json()["reason"].startswith("a sync failed at 2026-09-01T12:00:00.000000Z (planted); the journal")
    assert str(tmp_path) not in answers[1].text


def test_requests_that_come_together_are_committed_together(app: App, journal: MemoryJournal) -> None:
    async def run() -> list[int]:
        transport = httpx.ASGITransport(app)
        headers = {"authorization": basic("wk")}
        async with httpx.AsyncClient(transport=transport, base_url="http://c", headers=headers) as client:
            messages = [{**GOOD, "messageId": f"m{number % 30}"} for number in range(40)]
            answers = await asyncio.gather(*(client.post("/v1/track", json=message) for message in messages))
            return [answer.json()["duplicate"] for answer in answers]

    duplicates = asyncio.run(run())

    assert sum(duplicates) == 10
    assert len(kept(journal)) == 30
    assert sum(len(changes.rows) for changes in journal.commits) == 40


def test_it_can_be_mounted_inside_another_application(app: App) -> None:
    async def outer(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        assert scope["path"].startswith("/events")
        await app({**scope, "root_path": "/events"}, receive, send)

    assert post(outer, BATCH, "/events/v1/batch").status_code == 200
    assert post(outer, BATCH, "/events/v2/batch").status_code == 404


def test_it_answers_the_lifespan_of_a_server_and_turns_websockets_away(app: App) -> None:
    sent: list[Any] = []
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}, {"type": "websocket.connect"}]

    async def receive() -> Any:
        return events.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    asyncio.run(app({"type": "websocket"}, receive, send))

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


PATHS = st.sampled_from(["/v1/batch", "/v1/track", "/v1/alias"])
BODIES = st.binary(max_size=100) | st.sampled_from([b'{"batch":[NaN,{"type":[]}]}', b'{"batch":[{"a":', b'{"type":1}'])
HEADERS = st.dictionaries(
    st.sampled_from(["authorization", "content-type", "content-encoding"]),
    st.sampled_from([basic("wk"), "gzip", "application/json", "\x7f", ""]),
)


@given(path=PATHS, body=BODIES, headers=HEADERS, wrap=st.booleans())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_request_whatever_is_a_5xx(app: App, path: str, body: bytes, headers: dict[str, str], wrap: bool) -> None:
    content = gzip.compress(body) if wrap else body

    answer = request(app, path=path, content=content, headers=headers)

    assert answer.status_code < 500
    assert answer.json()["code"] == answer.status_code


def test_what_a_stranger_sends_is_not_even_parsed(app: App) -> None:
    answer = request(app, content=b'{"batch":[{"a":' + b"[" * 100_000, headers={"content-type": "application/json"})

    assert answer.status_code == 401


def test_an_answer_that_no_client_would_read_whole_leaves_out_the_faults() -> None:
    faults = (Fault("lines[0]", "unknown_property", "a property of the plan", "x" * 1000),) * 20
    many = tuple(Verdict(index, "quarantined", f"m{index}", "invalid", faults) for index in range(100))

    short, long = encode(Answer(2, many[:2])), encode(Answer(100, many))

    assert (short.count(b"unknown_property"), long.count(b"unknown_property")) == (40, 0)
    assert long.count(b'"quarantined"') == 101
    assert len(long) < MAX_ANSWER
