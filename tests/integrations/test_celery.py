"""Celery: a task tracks for whoever caused it, by every way in which a task can be called."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

pytest.importorskip("celery", reason="celery is not installed")

from celery import Celery, chain, chord, group, signals
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Ignore, Reject
from tests.integrations.asgi_calls import OPTIONS, called, http_scope
from tests.integrations.browsers import CHROME
from tests.web.sites import plan

from footfall import Client, ClientOptions
from footfall.integrations import celery as integration
from footfall.integrations.asgi import AsgiMiddleware
from footfall.testing import Recorder

WITHIN = 60.0  # seconds that a task may take on a busy machine
KARI = {"user_id": "kari", "anonymous_id": "browser-7", "context": {"page": {"path": "/cart"}}}


class Shop:
    """A Celery application whose tasks track, and what they tracked."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.client = Client(self.recorder, plan=plan(), options=ClientOptions(linger=0))
        self.app = Celery("shop", broker="memory://", backend="cache+memory://", set_as_current=False)
        self.app.conf.task_ignore_result = False
        self.app.conf.broker_transport_options = {"polling_interval": 0.005}
        self.app.conf.broker_connection_retry_on_startup = True
        client = self.client

        @self.app.task(name="track")  # type: ignore[untyped-decorator, unused-ignore]
        def track(value: Any = None, event: str = "done") -> Any:
            client.track(event)
            return value

        @self.app.task(name="headers", bind=True)  # type: ignore[untyped-decorator, unused-ignore]
        def headers(task: Any) -> Any:
            client.track("done")
            return {name: task.request.get(name) for name in ("mine", "footfall")}, task.request.headers

        @self.app.task(name="try_again", bind=True, max_retries=3, default_retry_delay=0)  # type: ignore[untyped-decorator, unused-ignore]
        def try_again(task: Any) -> Any:
            client.track(f"attempt {task.request.retries}")
            if task.request.retries < 2:
                raise task.retry(countdown=0)
            return task.request.get("mine")

        @self.app.task(name="fail")  # type: ignore[untyped-decorator, unused-ignore]
        def fail(error: str) -> None:
            client.track("done")
            raise {"Reject": Reject, "Ignore": Ignore, "ValueError": ValueError}[error]

        self.track, self.headers, self.try_again, self.fail = track, headers, try_again, fail

    def who(self) -> list[tuple[str, object, object, object]]:
        """Of each message: the event, whose it is, and the page that it came from."""
        return [
            (message["event"], message.get("userId"), message.get("anonymousId"), message["context"].get("page"))
            for message in self.recorder.messages
        ]


@pytest.fixture(scope="module")
def running() -> Iterator[Shop]:
    shop = Shop()
    integration.install(shop.app, shop.client)
    # With a receiver, a worker leaves the logging of the process as it is, that of the tests after this one too.
    signals.setup_logging.connect(_leave_logging)
    with start_worker(shop.app, perform_ping_check=False, shutdown_timeout=WITHIN):
        yield shop
    signals.setup_logging.disconnect(_leave_logging)
    shop.client.close()


def _leave_logging(**_: object) -> None:
    pass


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.client.flush(WITHIN)
    running.recorder.batches.clear()
    return running


def value_of(result: Any) -> Any:
    """What a task returned, None where it failed."""
    return result.get(WITHIN, propagate=False, interval=0.002)


def of_kari(*events: str) -> list[tuple[str, object, object, object]]:
    return [(event, "kari", "browser-7", {"path": "/cart"}) for event in events]


def test_a_task_tracks_in_the_scope_of_its_caller(shop: Shop) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        result = shop.track.delay()
    value_of(result)

    assert shop.who() == of_kari("done")


def test_a_task_that_nobody_in_particular_called_is_nobodys_and_the_next_one_too(shop: Shop) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        value_of(shop.track.delay())
    value_of(shop.track.delay())

    assert shop.who() == [*of_kari("done"), ("done", None, None, None)]


def test_ids_travel_as_text_or_as_the_whole_numbers_that_they_are(shop: Shop) -> None:
    browser = UUID("018f3b7a-0000-7000-8000-000000000001")

    with shop.client.scope(user_id=12, anonymous_id=browser):
        value_of(shop.track.delay())

    assert shop.who() == [("done", "12", str(browser), None)]


def test_the_headers_that_a_caller_gave_stay_whole(shop: Shop) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        (given, _), plain = (
            value_of(shop.headers.apply_async(headers={"mine": "m"})),
            value_of(shop.headers.apply_async()),
        )

    assert given["mine"] == "m"
    assert plain[0]["mine"] is None
    assert shop.who() == of_kari("done", "done")


def test_each_attempt_of_a_retried_task_is_the_callers_and_has_their_headers(shop: Shop) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        result = shop.try_again.apply_async(headers={"mine": "m"})

    assert value_of(result) == "m"
    assert shop.who() == of_kari("attempt 0", "attempt 1", "attempt 2")


def test_every_task_of_a_chain_a_group_and_a_chord_is_the_callers(shop: Shop) -> None:
    track = shop.track
    canvas = chain(track.s(event="first"), group(track.s(event="part"), track.s(event="part")), track.s(event="last"))
    counted = chord([track.si(event="piece"), track.si(event="piece")], track.s(event="sum"))

    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        results = [canvas.apply_async(), counted.apply_async()]
    for result in results:
        value_of(result)

    assert sorted(shop.who()) == sorted(of_kari("first", "part", "part", "last", "piece", "piece", "sum"))


def test_a_callback_and_the_callback_of_a_failure_are_the_callers(shop: Shop) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        value_of(shop.track.apply_async(link=shop.track.si(event="linked")))
        value_of(shop.fail.apply_async(("ValueError",), link_error=shop.track.si(event="after failure")))
    value_of(shop.track.delay(event="the next"))

    assert sorted(map(str, shop.who()[:-1])) == sorted(map(str, of_kari("done", "linked", "done", "after failure")))


@pytest.mark.parametrize("error", ["Reject", "Ignore", "ValueError"])
def test_a_scope_ends_with_its_task_however_that_ends(shop: Shop, error: str) -> None:
    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        shop.fail.delay(error)
    value_of(shop.track.delay(event="after"))

    assert shop.who() == [*of_kari("done"), ("after", None, None, None)]


@pytest.mark.parametrize("header", ["no JSON", "[]", '{"user_id": {}}', '{"context": 1}', 7, {"user_id": "ola"}])
def test_a_header_that_is_not_ours_costs_no_task(shop: Shop, header: object) -> None:
    assert value_of(shop.track.apply_async((1,), headers={"footfall": header})) == 1
    assert shop.who() == [("done", None, None, None)]


def test_a_task_that_is_run_eagerly_keeps_the_scope_of_its_caller() -> None:
    shop = Shop()
    shop.app.conf.task_always_eager = True
    integration.install(shop.app, shop.client)

    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        shop.track.delay()
        shop.try_again.apply_async(headers={"mine": "m"})
        shop.client.track("after")

    assert shop.who() == of_kari("done", "attempt 0", "attempt 1", "attempt 2", "after")


def test_a_task_that_is_called_as_a_function_keeps_the_scope_of_its_caller() -> None:
    shop = Shop()
    integration.install(shop.app, shop.client)

    with shop.client.scope(**KARI):  # type: ignore[arg-type]
        shop.track()

    assert shop.who() == of_kari("done")


def test_a_second_client_replaces_the_first_one_of_an_application() -> None:
    shop, other = Shop(), Shop()
    integration.install(shop.app, other.client)
    before = len(signals.task_postrun.receivers)
    integration.install(shop.app, shop.client, flush=WITHIN)

    shop.track.apply()

    assert len(signals.task_postrun.receivers) == before
    assert [len(batch.messages) for batch in shop.recorder.batches] == [1]


def test_the_tasks_of_another_application_are_left_alone() -> None:
    shop, other = Shop(), Shop()
    integration.install(shop.app, shop.client, flush=WITHIN)
    shop.client.track("waits")
    gc.collect()

    other.track.apply()

    assert other.who() == [("done", None, None, None)]


def test_a_message_that_is_published_without_a_scope_keeps_its_header() -> None:
    shop = Shop()
    integration.install(shop.app, shop.client)
    headers = {"footfall": "as it came"}

    signals.before_task_publish.send(sender="track", headers=headers)

    assert headers == {"footfall": "as it came"}


def test_a_task_that_a_request_calls_is_its_visitors_and_its_users() -> None:
    shop = Shop()
    integration.install(shop.app, shop.client)
    headers: dict[str, str] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["footfall"].user(lambda: "kari")
        signals.before_task_publish.send(sender="track", headers=headers)
        await send({"type": "http.response.start", "status": 204, "headers": []})

    scope = http_scope()
    asyncio.run(called(AsgiMiddleware(app, shop.client, OPTIONS), scope))

    sent = json.loads(headers["footfall"])
    assert (sent["user_id"], sent["anonymous_id"]) == ("kari", scope["footfall"].visit.anonymous_id)
    assert sent["context"]["userAgent"] == CHROME["User-Agent"]
