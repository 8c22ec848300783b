"""A message has the id that it gives itself, or one that is made of its content."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.collector.message_ids import content_id, derived_id, given_id
from footfall.collector.message_state import MessageState
from footfall.collector.pipeline import request_context
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import Piece, RequestEnvelope
from footfall.events import Fault
from footfall.storage.environments import Sender

REQUEST = request_context(
    RequestEnvelope([]), Sender("web"), received_at=1_796_040_000_000_000, rules_for=lambda _: None,
    settings=CollectorSettings(),
)  # fmt: skip


def state_of(data: dict[str, Any]) -> MessageState:
    return MessageState(Piece(msgspec.json.encode(data), data), 7)


@pytest.mark.parametrize(("given", "id_"), [("m", "m"), ("", None), (7, None), (None, None), ("x" * 201, None)])
def test_an_id_is_text_of_some_length(given: object, id_: str | None) -> None:
    assert given_id(state_of({"messageId": given})) == id_


@pytest.mark.parametrize(("reasons", "id_"), [(("too_large",), "m"), (("too_large", "type"), None), (("type",), None)])
def test_the_id_of_a_message_of_the_wrong_shape_stays_free(reasons: tuple[str, ...], id_: str | None) -> None:
    state = state_of({"messageId": "m"})
    for reason in reasons:
        state.quarantine(reason, Fault("", reason))

    assert given_id(state) == id_


def test_an_id_of_the_content_is_the_same_for_its_repeats_alone() -> None:
    def id_of(text: bytes, key: bytes = b"") -> str:
        return content_id(state_of(msgspec.json.decode(text)), REQUEST, text, key)

    text = b'{"type":"page","timestamp":"2026-11-30","n":1.10}'
    assert id_of(text) == id_of(b'{"n":1.10, "sentAt":"x", "timestamp":"2026-11-30", "type":"page"}')
    assert len({id_of(text), id_of(text.replace(b"1.10", b"1.1")), id_of(text, b"k"), id_of(text, b"l")}) == 4


def test_a_message_without_a_time_is_its_own_repeat_for_a_day() -> None:
    later = msgspec.structs.replace(REQUEST, day="2026-12-01")
    timeless, timed = {"type": "page"}, {"type": "page", "timestamp": "2026-11-30"}

    assert content_id(state_of(timeless), REQUEST, b"{}") != content_id(state_of(timeless), later, b"{}")
    assert content_id(state_of(timed), REQUEST, b"{}") == content_id(state_of(timed), later, b"{}")


def test_a_key_makes_another_id_of_the_same_content() -> None:
    assert derived_id(b"a") == derived_id(b"a")
    assert len({derived_id(b"a"), derived_id(b"a", b"k"), derived_id(b"b", b"k")}) == 3
