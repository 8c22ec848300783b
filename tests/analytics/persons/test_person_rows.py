"""The rows of one person are those that the rules of attribution give to that person, and no other."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.analytics.persons import Persons
from footfall.analytics.persons.person_rows import find_nobody, firsts_of, parts_of, rows_of, rows_of_nobody, shared_ids
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.storage.journal import Entry
from footfall.storage.parquet.table_part import TablePart, table_of

USERS = ("ann", "bob", "old", None, None, "guest")
BROWSERS = ("b1", "b2", "guest", None)


@st.composite
def logs(draw: st.DrawFn) -> list[list[Entry]]:
    """Messages in up to three parts."""
    parts: list[list[Entry]] = [[], [], []]
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        type_ = draw(st.sampled_from(["track", "track", "alias", "reset"]))
        entry = make_entry(
            seq,
            "seen",
            draw(st.sampled_from([0, 1, 60, 4000])),
            user=draw(st.sampled_from(USERS)),
            anonymous=draw(st.sampled_from(BROWSERS)),
            device=draw(st.sampled_from([None, None, "sensor"])),
            type=type_,
            previous_id=draw(st.sampled_from(["old", "b1", "guest"])) if type_ == "alias" else None,
        )
        parts[draw(st.integers(0, 2))].append(entry)
    return parts


def persons_of(log: list[list[Entry]]) -> Persons:
    return Persons.of([TablePart([table_of(entries)]) for entries in log], "test")


def expected(log: list[list[Entry]]) -> dict[str, set[tuple[str, str, tuple[str, str] | None]]]:
    """By person_id: the name of each message, why it is theirs, and the message that shows it."""
    fields = Observation.__struct_fields__[:-1]
    rows = [entry.row for entries in log for entry in entries]
    messages: dict[str, set[tuple[str, str, tuple[str, str] | None]]] = {}
    for key, whose in attribute(
        [Observation(*(getattr(row, field) for field in fields)) for row in rows], namespace("test")
    ).items():
        messages.setdefault(whose.person_id, set()).add((key[1], whose.reason, whose.evidence))
    return messages


def described(persons: Persons, table: Any) -> set[tuple[str, str, tuple[str, str] | None]]:
    part, row, evidence_part, evidence_row = (
        table.column(name).combine_chunks() for name in ("part", "row", "evidence_part", "evidence_row")
    )
    names = persons.reader.names(part, row)[1].to_pylist()
    evidence = zip(*(column.to_pylist() for column in persons.reader.names(evidence_part, evidence_row)), strict=True)
    shown = [None if source is None else (source, name) for source, name in evidence]
    return set(zip(names, table.column("reason").to_pylist(), shown, strict=True))


# Two users and a session of nobody on one browser, a message of nobody, and two parts.
CONTESTED = [
    [make_entry(1, "seen", 0, user="ann", anonymous="b1"), make_entry(2, "seen", 1, user="bob", anonymous="b1")],
    [make_entry(3, "seen", 4000, anonymous="b1"), make_entry(4, "seen", 1, anonymous="guest")],
    [],
]


@settings(max_examples=25)
@example(CONTESTED)
@given(logs())
def test_rows_reasons_and_evidence_are_those_of_the_rules(log: list[list[Entry]]) -> None:
    persons = persons_of(log)
    numbers = persons.table.column("person").to_pylist()
    ids = persons.person_ids(persons.table.column("person")).to_pylist()

    by_rule = expected(log)
    for number, id_ in zip(numbers, ids, strict=True):
        if id_ in by_rule:
            assert described(persons, rows_of(persons, number)) == by_rule.pop(id_)
    for id_, messages in by_rule.items():  # those that are nobody's
        place = find_nobody(persons, id_)
        assert place is not None
        assert described(persons, rows_of_nobody(persons, *place)) == messages


@settings(max_examples=25)
@given(logs())
def test_no_part_is_looked_into_without_an_id_of_the_person(log: list[list[Entry]]) -> None:
    persons = persons_of(log)

    for number in persons.table.column("person").to_pylist():
        parts = set(rows_of(persons, number).column("part").to_pylist())
        assert parts <= set(parts_of(persons, [number]))
        assert all(log[part] for part in parts_of(persons, [number]))


@settings(max_examples=25)
@given(logs(), st.sampled_from(["ann", "b1", "sensor"]))
def test_the_first_message_by_which_an_id_leads_to_a_person_is_the_earliest(log: list[list[Entry]], id_: str) -> None:
    persons = persons_of(log)
    wanted = persons.find(id_)
    if not wanted:
        return

    firsts = firsts_of(persons, id_, wanted).to_pylist()

    assert {first["person"] for first in firsts} == set(wanted)
    for first in firsts:
        rows = rows_of(persons, first["person"]).to_pylist()
        assert (first["part"], first["row"]) in {(row["part"], row["row"]) for row in rows}


def test_an_anonymous_id_of_two_persons_is_shared() -> None:
    log = [
        [make_entry(1, "seen", 1, user="ann", anonymous="b1"), make_entry(2, "seen", 2, user="ann", anonymous="b2")],
        [make_entry(3, "seen", 3, user="bob", anonymous="b1")],
    ]
    persons = persons_of(log)
    (ann,) = persons.find("ann")

    assert shared_ids(persons, ann, rows_of(persons, ann).column("anonymous").combine_chunks()) == ["b1"]


def test_what_is_no_person_id_is_of_no_message() -> None:
    persons = persons_of([[make_entry(1, "seen", 1, anonymous="guest")], [], []])

    assert find_nobody(persons, "guest") is None
    assert find_nobody(persons, "4d1aea72-f356-5927-bb07-84994bff5fbe") is None
