"""The plan's transforms hold at the collector's door: what they change is not written, answered or logged in clear."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from footfall import Client, ClientOptions
from footfall.collector import Collector, CollectorSettings
from footfall.collector.dialects.segment import read_single
from footfall.delivery import InProcessTransport
from footfall.plan import bundle_hash
from footfall.plan.model import Alias, Enforcement, Event, IdentityKeys, Page, Plan, Property, Source, Transform
from footfall.storage import Row
from footfall.storage.environments import Sender
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

KEY = b"a key of the team"
SECRET = "bob.secret@b.example"
NEVER = b"secret"


def hashed(text: str = SECRET) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def prop(name: str, transform: Transform | None = None, **more: Any) -> Property:
    return Property(name=name, wire_name=name, type=more.pop("type", "string"), transform=transform, **more)


def plan_of(*properties: Property, traits: tuple[Property, ...] = (), **more: Any) -> Plan:
    ordered = Event(name="ordered", wire_name="Ordered", status="active", properties=properties)
    return Plan(id="shop", events={"ordered": ordered}, traits={"user": traits, "account": traits}, **more)


PLAN = plan_of(
    prop("email", "hash", format="email"),
    prop("phone", "drop"),
    prop("name", "mask"),
    prop("total", type="decimal"),
    prop("lines", type="array", items=prop("", type="object", properties=(prop("note", "truncate"), prop("sku")))),
    traits=(prop("email", "hash", format="email"), prop("city")),
)


class Taken:
    """What a collector made of messages: its rows, and everything that it wrote, answered and logged."""

    def __init__(self, rows: list[Row], verdicts: list[Any], everything: bytes) -> None:
        self.rows = rows
        self.verdicts = verdicts
        self.everything = everything

    @property
    def codes(self) -> list[str]:
        return sorted(fault.code for verdict in self.verdicts for fault in verdict.faults)

    def body(self, number: int = 0) -> Any:
        return json.loads(self.rows[number].body)


def take(
    folder: Path,
    body: bytes,
    *plans: Plan,
    key: bytes | None = KEY,
    limits: CollectorSettings | None = None,
    journal: MemoryJournal | None = None,
) -> Taken:
    """Take a batch with the last of these plans, after the others were loaded."""
    for plan in plans[:-1]:
        Collector(folder, plan=plan).close()
    journal = journal or MemoryJournal()
    with Collector(
        folder, plan=plans[-1], clock=ManualClock(), journal=journal, transform_key=key, settings=limits
    ) as collector:
        answer = collector.take(body, source="shop")
        entries = [entry for kind in ("stored", "quarantined") for chunk in journal.scan(kind) for entry in chunk]
    rows = [entry.row for entry in sorted(entries)]
    everything = b"\n".join([msgspec.json.encode(answer), *(repr(row).encode() for row in rows)])
    return Taken(rows, list(answer.verdicts), everything)


def batch(*messages: bytes | Mapping[str, Any], **envelope: Any) -> bytes:
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
    beside = b"".join(b',"%b":%b' % (key.encode(), json.dumps(said).encode()) for key, said in envelope.items())
    return b'{"batch":[%b]%b}' % (b",".join(texts), beside)


def ordered(properties: Any, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Ordered", "userId": "u", "messageId": "m", "properties": properties, **more}


def test_a_sender_that_knows_no_plan_has_its_values_changed_and_nothing_else(tmp_path: Path) -> None:
    text = (
        b'{ "type":"track","event":"Ordered", "userId":"u","properties": {"total" : 1.10e0,"email":"%b" ,'
        b'"lines":[{"sku":"s","note":"secret"}],"name":"bob secret", "phone":"secret","free":[ 1 ]} }' % SECRET.encode()
    )
    taken = take(tmp_path, batch(text), PLAN)

    assert taken.rows[0].kind == "stored"
    assert taken.rows[0].body == (
        b'{ "type":"track","event":"Ordered", "userId":"u","properties": {"total" : 1.10e0,"email":"%b" ,'
        b'"lines":[{"sku":"s","note":"sec"}],"name":"b***t", "free":[ 1 ]} }' % hashed().encode()
    )


def test_a_value_is_checked_before_its_transform(tmp_path: Path) -> None:
    good = take(tmp_path / "a", batch(ordered({"email": SECRET})), PLAN)
    bad = take(tmp_path / "b", batch(ordered({"email": "no secret address"})), PLAN)

    assert good.verdicts == []
    assert [(one.verdict, one.reason, one.faults[0].code) for one in bad.verdicts] == [
        ("quarantined", "invalid", "format")
    ]
    assert bad.body()["properties"] == {"email": hashed("no secret address")}
    assert NEVER not in bad.everything


def test_a_required_value_that_is_dropped_is_required_of_its_sender(tmp_path: Path) -> None:
    plan = plan_of(prop("phone", "drop", required=True))

    assert take(tmp_path / "a", batch(ordered({"phone": "secret"})), plan).rows[0].kind == "stored"
    assert take(tmp_path / "b", batch(ordered({})), plan).codes == ["required"]


def test_what_our_client_has_transformed_is_not_transformed_again(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with (
        Collector(tmp_path, plan=PLAN, clock=ManualClock(), journal=journal, transform_key=KEY) as collector,
        Client(InProcessTransport(collector), plan=PLAN, options=ClientOptions(transform_key=KEY)) as client,
    ):
        client.track("ordered", {"email": SECRET, "name": "bob secret", "phone": "secret"}, user_id="u")
        client.identify("u", {"email": SECRET})
        client.close()
        bodies = [json.loads(entry.row.body) for chunk in journal.scan("stored") for entry in chunk]

    assert [body.get("properties", body.get("traits")) for body in bodies] == [
        {"email": hashed(), "name": "b***t"},
        {"email": hashed()},
    ]


@pytest.mark.parametrize("claim", ["f" * 64, 5, None, True, ["x"], {}, ""])
def test_a_claim_of_a_bundle_that_is_not_known_is_no_claim(tmp_path: Path, claim: object) -> None:
    context = {"client": {"transformed": claim}}

    assert take(tmp_path, batch(ordered({"email": SECRET}, context=context)), PLAN).body()["properties"] == {
        "email": hashed()
    }


def test_a_claim_may_be_made_for_a_whole_batch(tmp_path: Path) -> None:
    body = batch(ordered({"email": hashed()}), context={"client": {"transformed": bundle_hash(PLAN)}})

    assert take(tmp_path, body, PLAN).body()["properties"] == {"email": hashed()}


def test_of_the_senders_plan_and_the_newest_the_stricter_wins(tmp_path: Path) -> None:
    earlier = plan_of(prop("a", "hash"), prop("b", "drop"), prop("c", "mask"), prop("d"))
    newest = plan_of(prop("a", "truncate"), prop("b"), prop("c", "hash"), prop("d", "mask"))
    context = {"plan": {"id": "shop", "bundle": bundle_hash(earlier)}}

    taken = take(tmp_path, batch(ordered(dict.fromkeys("abcd", "secret"), context=context)), earlier, newest)

    assert taken.verdicts == []
    assert taken.body()["properties"] == {"a": hashed("secret"), "c": hashed("secret"), "d": "s***t"}


def test_what_a_newer_plan_transforms_is_changed_for_an_older_client(tmp_path: Path) -> None:
    earlier = plan_of(prop("a", "hash"), prop("b"), prop("c", "truncate"), prop("d"))
    newest = plan_of(prop("a", "hash"), prop("b", "hash"), prop("c", "drop"), prop("d"))
    digest = bundle_hash(earlier)
    context = {"plan": {"bundle": digest}, "client": {"transformed": digest}}
    properties = {"a": hashed(), "b": "secret", "c": "sec", "d": "free"}

    taken = take(tmp_path, batch(ordered(properties, context=context)), earlier, newest)

    assert taken.verdicts == []
    assert taken.body()["properties"] == {"a": hashed(), "b": hashed("secret"), "d": "free"}


def test_no_fault_shows_what_only_the_newest_plan_conceals(tmp_path: Path) -> None:
    earlier, newest = plan_of(prop("a", max_length=3)), plan_of(prop("a", "hash"))
    context = {"plan": {"bundle": bundle_hash(earlier)}}

    taken = take(tmp_path, batch(ordered({"a": "secret"}, context=context)), earlier, newest)

    assert taken.codes == ["max_length"]
    assert NEVER not in taken.everything


def test_without_a_key_a_value_is_left_out_and_a_fault_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = take(tmp_path, batch(ordered({"email": SECRET, "total": 1})), PLAN, key=None)

    assert [(one.verdict, [(fault.path, fault.code) for fault in one.faults]) for one in taken.verdicts] == [
        ("stored", [("email", "no_transform_key")])
    ]
    assert taken.body()["properties"] == {"total": 1}
    assert caplog.messages == ["stored source=shop event=ordered code=no_transform_key count=1"]


IDENTIFIES: list[dict[str, Any]] = [
    {"traits": {"email": SECRET, "city": "Oslo"}},
    {"context": {"traits": {"email": SECRET, "city": "Oslo"}}},
    {"traits": {"city": "Oslo"}, "context": {"traits": {"email": SECRET}}},
]


def test_traits_that_are_no_object_are_left_out(tmp_path: Path) -> None:
    taken = take(tmp_path, batch({"type": "identify", "userId": "u", "context": {"traits": "secret", "n": 1}}), PLAN)

    assert taken.codes == ["untransformable"]
    assert taken.body()["context"] == {"n": 1}


def test_a_context_that_is_no_object_is_no_business_of_the_plan(tmp_path: Path) -> None:
    taken = take(tmp_path, batch(ordered({"total": 1}, context="free text")), PLAN)

    assert taken.codes == ["type"]
    assert taken.body()["context"] == "free text"


@pytest.mark.parametrize("said", IDENTIFIES)
def test_traits_are_changed_wherever_they_are(tmp_path: Path, said: dict[str, Any]) -> None:
    taken = take(tmp_path, batch({"type": "identify", "userId": "u", **said}), PLAN)

    assert taken.rows[0].kind == "stored"
    assert taken.codes == []
    assert NEVER not in taken.everything
    assert hashed().encode() in taken.rows[0].body
    assert b"Oslo" in taken.rows[0].body


def test_traits_that_a_batch_says_for_all_of_its_messages_are_changed(tmp_path: Path) -> None:
    body = batch({"type": "identify", "userId": "u"}, context={"traits": {"email": SECRET}, "x": 1.10})

    taken = take(tmp_path, body, PLAN)

    assert taken.rows[0].envelope == b'{"context":{"traits": {"email": "%b"}, "x": 1.1}}' % hashed().encode()
    assert taken.rows[0].traits == b'{"email": "%b"}' % hashed().encode()
    assert NEVER not in taken.everything


def test_of_traits_from_three_places_none_is_kept_in_clear(tmp_path: Path) -> None:
    places = {"context": {"traits": {"email": SECRET, "a": 1}}, "traits": {"email": SECRET, "b": 2}}
    body = batch({"type": "identify", "userId": "u", **places}, context={"traits": {"email": SECRET, "c": 3}})

    taken = take(tmp_path, body, PLAN)

    assert json.loads(taken.rows[0].traits or b"") == {"email": hashed(), "a": 1, "b": 2, "c": 3}
    assert NEVER not in taken.everything


def test_the_traits_of_a_user_are_changed_on_every_message(tmp_path: Path) -> None:
    taken = take(tmp_path, batch({"type": "page", "userId": "u", "context": {"traits": {"email": SECRET}}}), PLAN)

    assert NEVER not in taken.everything


def test_pages_and_screens_are_changed_by_their_type_and_name(tmp_path: Path) -> None:
    pages = {
        name: Page(name=name, properties=(prop(key, "mask"),))
        for name, key in (("page", "a"), ("page:Home", "b"), ("Home", "c"))
    }
    body = batch(
        *(
            {"type": type_, "name": name, "userId": "u", "properties": {"a": "secret", "b": "secret", "c": "secret"}}
            for type_, name in (("page", "Home"), ("page", "Other"), ("screen", "Home"))
        ),
        b'{"type":"page","name":"Home","userId":"u","properties":{"a":"secret","b":"secret","x":NaN}}',
    )

    taken = take(tmp_path, body, plan_of(pages=pages))

    assert [json.loads(row.body)["properties"] for row in taken.rows] == [
        {"a": "s***t", "b": "s***t", "c": "s***t"},
        {"a": "s***t", "b": "secret", "c": "secret"},
        {"a": "secret", "b": "secret", "c": "s***t"},
        {"a": "s***t", "b": "s***t", "x": pytest.approx(float("nan"), nan_ok=True)},
    ]


def test_a_device_is_named_by_what_is_kept(tmp_path: Path) -> None:
    sources = {"shop": Source(name="shop", kind="device")}
    plan = plan_of(prop("serial", "hash"), sources=sources, identity=IdentityKeys(device="serial"))

    taken = take(tmp_path, batch(ordered({"serial": "secret"})), plan)

    assert taken.rows[0].device_id == hashed("secret")
    assert NEVER not in taken.everything


def test_an_id_that_is_made_of_the_content_is_made_of_what_is_kept(tmp_path: Path) -> None:
    message = {"type": "track", "event": "Ordered", "userId": "u", "timestamp": "2026-01-01T00:00:00Z"}
    kept = take(tmp_path / "a", batch({**message, "properties": {"email": hashed()}}), plan_of(prop("email")))
    taken = take(tmp_path / "b", batch({**message, "properties": {"email": SECRET}}), PLAN)

    assert taken.rows[0].message_id == kept.rows[0].message_id


BAD: list[bytes] = [
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"bob.secret@b.example","x":NaN}}',
    b'{"type":"track","event":"Ordered","event":"x","userId":"u","properties":{"email":"bob.secret@b.example"}}',
    b'{"type":"track","event":"Ordered","properties":{"email":"secret","email":"bob.secret@b.example"}}',
    b'{"type":"track","event":"Ordered","properties":{"em\\u0061il":"secret","x":NaN}}',
    b'{"type":"click","event":"Ordered","userId":"u","properties":{"email":"secret"}}',
    b'{"event":"Ordered","properties":{"email":"secret"}}',
    b'{"type":"track","event":"Ordered","properties":{"email":"secret"}}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":"secret"}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":["secret"]}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"lines":"secret"}}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"lines":[["secret"]]}}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":{"a":["secret"]}}}',
    b'{"type":"track" "event":"Ordered","userId":"u","properties":{"email":"secret"}}',
    b"{'type':'track','event':'Ordered','properties':{'email': 'secret'}}",
    b'{"type":"track","event":"Ordered","properties":{"email":"\\ud800secret"}}',
    b'{"type":"identify","userId":"u","traits":{"email":"secret","x":1e400}}',
    b'{"type":"identify","userId":"u","context":{"traits":{"email":"secret","x":1e400}}}',
    b'{"type":["identify"],"userId":"u","traits":{"email":"secret"}}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"phone":1e400,"email":"secret"}}',
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"secret","x":'
    + b"[" * 70 + b"]" * 70 + b"}}",
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"secret","x":'
    + b"[" * 3000 + b"]" * 3000 + b"}}",
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"secret","x":"%b"}}' % (b"x" * 40_000),
    b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"secret","x":NaN,"y":"%b"}}'
    % (b"x" * 40_000),
]  # fmt: skip


@pytest.mark.parametrize("message", BAD, ids=range(len(BAD)))
def test_in_quarantine_too_no_planned_value_is_in_clear(
    tmp_path: Path, message: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    taken = take(tmp_path, batch(message), PLAN)

    assert [row.kind for row in taken.rows] == ["quarantined"]
    assert NEVER not in taken.everything
    assert "secret" not in caplog.text
    assert "1e400" not in str(taken.verdicts) or b"1e400" in taken.rows[0].body


def test_a_single_message_goes_through_the_same_door(tmp_path: Path) -> None:
    with Collector(tmp_path, plan=PLAN, clock=ManualClock(), transform_key=KEY) as collector:
        body = json.dumps({"userId": "u", "traits": {"email": SECRET}}).encode()
        envelope = read_single(body, "identify", collector.settings)
        with collector.intake.admit(is_keyed=True) as claim:
            (row,) = collector.intake.decide(envelope, Sender("shop"), claim).changes.rows

    assert json.loads(row.body)["traits"] == {"email": hashed()}


def test_the_column_of_traits_has_what_is_kept(tmp_path: Path) -> None:
    message = {"type": "identify", "userId": "u", "context": {"traits": {"email": SECRET, "city": "Delft"}}}

    taken = take(tmp_path, batch(message), PLAN)

    assert [json.loads(row.traits or b"") for row in taken.rows] == [{"email": hashed(), "city": "Delft"}]
    assert taken.body()["context"] == {"traits": {"email": hashed(), "city": "Delft"}}


def test_an_unknown_event_cannot_be_changed(tmp_path: Path) -> None:
    message = {"type": "track", "event": "Other", "userId": "u", "properties": {"email": SECRET}}

    taken = take(tmp_path, batch(message), PLAN)

    assert taken.codes == ["unknown_event"]
    assert taken.body()["properties"] == {"email": SECRET}


def test_an_alias_that_is_over_still_says_what_is_to_be_changed(tmp_path: Path) -> None:
    event = msgspec.structs.replace(PLAN.events["ordered"], aliases=(Alias(name="Bought", until="2020-01-01"),))
    plan = msgspec.structs.replace(PLAN, events={"ordered": event})

    taken = take(tmp_path, batch({**ordered({"email": SECRET}), "event": "Bought"}), plan)

    assert taken.codes == ["unknown_event"]
    assert NEVER not in taken.everything


def test_a_plan_without_transforms_has_no_door(tmp_path: Path) -> None:
    plan = plan_of(prop("email"))
    text = b'{"type":"track","event":"Ordered","userId":"u","properties":{"email":"x"}}'

    with Collector(tmp_path, plan=plan, clock=ManualClock(), journal=MemoryJournal()) as collector:
        rules = collector.intake.rules_for(None)

    assert rules is not None
    assert rules.door is None
    assert take(tmp_path, batch(text), plan).rows[0].body == text


def test_the_key_is_read_from_the_file_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_bytes(KEY + b"\n")
    monkeypatch.setenv("FOOTFALL_TRANSFORM_KEY_FILE", str(tmp_path / "key"))

    taken = take(tmp_path / "data", batch(ordered({"email": SECRET})), PLAN, key=None)

    assert taken.body()["properties"] == {"email": hashed()}


VALUES: Any = st.recursive(
    st.sampled_from([SECRET, "secret", 1, None, True, float("nan"), float("inf")]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["email", "phone", "name", "lines", "note"]), inner, max_size=4)
    ),
    max_leaves=10,
)
PLANNED = st.dictionaries(st.sampled_from(["email", "phone"]), VALUES, max_size=2)
LINES = st.lists(st.dictionaries(st.just("note"), st.just("secret note")) | st.just("secret"), max_size=3)
MESSAGES = st.fixed_dictionaries(
    {"event": st.sampled_from(["Ordered", "ordered"])},
    optional={
        "type": st.sampled_from(["track", "identify", "group", "page", "nope", 5]),
        "userId": st.sampled_from(["u", "", 5]),
        "messageId": st.uuids().map(str),
        "properties": PLANNED | st.sampled_from(["secret", ["secret"]])
        | st.fixed_dictionaries({"lines": LINES | st.just("secret")}),
        "traits": st.fixed_dictionaries({"email": VALUES}) | st.just("secret"),
        "context": st.fixed_dictionaries({"traits": st.fixed_dictionaries({"email": VALUES}) | st.just("secret")}),
    },
)  # fmt: skip


@given(messages=st.lists(MESSAGES, min_size=1, max_size=3), break_one=st.booleans())
@example(messages=[{"event": "Ordered", "properties": {"email": [float("nan"), SECRET]}}], break_one=False)
@example(messages=[{"event": "Ordered", "type": "group", "traits": {"email": {"a": SECRET}}}], break_one=True)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_no_planned_value_is_written_in_clear(
    tmp_path: Path, messages: list[dict[str, Any]], break_one: bool
) -> None:
    texts = [json.dumps(message).encode() for message in messages]
    if break_one:
        texts[0] = texts[0].replace(b": ", b" ", 1)

    taken = take(tmp_path, batch(*texts), PLAN)

    assert NEVER not in taken.everything.replace(b"sec" + b'"', b"")


def test_a_policy_that_keeps_everything_keeps_nothing_in_clear(tmp_path: Path) -> None:
    lax = msgspec.structs.replace(
        PLAN, enforcement={"collector": Enforcement(unknown_event="keep", unknown_property="keep", invalid="warn")}
    )

    taken = take(tmp_path, batch(ordered({"email": "secret", "lines": "secret"})), lax)

    assert taken.rows[0].kind == "stored"
    assert NEVER not in taken.everything
