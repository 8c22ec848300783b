"""What a profile says of a person's messages is what a look at every message finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.people.lives import MINUTE, Life

from footfall.analytics.stored_messages import StoredMessages
from footfall.identity.attribution import Attribution, Observation, attribute, namespace
from footfall.people import PersonProfile, matches
from footfall.people.person_messages import PersonMessages
from footfall.plan.model import Event, Plan
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.timestamps import local_time

Attributed = Sequence[tuple[Row, Attribution]]
PLAN = Plan(id="shop", events={"bought": Event(name="bought", wire_name="Bought It")})


@st.composite
def lives(draw: st.DrawFn) -> list[Entry]:
    life = Life()
    for _ in range(draw(st.integers(1, 14))):
        type_ = draw(st.sampled_from(["track", "track", "page", "identify", "alias"]))
        life.add(
            type_,
            at=draw(st.sampled_from([0, 0, 1, 2, 90])) * MINUTE,
            event=draw(st.sampled_from(["bought", "Bought It", "seen"])) if type_ == "track" else None,
            user=draw(st.sampled_from([None, None, "ann", "bob", "guest"])),
            anonymous=draw(st.sampled_from(["b1", "b2", "guest"])),
            previous=draw(st.sampled_from(["b1", "old"])) if type_ == "alias" else None,
            source=draw(st.sampled_from(["web", "app"])),
            properties={"total": 1},
        )
    return life.entries


def in_parts(entries: Sequence[Entry], number: int) -> StoredMessages:
    return StoredMessages([TablePart([table_of(entries[start::number])]) for start in range(number)], PLAN)


def profiles_of(stored: StoredMessages, id_: str) -> list[PersonProfile]:
    return [PersonMessages(stored, match).profile(4) for match in matches(stored, id_)]


def attributed(entries: Sequence[Entry]) -> Attributed:
    """Every message with whose it is, the earliest first."""
    fields = Observation.__struct_fields__[:-1]
    observations = [Observation(*(getattr(entry.row, field) for field in fields)) for entry in entries]
    persons = attribute(observations, namespace("shop"))
    rows = sorted((entry.row for entry in entries), key=lambda row: (row.occurred_at, row.source, row.message_id))
    return [(row, persons[row.source, row.message_id]) for row in rows]


def name(row: Row) -> tuple[str, str | None]:
    return row.type, "bought" if row.event == "Bought It" else row.event


@settings(max_examples=25)
@given(lives(), st.integers(1, 3), st.sampled_from(["ann", "bob", "b1", "b2", "old"]))
def test_each_figure_is_that_of_a_look_at_every_message(entries: list[Entry], number: int, id_: str) -> None:
    whole = attributed(entries)
    for profile in profiles_of(in_parts(entries, number), id_):
        mine = [(row, whose) for row, whose in whole if whose.person_id == profile.person_id]
        others = {row.anonymous_id for row, whose in whole if whose.person_id != profile.person_id}

        assert profile.messages == len(mine)
        assert (profile.user_id, profile.counted) == (mine[0][1].user_id, True)
        assert (profile.first_seen, profile.last_seen) == (
            local_time(mine[0][0].occurred_at),
            local_time(mine[-1][0].occurred_at),
        )
        assert Counter({(event.type, event.event): event.messages for event in profile.events}) == Counter(
            name(row) for row, _ in mine
        )
        assert {reason.reason: reason.messages for reason in profile.reasons} == Counter(
            whose.reason for _, whose in mine
        )
        assert [(message.source, message.message_id) for message in profile.recent] == [
            (row.source, row.message_id) for row, _ in reversed(mine[-4:])
        ]
        assert set(profile.shared_ids) == set(profile.anonymous_ids) & others
        assert _evidence(profile) == _first_evidence(mine, whole)


def _evidence(profile: PersonProfile) -> dict[str, Any]:
    return {
        reason.reason: (
            reason.evidence_total,
            [(each.source, each.message_id, each.explains) for each in reason.evidence],
        )
        for reason in profile.reasons
    }


def _first_evidence(
    mine: Sequence[tuple[Row, Attribution]], whole: Sequence[tuple[Row, Attribution]]
) -> dict[str, Any]:
    order = [(row.source, row.message_id) for row, _ in whole]
    shown: dict[str, Any] = {}
    for reason in {whose.reason for _, whose in mine}:
        counts = Counter(whose.evidence for _, whose in mine if whose.reason == reason and whose.evidence is not None)
        first = sorted(counts, key=order.index)[:3]
        shown[reason] = (len(counts), [(*key, counts[key]) for key in first])
    return shown


def test_a_message_that_is_nobodys_is_a_page_of_its_own() -> None:
    life = Life()
    life.add(anonymous="guest", event="seen", message_id="alone")
    stored = life.open()
    (person_id,) = (id_ for id_ in stored.persons.row_ids(0).to_pylist())

    (profile,) = profiles_of(stored, person_id)

    assert (profile.person_id, profile.messages, profile.counted, profile.user_id) == (person_id, 1, False, None)
    assert [(reason.reason, reason.evidence) for reason in profile.reasons] == [("blocked", ())]


def test_only_what_is_shown_is_read_whole() -> None:
    bodies: list[int] = []

    class Watched(TablePart):
        def take(self, columns: Sequence[str], rows: Any) -> Any:
            table = super().take(columns, rows)
            if "body" in columns:
                bodies.append(len(table))
            return table

    life = Life()
    for number in range(3_000):
        life.add(at=number, event="seen" if number % 2 else f"event-{number}", user="ann")
    stored = StoredMessages([Watched([table_of(life.entries)])], PLAN)

    (profile,) = (PersonMessages(stored, match).profile(2) for match in matches(stored, "ann"))

    assert profile.messages == 3_000
    assert sum(bodies) == 2
