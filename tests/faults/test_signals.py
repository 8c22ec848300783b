"""Real signals, at random moments of a busy client: its calls come back, its books add up, no number is doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"

HEAD = """
import collections, faulthandler, json, os, random, re, signal, sys, threading, time
from footfall import Client, ClientOptions
from footfall.events import Answer

faulthandler.dump_traceback_later(100, exit=True)
numbers = []

class Kept:
    def send(self, batch):
        numbers.extend(int(re.findall(rb'"seq":(\\d+)', message)[0]) for message in batch.messages)
        return Answer(len(batch.messages))
    def close(self):
        pass

def client():
    numbers.clear()
    return Client(Kept(), plan=sys.argv[1] or None, options=ClientOptions(linger=0.005))
"""

TRACKS = """
sender, handled = client(), 0

def handle(*_):
    global handled
    handled += 1
    sender.track("Order Completed", {"order_id": "A-1"}, user_id="kari")

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
end = time.monotonic() + 10
while time.monotonic() < end:
    sender.track("Order Completed", {"order_id": "A-2"}, user_id="kari")
signal.setitimer(signal.ITIMER_REAL, 0)
sender.close(60)
books = sender.stats()
lost = books.accepted - len(numbers) - sum(books.dropped.values())  # a slow machine drops the oldest
print(json.dumps([handled > 0, books.balanced, books.pending, lost, len(numbers) - len(set(numbers)),
                  numbers == sorted(numbers)]))
"""

INTERRUPTS = """
class Interrupt(BaseException):
    pass

def handle(*_):
    raise Interrupt

signal.signal(signal.SIGALRM, handle)
wrong = collections.Counter()
for _ in range(1000):
    sender = client()
    try:
        # Again and again: Python drops one that comes while an object is being freed.
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0005, 0.004), 1.0)
        while True:
            sender.track("Order Completed", {"order_id": "A-1"}, user_id="kari")
    except Interrupt:
        signal.setitimer(signal.ITIMER_REAL, 0)
    after = threading.Thread(target=sender.track, args=("after",), kwargs={"user_id": "kari"})
    after.start()
    after.join()
    sender.close(60)
    books = sender.stats()
    wrong.update(unbalanced=not books.balanced, lost=books.accepted - len(numbers) if not books.dropped else 0,
                 doubled=len(numbers) - len(set(numbers)), pending=books.pending)
print(json.dumps([wrong[name] for name in ("unbalanced", "lost", "doubled", "pending")]))
"""


def printed(code: str, plan: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, plan], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no timer that signals on Windows")
@pytest.mark.parametrize("plan", ["", str(PLAN)], ids=["no plan", "plan"])
def test_a_handler_of_signals_that_tracks_doubles_and_loses_nothing(plan: str) -> None:
    assert printed(TRACKS, plan) == [True, True, 0, 0, 0, True]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no timer that signals on Windows")
@pytest.mark.parametrize("plan", ["", str(PLAN)], ids=["no plan", "plan"])
def test_a_thousand_interrupts_leave_whole_books_and_free_locks(plan: str) -> None:
    assert printed(INTERRUPTS, plan) == [0, 0, 0, 0]
