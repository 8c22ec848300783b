"""Forks: a child can do what its parent can, at whatever moment it was forked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.delivery.loopback import serving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")


def run(code: str, *arguments: str) -> None:
    # From 3.12 on Python warns that a process with threads forks, which is what is tested.
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


EARLY = """
import os, sys, time, footfall

client = footfall.Client(sys.argv[1], write_key="key", options=footfall.ClientOptions(linger=0.0))
client.track("parent", user_id="ann")
children = []
end = time.monotonic() + 0.6
while time.monotonic() < end:
    children.append(os.fork())
    if children[-1] == 0:
        client.track("child", user_id="ann")
        os._exit(0 if client.close(60.0) else 1)
    time.sleep(0.02)
codes = [os.waitpid(child, 0)[1] for child in children]
assert not any(codes), codes
assert client.close()
print(len(codes))
"""


def test_every_child_delivers_that_is_forked_while_the_sender_loads_what_it_sends_with() -> None:
    with serving() as server:
        run(EARLY, server.url)

    assert server.taken.count("parent") == 1
    assert server.taken.count("child") >= 1


TOGETHER = """
import threading, footfall.forks

inside, other = threading.Event(), threading.Event()

def load():
    with footfall.forks.uncut():
        other.set()
        inside.wait()

thread = threading.Thread(target=load)
with footfall.forks.uncut():
    thread.start()
    other.wait()
    inside.set()
thread.join()
"""


def test_two_threads_may_load_at_once() -> None:
    run(TOGETHER)


CALLED = """
import logging, footfall, footfall.forks
from footfall.errors import UnreachableError

class Away:
    def send(self, batch):
        raise UnreachableError("nobody is there")
    def close(self):
        pass
    async def close_async(self):
        pass
    async def send_async(self, batch):
        raise UnreachableError("nobody is there")

logging.disable()
client = footfall.Client(Away(), options=footfall.ClientOptions(linger=0.0))
with footfall.forks.uncut():  # as in a signal handler, or a finalizer, that comes while a module is loaded
    assert client.track("e", user_id="ann")
    while client.stats().retries == 0:
        client.track("e", user_id="ann")
client.close(0.0)
"""


def test_a_call_that_comes_while_a_module_is_loaded_does_not_wait_for_a_failing_sender() -> None:
    run(CALLED)


WAITS = """
import os, threading, footfall.forks

inside, forking = threading.Event(), threading.Event()
done = []

def load():
    with footfall.forks.uncut():
        inside.set()
        forking.wait()
        done.append(True)

thread = threading.Thread(target=load)
thread.start()
inside.wait()
os.register_at_fork(before=forking.set)  # called before the hook that was registered before it
child = os.fork()
if child == 0:
    with footfall.forks.uncut():
        os._exit(0 if done else 1)
thread.join()
assert os.waitpid(child, 0)[1] == 0
with footfall.forks.uncut():
    pass
"""


def test_a_fork_waits_for_what_may_not_be_cut_in_two() -> None:
    run(WAITS)


RENEWS = """
import gc, os, footfall.forks

class Owner:
    def __init__(self, name):
        self.name = name

renewed = []
kept, gone = Owner("kept"), Owner("gone")
for owner in (kept, gone):
    footfall.forks.renew_after_fork(owner, lambda owner: renewed.append(owner.name))
del owner, gone
gc.collect()
child = os.fork()
if child == 0:
    os._exit(0 if renewed == ["kept"] else 1)
assert os.waitpid(child, 0)[1] == 0
assert renewed == []
"""


def test_a_child_renews_what_is_alive_and_forgets_what_is_gone() -> None:
    run(RENEWS)


INSIDE = """
import os, footfall.forks

with footfall.forks.uncut():
    child = os.fork()
    if child == 0:
        with footfall.forks.uncut():
            os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def test_the_thread_that_loads_may_fork() -> None:
    run(INSIDE)


NOTHING_MORE = """
import asyncio, sys
from footfall.delivery import HttpTransport, http
from footfall.events import Batch

batch = Batch((b'{"event":"a"}',), "2026-01-01T00:00:00.000000Z")

transport = HttpTransport(sys.argv[1], "key")
if sys.argv[2] == "sync":
    transport._load(http._MODULES)
    transport._connected()
    before = set(sys.modules)
    transport.send(batch)
else:
    async def send():
        global before
        transport._load(http._ASYNC_MODULES)
        transport._connected_async()
        before = set(sys.modules)
        await transport.send_async(batch)
        await transport.close_async()
    asyncio.run(send())
more = sys.modules.keys() - before
assert not more, more
"""


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_request_loads_nothing_while_it_waits(how: str, host: str) -> None:
    with serving() as server:
        run(NOTHING_MORE, server.url.replace("127.0.0.1", host), how)
