"""A replay stores what passes now, once, with its ids and times; whatever breaks it off, another one finishes it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from footfall import plan as plans
from footfall.collector import Collector
from footfall.errors import JournalError
from footfall.plan.model import Plan
from footfall.quarantine import replay
from footfall.storage import Changes, Entry, Journal, Row, SqliteControl, SqliteJournal
from footfall.storage.books import imbalances, total
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal

STRICT = """
plan: shop
sources: {app: {kind: web}}
events:
  seen: {description: looked}
  bought: {description: paid, properties: {total: {type: decimal, required: true}}}
"""
MENDED = STRICT.replace("required: true", "required: false") + "  opened: {description: a box, wire_name: Box Opened}\n"

HASHED = MENDED + "  told: {description: a word, properties: {word: {type: string, transform: hash, description: d}}}\n"

MakePlan = Callable[[str], Plan]


@pytest.fixture
def make_plan(tmp_path: Path) -> MakePlan:
    def make(text: str) -> Plan:
        path = tmp_path / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        return plans.read(path).require()

    return make


def track(event: str, message_id: str, **more: Any) -> dict[str, Any]:
    stamped = {"timestamp": "2026-01-01T09:00:00Z", "userId": "u1"}
    return {"type": "track", "event": event, "messageId": message_id, **stamped, **more}


def filled(folder: Path, plan: Plan, *messages: object) -> tuple[SqliteJournal, SqliteControl]:
    with Collector(folder, plan=plan, clock=ManualClock()) as collector:
        collector.take(json.dumps({"batch": messages}).encode(), source="app")
    return SqliteJournal(folder / "journal.db"), SqliteControl(folder / "control.db")


def rows(journal: Journal, kind: Any = "stored") -> list[Entry]:
    return [entry for chunk in journal.scan(kind) for entry in chunk]


def test_what_the_mended_plan_takes_is_stored_under_a_new_number_with_its_ids_times_and_bundle(
    tmp_path: Path, make_plan: MakePlan
) -> None:
    journal, control = filled(tmp_path / "data", make_plan(STRICT), track("Box Opened", "m1"), track("seen", "m2"))
    (before,) = rows(journal, "quarantined")

    result = replay(journal, control, make_plan(MENDED))

    assert (result.released, result.staying) == (1, 0)
    assert rows(journal, "quarantined") == []
    assert rows(journal)[-1] == Entry(3, before.row._replace(kind="stored", event="opened", faults=None))
    journal.close()


def test_a_plan_of_the_sender_that_still_refuses_does_not_hold_what_the_newest_takes(
    tmp_path: Path, make_plan: MakePlan
) -> None:
    strict = make_plan(STRICT)
    context = {"plan": {"bundle": plans.bundle_hash(strict)}}
    journal, control = filled(tmp_path / "data", strict, track("bought", "m1", context=context))

    assert replay(journal, control, strict).released == 0
    assert replay(journal, control, make_plan(MENDED)).released == 1
    assert rows(journal)[0].row.bundle == plans.bundle_hash(strict)
    journal.close()


def test_what_the_plan_of_the_sender_takes_is_free_also_where_the_newest_refuses(
    tmp_path: Path, make_plan: MakePlan
) -> None:
    mended = make_plan(MENDED)
    context = {"plan": {"bundle": plans.bundle_hash(mended)}}
    journal, control = filled(tmp_path / "data", make_plan(STRICT), track("bought", "m1", context=context))

    control.put_bundle(plans.bundle_hash(mended), plans.bundle_bytes(mended))

    assert replay(journal, control, make_plan(STRICT)).released == 1
    journal.close()


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path, make_plan: MakePlan) -> None:
    messages = [track("Box Opened", "m1"), track("Crate Opened", "m2"), track("bought", "m3")]
    journal, control = filled(tmp_path / "data", make_plan(STRICT), *messages)
    before = (rows(journal), rows(journal, "quarantined"), journal.books(), control.bundles())

    tried = replay(journal, control, make_plan(MENDED), is_dry_run=True)

    assert (rows(journal), rows(journal, "quarantined"), journal.books(), control.bundles()) == before
    carried_out = replay(journal, control, make_plan(MENDED))
    assert (tried.released, tried.staying, tried.events) == (2, 1, carried_out.events)
    journal.close()


def test_the_plan_is_the_newest_of_the_folder_once_it_freed_something(tmp_path: Path, make_plan: MakePlan) -> None:
    journal, control = filled(tmp_path / "data", make_plan(STRICT), track("Box Opened", "m1"))

    replay(journal, control, make_plan(STRICT.replace("looked", "looked at")))
    assert len(control.bundles()) == 1
    replay(journal, control, make_plan(MENDED))
    assert list(control.bundles())[-1] == plans.bundle_hash(make_plan(MENDED))
    journal.close()


@pytest.mark.parametrize(
    ("asked", "released", "passed_over"),
    [
        ({"event": "Box Opened"}, ["m1"], 2),
        ({"event": "opened"}, ["m1"], 2),
        ({"event": "(identify)"}, [], 3),
        ({"code": "required"}, ["m2"], 2),
        ({"code": "unknown_event"}, ["m1"], 1),
        ({"event": "bought", "code": "unknown_event"}, [], 3),
    ],
)
def test_event_and_code_choose_what_is_judged(
    tmp_path: Path, make_plan: MakePlan, asked: dict[str, Any], released: list[str], passed_over: int
) -> None:
    messages = [track("Box Opened", "m1"), track("bought", "m2"), track("Crate Opened", "m3")]
    journal, control = filled(tmp_path / "data", make_plan(STRICT), *messages)

    result = replay(journal, control, make_plan(MENDED), **asked)

    assert [entry.row.message_id for entry in rows(journal)] == released
    assert result.passed_over == passed_over
    journal.close()


def test_what_was_too_large_to_be_kept_whole_stays_whatever_the_plan(tmp_path: Path) -> None:
    whole = Row(
        "quarantined", "app", "m1", "track", "seen", "u1", None, None, None, None, 1, 2, None,
        b'[{"path":"","code":"too_large"}]', b'{"type":"track","event":"seen","userId":"u1"}', None,
    )  # fmt: skip
    journal = MemoryJournal()
    journal.commit(Changes([whole], {}))

    result = replay(journal, SqliteControl(tmp_path / "control.db"), None)

    assert (result.released, result.staying, result.truncated) == (0, 1, 1)


def test_without_a_plan_what_is_whole_passes_and_what_is_broken_stays(tmp_path: Path, make_plan: MakePlan) -> None:
    nobody = {"type": "track", "event": "seen", "messageId": "m2"}
    journal, control = filled(tmp_path / "data", make_plan(STRICT), track("Box Opened", "m1"), nobody, {"type": "?"})

    result = replay(journal, control, None)

    assert [entry.row.message_id for entry in rows(journal)] == ["m1"]
    assert {(fault.path, fault.code) for event in result.events for fault in event.faults} == {
        ("userId", "no_usable_id"),
        ("type", "enum"),
    }
    journal.close()


class Breaking(MemoryJournal):
    """Fails at the commit of a given number, before or after it was made durable."""

    def __init__(self, at: int, *, is_durable: bool) -> None:
        super().__init__()
        self.at = at
        self.is_durable = is_durable

    def commit(self, changes: Changes) -> list[bool]:
        if not changes.released:
            return super().commit(changes)
        self.at -= 1
        if self.at == 0 and not self.is_durable:
            raise JournalError("the power is gone")
        done = super().commit(changes)
        if self.at == 0:
            raise JournalError("the power is gone, and what was written is there")
        return done


EVENTS = st.lists(st.sampled_from(["seen", "Box Opened", "Crate Opened", "bought"]), min_size=1, max_size=40)


@given(events=EVENTS, at=st.integers(1, 4), is_durable=st.booleans(), size=st.integers(1, 7))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_replay_that_breaks_off_anywhere_and_is_run_again_gives_what_one_run_gives(
    tmp_path: Path, make_plan: MakePlan, events: list[str], at: int, is_durable: bool, size: int
) -> None:
    mended = make_plan(MENDED)
    control = SqliteControl(tmp_path / "control.db")
    smooth, broken = MemoryJournal(), Breaking(at, is_durable=is_durable)
    for journal in (smooth, broken):
        journal.commit(Changes([quarantined(event, f"m{number}") for number, event in enumerate(events)], {}))

    replay(smooth, control, mended, chunk=size)
    try:
        replay(broken, control, mended, chunk=size)
    except JournalError:
        replay(broken, control, mended, chunk=size)

    assert rows(broken) == rows(smooth)
    assert rows(broken, "quarantined") == rows(smooth, "quarantined")
    assert broken.books() == smooth.books()
    with broken.snapshot() as snapshot:
        books, quarantine = snapshot.books(), snapshot.in_quarantine()
        assert imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine) == []
    assert total(broken.books())["released"] == sum(event != "Crate Opened" for event in events)


def test_the_events_that_are_drawn_need_several_chunks_and_some_stay() -> None:
    find(
        EVENTS,
        lambda events: len(events) > 7 and "Crate Opened" in events and "Box Opened" in events,
        settings=settings(phases=[Phase.generate]),
    )


def quarantined(event: str, message_id: str) -> Row:
    body = json.dumps(track(event, message_id)).encode()
    faults = b'[{"path":"event","code":"unknown_event"}]'
    return Row(
        "quarantined", "app", message_id, "track", event, "u1", None, None, None, None, 1, 2, None, faults, body, None
    )


def test_a_value_that_a_new_plan_hashes_is_hashed_when_its_message_is_released(
    tmp_path: Path, make_plan: MakePlan
) -> None:
    told = track("told", "m1", properties={"word": "secret"})
    journal, control = filled(tmp_path / "data", make_plan(STRICT), told)
    without_key = replay(journal, control, make_plan(HASHED))
    with_key = replay(journal, control, make_plan(HASHED), transform_key=b"k")

    assert (without_key.released, with_key.released) == (0, 1)
    (entry,) = rows(journal)
    word = json.loads(entry.row.body)["properties"]["word"]
    assert word == hmac.new(b"k", b"secret", "sha256").hexdigest()
    journal.close()


def test_a_value_that_was_hashed_at_the_door_is_not_hashed_again(tmp_path: Path, make_plan: MakePlan) -> None:
    faulty = HASHED.replace("description: d}}}", "description: d}, n: {type: integer, description: d}}}")
    mended = faulty.replace("integer", "string")
    told = track("told", "m1", properties={"word": "secret", "n": "1"})
    with Collector(tmp_path / "data", plan=make_plan(faulty), clock=ManualClock(), transform_key=b"k") as collector:
        collector.take(json.dumps({"batch": [told]}).encode(), source="app")
    journal, control = SqliteJournal(tmp_path / "data" / "journal.db"), SqliteControl(tmp_path / "data" / "control.db")

    assert replay(journal, control, make_plan(mended), transform_key=b"k").released == 1
    (entry,) = rows(journal)
    assert json.loads(entry.row.body)["properties"]["word"] == hmac.new(b"k", b"secret", "sha256").hexdigest()
    journal.close()
