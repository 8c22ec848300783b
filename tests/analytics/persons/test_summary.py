"""A part's summary: its ids as they are compared, how each was seen, and who was identified on which device."""

from __future__ import annotations

from tests.analytics.persons.parts import ListPart

from footfall.analytics.persons.summary import (
    ALONE,
    ANONYMOUS,
    STREAM,
    USER,
    has_role,
    rows_of_type,
    summarise,
)
from footfall.identity.attribution import Observation

LOG = [
    Observation("web", "m1", "identify", 5, " ann", "a1"),
    Observation("web", "m2", "identify", 3, "ann", "a1\x00"),
    Observation("web", "m3", "page", 4, "null", "a2"),
    Observation("web", "m4", "track", 6, None, "a3", "sensor"),
    Observation("web", "m5", "alias", 7, "ann", None, None, "annie"),
    Observation("web", "m6", "alias", 8, "ann", "a2", None, "a2"),
    Observation("web", "m7", "alias", 9, "null", None, None, "annie"),
    Observation("web", "m8", "track", 9, None, None, None, "no alias"),
]


def test_ids_are_listed_once_as_they_are_compared_and_junk_is_left_out() -> None:
    summary, _ = summarise(ListPart(LOG))

    assert sorted(summary.ids.to_pylist()) == ["a1", "a2", "a3", "ann", "annie", "sensor"]


def test_roles_say_how_an_id_was_seen() -> None:
    summary, _ = summarise(ListPart(LOG))
    seen = {
        id_: {bit for bit in (USER, ANONYMOUS, ALONE, STREAM) if role & bit}
        for id_, role in zip(summary.ids.to_pylist(), summary.roles.to_pylist(), strict=True)
    }

    assert seen == {
        "ann": {USER},
        "a1": {ANONYMOUS},
        "a2": {ANONYMOUS, ALONE},
        "a3": {ANONYMOUS},
        "sensor": {STREAM},
        "annie": set(),
    }
    assert has_role(summary.roles, STREAM).to_pylist() == [id_ == "sensor" for id_ in summary.ids.to_pylist()]


def test_claims_have_the_earliest_message_of_a_user_on_a_device_and_an_alias_claims_its_previous_id() -> None:
    part = ListPart(LOG)
    summary, _ = summarise(part)
    ids = summary.ids.to_pylist()
    names = part.read(["message_id"]).column("message_id").to_pylist()
    claims = {
        (ids[claim["device"]], ids[claim["user"]], claim["at"], names[claim["row"]])
        for claim in summary.claims.to_pylist()
    }

    assert claims == {("a1", "ann", 3, "m2"), ("a2", "ann", 8, "m6"), ("annie", "ann", 7, "m5")}


def test_several_messages_of_one_time_all_stay_claims() -> None:
    log = [Observation("web", f"m{number}", "identify", 5, "ann", "a1") for number in range(3)]

    assert summarise(ListPart(log))[0].claims.num_rows == 3


def test_a_summary_reads_ids_and_times_alone() -> None:
    part = ListPart(LOG)
    summarise(part)

    assert part.reads == [("user_id", "anonymous_id", "device_id", "previous_id", "occurred_at")]


def test_rows_of_a_type_are_those_of_its_stretches() -> None:
    part = ListPart(LOG)
    types = part.read(["type"]).column("type").to_pylist()

    assert rows_of_type(part, "alias").to_pylist() == [row for row, type_ in enumerate(types) if type_ == "alias"]
    assert rows_of_type(part, "reset").to_pylist() == []


def test_an_empty_part_has_an_empty_summary() -> None:
    summary, _ = summarise(ListPart([]))

    assert (len(summary.ids), summary.claims.num_rows, summary.rows.ids.num_rows) == (0, 0, 0)
