"""At the collector a message is left what its person agreed to, before anything is written."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall import Client, storage
from footfall.collector.collector import Collector
from footfall.collector.pipeline import STEPS
from footfall.errors import RequestError
from footfall.plan import bundle_hash, read
from footfall.plan.model import Plan
from footfall.quarantine import replay
from footfall.storage.journal import Entry, Row, RowState
from footfall.testing import ManualClock, Recorder
from footfall.timestamps import HOUR_US

DOCUMENT: dict[str, Any] = {
    "plan": "p",
    "sources": {"box": {"kind": "device"}},
    "identity": {"device": "serial"},
    "consent": {
        "rule": "opt_in", "default": "count_only", "purposes": {"statistics": {}, "marketing": {"refused": "none"}},
    },
    "events": {
        "seen": {
            "properties": {
                "kind": {"type": "string", "sensitivity": "public", "required": True, "max_length": 9},
                "mail": {"type": "string", "sensitivity": "personal", "required": True},
                "token": {"type": "string", "sensitivity": "public", "transform": "drop"},
                "serial": {"type": "string", "sensitivity": "public"},
            },
            "rules": [{"id": "both", "check": "len(kind) < len(mail)"}],
        },
        "clicked": {"consent": "marketing"},
        "ordered": {"consent": "full", "properties": {"mail": {"type": "string"}}},
    },
}  # fmt: skip
PLAN = read(DOCUMENT).require()
NAMES = ("statistics", "marketing")
YES, NO = ({"consent": {"categoryPreferences": dict.fromkeys(NAMES, agreed)}} for agreed in (True, False))
SECRET = "s3cr3t"


@pytest.fixture
def collector(tmp_path: Path, clock: ManualClock) -> Iterator[Collector]:
    with Collector(tmp_path / "data", plan=PLAN, clock=clock) as opened:
        yield opened


def take(collector: Collector, *messages: dict[str, Any] | bytes, **batch: Any) -> list[tuple[str, str | None]]:
    """The verdict and the reason of each message of a batch."""
    texts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in messages]
    body = json.dumps({**batch, "batch": []}).encode()[:-2] + b",".join(texts) + b"]}"
    answer = collector.take(body, source="box")
    said = {verdict.index: (verdict.verdict, verdict.reason) for verdict in answer.verdicts}
    return [said.get(index, ("stored", None)) for index in range(len(messages))]


def rows(collector: Collector, kind: RowState = "stored") -> list[Entry]:
    return [entry for chunk in collector.store.journal.scan(kind) for entry in chunk]


def all_rows(collector: Collector) -> list[Row]:
    return [entry.row for entry in (*rows(collector), *rows(collector, "quarantined"))]


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def secret(**more: Any) -> dict[str, Any]:
    """A message full of what may not be kept of somebody who did not agree."""
    return {
        "type": "track", "event": "seen", "userId": f"{SECRET}-user", "anonymousId": f"{SECRET}-anon",
        "timestamp": "2026-11-22T12:34:56.789Z",
        "properties": {"kind": "a", "mail": SECRET, "serial": SECRET, "token": SECRET, SECRET: 1},
        "context": {"ip": SECRET, "device": {"id": SECRET}, "traits": {"a": SECRET}},
        "traits": {"a": SECRET}, "integrations": {"a": SECRET}, "category": SECRET, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("context", "batch", "is_whole"),
    [
        (NO, {}, False),
        (YES, {}, True),
        ({}, {}, False),
        (None, {}, False),
        (None, {"context": YES}, True),
        ({}, {"context": YES}, True),
        (NO, {"context": YES}, False),
        (YES, {"context": NO}, True),
        ({"consentManagement": {"allowedConsentIds": ["statistics"], "deniedConsentIds": []}}, {}, True),
        ({"consentManagement": {"allowedConsentIds": [], "deniedConsentIds": ["statistics"]}}, {}, False),
    ],
)
def test_a_statement_is_read_of_the_message_or_else_of_its_batch(
    collector: Collector, context: Any, batch: dict[str, Any], is_whole: bool
) -> None:
    assert take(collector, secret(messageId="m", context=context), **batch) == [("stored", None)]

    (entry,) = rows(collector)
    assert (entry.row.user_id is not None) is is_whole
    assert (entry.row.envelope is not None) is (is_whole and bool(batch))


def test_of_a_message_that_is_only_counted_a_row_has_its_name_and_hours(collector: Collector) -> None:
    take(collector, secret(messageId="m"), context={"library": SECRET})

    (entry,) = rows(collector)
    row = entry.row
    assert (row.type, row.event, row.message_id, row.source) == ("track", "seen", "m", "box")
    assert row.occurred_at % HOUR_US == row.received_at % HOUR_US == 0
    assert {row.user_id, row.anonymous_id, row.device_id, row.previous_id, row.group_id, row.envelope, row.traits} == {
        None
    }
    assert row.body == (
        b'{"consent":"count_only","type":"track","messageId":"m","timestamp":"2026-11-22T12:00:00Z","event":"seen",'
        b'"properties":{"kind":"a"}}'
    )


def test_what_may_not_be_kept_is_rejected_and_in_the_books(collector: Collector) -> None:
    verdicts = take(
        collector,
        secret(event="clicked", context=NO),
        *(secret(type=type_, groupId="g", previousId="p") for type_ in ("identify", "group", "alias", "reset")),
        secret(type="unheard"),
    )

    assert verdicts == [("rejected", "consent")] * 6
    assert rows(collector) == rows(collector, "quarantined") == []
    assert collector.stats()["box", "clicked"]["rejected"] == 1


def test_a_name_that_no_plan_knows_is_not_kept_of_a_message_that_may_not_be(
    tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    consent = {"rule": "opt_in", "default": "none", "purposes": {"statistics": {"refused": "none"}}}
    plan = read({**DOCUMENT, "consent": consent, "events": {"seen": {}}}).require()

    with Collector(tmp_path / "data", plan=plan, clock=clock) as collector:
        assert take(collector, secret(event=f"{SECRET} came"), secret(context=NO)) == [("rejected", "consent")] * 2
        assert collector.stats()["box", "(track)"]["rejected"] == collector.stats()["box", "seen"]["rejected"] == 1
        stored = bytes_of(tmp_path)
    assert SECRET.encode() not in stored
    assert SECRET not in caplog.text


def test_an_event_with_a_level_of_its_own_is_kept_whatever_is_stated(collector: Collector) -> None:
    take(collector, {"type": "track", "event": "ordered", "userId": "u", "context": NO, "properties": {"mail": "m"}})

    assert rows(collector)[0].row.user_id == "u"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (secret(properties={"kind": 7, "mail": SECRET}), "invalid"),
        (secret(properties={"kind": "much too long"}), "invalid"),
        (secret(event="unplanned"), "unknown_event"),
        (secret(event=None), "event"),
        (secret(properties=[SECRET]), "invalid"),
        (secret(context=[SECRET]), "invalid"),
        (secret(more=SECRET * 9_000), "too_large"),
        (secret(context={"a": SECRET * 9_000}), "too_large"),
        (secret(properties={"kind": json.loads("[" * 70 + f'"{SECRET}"' + "]" * 70)}), "depth"),
        (secret(properties={f"{SECRET}{number}": 1 for number in range(1_100)}), "keys"),
        (json.dumps(secret()).encode()[:-1] + b',"userId":"s3cr3t"}', "duplicate_key"),
        (b'{"type":"track","event":"seen","userId":"s3cr3t",,}', "json"),
        (b'{"type":"track","event":"seen","userId":"s3cr3t","x":1e999}', "json"),
    ],
)
def test_nothing_of_a_message_in_quarantine_is_kept_that_may_not_be(
    collector: Collector, tmp_path: Path, message: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    assert take(collector, message, context={"more": SECRET}) == [("quarantined", reason)]
    (entry,) = rows(collector, "quarantined")
    assert entry.row.envelope is None
    assert entry.row.received_at % HOUR_US == 0
    assert SECRET.encode() not in repr(entry).encode()
    collector.close()
    assert SECRET.encode() not in bytes_of(tmp_path)
    assert SECRET not in caplog.text


def test_a_message_that_fails_us_keeps_nothing(tmp_path: Path, clock: ManualClock) -> None:
    class Failing(dict[str, Any]):
        def get(self, *_: Any) -> Any:
            raise ZeroDivisionError

    with Collector(tmp_path / "data", plan=PLAN, clock=clock) as collector:
        rules = collector.intake.rules_for(None)
        assert rules is not None
        rules.consent._parts[0].rules._pages = Failing({"page": 1})  # type: ignore[union-attr]  # fails inside
        verdicts = take(collector, secret(type="page", context=NO), secret(messageId="m", context=NO))
        (entry,) = rows(collector, "quarantined")

    assert verdicts == [("quarantined", "unjudged"), ("stored", None)]
    assert (entry.row.body, entry.row.user_id) == (b"{}", None)
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_a_repeat_of_a_counted_message_is_a_duplicate_with_and_without_an_id(collector: Collector) -> None:
    without, other = secret(), secret(userId="somebody else")
    first = take(collector, secret(messageId="m"), without, other)

    assert first == [("stored", None)] * 3
    assert take(collector, secret(messageId="m", userId="x"), without, other) == [("duplicate", None)] * 3
    assert len({entry.row.message_id for entry in rows(collector)}) == 3


def test_an_id_that_is_made_of_the_content_confirms_no_guess_at_it(tmp_path: Path, clock: ManualClock) -> None:
    ids = set()
    for name in ("a", "b"):
        with Collector(tmp_path / name, plan=PLAN, clock=clock) as collector:
            take(collector, secret(), b'{"userId":"s3cr3t",,}', secret(more=SECRET * 9_000))
            ids |= {row.message_id for row in all_rows(collector)}

    assert len(ids) == 6


def test_a_public_property_is_checked_and_one_that_is_left_out_is_not_missed(collector: Collector) -> None:
    assert take(collector, secret(properties={"kind": "aaaaa"})) == [("stored", None)]
    assert take(collector, secret(properties={"kind": "a", "mail": 7})) == [("stored", None)]
    assert take(collector, secret(properties={})) == [("stored", None)]


def test_a_transform_is_applied_to_a_public_property_of_a_counted_message(collector: Collector) -> None:
    take(collector, secret(properties={"kind": "a", "token": SECRET}))

    assert json.loads(rows(collector)[0].row.body)["properties"] == {"kind": "a"}


def test_a_bot_needs_no_id_and_keeps_its_mark_where_it_is_only_counted(collector: Collector) -> None:
    bot = {"bot": {"reason": "crawler", "list": "1"}, "userAgent": "x"}
    page: dict[str, Any] = {"type": "page", "name": "/", "properties": {}}

    assert take(collector, {**page, "context": {**bot, **YES}}, {**page, "context": bot}) == [("stored", None)] * 2
    whole, counted = (json.loads(entry.row.body)["context"] for entry in rows(collector))
    assert whole["userAgent"] == "x"
    assert counted == {"bot": {"reason": "crawler", "list": "1"}}
    assert take(collector, {**page, "context": {"bot": True, **YES}}) == [("quarantined", "no_usable_id")]


def test_without_a_plan_what_a_sender_counted_is_nobodys_all_the_same(tmp_path: Path, clock: ManualClock) -> None:
    with Collector(tmp_path / "data", clock=clock) as collector:
        counted = secret(consent="count_only", messageId="m", properties={"kind": "a"})
        assert take(collector, counted) == [("stored", None)]
        (entry,) = rows(collector)

    assert entry.row.user_id is None
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_the_stricter_of_the_senders_plan_and_the_newest_counts(tmp_path: Path, clock: ManualClock) -> None:
    open_, strict = json.loads(json.dumps(DOCUMENT)), json.loads(json.dumps(DOCUMENT))
    open_["consent"]["default"] = "full"
    strict["events"]["seen"]["properties"]["kind"]["sensitivity"] = "internal"
    plans = [read(document).require() for document in (open_, strict)]
    for name, (old, new) in {"stricter": plans, "looser": plans[::-1]}.items():
        folder = tmp_path / name
        Collector(folder, plan=old, clock=clock).close()
        with Collector(folder, plan=new, clock=clock) as collector:
            context = {"plan": {"bundle": bundle_hash(old)}}
            assert take(collector, secret(messageId="m", context=context)) == [("stored", None)]
            (entry,) = rows(collector)
            assert json.loads(entry.row.body)["properties"] == {}


def test_a_plan_without_consent_after_one_with_it_still_binds_its_senders(tmp_path: Path, clock: ManualClock) -> None:
    Collector(tmp_path / "data", plan=PLAN, clock=clock).close()
    later = read({key: value for key, value in DOCUMENT.items() if key not in ("consent", "events")}).require()
    with Collector(tmp_path / "data", plan=later, clock=clock) as collector:
        context = {"plan": {"bundle": bundle_hash(PLAN)}}
        take(collector, secret(messageId="m", context=context))
        take(collector, {"type": "track", "event": "x", "messageId": "n", "userId": "u"})
        kept = {row.message_id: row.user_id for row in all_rows(collector)}

    assert kept == {"m": None, "n": "u"}


def test_no_step_before_consent_takes_anything_from_a_message_into_a_column() -> None:
    names = [step.__name__ for step in STEPS]

    assert names.index("consent") < min(names.index(name) for name in ("message_id", "ids", "time", "traits", "plan"))


# Client and collector decide alike, and nothing that may not be kept is anywhere in the folder.

LEVELS = st.sampled_from(["full", "count_only", "none"])
SENSITIVITIES = st.sampled_from(["public", "internal", "personal", None])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    consents = st.none() | LEVELS | st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
    properties = {
        name: {"type": draw(st.sampled_from(["string", "any"])), **({} if level is None else {"sensitivity": level})}
        for name, level in zip("abc", draw(st.tuples(*[SENSITIVITIES] * 3)), strict=True)
    }
    said = {name: consent for name in ("event", "page") if (consent := draw(consents)) is not None}
    return read({
        "plan": "p",
        "consent": {
            "rule": "opt_in", "default": draw(LEVELS), "purposes": {name: {"refused": draw(LEVELS)} for name in NAMES},
        },
        "events": {"e": {"properties": properties, **({"consent": said["event"]} if "event" in said else {})}},
        "pages": {"page": {"properties": properties, **({"consent": said["page"]} if "page" in said else {})}},
    }).require()  # fmt: skip


STATEMENTS = st.none() | st.dictionaries(
    st.sampled_from((*NAMES, "other")), st.sampled_from([True, False, None, 1, "true"])
)
CALLS = st.sampled_from(["track", "track unplanned", "page", "identify", "group", "alias", "reset"])


def call(client: Client, kind: str, properties: dict[str, Any], **given_: Any) -> None:
    if kind == "identify":
        client.identify("SECRET-u", {"x": "SECRET-t"}, **given_)
    elif kind == "group":
        client.group("SECRET-g", {"x": "SECRET-t"}, user_id="SECRET-u", **given_)
    elif kind == "alias":
        client.alias("SECRET-p", "SECRET-u", **given_)
    elif kind == "reset":
        client.reset(anonymous_id="SECRET-a", **given_)
    elif kind == "page":
        client.page("/", properties, anonymous_id="SECRET-a", **given_)
    else:
        name = "e" if kind == "track" else "unplanned"
        client.track(name, properties, user_id="SECRET-u", anonymous_id="SECRET-a", **given_)


@settings(max_examples=25)
@given(plans(), CALLS, STATEMENTS, st.booleans())
@example(PLAN, "page", {"statistics": False}, True)
@example(PLAN, "alias", {"statistics": True}, True)
def test_client_and_collector_decide_alike_and_nothing_else_is_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan, kind: str, statement: dict[str, Any] | None, more: bool
) -> None:
    context = {"ip": "SECRET-ip"} | ({} if statement is None else {"consent": {"categoryPreferences": statement}})
    properties = {"a": "public-a", "b": "public-b", "c": "public-c", **({"SECRET-k": "SECRET-v"} if more else {})}
    event = plan.events.get("e")
    parts = () if event is None else event.properties
    public = {prop.name for prop in parts if prop.sensitivity == "public"} if kind != "track unplanned" else set()
    # The same call by a client that knows the plan and by one that does not; the latter's message as it came at all.
    bodies: list[list[bytes]] = []
    whole = False
    for knows in (True, False):
        recorder = Recorder()
        with Client(recorder, plan=plan if knows else None, clock=ManualClock()) as client:
            call(client, kind, properties, context=context, message_id="m")
        folder = tmp_path_factory.mktemp("data")
        with Collector(folder / "data", plan=plan, clock=ManualClock()) as collector:
            for batch in recorder.batches:
                collector.take(batch.encode())
            kept = all_rows(collector)
        bodies.append([row.body for row in kept if row.body.startswith(b'{"consent":"count_only"')])
        whole = bool(kept) and not bodies[-1]
        text = bytes_of(folder)
        if not whole:
            assert b"SECRET" not in text
            for name in {"a", "b", "c"} - public:
                assert f"public-{name}".encode() not in text
            for row in kept:
                assert row.received_at % HOUR_US == row.occurred_at % HOUR_US == 0

    assert bodies[0] == bodies[1]


def test_what_came_before_consent_is_left_what_was_agreed_to_as_it_leaves_quarantine(
    tmp_path: Path, clock: ManualClock
) -> None:
    before = read({key: value for key, value in DOCUMENT.items() if key not in ("consent", "events")}).require()
    with Collector(tmp_path / "data", plan=before, clock=clock) as collector:
        verdicts = take(collector, secret(messageId="m"), secret(messageId="n", event="clicked", context=NO))
        assert verdicts == [("quarantined", "unknown_event")] * 2
    with storage.open(tmp_path / "data", "write", clock=clock) as store:
        result = replay(store.journal, store.control, PLAN)
        (row,) = [entry.row for chunk in store.journal.scan("stored") for entry in chunk]
        staying = [entry.row.message_id for chunk in store.journal.scan("quarantined") for entry in chunk]

    assert (result.released, result.staying) == (1, 1)
    assert row.body.startswith(b'{"consent":"count_only"')
    assert row.received_at % HOUR_US == row.occurred_at % HOUR_US == 0
    assert {row.user_id, row.anonymous_id, row.device_id, row.envelope} == {None}
    assert staying == ["n"]


def test_what_is_counted_in_quarantine_is_counted_when_it_leaves(tmp_path: Path, clock: ManualClock) -> None:
    with Collector(tmp_path / "data", plan=PLAN, clock=clock) as collector:
        take(collector, secret(messageId="m", event="later"))
    document = json.loads(json.dumps(DOCUMENT))
    document["events"]["later"] = {}
    with storage.open(tmp_path / "data", "write", clock=clock) as store:
        result = replay(store.journal, store.control, read(document).require())
        (row,) = [entry.row for chunk in store.journal.scan("stored") for entry in chunk]

    assert result.released == 1
    assert (row.event, row.user_id, row.message_id) == ("later", None, "m")


ANYTHING = st.recursive(
    st.sampled_from([SECRET, SECRET, "", None, True, 1.5]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([SECRET, "id", "traits"]), inner),
    max_leaves=4,
)
# No form of a statement that grants `statistics`.
REFUSING = st.sampled_from([NO, {}, None, {"consent": SECRET}, {"consentManagement": {"allowedConsentIds": [SECRET]}}])
RAW = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "alias", "group", "reset", "x", None])},
    optional={
        "event": st.sampled_from(["seen", "clicked", "unplanned", 7]),
        "messageId": st.sampled_from(["m", "n", 7]),
        "consent": st.sampled_from(["count_only", "full"]) | ANYTHING,
        "context": st.builds(lambda more, stated: {SECRET: more, **(stated or {})}, ANYTHING, REFUSING) | ANYTHING,
        **dict.fromkeys(
            ("userId", "anonymousId", "previousId", "groupId", "traits", "properties", "category", "timestamp",
             "originalTimestamp", "integrations", "sentAt", SECRET),
            ANYTHING,
        ),
    },
)  # fmt: skip


@settings(max_examples=20)
@given(st.lists(RAW, min_size=1, max_size=12), ANYTHING, st.integers(0, 400), st.sampled_from([b"", b",", b'"', b"}"]))
def test_whatever_comes_of_somebody_who_did_not_agree_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, messages: list[dict[str, Any]], batch: Any, place: int, noise: bytes
) -> None:
    folder = tmp_path_factory.mktemp("data")
    broken = json.dumps(secret(messageId="b")).encode()
    with Collector(folder / "data", plan=PLAN, clock=ManualClock()) as collector:
        take(collector, *messages, context=batch)
        with suppress(RequestError):  # it may break the whole request
            take(collector, broken[:place] + noise + broken[place + 1 :], context=batch)

    assert SECRET.encode() not in bytes_of(folder)
