"""What a client takes from the environment, and what one does that is disabled there."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pytest_httpx import HTTPXMock

from footfall import Client, UsageError
from footfall.client.environment import DISABLED, PLAN, URL, WRITE_KEY, is_disabled
from footfall.errors import PlanError
from footfall.testing import Recorder, recording

PLAN_TEXT = "format: 1\nplan: shop\nevents:\n  bought: {description: Somebody bought something.}\n"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (DISABLED, PLAN, URL, WRITE_KEY):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_url_key_and_plan_are_read_from_the_environment(
    environment: pytest.MonkeyPatch, httpx_mock: HTTPXMock, tmp_path: Path
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN_TEXT, encoding="utf-8")
    environment.setenv(URL, "https://collect.example")
    environment.setenv(WRITE_KEY, "key")
    environment.setenv(PLAN, str(tmp_path))
    httpx_mock.add_response(json={"received": 1})

    with Client() as client:
        receipt = client.track("sold", user_id="kari")

    assert [fault.code for fault in receipt.faults] == ["unknown_event"]
    request = httpx_mock.get_requests()[0]
    assert str(request.url) == "https://collect.example/v1/batch"
    assert request.headers["authorization"] == f"Basic {base64.b64encode(b'key:').decode()}"


def test_arguments_win(environment: pytest.MonkeyPatch, httpx_mock: HTTPXMock) -> None:
    environment.setenv(URL, "no URL")
    environment.setenv(WRITE_KEY, "a:b")
    httpx_mock.add_response(json={"received": 1})

    with Client("https://collect.example", write_key="key") as client:
        client.track("bought", user_id="kari")

    assert len(httpx_mock.get_requests()) == 1


def test_a_transport_takes_no_key_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(URL, "https://collect.example")
    environment.setenv(WRITE_KEY, "key")
    recorder = Recorder()

    with Client(recorder) as client:
        client.track("bought", user_id="kari")

    assert recorder.events == ["bought"]


def test_a_client_of_nothing_says_what_it_needs() -> None:
    with pytest.raises(UsageError, match=URL):
        Client()


@pytest.mark.parametrize("write_key", [None, "k"])
def test_what_is_neither_text_nor_a_transport_is_no_collector(write_key: str | None) -> None:
    with pytest.raises(UsageError, match="URL as text, or a Transport, and not a bytes"):
        Client(b"http://collect.example", write_key=write_key)  # type: ignore[arg-type]  # the slip


def test_a_url_of_the_environment_needs_a_key(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(URL, "https://collect.example")
    environment.setenv(WRITE_KEY, "")

    with pytest.raises(UsageError, match=WRITE_KEY):
        Client()


def test_a_plan_of_the_environment_that_cannot_be_used_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(PLAN, "/nowhere/plan.yaml")

    with pytest.raises(PlanError):
        Client(Recorder())


def test_a_recording_takes_the_place_of_the_url_of_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(URL, "https://collect.example")

    with recording() as sent:
        Client().track("bought", user_id="kari")

    assert sent.events == ["bought"]


@pytest.mark.parametrize(
    ("text", "disabled"),
    [("1", True), ("TRUE", True), ("yes", True), ("on ", True), ("0", False), ("off", False), ("", False)],
)
def test_disabled_is_yes_or_no(text: str, disabled: bool) -> None:
    assert is_disabled({DISABLED: text}) == disabled


def test_what_is_neither_yes_nor_no_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(DISABLED, "perhaps")

    with pytest.raises(UsageError, match=DISABLED):
        Client(Recorder())
