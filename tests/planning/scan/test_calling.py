"""Calls that something else performs later: task queues, threads, executors; and getters of clients."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import HEAD, calls, claims, findings, scanned

TASK = """
from celery import shared_task
import posthog
@shared_task
def note(user, event, properties=None):
    posthog.capture(distinct_id=user, event=event, properties=properties)
"""


@pytest.mark.parametrize(
    "call",
    [
        "note(1, 'done', {'total': 1})",
        "note.delay(1, 'done', {'total': 1})",
        "note.delay(1, 'done', properties={'total': 1})",
        "note.apply_async((1, 'done', {'total': 1}))",
        "note.apply_async(args=[1, 'done', {'total': 1}], countdown=10)",
        "note.apply_async(args=(1,), kwargs={'event': 'done', 'properties': {'total': 1}})",
        "note.apply_async(kwargs={'user': 1, 'event': 'done', 'properties': {'total': 1}}, queue='low')",
        "note.s(1, 'done', {'total': 1}).delay()",
        "note.si(1, 'done', {'total': 1})()",
        "note.signature((1, 'done', {'total': 1}))",
        "note.apply(args=(1, 'done', {'total': 1}))",
        "note.send(1, 'done', {'total': 1})",
        "note.send_with_options(args=(1, 'done', {'total': 1}), delay=5)",
        "queue.enqueue(note, 1, 'done', {'total': 1})",
        "pool.submit(note, 1, 'done', {'total': 1})",
        "background.add_task(note, 1, 'done', properties={'total': 1})",
        "loop.run_in_executor(None, note, 1, 'done', {'total': 1})",
        "threading.Thread(target=note, args=(1, 'done', {'total': 1}), daemon=True).start()",
        "threading.Thread(target=note, kwargs=dict(user=1, event='done', properties={'total': 1})).start()",
        "transaction.on_commit(lambda: note.delay(1, 'done', {'total': 1}))",
    ],
)
def test_a_wrapper_that_is_called_later_is_called(call: str) -> None:
    head = "import threading\nfrom django.db import transaction\n"
    right = scanned({"app.py": f"{head}{TASK}\ndef go(queue, pool, background, loop):\n    {call}\n"})
    wrong = scanned(
        {"app.py": f"{head}{TASK}\ndef go(queue, pool, background, loop):\n    {call}\n".replace("1}", "'x'}")}
    )

    assert calls(right) == ["done"]
    assert findings(right) == []
    assert claims(wrong) == ["wrong_value done.total"]


def test_what_a_partial_gives_a_wrapper_is_not_known() -> None:
    go = "import functools\nnote(1, 'begun', {})\nsend = functools.partial(note, 1, 'done', {'total': 1})\n"
    result = scanned({"app.py": f"{TASK}\n{go}"})

    assert calls(result) == ["?", "begun"]
    assert findings(result) == ["unresolved_call"]


def test_the_first_argument_of_a_bound_task_is_the_task() -> None:
    task = TASK.replace("@shared_task", "@shared_task(bind=True, max_retries=3)").replace(
        "note(user", "note(self, user"
    )
    result = scanned({"app.py": f"{task}\ndef go():\n    note.delay(1, 'done', {{'total': 1}})\n"})

    assert calls(result) == ["done"]
    assert findings(result) == []


def test_a_task_that_is_a_class_is_called_by_its_run() -> None:
    result = scanned(
        "from celery import Task\nclass Note(Task):\n    def run(self, event, properties):\n"
        "        client.track(event, properties)\ndef go():\n    Note().delay('done', {'total': 'x'})\n"
    )

    assert calls(result) == ["done"]
    assert claims(result) == ["wrong_value done.total"]


def test_arguments_of_a_task_that_are_not_known_are_a_call_that_is_not_known() -> None:
    result = scanned({"app.py": f"{TASK}\ndef go(arguments):\n    note.apply_async(arguments)\n"})

    assert calls(result) == ["?"]


LONG = "\n".join(f"    x{number} = {number}" for number in range(40))
GETTERS = {
    "a long one": f"def get():\n{LONG}\n    from posthog import Posthog\n    return Posthog('k')\n",
    "a long one that keeps its client": "_client = None\ndef get():\n    global _client\n    if _client is not None:\n"
    f"        return _client\n{LONG}\n    try:\n        from posthog import Posthog\n        _client = Posthog('k')\n"
    "        return _client\n    except Exception:\n        return None\n",
    "a cached one": "import functools\nfrom posthog import Posthog\n@functools.cache\ndef get():\n"
    "    return Posthog('k')\n",
    "one with lru_cache": "from functools import lru_cache\nimport posthog\n@lru_cache(maxsize=1)\ndef get():\n"
    "    return posthog.Posthog('k')\n",
    "one that another function fills": "from posthog import Posthog\n_client = None\ndef setup():\n    global _client\n"
    f"    _client = Posthog('k')\ndef get():\n{LONG}\n    return _client\n",
    "one that says what it gives": "from posthog import Posthog\ndef get() -> Posthog:\n"
    "    return registry['posthog']\n",
    "a class method": "from posthog import Posthog\nclass Holder:\n    _it = None\n    @classmethod\n    def it(cls):\n"
    f"        if cls._it is None:\n            cls._it = Posthog('k')\n{LONG.replace('    x', '        x')}\n"
    "        return cls._it\ndef get():\n    return Holder.it()\n",
    "an instance of a singleton": "from posthog import Posthog\nclass Holder:\n    def __init__(self):\n"
    "        self.client = Posthog('k')\n_holder = None\ndef holder():\n    global _holder\n    if _holder is None:\n"
    "        _holder = Holder()\n    return _holder\ndef get():\n    return holder().client\n",
}


@pytest.mark.parametrize("getter", [pytest.param(text, id=name) for name, text in GETTERS.items()])
def test_a_client_may_come_from_a_getter(getter: str) -> None:
    within = scanned({"app.py": f"{getter}\ndef go():\n    get().capture('u', 'done', {{'total': 'x'}})\n"})
    across = scanned(
        {
            "clients.py": getter,
            "app.py": "from clients import get\ndef go():\n    c = get()\n    c.capture('u', 'done', {'total': 'x'})\n",
        }
    )

    assert calls(within) == calls(across) == ["done"]
    assert claims(within) == claims(across) == ["wrong_value done.total"]


STUB = """{}
class Tracks({}):
    def track(self, event, properties): ...
def send(c: Tracks):
    c.track('done', {{'total': 1}})
"""


@pytest.mark.parametrize(
    "source",
    [
        "def send(c):\n    c.capture('u', 'done', {'total': 1})",
        "def send(c):\n    c.track('done', {'total': 1})",
        "def send(c):\n    c.track('u', 'done', {'total': 1})",
        "def send():\n    registry['posthog'].capture(event='done', distinct_id='u')",
        "class A:\n    def send(self):\n        self.telemetry.capture('u', event='done')",
        "from acme import telemetry\ntelemetry.capture('u', 'done')",
        STUB.format("from typing import Protocol", "Protocol"),
        STUB.format("from abc import ABC", "ABC"),
    ],
)
def test_a_call_of_something_unknown_with_a_planned_event_is_listed(source: str) -> None:
    result = scanned({"app.py": source})

    assert calls(result) == ["?"]
    assert findings(result) == ["unresolved_call done"]


def test_a_call_of_something_unknown_is_listed_and_told_only_where_an_sdk_is_imported() -> None:
    text = "def send(camera, frame):\n    camera.capture(frame)\n"
    alone, beside = scanned({"app.py": text}), scanned({"app.py": "import posthog\n" + text})

    assert (calls(alone), findings(alone)) == (["?"], [])
    assert (calls(beside), findings(beside)) == (["?"], ["unresolved_call"])


def test_an_abstract_tracker_is_followed_to_the_real_one() -> None:
    result = scanned(
        """
        from abc import ABC, abstractmethod
        class Tracks(ABC):
            @abstractmethod
            def track(self, event, properties): ...
        class Real(Tracks):
            def track(self, event, properties):
                client.track(event, properties)
        def send(tracker: Tracks):
            tracker.track("done", {"total": "x"})
        """
    )

    assert calls(result) == ["done"]
    assert claims(result) == ["wrong_value done.total"]


@pytest.mark.parametrize("other", ["None", "object", "unknown()"])
def test_an_sdk_that_is_imported_where_it_is_there_is_an_sdk(other: str) -> None:
    within = f"try:\n    from posthog import Posthog\nexcept ImportError:\n    Posthog = {other}\n"
    whole = f"try:\n    import posthog\nexcept ImportError:\n    posthog = {other}\n"

    assert calls(scanned({"app.py": f"{within}def send(c: Posthog):\n    c.capture('u', 'begun')\n"})) == ["begun"]
    assert calls(scanned({"app.py": f"{within}c = Posthog('k')\nc.capture('u', 'begun')\n"})) == ["begun"]
    assert calls(scanned({"app.py": f"{whole}posthog.capture('u', 'begun')\n"})) == ["begun"]


def test_an_object_that_is_called_is_a_wrapper() -> None:
    result = scanned(
        {
            "notes.py": HEAD + "class Note:\n    def __call__(self, event, properties):\n"
            "        client.track(event, properties)\nnote = Note()\n",
            "app.py": "from notes import note\ndef go():\n    note('done', {'total': 'x'})\n",
        }
    )

    assert calls(result) == ["done"]
    assert claims(result) == ["wrong_value done.total"]
