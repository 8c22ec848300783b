"""What the calls put on the wire, and what they answer: nothing an application does may raise."""

from __future__ import annotations

import json
import math
from collections import UserString
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall import Client, ClientOptions, Message
from footfall.events import Fault, Receipt
from footfall.testing import ManualClock, Recorder
from footfall.timestamps import EPOCH
from footfall.versions import VERSION


def sent(recorder: Recorder, client: Client) -> dict[str, Any]:
    client.flush()
    return recorder.messages[-1]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Client:
    return Client(recorder, options=ClientOptions(linger=60.0))


def test_a_message_on_the_wire_is_exactly_this() -> None:
    recorder = Recorder()
    clock = ManualClock(datetime(2026, 3, 1, 10, 0, 0, 5, tzinfo=UTC))
    client_id = ManualClock(datetime(2026, 3, 1, 10, 0, 0, 5, tzinfo=UTC)).new_id()
    client = Client(recorder, clock=clock)

    receipt = client.track(
        "Order Completed", {"total": Decimal("10.50")}, user_id="ann", anonymous_id="dev", context={"ip": "10.0.0.1"}
    )
    client.close()

    assert recorder.batches[0].messages[0].decode() == (
        f'{{"type":"track","messageId":"{receipt.message_id}","timestamp":"2026-03-01T10:00:00.000005Z",'
        '"userId":"ann","anonymousId":"dev","event":"Order Completed","properties":{"total":10.50},'
        f'"context":{{"library":{{"name":"footfall","version":"{VERSION}"}},"ip":"10.0.0.1",'
        f'"client":{{"id":"{client_id}","seq":1}}}}}}'
    )


def test_each_type_has_its_own_keys(client: Client, recorder: Recorder) -> None:
    client.identify(19, {"plan": "pro"}, anonymous_id="dev")
    client.page("Cart", {"items": 2}, category="shop", anonymous_id="dev")
    client.screen()
    client.group("acme", {"seats": 3}, user_id="ann")
    client.alias("ann@old", "ann")
    client.reset(anonymous_id="dev")
    client.flush()

    bare = [
        {key: value for key, value in message.items() if key not in ("context", "messageId", "timestamp")}
        for message in recorder.messages
    ]
    assert bare == [
        {"type": "identify", "userId": "19", "anonymousId": "dev", "traits": {"plan": "pro"}},
        {"type": "page", "anonymousId": "dev", "name": "Cart", "category": "shop", "properties": {"items": 2}},
        {"type": "screen", "properties": {}},
        {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"seats": 3}},
        {"type": "alias", "userId": "ann", "previousId": "ann@old"},
        {"type": "reset", "anonymousId": "dev"},
    ]


def test_messages_are_numbered_from_one_without_gaps_for_what_was_refused(client: Client, recorder: Recorder) -> None:
    client.track("a")
    client.track("")
    client.track("b")
    client.flush()

    assert [message["context"]["client"]["seq"] for message in recorder.messages] == [1, 2]
    assert len({message["context"]["client"]["id"] for message in recorder.messages}) == 1


@pytest.mark.parametrize(
    ("given", "on_the_wire"),
    [
        (datetime.fromisoformat("2026-03-01T10:00:00"), "2026-03-01T10:00:00Z"),
        (datetime.fromisoformat("2026-03-01T10:00:00+02:00"), "2026-03-01T10:00:00+02:00"),
        (date(1997, 1, 31), "1997-01-31T00:00:00+00:00"),
        ("2015-2-02T00:30:08.276Z", "2015-2-02T00:30:08.276Z"),
        (1_772_359_200, "2026-03-01T10:00:00.000000Z"),
        (1_772_359_200.25, "2026-03-01T10:00:00.250000Z"),
        (Decimal("1772359200.000001"), "2026-03-01T10:00:00.000001Z"),
        (0, "1970-01-01T00:00:00.000000Z"),
        (-86_400.5, "1969-12-30T23:59:59.500000Z"),
    ],
)
def test_a_timestamp_is_sent_as_it_was_given(client: Client, recorder: Recorder, given: Any, on_the_wire: str) -> None:
    assert client.track("a", timestamp=given)

    assert sent(recorder, client)["timestamp"] == on_the_wire


@given(st.integers(-2_208_988_800_000_000, 7_258_118_399_999_999))
@example(1_772_359_200_123_457)
def test_seconds_since_1970_are_that_microsecond(us: int) -> None:
    recorder = Recorder()
    client = Client(recorder, options=ClientOptions(linger=60.0))

    assert client.track("a", timestamp=us / 1_000_000, user_id="kari")

    sent_at = datetime.fromisoformat(recorder.messages[0]["timestamp"])
    assert (sent_at - EPOCH) // timedelta(microseconds=1) == us


class Lazy:
    """As Django's gettext_lazy makes them: no text, with all of text's methods."""

    def __str__(self) -> str:
        return "Hjem"

    def casefold(self) -> str:
        return str(self).casefold()


def test_a_lazy_text_is_a_name(client: Client, recorder: Recorder) -> None:
    lazy: Any = Lazy()

    assert client.track(lazy, user_id="kari")
    assert client.page(lazy, {"title": lazy}, user_id="kari")

    track, page = recorder.messages
    assert (track["event"], page["name"], page["properties"]) == ("Hjem", "Hjem", {"title": "Hjem"})


def test_a_lazy_text_is_an_id_and_a_category(client: Client, recorder: Recorder) -> None:
    lazy: Any = Lazy()

    assert client.page("front", category=lazy, user_id=lazy)
    assert client.group(lazy, anonymous_id=UserString("b-7"))  # type: ignore[arg-type]  # no text to a type checker

    page, group = recorder.messages
    assert (page["category"], page["userId"]) == ("Hjem", "Hjem")
    assert (group["groupId"], group["anonymousId"]) == ("Hjem", "b-7")


def test_a_message_id_may_be_given(client: Client, recorder: Recorder) -> None:
    assert client.track("a", message_id="order-1").message_id == "order-1"

    assert sent(recorder, client)["messageId"] == "order-1"


TIME = "a datetime, a date, RFC 3339 text or seconds since 1970"
SECONDS = "seconds since 1970, of 1900 to 2199"
WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any], Fault]] = [
    ("track", (3,), {}, Fault("event", "type", "text that is not empty", "int")),
    ("track", (None,), {}, Fault("event", "type", "text that is not empty", "nothing")),
    ("track", ("",), {}, Fault("event", "type", "text that is not empty", "empty text")),
    ("track", ("a", [1]), {}, Fault("properties", "type", "an object", "list")),
    ("track", ("a", b"x"), {}, Fault("properties", "type", "an object", "bytes")),
    ("identify", ("kari", bytearray(b"x")), {}, Fault("traits", "type", "an object", "bytearray")),
    ("track", ("a",), {"context": memoryview(b"x")}, Fault("context", "type", "an object", "memoryview")),
    ("track", ("a",), {"user_id": 1.5}, Fault("userId", "type", "text, an integer or a UUID", "float")),
    ("track", ("a",), {"user_id": True}, Fault("userId", "type", "text, an integer or a UUID", "bool")),
    ("track", ("a",), {"anonymous_id": b"x"}, Fault("anonymousId", "type", "text, an integer or a UUID", "bytes")),
    ("track", ("a",), {"timestamp": True}, Fault("timestamp", "type", TIME, "bool")),
    ("track", ("a",), {"timestamp": [1]}, Fault("timestamp", "type", TIME, "list")),
    ("track", ("a",), {"timestamp": 1_772_359_200_000}, Fault("timestamp", "timestamp", SECONDS, "milliseconds")),
    ("track", ("a",), {"timestamp": 1_772_359_200_000_000.0}, Fault("timestamp", "timestamp", SECONDS, "microseconds")),
    (
        "track",
        ("a",),
        {"timestamp": 1_772_359_200_000_000_000},
        Fault("timestamp", "timestamp", SECONDS, "nanoseconds"),
    ),
    ("track", ("a",), {"timestamp": math.nan}, Fault("timestamp", "timestamp", SECONDS, "another number")),
    ("track", ("a",), {"timestamp": -math.inf}, Fault("timestamp", "timestamp", SECONDS, "another number")),
    ("track", ("a",), {"timestamp": Decimal("NaN")}, Fault("timestamp", "timestamp", SECONDS, "another number")),
    ("track", ("a",), {"message_id": ""}, Fault("messageId", "type", "text that is not empty", "empty text")),
    ("track", ("a",), {"context": [1]}, Fault("context", "type", "an object", "list")),
    ("identify", (None,), {}, Fault("userId", "type", "text, an integer or a UUID", "nothing")),
    ("group", (None,), {}, Fault("groupId", "type", "text, an integer or a UUID", "nothing")),
    ("alias", ("a", None), {}, Fault("userId", "type", "text, an integer or a UUID", "nothing")),
    ("page", (7,), {}, Fault("name", "type", "text that is not empty", "int")),
]


@pytest.mark.parametrize(("method", "args", "kwargs", "fault"), WRONG)
def test_a_mistake_of_the_programmer_is_told_in_the_receipt(
    client: Client, method: str, args: tuple[Any, ...], kwargs: dict[str, Any], fault: Fault
) -> None:
    receipt: Receipt = getattr(client, method)(*args, **kwargs)

    assert not receipt
    assert receipt.reason == "invalid"
    assert receipt.faults == (fault,)
    assert client.stats().refused == {"invalid": 1}


def test_what_has_no_encoding_is_refused(client: Client) -> None:
    circle: dict[str, Any] = {}
    circle["a"] = circle

    assert client.track("a", circle).reason == "unencodable"
    assert client.track("a", context=circle).reason == "unencodable"
    assert client.stats().accepted == 0


def test_a_message_that_is_too_large_is_refused_before_it_is_queued(client: Client) -> None:
    assert client.track("a", {"text": "x" * 32_000})
    assert client.track("a", {"text": "x" * 33_000}).reason == "too_large"


def test_what_could_not_be_encoded_as_it_was_is_sent_with_its_violations(client: Client, recorder: Recorder) -> None:
    receipt = client.track("a", {"price": float("nan")}, user_id="ann", context={"note": "\ud800"})

    assert receipt
    assert [(fault.path, fault.code) for fault in receipt.faults] == [
        ("price", "not_finite"),
        ("context.note", "surrogate"),
    ]
    assert sent(recorder, client)["context"]["violations"] == [
        {"path": "price", "code": "not_finite", "expected": "a finite number", "got": "nan"},
        {"path": "context.note", "code": "surrogate", "expected": "Unicode text", "got": "a lone surrogate"},
    ]


def test_ids_and_names_with_lone_surrogates_do_not_cost_the_message(client: Client, recorder: Recorder) -> None:
    receipt = client.track("a\ud800", user_id="\udfff")

    message = sent(recorder, client)
    assert (message["event"], message["userId"]) == ("a\ufffd", "\ufffd")
    assert receipt
    assert {(fault.path, fault.code) for fault in receipt.faults} == {("event", "surrogate"), ("userId", "surrogate")}


def test_our_own_keys_of_the_context_cannot_be_overwritten(client: Client, recorder: Recorder) -> None:
    receipt = client.track("a", user_id="u", context={"client": {"id": "mine"}, "library": 1, "app": "shop"})

    assert [(fault.path, fault.code) for fault in receipt.faults] == [
        ("context.client", "reserved"),
        ("context.library", "reserved"),
    ]
    context = sent(recorder, client)["context"]
    assert context["library"]["name"] == "footfall"
    assert context["app"] == "shop"
    assert context["client"]["seq"] == 1


class Signup(msgspec.Struct):
    plan: str
    at: date


def test_properties_may_be_a_struct(client: Client, recorder: Recorder) -> None:
    assert client.track("signed_up", Signup("pro", date(2026, 1, 1)))

    assert sent(recorder, client)["properties"] == {"plan": "pro", "at": "2026-01-01"}


def test_nothing_that_was_handed_in_is_changed(client: Client) -> None:
    properties, context = {"a": {1}, "b": [1]}, {"c": {"d": 1}}
    before = (repr(properties), repr(context))

    with client.scope(context={"c": {"e": 2}}):
        client.track("a", properties, context=context)

    assert (repr(properties), repr(context)) == before


def test_a_scope_gives_its_ids_and_context_and_inner_ones_win(client: Client, recorder: Recorder) -> None:
    with client.scope(user_id="ann", anonymous_id="dev", context={"ip": "1", "app": {"v": 1}}):
        with client.scope(user_id="bob", context={"app": {"v": 2}}):
            client.track("inner", context={"ip": "2"})
        client.track("outer")
        client.track("call", user_id="eve")
    client.track("outside")
    client.flush()

    seen = {
        message["event"]: (
            message.get("userId"),
            message.get("anonymousId"),
            message["context"].get("ip"),
            message["context"].get("app"),
        )
        for message in recorder.messages
    }
    assert seen == {
        "inner": ("bob", "dev", "2", {"v": 2}),
        "outer": ("ann", "dev", "1", {"v": 1}),
        "call": ("eve", "dev", "1", {"v": 1}),
        "outside": (None, None, None, None),
    }


def test_a_scope_does_not_say_who_an_alias_or_a_reset_is_about(client: Client, recorder: Recorder) -> None:
    with client.scope(user_id="admin", anonymous_id="dev"):
        client.alias("old", "new")
        client.reset()
        client.identify("ann")
        assert not client.identify(None)  # type: ignore[arg-type]  # the mistake is the point
    client.flush()

    ids = [(message["type"], message.get("userId"), message.get("anonymousId")) for message in recorder.messages]
    assert ids == [("alias", "new", None), ("reset", None, "dev"), ("identify", "ann", "dev")]


def test_scopes_of_two_clients_are_their_own(client: Client, recorder: Recorder) -> None:
    other = Client(Recorder())
    with other.scope(user_id="ann"):
        client.track("a")

    assert "userId" not in sent(recorder, client)


def test_hooks_run_in_order_and_may_change_or_drop_a_message() -> None:
    recorder = Recorder()

    def add(message: Message) -> Message:
        return msgspec.structs.replace(message, properties={**message.properties, "seen": [message.user_id]})

    def drop(message: Message) -> Message | None:
        return None if message.name == "noise" else message

    with Client(recorder, hooks=[add, drop]) as client, client.scope(user_id="ann"):
        assert client.track("a", {"x": 1})
        assert client.track("noise", {}).reason == "hook"

    assert [message["properties"] for message in recorder.messages] == [{"x": 1, "seen": ["ann"]}]
    assert client.stats().refused == {"hook": 1}


def test_a_hook_that_writes_into_its_message_does_not_reach_the_caller() -> None:
    def write(message: Message) -> Message:
        message.properties["added"] = 1
        return message

    properties = {"x": 1}
    with Client(Recorder(), hooks=[write]) as client:
        client.track("a", properties)

    assert properties == {"x": 1}


def test_a_raising_hook_costs_its_message_and_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    def fail(message: Message) -> Message:
        raise ValueError(f"secret {message.user_id}")

    with Client(Recorder(), hooks=[fail]) as client:
        receipt = client.track("a", user_id="ann")

    assert receipt.reason == "hook"
    assert client.stats().refused == {"hook": 1}
    assert "ValueError" in caplog.text
    assert "ann" not in caplog.text


def test_a_hook_that_returns_nonsense_costs_its_message(caplog: pytest.LogCaptureFixture) -> None:
    with Client(Recorder(), hooks=[lambda message: 3]) as client:  # type: ignore[list-item,return-value]  # on purpose
        assert client.track("a").reason == "hook"

    assert client.stats().refused == {"hook": 1}


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3), st.uuids(),
    st.datetimes(), st.timedeltas(), st.lists(st.integers(), max_size=2), st.just(object()), st.just(timedelta(1)),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3), st.just(UUID(int=0)),
)  # fmt: skip


@settings(max_examples=100)
@given(
    st.sampled_from(["track", "identify", "page", "screen", "group", "alias"]),
    st.tuples(anything, anything),
    st.fixed_dictionaries({}, optional={"timestamp": anything, "context": anything, "message_id": anything}),
)
def test_whatever_is_handed_in_is_accepted_as_json_or_refused_with_a_reason(
    method: str, args: tuple[Any, Any], kwargs: dict[str, Any]
) -> None:
    recorder = Recorder()
    with Client(recorder) as client:
        receipt = getattr(client, method)(*args, **kwargs)

    assert bool(receipt) == (receipt.reason is None)
    assert len(recorder.batches) == bool(receipt)
    for batch in recorder.batches:
        decoded = json.loads(batch.encode(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        assert decoded["batch"][0]["type"] == method
    assert client.stats().balanced
