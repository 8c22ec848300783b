"""Worlds between two moments: which messages they have, and whose these are."""

from __future__ import annotations

from typing import Any

from tests.storage.sealing import row

from footfall.analytics.why.worlds import World, Worlds
from footfall.storage import Entry
from footfall.storage.as_of import AsOf
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Part

AT = 1_000_000_000


def entry(seq: int, at: int, user: str | None, anonymous: str | None = None) -> Entry:
    message = row(str(seq), received_at=seq)
    return Entry(seq, message._replace(occurred_at=AT + at, user_id=user, anonymous_id=anonymous))


def worlds(*entries: Entry, earlier: int) -> Worlds:
    parts: list[Part] = [TablePart([table_of([each])]) for each in entries[::2]]
    parts.append(TablePart([table_of(entries[1::2])]))
    return Worlds(parts, AsOf(earlier, AT), "shop")


def persons(world: World) -> dict[int, Any]:
    """The person_id of each message by its number."""
    answer: dict[int, Any] = {}
    for number, part in enumerate(world.parts):
        ids = world.persons.person_ids(world.persons.column(number)).to_pylist()
        answer |= dict(zip(part.read(["seq"]).column("seq").to_pylist(), ids, strict=True))
    return answer


LOG = (
    entry(1, -9, "ann"), entry(2, -8, None, "phone"), entry(3, 5, "ann", "phone"), entry(4, -5, "bob"),
    entry(5, 6, None, "phone"),
)  # fmt: skip


def test_each_world_has_more_messages_than_the_one_before_it() -> None:
    asked = worlds(*LOG, earlier=2)

    shown = [sorted(persons(world)) for world in (asked.earlier, asked.with_late, asked.with_all, asked.later)]

    assert shown == [[1, 2], [1, 2, 4], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]


def test_messages_of_the_earlier_moment_keep_their_person_until_the_last_world() -> None:
    asked = worlds(*LOG, earlier=2)
    then, mixed, later = (persons(world) for world in (asked.earlier, asked.with_all, asked.later))

    assert then[2] != then[1]
    assert (mixed[1], mixed[2]) == (then[1], then[2])
    assert mixed[3] == mixed[5] == later[3] == later[2] == then[1]


def test_a_session_of_a_shared_device_keeps_its_person() -> None:
    day = 86_400_000_000
    asked = worlds(
        entry(1, -9, "ann", "tablet"), entry(2, -8, "bob", "tablet"), entry(3, day, None, "tablet"),
        entry(4, day + 1, None, "tablet"), earlier=3,
    )  # fmt: skip
    mixed = asked.with_all
    columns = {
        number
        for place, part in enumerate(mixed.parts)
        for seq, number in zip(
            part.read(["seq"]).column("seq").to_pylist(), mixed.persons.column(place).to_pylist(), strict=True
        )
        if seq in (3, 4)
    }

    assert len(columns) == 1
    assert persons(mixed)[3] == persons(asked.earlier)[3]
