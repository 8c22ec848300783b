"""The client of threads: it sends in the background, ends in bounded time, and survives forks and the process's end."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.loopback import serving

from footfall import Client, ClientOptions, Delivery, UsageError
from footfall.clock import SystemClock
from footfall.delivery import HttpTransport, RetryPolicy
from footfall.errors import UnauthorizedError, UnreachableError
from footfall.events import Answer, Batch, Verdict
from footfall.testing import ManualClock, Recorder

QUICK = RetryPolicy(initial=0.001, maximum=0.001)


class Gate(Recorder):
    """A transport whose first send waits until the test opens the gate."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.entered = threading.Event()
        self.opened = threading.Event()

    def send(self, batch: Batch) -> Answer:
        self.entered.set()
        assert self.opened.wait(30)
        return super().send(batch)


def test_no_thread_runs_before_the_first_message() -> None:
    # A thread of an earlier test may end at any moment, so threads are compared and not counted.
    before = set(threading.enumerate())

    client = Client(Recorder())

    assert not set(threading.enumerate()) - before
    client.track("a")
    assert len(set(threading.enumerate()) - before) == 1
    client.close()
    assert not set(threading.enumerate()) - before


def test_a_message_is_sent_without_being_flushed() -> None:
    gate = Gate()
    gate.opened.set()
    client = Client(gate, options=ClientOptions(linger=0.0))

    client.track("a")

    assert gate.entered.wait(30)
    assert client.close() == Delivery(1, 0, {})


def test_a_message_lingers_on_the_clients_clock() -> None:
    clock, gate = ManualClock(), Gate()
    gate.opened.set()
    client = Client(gate, clock=clock, options=ClientOptions(linger=0.5))
    client.track("a")
    clock.until_waiting()
    assert not gate.entered.is_set()

    clock.advance(0.5)

    assert gate.entered.wait(30)


def test_messages_arrive_in_order_in_batches() -> None:
    recorder = Recorder()
    with Client(recorder, options=ClientOptions(max_batch=10)) as client:
        for number in range(95):
            assert client.track(f"event {number}")

    assert recorder.events == [f"event {number}" for number in range(95)]
    assert max(len(batch.messages) for batch in recorder.batches) <= 10


def test_messages_of_many_threads_are_each_sent_once() -> None:
    recorder = Recorder()
    client = Client(recorder)

    def work(name: int) -> None:
        for number in range(200):
            assert client.track(f"{name} {number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.close() == Delivery(800, 0, {})

    assert len(set(recorder.events)) == 800
    numbers = [message["context"]["client"]["seq"] for message in recorder.messages]
    assert numbers == list(range(1, 801))


def test_flush_waits_for_what_was_accepted_before_it() -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=3600.0))
    client.track("a")

    assert client.flush() == Delivery(1, 0, {})
    assert recorder.events == ["a"]


def test_flush_and_close_are_bounded_while_a_send_hangs() -> None:
    gate = Gate()
    client = Client(gate, options=ClientOptions(linger=0.0))
    client.track("a")
    assert gate.entered.wait(30)

    assert client.flush(0.01) == Delivery(0, 1, {}, "unanswered: the collector has not answered yet")
    assert client.close(0.01) == client.flush(0.0)
    assert not client.close(0.0)

    gate.opened.set()


def test_flush_of_nothing_returns_at_once() -> None:
    assert Client(Recorder()).flush() == Delivery(0, 0, {})


def test_a_batch_that_fails_is_sent_again_with_a_new_time() -> None:
    recorder = Recorder(fail_with=[UnreachableError("gone"), None])
    client = Client(recorder, options=ClientOptions(retry=QUICK))
    client.track("a")

    assert client.flush() == Delivery(1, 0, {})
    first, second = recorder.attempts
    assert first.messages == second.messages
    assert first.sent_at != second.sent_at
    assert client.stats().retries == 1


def test_a_refused_key_ends_a_flush_at_once_and_loses_nothing() -> None:
    recorder = Recorder(fail_with=[UnauthorizedError("HTTP 401")])
    client = Client(recorder)
    client.track("a")

    assert client.flush(3600.0) == Delivery(0, 1, {}, "unauthorized: HTTP 401")
    assert client.stats().stopped == "unauthorized: HTTP 401"
    client.track("b")
    assert client.close(3600.0) == Delivery(0, 2, {}, "unauthorized: HTTP 401")


def test_a_transport_that_breaks_its_promise_does_not_end_the_sending() -> None:
    recorder = Recorder(fail_with=[ZeroDivisionError("secret"), None])  # type: ignore[list-item]  # the broken promise
    client = Client(recorder, options=ClientOptions(retry=QUICK))
    client.track("a")

    assert client.flush() == Delivery(1, 0, {})


def test_a_closed_client_takes_nothing_and_has_let_go_of_its_transport() -> None:
    recorder = Recorder()
    client = Client(recorder)
    client.track("a")
    client.close()

    receipt = client.track("b")

    assert (bool(receipt), receipt.reason) == (False, "closed")
    assert client.stats().refused == {"closed": 1}
    assert recorder.closed


def test_a_client_that_never_sent_lets_go_of_its_transport_too() -> None:
    recorder = Recorder()
    with Client(recorder):
        pass

    assert recorder.closed


def test_the_books_count_what_the_collector_thought() -> None:
    recorder = Recorder(answer=lambda batch: Answer(2, (Verdict(0, "duplicate"), Verdict(1, "quarantined"))))
    client = Client(recorder)
    client.track("a")
    client.track("b")
    client.close()

    ledger = client.stats()
    assert (ledger.accepted, ledger.delivered, ledger.duplicate, ledger.quarantined) == (2, 2, 1, 1)
    assert ledger.balanced


def test_track_inside_of_track_does_not_lock_up() -> None:
    inner: list[Any] = []
    lock: list[Any] = []

    class Interrupting(SystemClock):
        """As a signal handler does: calls the client from inside of the client, which holds its lock."""

        def monotonic(self) -> float:
            if threading.current_thread() is threading.main_thread() and lock and lock[0]._is_owned() and not inner:
                inner.append(None)
                inner.append(client.track("inner"))
            return super().monotonic()

    recorder = Recorder()
    # A client that may wait for room asks for the time while it has its lock.
    client = Client(recorder, clock=Interrupting(), options=ClientOptions(when_full="block"))
    lock.append(client._lock)
    outer = client.track("outer")
    client.close()

    assert outer
    assert inner[1]
    assert recorder.events == ["inner", "outer"]
    assert client.stats().balanced


def test_one_line_a_batch_is_logged_and_it_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "footfall")
    with Client(Recorder(fail_with=[UnreachableError("gone")]), options=ClientOptions(retry=QUICK)) as client:
        client.track("secret event", {"secret": "property"}, user_id="secret user")

    assert [record.getMessage() for record in caplog.records] == [
        "could not send 1 message, trying again: gone",
        "sent 1 message",
    ]


def test_a_refused_key_is_one_warning_that_does_not_hold_the_key(caplog: pytest.LogCaptureFixture) -> None:
    with serving(lambda _number, _messages: (401, {})) as server:
        client = Client(server.url, write_key="the-secret-key")
        client.track("a", user_id="kari")
        delivery = client.close()

    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [warning.partition(",")[0].partition(":")[0] for warning in warnings] == [
        "could not send 1 message",
        "1 message lost",
    ]
    assert "nothing more is sent" in warnings[0]
    assert "the write key was refused" in caplog.text
    assert (delivery.pending, (delivery.reason or "")[:23]) == (1, "unauthorized: HTTP 401:")
    assert "the-secret-key" not in caplog.text + str(delivery)


def test_a_row_of_failures_is_one_warning_until_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "footfall")
    gone = UnreachableError("gone")
    recorder = Recorder(fail_with=[gone, gone, None, gone, UnauthorizedError("HTTP 401")])
    client = Client(recorder, options=ClientOptions(retry=QUICK))
    for name in "ab":
        client.track(name, user_id="kari")
        client.flush()

    assert [(record.levelname, record.getMessage().split(":")[0][:16]) for record in caplog.records] == [
        ("WARNING", "could not send 1"),
        ("INFO", "could not send 1"),
        ("INFO", "sent 1 message"),
        ("WARNING", "could not send 1"),
        ("WARNING", "could not send 1"),
    ]


def test_what_is_pending_has_a_reason_and_what_is_delivered_has_none() -> None:
    clock = ManualClock()
    recorder = Recorder(fail_with=[UnreachableError("gone")] * 3)
    client = Client(recorder, clock=clock, options=ClientOptions(linger=0.0))
    assert client.stats().reason is None
    client.track("a")
    clock.until_waiting()

    assert client.flush(0.0).reason == "unreachable: gone"
    assert client.close(0.0).reason == "unreachable: gone"
    assert sum(client.stats().dropped.values()) == 0


def test_a_message_that_lingers_is_pending_because_it_is_unsent() -> None:
    client = Client(Recorder(), options=ClientOptions(linger=3600.0))
    client.track("a")

    assert client.stats().delivery() == Delivery(0, 1, {}, "unsent: no attempt was made yet")
    assert client.close().reason is None


def test_flush_without_a_number_waits_as_by_default() -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=3600.0))
    client.track("a")

    assert client.flush(None) == Delivery(1, 0, {})


def test_a_write_key_with_a_colon_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="colon") as told:
        Client("https://collect.example", write_key="se:cret")

    assert "se:cret" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["", "collect.example", "ftp://collect.example", "http://", "http://[::1", "http://a?b=1"]
)
def test_a_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="URL"):
        Client(url, write_key="key")


def test_a_url_without_a_write_key_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="FOOTFALL_WRITE_KEY"):
        Client("https://collect.example")


def test_a_write_key_belongs_to_a_url() -> None:
    with pytest.raises(UsageError, match="write_key"):
        Client(Recorder(), write_key="key")


def test_a_url_makes_an_http_transport() -> None:
    assert isinstance(Client("http://127.0.0.1:1", write_key="key")._transport, HttpTransport)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


ENDS = """
import sys, footfall
from footfall.delivery import FileTransport
client = footfall.Client(FileTransport(sys.argv[1]))
client.track("at the end", user_id="kari")
"""


def test_what_is_pending_when_the_process_ends_is_sent(tmp_path: Path) -> None:
    ran = run(ENDS, str(tmp_path / "out.jsonl"))

    assert ran.stderr == ""
    assert b'"event":"at the end"' in (tmp_path / "out.jsonl").read_bytes()


def test_a_process_whose_collector_is_away_ends_all_the_same() -> None:
    ran = run(
        "import footfall\n"
        "options = footfall.ClientOptions(close_timeout=0.2)\n"
        "footfall.Client('http://127.0.0.1:9', write_key='key', options=options).track('a', user_id='kari')\n"
    )

    assert ran.returncode == 0
    assert ran.stderr.splitlines()[-1].startswith("1 message lost: 1 not delivered when the client was closed (un")


FORKS = """
import os, sys, footfall
from footfall.delivery import FileTransport
client = footfall.Client(FileTransport(sys.argv[1]), options=footfall.ClientOptions(linger=3600.0))
client.track("before", user_id="kari")
for number in range(3):
    if os.fork() == 0:
        assert client.stats().accepted == 0
        client.track(f"child {number}", user_id="kari")
        assert client.close(), client.stats()
        os._exit(0)
client.track("after", user_id="kari")
for number in range(3):
    assert os.wait()[1] == 0
assert client.close(), client.stats()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
def test_after_a_fork_the_parent_keeps_its_queue_and_each_child_begins_its_own(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    # From 3.12 on Python warns that a process with threads forks, which is what is tested.
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")

    recorder = Recorder()
    recorder.batches.append(Batch(tuple(path.read_bytes().splitlines()), ""))
    by_client: dict[str, list[tuple[int, str]]] = {}
    for message in recorder.messages:
        client = message["context"]["client"]
        by_client.setdefault(client["id"], []).append((client["seq"], message["event"]))
    assert sorted(by_client.values()) == [
        [(1, "before"), (2, "after")],
        [(1, "child 0")],
        [(1, "child 1")],
        [(1, "child 2")],
    ]


IMPORTS = """
import sys, footfall
client = footfall.Client("http://127.0.0.1:1", write_key="key")
heavy = {"apsw", "duckdb", "httpx", "pyarrow", "tenacity", "uvicorn", "yaml"} & set(sys.modules)
assert not heavy, heavy
"""


def test_importing_footfall_and_making_a_client_loads_nothing_heavy() -> None:
    ran = run(IMPORTS)

    assert ran.stderr == ""
    assert ran.returncode == 0


def test_a_transport_that_fails_to_close_does_not_fail_the_application(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(Recorder):
        def close(self) -> None:
            raise OSError("stuck")

    with Client(Stuck()) as client:
        client.track("a")

    assert client.stats().delivered == 1
    assert "OSError" in caplog.text


def test_a_short_script_over_http_delivers_as_it_ends() -> None:
    with serving() as server:
        ran = run(f"import footfall; footfall.Client({server.url!r}, write_key='key').track('short', user_id='kari')")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert server.taken == ["short"]
