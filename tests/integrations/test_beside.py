"""The libraries with which applications are tested stop time, forbid sockets and replace HTTP, and disturb nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder, Recording

flask = pytest.importorskip("flask", reason="Flask is not installed")

PLAN = Path(__file__).parent / "plan.yaml"
KEY = "a key of the tests that is long enough"
MOMENT = "2030-01-02T03:04:05+00:00"


def application(**settings: Any) -> Any:
    from footfall.integrations.flask import Footfall

    app = flask.Flask("site")
    Footfall(app, plan=PLAN, cookie_keys=[KEY], **settings)

    @app.get("/")
    def home() -> str:
        flask.g.footfall.track("product_viewed", {"sku": "A"})
        return "<h1>Home</h1>"

    return app


def visit(app: Any) -> Any:
    return app.test_client().get("/", headers=CHROME, base_url="https://shop.example")


def frozen() -> AbstractContextManager[Any]:
    freezegun = pytest.importorskip("freezegun", reason="freezegun is not installed")
    return freezegun.freeze_time(MOMENT)  # type: ignore[no-any-return]


def travelled() -> AbstractContextManager[Any]:
    time_machine = pytest.importorskip("time_machine", reason="time-machine is not installed")
    return time_machine.travel(MOMENT, tick=False)  # type: ignore[no-any-return]


@pytest.mark.parametrize("stop_time", [frozen, travelled])
def test_messages_have_the_time_that_a_test_has_set_and_a_flush_ends(
    stop_time: Callable[[], AbstractContextManager[Any]],
) -> None:
    recorder = Recorder()
    with stop_time():
        app = application(client=recorder)
        visit(app)
        delivery = app.extensions["footfall"].client.flush(timeout=5)

    assert delivery.delivered == 2
    assert {message["timestamp"][:19] for message in recorder.messages} == {MOMENT[:19]}


@pytest.mark.usefixtures("socket_disabled")
def test_no_socket_is_opened() -> None:
    recorder = Recorder()
    app = application(client=recorder)

    assert visit(app).status_code == 200
    assert app.extensions["footfall"].client.flush(timeout=5).delivered == 2


def test_httpx_that_a_test_has_replaced_gets_no_request() -> None:
    respx = pytest.importorskip("respx", reason="respx is not installed")
    recorder = Recorder()
    with respx.mock:
        app = application(client=recorder)
        visit(app)
        app.extensions["footfall"].client.flush(timeout=5)

        assert len(respx.calls) == 0


def test_the_plugin_records_what_an_application_sends_that_names_a_url(footfall_events: Recording) -> None:
    visit(application(collector="https://collector.example", write_key="key"))

    assert footfall_events.events == ["product_viewed"]
    assert [message["type"] for message in footfall_events.messages] == ["track", "page"]
