"""The guard: whatever fails inside of a call, the call returns, the books balance, and the next call works."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import pytest

import footfall
from footfall import AsyncClient, Client, ClientOptions, InvalidEventError, Message, Receipt
from footfall.client.guard import error_text
from footfall.clock import SystemClock
from footfall.delivery import RetryPolicy
from footfall.errors import UnreachableError, UsageError
from footfall.events import Answer, Batch
from footfall.testing import ManualClock, Recorder

PLAN = """
plan: p
events:
  bought: {description: They bought, properties: {total: {type: decimal, description: How much}}}
"""

CALLS: dict[str, Callable[[Client], object]] = {
    "track": lambda client: client.track("bought", {"total": 1}, user_id="ann", context={"a": 1}),
    "track with a fault": lambda client: client.track("bought", {"total": object()}, user_id="ann"),
    "identify": lambda client: client.identify("ann", {"a": 1}),
    "page": lambda client: client.page("home"),
    "screen": lambda client: client.screen("home"),
    "group": lambda client: client.group("ann's", user_id="ann"),
    "alias": lambda client: client.alias("old", "ann"),
    "reset": lambda client: client.reset(anonymous_id="a"),
    "flush": lambda client: client.flush(0.0),
    "close": lambda client: client.close(0.0),
    "stats": lambda client: client.stats(),
    "scope": lambda client: in_a_scope(client),  # noqa: PLW0108 - defined below
}


# Of some calls, steps that must be among those which fail.
STEPS = {
    "track": {
        "ManualClock.new_id", "ManualClock.now_us", "ManualClock.monotonic", "Preparer.prepare", "Preparer._hooked",
        "encode", "PlanEventPolicy.event", "Validator.check", "Outbox.put", "Client._wake", "Thread.start",
    },
    "flush": {"Outbox.flush_up_to", "Client._wake", "ManualClock.monotonic"},
    "close": {"Outbox.begin_close", "ManualClock.monotonic", "Client._wake"},
}  # fmt: skip


def in_a_scope(client: Client) -> None:
    with client.scope(user_id="ann", context={"a": 1}):
        pass


OURS = {str(path) for path in Path(footfall.__file__).parent.rglob("*.py")}
T = TypeVar("T")
QUICK = RetryPolicy(initial=0.001, maximum=0.001)


class BrokenError(Exception):
    """What the tests below let a step fail with."""


def failing(step: int, call: Callable[[], object]) -> tuple[object, str | None]:
    """Make a call in which the `step`th Python function that it enters raises BrokenError.

    Returns what the call returned, and which function it was, None if it does not enter so many.
    """
    entered: list[str] = []

    def on_entry(frame: FrameType, _event: str, _argument: object) -> None:
        outer = frame.f_back
        if outer is None or __file__ in (frame.f_code.co_filename, outer.f_code.co_filename):
            return  # the test's own, or the call itself: what fails before it begins is not ours
        if not {frame.f_code.co_filename, outer.f_code.co_filename} & OURS:
            return  # further inside of Python's library: a log handler whose lock is never let go is not our doing
        if frame.f_code.co_flags & inspect.CO_GENERATOR or frame.f_code.co_name == "__exit__":
            return  # a generator is also entered to be thrown away; a lock that is not let go is no failed step
        entered.append(frame.f_code.co_qualname)
        if len(entered) == step:
            raise BrokenError

    before = sys.gettrace()
    gc.disable()  # finalizers are no steps of the call
    sys.settrace(on_entry)
    try:
        result = call()
    finally:
        sys.settrace(before)
        gc.enable()
    return result, entered[step - 1] if len(entered) >= step else None


def sending_nothing(**given: Any) -> Client:
    # With the system's clock the steps would differ from one millisecond to the next.
    return Client(Recorder(), options=ClientOptions(linger=3600.0), clock=ManualClock(), **given)


@pytest.mark.parametrize("earlier", [0, 1])
@pytest.mark.parametrize("call", CALLS)
def test_no_step_that_fails_inside_of_a_call_reaches_the_application(call: str, earlier: int, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PLAN)
    failed: list[str] = []
    make = partial(sending_nothing, plan=tmp_path / "p.yaml", hooks=[lambda message: message])
    CALLS[call](make())  # fills what is cached, so that each try below has the same steps
    while True:
        client = make()
        for _ in range(earlier):
            client.track("bought")
        result, step = failing(len(failed) + 1, partial(CALLS[call], client))
        if step is None:
            break

        failed.append(step)
        books = client.stats()
        assert books.balanced, step
        if isinstance(result, Receipt):
            assert books.accepted == earlier + bool(result), step
            assert sum(books.refused.values()) == (not result), step
        if not client._closed:
            assert client.track("bought", {"total": 1}, user_id="ann"), step
        assert client.close(), step

    assert earlier or STEPS.get(call, set()) <= set(failed)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_with_any_little_stack_left_does_not_raise(call: str) -> None:
    client = sending_nothing()
    errors: list[RecursionError] = []

    def deepen() -> None:
        try:  # noqa: SIM105 - `suppress` is one more call
            deepen()
        except RecursionError:
            pass
        # Once at each depth, from the deepest on.
        try:
            CALLS[call](client)
        except RecursionError as error:
            errors[:0] = [error]  # which calls nothing

    deepen()

    # Only where not even the call could begin.
    assert {traceback.extract_tb(error.__traceback__)[-1].filename for error in errors} == {__file__}
    assert client.stats().balanced
    assert client.close()


def test_a_loss_is_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    class Stopped(SystemClock):
        def new_id(self) -> str:
            if client_is_made:
                raise BrokenError("secret")
            return super().new_id()

    client_is_made: list[bool] = []
    client = Client(Recorder(), clock=Stopped())
    client_is_made.append(True)
    receipts = [client.track("a", {"secret": 1}) for _ in range(3)]

    assert [(bool(receipt), receipt.reason) for receipt in receipts] == [(False, "internal")] * 3
    assert client.stats().refused == {"internal": 3}
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "track() failed inside of footfall: BrokenError; this is logged once")
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_the_caller_passes(error: type[BaseException]) -> None:
    def hook(message: Message) -> Message:
        raise error

    client = sending_nothing(hooks=[hook])

    for call in ("track", "identify"):
        with pytest.raises(error):
            CALLS[call](client)
    assert client.stats().balanced


def test_an_invalid_event_is_raised_where_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PLAN)
    client = sending_nothing(plan=tmp_path / "p.yaml", on_invalid="raise")

    with pytest.raises(InvalidEventError):
        client.track("bought", {"total": "much"})
    assert client.stats().refused == {"invalid": 1}


class Faulty(SystemClock):
    """A clock of which one method fails while `fails` is set."""

    fails = ""

    def monotonic(self) -> float:
        return self._or_fail("monotonic", super().monotonic)

    def now_us(self) -> int:
        return self._or_fail("now_us", super().now_us)

    def random(self) -> float:
        return self._or_fail("random", super().random)

    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        return self._or_fail("wait", partial(super().wait, condition, timeout))

    async def sleep_async(self, seconds: float) -> None:
        await self._or_fail("sleep_async", partial(super().sleep_async, seconds))

    def _or_fail(self, name: str, method: Callable[[], T]) -> T:
        if self.fails == name:
            raise BrokenError
        return method()


@pytest.mark.parametrize("method", ["monotonic", "now_us", "random", "wait"])
def test_a_clock_that_failed_for_a_while_costs_nothing_that_was_accepted(method: str) -> None:
    clock = Faulty()
    recorder = Recorder(fail_with=[UnreachableError("gone")])
    client = Client(recorder, clock=clock, options=ClientOptions(linger=0.0, retry=QUICK))

    clock.fails = method
    receipts = [client.track("a"), client.track("b")]
    client.flush(0.0)
    clock.fails = ""
    receipts.append(client.track("c"))

    assert receipts[2]
    assert client.close()
    assert len(recorder.events) == sum(map(bool, receipts)) == client.stats().accepted


def test_a_sender_whose_wait_for_work_failed_is_replaced_at_the_next_call() -> None:
    clock = Faulty()
    recorder = Recorder()
    client = Client(recorder, clock=clock, options=ClientOptions(linger=0.0, retry=QUICK))
    others = set(threading.enumerate())
    client.track("a")
    client.flush()
    (sender,) = set(threading.enumerate()) - others

    clock.fails = "wait"
    client.track("b")  # wakes the sender, which sends it and then waits for more
    sender.join()
    clock.fails = ""
    client.track("c")

    assert client.close()
    assert recorder.events == ["a", "b", "c"]


@pytest.mark.parametrize("method", ["monotonic", "now_us", "random", "sleep_async"])
def test_the_same_holds_in_an_event_loop(method: str) -> None:
    clock = Faulty()
    recorder = Recorder(fail_with=[UnreachableError("gone")])

    async def work() -> None:
        client = AsyncClient(recorder, clock=clock, options=ClientOptions(linger=0.0, retry=QUICK))
        clock.fails = method
        receipts = [client.track("a"), client.track("b")]
        await client.flush(0.0)
        await asyncio.sleep(0)
        clock.fails = ""
        receipts.append(client.track("c"))
        assert receipts[2]
        assert await client.aclose()
        assert len(recorder.events) == sum(map(bool, receipts)) == client.stats().accepted

    asyncio.run(work())


def test_a_process_that_can_start_no_thread_accepts_and_sends_as_it_closes() -> None:
    recorder = Recorder()
    client = Client(recorder)
    size = threading.stack_size(2**46)  # more than there is, so that no thread can be started
    try:
        receipts = [client.track(name) for name in "ab"]
        delivery = client.close()
    finally:
        threading.stack_size(size)

    assert all(receipts)
    assert delivery
    assert recorder.events == ["a", "b"]


def test_a_thread_is_started_at_the_next_call_when_it_could_not_be_at_this_one() -> None:
    recorder = Recorder()
    client = Client(recorder)
    size = threading.stack_size(2**46)
    try:
        client.track("a")
    finally:
        threading.stack_size(size)
    client.track("b")

    assert client.flush()
    assert recorder.events == ["a", "b"]


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt, SystemExit])
def test_a_transport_that_raises_anything_loses_nothing(error: type[BaseException]) -> None:
    class Raising(Recorder):
        def send(self, batch: Batch) -> Answer:
            if not self.attempts:
                self.attempts.append(batch)
                raise error
            return super().send(batch)

    recorder = Raising()
    client = Client(recorder, options=ClientOptions(retry=QUICK))
    client.track("a")
    client.flush()

    client.track("b")

    assert client.close()
    assert recorder.events == ["a", "b"]


def test_a_call_from_inside_of_any_step_of_a_call_keeps_books_and_numbers() -> None:
    """As a signal handler or a finalizer makes one, in the thread that is inside of a call."""
    step = 0
    while True:
        step += 1
        recorder = Recorder()
        client = Client(recorder, options=ClientOptions(linger=3600.0))
        entered = 0

        def on_entry(frame: FrameType, _event: str, _argument: object) -> None:
            nonlocal entered
            entered += frame.f_code.co_filename in OURS
            if entered == step and frame.f_code.co_filename in OURS:  # noqa: B023 - called before the loop goes on
                sys.settrace(None)
                assert client.track("inner", user_id="ann")  # noqa: B023 - as above

        sys.settrace(on_entry)
        try:
            assert client.track("outer", user_id="ann")
        finally:
            sys.settrace(None)
        assert client.stats().balanced
        assert client.close()

        if entered < step:
            break
        assert sorted(recorder.events) == ["inner", "outer"]
        assert [message["context"]["client"]["seq"] for message in recorder.messages] == [1, 2]

    assert step > 10


def test_a_call_with_arguments_that_it_does_not_take_is_not_told_as_our_defect(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client: Any = sending_nothing()

    for _ in range(2):
        assert client.alias("old") == Receipt(False, None, "internal")

    said = "alias() did nothing: missing 1 required positional argument: 'user_id'"
    assert caplog.messages == [f"{said}; write client.alias(previous_id, user_id); this is logged once"]


@pytest.mark.parametrize(
    ("call", "form"),
    [
        (lambda client: client.track("signed_in", method="password", user_id="ann"), "track(event, {…}, user_id=…)"),
        (lambda client: client.track(), ""),
        (lambda client: client.identify("ann", email="a@b.example"), "identify(user_id, {…})"),
        (lambda client: client.identify({"email": "a@b.example"}, user_id="ann"), "identify(user_id, {…})"),
        (lambda client: client.page("Home", url="/"), "page(name, {…}, user_id=…)"),
        (lambda client: client.group("g", size=1), "group(group_id, {…}, user_id=…)"),
    ],
)
def test_properties_that_are_given_by_name_are_refused_with_the_right_form(
    call: Callable[[Any], Receipt], form: str, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = call(sending_nothing())

    assert not receipt
    assert len(caplog.messages) == 1
    assert form in caplog.text
    assert "a@b.example" not in caplog.text
    assert "password" not in caplog.text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UsageError("give it a plan"), "UsageError: give it a plan"),
        (UnreachableError("gone\x1b"), "UnreachableError: gone\\x1b"),
        (UsageError("x" * 900), f"UsageError: {'x' * 500}"),
        (ValueError("ann@example.com"), "ValueError"),
        (InvalidEventError("bought", Receipt(False, reason="invalid")), "InvalidEventError"),
    ],
)
def test_the_log_has_the_text_of_our_own_errors_alone(error: Exception, text: str) -> None:
    assert error_text(error) == text


def test_what_a_transport_raises_of_ours_is_said_with_its_remedy() -> None:
    class Refusing(Recorder):
        def send(self, batch: Batch) -> Answer:
            raise UsageError("this transport needs a folder; name one")

    client = Client(Refusing())
    client.track("a", user_id="u")
    delivery = client.close(0.05)

    assert "the transport raised UsageError: this transport needs a folder; name one" in str(delivery.reason)


def test_what_it_raises_when_it_is_closed_is_said_too(caplog: pytest.LogCaptureFixture) -> None:
    class Unclosable(Recorder):
        def close(self) -> None:
            raise UsageError("nothing was opened")

    Client(Unclosable()).close()

    assert "the transport raised UsageError: nothing was opened when it was closed" in caplog.messages
