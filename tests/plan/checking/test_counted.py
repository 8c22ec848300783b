"""The form of a message that is only counted: what is public of it, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan import read
from footfall.plan.checking.counted import COUNT_ONLY, CountedForm

PLAN = read({
    "plan": "p",
    "identity": {"device": "serial", "account": "house"},
    "events": {
        "seen": {
            "wire_name": "Thing Seen",
            "properties": {
                "price": {"type": "decimal", "sensitivity": "public", "wire_name": "the price"},
                "kind": {"type": "string", "sensitivity": "public", "nullable": True},
                "note": {"type": "string"},
                "mail": {"type": "string", "sensitivity": "personal"},
                "serial": {"type": "string", "sensitivity": "public"},
                "house": {"type": "string", "sensitivity": "public"},
                "anything": {"type": "any", "sensitivity": "public"},
                "where": {
                    "type": "object", "sensitivity": "public",
                    "properties": {"city": {"type": "string"}, "street": {"type": "string", "sensitivity": "personal"}},
                },
                "lines": {
                    "type": "array", "sensitivity": "public",
                    "items": {
                        "type": "object",
                        "properties": {
                            "sku": {"type": "string"}, "to": {"type": "string", "sensitivity": "internal"},
                        },
                    },
                },
                "names": {
                    "type": "array", "sensitivity": "public", "items": {"type": "string", "sensitivity": "special"},
                },
                "hours": {"type": "map", "sensitivity": "public", "values": {"type": "integer"}},
                "free": {"type": "object", "sensitivity": "public"},
            },
        },
    },
    "pages": {
        "page": {"properties": {"embedded": {"type": "boolean", "sensitivity": "personal"}}},
        "Home": {"properties": {"teaser": {"type": "string", "sensitivity": "public"}}},
    },
}).require()  # fmt: skip
SEEN = PLAN.events["seen"]
FORM = CountedForm(PLAN)


def properties(value: str, **form: Any) -> str:
    kept = FORM.of(b'{"type":"track","event":"seen","properties":%b}' % value.encode(), SEEN, **form)
    return bytes(msgspec.json.decode(kept, type=dict[str, msgspec.Raw])["properties"]).decode()


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ('{"the price":1.10,"price":2,"kind":"a","note":"n","mail":"m","other":1}', '{"the price":1.10,"kind":"a"}'),
        ('{"kind":null}', '{"kind":null}'),
        ('{"kind":{"a":"b"},"the price":["x"]}', "{}"),
        ('{"serial":"s","house":"h"}', "{}"),
        ('{"anything":{"a":[1]}}', '{"anything":{"a":[1]}}'),
        ('{"where":{"city":"A","street":"B","more":"C"}}', '{"where":{"city":"A"}}'),
        ('{"where":["A"]}', "{}"),
        ('{"where":null}', '{"where":null}'),
        ('{"lines":[{"sku":"a","to":"B"},"x",{"to":"C"}]}', '{"lines":[{"sku":"a"},{}]}'),
        ('{"lines":{"sku":"a"}}', "{}"),
        ('{"names":["A"]}', "{}"),
        ('{"hours":{"1":2,"2":{"a":1}}}', '{"hours":{"1":2}}'),
        ('{"hours":[1]}', "{}"),
        ('{"free":{"a":1}}', '{"free":{}}'),
        ('"text"', "{}"),
        ("[1]", "{}"),
        ("null", "{}"),
        ('{"k\\u0069nd":"a"}', '{"kind":"a"}'),
        ('{"the price":123456789012345678901234567890.10}', '{"the price":123456789012345678901234567890.10}'),
    ],
)
def test_only_what_is_public_is_kept_of_properties(given_: str, kept: str) -> None:
    assert properties(given_) == kept


def test_of_the_rest_of_a_message_its_names_and_its_hour_are_kept() -> None:
    message = {
        "type": "track", "messageId": "m-1", "timestamp": "2026-11-30T13:34:56.5+01:00", "sentAt": "2026-11-30T12:00Z",
        "userId": "u", "anonymousId": "a", "event": "Thing Seen", "category": "c", "integrations": {"x": True},
        "context": {"ip": "192.0.2.1", "userAgent": "x", "bot": {"reason": "crawler", "list": "1", "more": "y"},
                    "staff": True},
        "traits": {"a": 1},
    }  # fmt: skip

    assert FORM.of(json.dumps(message).encode(), SEEN) == (
        b'{"consent":"count_only","type":"track","messageId":"m-1","timestamp":"2026-11-30T12:00:00Z",'
        b'"event":"Thing Seen","properties":{},"context":{"bot":{"list":"1","reason":"crawler"},"staff":true}}'
    )


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ({"type": "nothing", "event": "a", "name": "b"}, {}),
        ({"type": "track", "event": 7, "name": "b"}, {"type": "track"}),
        ({"type": "page", "event": "a", "name": "b"}, {"type": "page", "name": "b"}),
        ({"type": "page", "timestamp": "yesterday"}, {"type": "page"}),
        ({"type": "page", "timestamp": 1796040000}, {"type": "page"}),
        ({"type": "page", "messageId": 7}, {"type": "page"}),
        ({"type": "page", "messageId": "x" * 201}, {"type": "page"}),
        ({"type": "page", "context": {"bot": True, "staff": "yes"}}, {"type": "page"}),
        ({"type": "page", "context": {"bot": {"reason": "Anna Berg"}}}, {"type": "page", "context": {"bot": {}}}),
        ({"type": "page", "context": {"bot": {"reason": "anna.berg"}}}, {"type": "page", "context": {"bot": {}}}),
        ({"type": "page", "context": {"bot": {"list": "anna+berg-1"}}}, {"type": "page", "context": {"bot": {}}}),
        ({"type": "page", "context": {"bot": {"list": "1+anna-1.0"}}}, {"type": "page", "context": {"bot": {}}}),
        ({"type": "page", "context": []}, {"type": "page"}),
    ],
)
def test_what_has_another_form_is_left_out(message: dict[str, Any], kept: dict[str, Any]) -> None:
    form = json.loads(FORM.of(json.dumps(message).encode(), None))

    assert form == {"consent": "count_only", "properties": {}, **kept}


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("Other", {"status": 404, "origin": "email", "url": "/x"}, {"status": 404, "origin": "email"}),
        ("Other", {"status": "404", "origin": "Anna Berg", "embedded": True}, {}),
        ("Other", {"origin": "anna.berg"}, {}),
        ("Home", {"teaser": "t", "status": 200}, {"teaser": "t", "status": 200}),
        (None, {"teaser": "t"}, {}),
    ],
)
def test_a_page_keeps_what_capture_gives_it_unless_the_plan_says_otherwise(
    name: str | None, sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    message = json.dumps({"type": "page", "name": name, "properties": sent}).encode()

    assert json.loads(FORM.of(message, None))["properties"] == kept


def test_an_event_that_the_plan_does_not_know_has_no_public_property() -> None:
    kept = json.loads(FORM.of(b'{"type":"track","event":"other","properties":{"kind":"a"}}', None))

    assert (kept["event"], kept["properties"]) == ("other", {})


def test_a_type_and_a_time_from_elsewhere_go_before_those_of_the_message() -> None:
    kept = json.loads(FORM.of(b'{"name":"x"}', None, type_="page", timestamp="2026-11-30T12:34:00Z"))

    assert (kept["type"], kept["name"], kept["timestamp"]) == ("page", "x", "2026-11-30T12:00:00Z")


def test_without_a_plan_the_properties_are_what_the_sender_left() -> None:
    kept = json.loads(CountedForm(None).of(b'{"type":"track","event":"e","userId":"u","properties":{"a":1}}', None))

    assert kept == {"consent": "count_only", "type": "track", "event": "e", "properties": {"a": 1}}


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        FORM.of(b"[]", None)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["SECRET", "a", "2026-11-30T12:34:56Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["city", "street", "x"]), inner),
    max_leaves=6,
)
keys = st.sampled_from([prop.wire_name for prop in SEEN.properties] + ["other"])
messages = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "x"])},
    optional={
        "event": st.sampled_from(["seen", "Thing Seen", "other"]),
        "name": st.sampled_from(["Home", "", None]),
        "properties": st.dictionaries(keys, values) | values,
        "context": st.dictionaries(st.sampled_from(["bot", "staff", "ip"]), values),
        **dict.fromkeys(("userId", "anonymousId", "messageId", "timestamp", "traits"), values),
    },
)


@given(messages, st.booleans())
def test_the_form_of_a_form_is_itself(message: dict[str, Any], is_planned: bool) -> None:
    event = SEEN if is_planned else None
    form = FORM.of(json.dumps(message).encode(), event)

    assert form.startswith(COUNT_ONLY)
    assert FORM.of(form, event) == form
    assert not json.loads(form).keys() & {"userId", "anonymousId", "traits", "sentAt", "integrations", "category"}


@given(
    st.dictionaries(
        st.sampled_from(["type", "messageId", "timestamp", "event", "name", "userId", "properties"]),
        st.sampled_from(["track", "page", "Thing Seen", "2026-11-29T13:14:15Z", "", 7, 1.5, None, {"kind": "a"}, [1]]),
    ),
)
def test_any_message_has_the_same_form_where_it_was_decoded_before(message: dict[str, Any]) -> None:
    text = json.dumps(message).encode()

    assert FORM.of(text, SEEN, data=message) == FORM.of(text, SEEN)


IDS = st.sampled_from([
    "a", "log-1", "", "a" * 200, "a" * 201, "\\u0041", '\\"', "\u00e9", '","messageId":"a', '","name":"Home',
])  # fmt: skip
RESTS = st.sampled_from([
    "}", ',"name":"Home"}', ',"name":"Home","properties":{}}', ',"properties":{"status":200},"name":"Home"}',
    ',"timestamp":"2026-11-29T13:00:00Z","name":"Home","properties":{"status":200,"origin":"direct"}}',
    ',"timestamp":"2026-11-29T13:00:00Z","name":"Home","properties":{"status":200,"origin":"Ann"}}',
    ',"timestamp":"2026-11-29T13:04:00Z","name":"Home","properties":{"teaser":"a"}}',
    ',"name":"Home","properties":{},"userId":"u"}', ',"name":"Home","properties":{}} ',
    ',"event":"seen","properties":{}}',
])  # fmt: skip


@given(st.lists(st.tuples(IDS, RESTS, st.sampled_from(["page", "track"])), min_size=2, max_size=12), st.booleans())
@example([("a", ',"name":"Home","properties":{}}', "page"), ("b", ',"name":"Home","properties":{}}', "page")], False)
@example(
    [("a", ',"name":"Home","properties":{}}', "page"), ("a" * 201, ',"name":"Home","properties":{}}', "page")], False
)
def test_the_form_of_a_message_is_the_same_after_others_like_it(
    parts: list[tuple[str, str, str]], is_bytearray: bool
) -> None:
    forms = [(plan, CountedForm(plan)) for plan in (PLAN, None)]
    for message_id, rest, type_ in parts:
        text = f'{{"consent":"count_only","type":"{type_}","messageId":"{message_id}"{rest}'.encode()
        event = SEEN if type_ == "track" else None
        arguments = {"type_": type_, "timestamp": json.loads(text).get("timestamp", "2026-11-29T14:00:00Z")}
        for plan, form in forms:
            expected = CountedForm(plan).of(text, event, **arguments)

            assert form.of(bytearray(text) if is_bytearray else text, event, **arguments) == expected


def test_a_form_that_keeps_others_in_mind_looks_at_type_time_and_event_too() -> None:
    text = b'{"consent":"count_only","type":"track","messageId":"a","timestamp":"2026-11-29T13:00:00Z",%b}' % (
        b'"event":"seen","properties":{"kind":"a"}'
    )
    form, hour = CountedForm(PLAN), "2026-11-29T13:00:00Z"
    other = msgspec.structs.replace(SEEN, name="other", properties=())

    assert form.of(text, SEEN, type_="track", timestamp=hour) == text
    assert b'"kind"' not in form.of(text, other, type_="track", timestamp=hour)
    assert b"T15:00" in form.of(text, SEEN, type_="track", timestamp="2026-11-29T15:00:00Z")
    assert b'"event"' not in form.of(text, SEEN, type_="page", timestamp=hour)


@pytest.mark.parametrize("form", [FORM, CountedForm(None)], ids=["plan", "no plan"])
@pytest.mark.parametrize("context", [
    b'"ip":"192.0.2.0"',
    b'"bot":{"reason":"crawler","more":1,"list":"12"},"staff":true',
    b'"bot":null,"page":{"staff":true}',
    b'"page":{"title":"\\"bot\\""}',
])  # fmt: skip
@pytest.mark.parametrize("name", ["Home", "/orders/{id}", 'a\u2028\x7f"b'])
def test_a_page_of_parts_has_the_form_of_its_message(name: str, context: bytes, form: CountedForm) -> None:
    values = b'{"status":200,"origin":"search","embedded":true,"teaser":"a","title":"b","duration_ms":1.50}'
    text = b'{"type":"page","messageId":"m","timestamp":"1969-12-31T23:59:59.999999Z","name":%b,"properties":%b,%b}' % (
        json.dumps(name).encode(), values, b'"context":{%b}' % context,
    )  # fmt: skip

    assert form.of_page("m", -1, name, values, context) == form.of(text, None)
