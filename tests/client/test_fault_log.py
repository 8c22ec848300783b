"""What the log says of single events: each event and fault once, with the remedy, and nobody's data."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from footfall import AsyncClient, Client, ClientOptions, Delivery, Hook, Message
from footfall.client.fault_log import EventFaultLog
from footfall.delivery import RetryPolicy
from footfall.errors import RefusedError, UnauthorizedError, UnreachableError
from footfall.events import Answer, Batch, Fault, Receipt, Verdict, VerdictName
from footfall.testing import ManualClock, Recorder

PLAN = """
format: 1
plan: shop
events:
  order_completed:
    description: An order was paid.
    properties:
      total: {type: decimal, min: 0, required: true}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_the_plan_has_against_an_event_is_one_warning(plan: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Client(Recorder(), plan=plan) as client:
        for number in range(50):
            assert client.track("order_completed", {"total": -number - 1}, user_id=f"kari-{number}")
            assert client.track("ordr_completed", {"total": 1}, user_id="kari")

    assert warnings(caplog) == [
        (
            '"order_completed" was sent with a fault: total min (expected at least 0); '
            "mend the value in the call, or what the plan says of it"
        ),
        (
            '"ordr_completed" was sent with a fault: unknown_event (expected an event of the plan); '
            "add the event to the plan, or mend its name in the call"
        ),
    ]


def test_two_clients_of_a_process_say_a_fault_once(plan: Path, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        with Client(Recorder(), plan=plan) as client:
            client.track("order_completed", {"total": -1}, user_id="kari")

    assert len(warnings(caplog)) == 1


def answers(verdict: VerdictName, *faults: Fault, reason: str | None = None) -> Recorder:
    return Recorder(
        answer=lambda batch: Answer(
            len(batch.messages),
            tuple(Verdict(index, verdict, None, reason, faults) for index in range(len(batch.messages))),
        )
    )


@pytest.mark.parametrize("verdict", ["quarantined", "rejected"])
@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_collector_did_not_store_is_one_warning_for_each_event_and_fault(
    verdict: VerdictName, is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = answers(verdict, Fault("lines[3].price", "minimum", "at least 0", "-7"))

    async def work() -> Delivery:
        async with AsyncClient(recorder, options=ClientOptions(max_batch=4)) as client:
            for number in range(20):
                client.track("bought", {"n": number}, user_id="kari")
                client.identify("kari", {"n": number})
            return await client.aclose()

    def work_in_threads() -> Delivery:
        client = Client(recorder, options=ClientOptions(max_batch=4))
        for number in range(20):
            client.track("bought", {"n": number}, user_id="kari")
            client.identify("kari", {"n": number})
        return client.close()

    delivery = asyncio.run(work()) if is_async else work_in_threads()

    assert (delivery.delivered, delivery.quarantined + delivery.rejected) == (40, 40)
    assert bool(delivery) == (verdict == "quarantined")
    remedy = "mend the value in the call, or what the plan says of it"
    assert warnings(caplog) == [
        f'"bought" was {verdict} by the collector: lines[].price minimum; {remedy}',
        f"identify was {verdict} by the collector: lines[].price minimum; {remedy}",
    ]


def test_a_verdict_without_faults_is_said_by_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    with Client(answers("quarantined", reason="unknown_event")) as client:
        client.track("bought", user_id="kari")

    assert warnings(caplog) == [
        (
            '"bought" was quarantined by the collector: unknown_event; '
            "add the event to the plan, or mend its name in the call"
        )
    ]


def test_duplicates_are_not_said(caplog: pytest.LogCaptureFixture) -> None:
    with Client(Recorder(answer=lambda batch: Answer(1, (Verdict(0, "duplicate"),)))) as client:
        client.track("bought", user_id="kari")

    assert warnings(caplog) == []


def test_a_call_that_is_refused_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(Recorder(), options=ClientOptions(max_message_bytes=700))
    for _ in range(3):
        client.track("long", {"text": "x" * 1000}, user_id="kari")
        client.track("odd", {"total": 1}, user_id=object())  # type: ignore[call-overload]  # refused
    client.close()
    for _ in range(3):
        client.track("late")  # by nobody, which is not why it was refused

    assert [warning.partition(";")[0] for warning in warnings(caplog)] == [
        '"long" was not sent: too_large',
        '"odd" was not sent: userId type (expected text, an integer or a UUID)',
        '"late" was not sent: closed',
    ]


def test_a_value_that_is_replaced_by_null_is_one_warning_also_without_a_plan(caplog: pytest.LogCaptureFixture) -> None:
    with Client(Recorder()) as client:
        for _ in range(3):
            client.track("bought", {"price": float("nan"), "lines": [object(), object()]}, user_id="kari")

    assert warnings(caplog) == [
        (
            '"bought" was sent with a fault: price not_finite (expected a finite number); '
            "null or text is sent instead; send a finite number, or leave the property out"
        ),
        (
            '"bought" was sent with a fault: lines[] unencodable (expected a JSON value); '
            "null is sent instead; send text, numbers, booleans, lists or dicts of them"
        ),
    ]


def test_a_hook_that_raises_is_one_warning_and_one_that_drops_is_none(caplog: pytest.LogCaptureFixture) -> None:
    def broken(message: Message) -> Message | None:
        if message.name == "dropped":
            return None
        raise ZeroDivisionError("kari paid 1000")

    hooks: list[Hook] = [broken]
    with Client(Recorder(), hooks=hooks) as client:
        for _ in range(3):
            client.track("dropped", user_id="kari")
            client.track("bought", user_id="kari")

    assert warnings(caplog) == ['"bought" was dropped: a hook raised ZeroDivisionError; mend the hook']


def test_no_line_holds_a_value_an_id_or_a_key(plan: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "footfall")
    faults = (Fault("total", "minimum", "more than secret-1", "secret-2"),)
    with Client(answers("quarantined", *faults), plan=plan) as client:
        client.track("order_completed", {"total": "secret-3"}, user_id="secret-4", context={"plan": "secret-5"})
        client.track("order_completed", {"total": 1}, user_id="secret-6", timestamp="secret-7")
        client.track("order_completed", {"total": 1}, user_id=b"secret-8")  # type: ignore[call-overload]  # refused
        client.track("secret-9", "order_completed", {"total": 1})  # type: ignore[call-overload]  # another order

    assert "secret" not in caplog.text
    assert len(warnings(caplog)) > 4


def test_names_from_outside_are_shortened_and_cannot_write_lines_of_their_own(caplog: pytest.LogCaptureFixture) -> None:
    with Client(answers("rejected", reason="x\n" * 300)) as client:
        client.track("a\nWARNING: \x1b[31mforged" + "b" * 500, user_id="kari")

    (warning,) = warnings(caplog)
    assert warning.startswith('"a�WARNING: �[31mforgedbbb')
    assert warning.isprintable()
    assert len(warning) < 500


def test_the_memory_of_what_was_said_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    notices = EventFaultLog(most=3)
    for number in range(10):
        notices.of_call(Message("track", f"event {number}"), Receipt(False, None, "closed"))

    assert [warning.partition(" were")[0].partition(" was")[0] for warning in warnings(caplog)] == [
        '"event 0"',
        '"event 1"',
        '"event 2"',
        "more than 3 kinds of faults",
    ]


def test_of_many_threads_with_one_fault_one_speaks(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(Recorder())
    client.close()
    start = threading.Barrier(8)

    def call() -> None:
        start.wait()
        client.track("late", user_id="kari")

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(warnings(caplog)) == 1


class Raising(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise ZeroDivisionError


class Calling(logging.Handler):
    """As an application's handler that tracks its warnings: it holds a lock, and calls the client."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client

    def emit(self, record: logging.LogRecord) -> None:
        self.client.track("logged", user_id="kari")


@pytest.fixture
def logger() -> logging.Logger:
    return logging.getLogger("footfall")


def test_a_log_handler_that_raises_costs_nothing(logger: logging.Logger) -> None:
    handler, recorder = Raising(), Recorder(fail_with=[UnreachableError("gone")])
    logger.addHandler(handler)
    try:
        client = Client(recorder, options=ClientOptions(retry=RetryPolicy(initial=0.001, maximum=0.001)))
        assert client.track("bought")
        assert client.close() == Delivery(1, 0, {})
        assert client.track("late").reason == "closed"
    finally:
        logger.removeHandler(handler)


def test_a_log_handler_may_call_the_client(logger: logging.Logger) -> None:
    recorder = Recorder(fail_with=[UnreachableError("gone")])
    client = Client(recorder, options=ClientOptions(retry=RetryPolicy(initial=0.001, maximum=0.001)))
    handler = Calling(client)
    logger.addHandler(handler)
    try:
        client.track("bought", user_id="kari")
        client.flush()
    finally:
        logger.removeHandler(handler)
    client.close()

    assert sorted(recorder.events) == ["bought", "logged"]


def test_what_a_full_queue_let_go_is_one_warning_with_the_count(caplog: pytest.LogCaptureFixture) -> None:
    clock, recorder = ManualClock(), Recorder()
    client = Client(recorder, clock=clock, options=ClientOptions(queue_bytes=3_000, linger=3600.0, max_batch=10_000))
    for number in range(500):
        client.track("bought", {"n": number}, user_id="kari")
    lost = 500 - client.close().delivered

    assert warnings(caplog) == [
        (
            f"{lost} messages lost: {lost} by a full queue (queue_full: see why "
            "nothing gets through, or raise ClientOptions.queue_bytes)"
        )
    ]


@pytest.mark.parametrize("is_async", [False, True])
def test_what_the_end_loses_is_one_warning_with_the_counts_and_reasons(
    is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(fail_with=[RefusedError("HTTP 400", status=400), UnauthorizedError("HTTP 401")])
    options = ClientOptions(max_batch=10)

    async def work() -> None:
        client = AsyncClient(recorder, options=options)
        for _ in range(2_000):
            client.track("bought", user_id="kari")
        await client.aclose(30)
        await client.aclose(0.0)

    def work_in_threads() -> None:
        client = Client(recorder, options=options)
        for _ in range(2_000):
            client.track("bought", user_id="kari")
        client.close(30)
        client.close(0.0)

    asyncio.run(work()) if is_async else work_in_threads()

    lost = [warning for warning in warnings(caplog) if "lost" in warning]
    assert lost == [
        "10 messages lost: 10 refused by the collector",
        "1,990 messages lost: 1,990 not delivered when the client was closed (unauthorized: HTTP 401)",
    ]


def test_a_batch_that_is_given_up_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder(fail_with=[UnreachableError("gone")] * 2)
    options = ClientOptions(linger=0.0, retry=RetryPolicy(initial=0.001, maximum=0.001, attempts=2))
    with Client(recorder, options=options) as client:
        client.track("bought", user_id="kari")
        client.flush()

    assert [warning for warning in warnings(caplog) if "lost" in warning] == [
        "1 message lost: 1 given up after the retry policy's limit"
    ]


def test_a_call_that_names_its_user_first_is_one_warning_with_the_right_call(caplog: pytest.LogCaptureFixture) -> None:
    client: Any = Client(recorder := Recorder())
    for _ in range(3):
        receipts = [
            client.track("u1", "Order Completed", {"total": 1}),
            client.track("u1", "Order Completed"),
            client.track("u1", {"total": 1}, "Order Completed"),
            client.page("u1", "Docs", "Start", {"n": 1}),
            client.group("u1", "acme", {"n": 1}),
        ]
    client.close()

    assert [(bool(receipt), receipt.reason) for receipt in receipts] == [(False, "argument_order")] * 5
    assert client.stats().refused == {"argument_order": 15}
    assert recorder.messages == []
    assert [warning.partition("write ")[2] for warning in warnings(caplog)] == [
        'client.track("Order Completed", {…}, user_id=…)',
        "client.track(event, {…}, user_id=…)",
        "client.page(name, {…}, user_id=…)",
        "client.group(group_id, {…}, user_id=…)",
    ]
    assert "u1" not in caplog.text


def batch_of_one(message: bytes) -> Batch:
    return Batch((message,), "2026-03-01T10:00:00.000000Z")


@pytest.mark.parametrize("message", [b"", b"[1]", b'{"type":1}', b"\xff", b"[" * 10_000])
def test_a_message_that_cannot_be_read_is_said_without_its_name(
    message: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    EventFaultLog().of_answer(batch_of_one(message).messages, Answer(1, (Verdict(0, "rejected", None, "json"),)))

    assert warnings(caplog)[0].startswith("message was rejected by the collector: json")
