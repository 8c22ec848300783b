"""A touch is an arrival by a link or origin that a message's context names, by session."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.touches import make_touches
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
MINUTE = 60
DIRECT, SEARCH, AWAY = (
    {"origin": {"type": "direct"}}, {"origin": {"type": "organic_search", "name": "Google"}},
    {"origin": {"type": "internal"}},
)  # fmt: skip
MAIL = {"origin": {"type": "email"}, "campaign": {"name": "spring", "source": "news"}}


def stored(make: MakeEntry, seq: int, at: int, context: object, envelope: object = None) -> Entry:
    body = {"type": "page", "name": "/"} | ({} if context is None else {"context": context})
    changes = {} if envelope is None else {"envelope": msgspec.json.encode(envelope)}
    return make(seq, None, at, user="ann", type="page", body=msgspec.json.encode(body), **changes)


def touches_of(entries: list[Entry]) -> list[tuple[int, str | None]]:
    """When each was, in minutes, and its origin."""
    with Dataset.of(entries) as dataset:
        table = make_touches(context_of(dataset).shards[0])
        rows = dataset.rows(f"SELECT time, link FROM {table.name} ORDER BY time, seq")
        return [(time // 1_000_000 // MINUTE, table.links[link].origin) for time, link in rows]


def test_a_session_has_a_touch_for_each_other_way_to_come(entry: MakeEntry) -> None:
    contexts = [AWAY, DIRECT, SEARCH, DIRECT, AWAY, SEARCH, MAIL, SEARCH]
    entries = [stored(entry, number, number * MINUTE, each) for number, each in enumerate(contexts)]

    assert touches_of(entries) == [(1, "direct"), (2, "organic_search"), (6, "email"), (7, "organic_search")]


def test_each_session_has_its_own_touches(entry: MakeEntry) -> None:
    entries = [stored(entry, number, number * 31 * MINUTE, each) for number, each in enumerate([MAIL, MAIL, DIRECT])]

    assert touches_of(entries) == [(0, "email"), (31, "email"), (62, "direct")]


def test_a_message_without_a_context_has_that_of_its_batch(entry: MakeEntry) -> None:
    entries = [stored(entry, 1, 0, None, {"context": MAIL}), stored(entry, 2, 31 * MINUTE, None, {})]

    assert touches_of(entries) == [(0, "email")]


def test_without_any_origin_there_is_no_touch(entry: MakeEntry) -> None:
    assert touches_of([stored(entry, 1, 0, {"library": {"name": "x"}})]) == []
