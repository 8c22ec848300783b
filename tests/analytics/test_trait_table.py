"""Traits of persons: the latest message that names one counts, by the rule of `footfall person show`."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry
from tests.analytics.nested_orders import PLAN

from footfall.analytics import Dataset
from footfall.people.traits import Identify, last_traits
from footfall.storage.journal import Entry


def said(number: int, at: int, traits: str, source: str = "shop") -> Entry:
    body = b'{"type":"identify","traits":%s}' % traits.encode()
    return make_entry(number, None, at, user="ann", type="identify", source=source, body=body)


def plans_of(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    """The traits of the person of each order, as a report reads them."""
    log = [*entries, make_entry(99, "order", 0, user="ann"), make_entry(98, "order", 0, user="bob")]
    with Dataset.of(log, PLAN) as dataset:
        table = dataset.events("order", ["traits.plan", "traits.age"])
        columns = ", ".join(table.columns[name].sql for name in ("traits.plan", "traits.age"))
        return dataset.rows(f"SELECT {columns} FROM {table.name} ORDER BY seq")


def test_a_trait_is_of_every_message_of_its_person_also_of_earlier_ones() -> None:
    log = [said(1, 5, '{"plan": "free"}'), said(2, 6, '{"plan": "pro", "Age": 20}')]

    assert plans_of(log) == [(None, None), ("pro", 20)]


def test_null_and_what_is_not_of_the_type_replace_an_earlier_value() -> None:
    assert plans_of([said(1, 5, '{"plan": "free", "Age": 20}'), said(2, 6, '{"plan": null, "Age": "x"}')])[1] == (
        None, None,
    )  # fmt: skip


def test_nobody_has_traits_where_nobody_said_any() -> None:
    assert plans_of([]) == [(None, None), (None, None)]


_said = st.tuples(
    st.integers(0, 2), st.sampled_from(["web", "app"]),
    st.sampled_from(['{"plan": "a"}', '{"plan": "b", "Age": 1}', '{"plan": null}', '{"Age": 2}', "{}"]),
)  # fmt: skip


@given(st.lists(_said, max_size=6))
@settings(max_examples=15)
def test_the_latest_is_the_one_that_a_profile_shows(messages: list[tuple[int, str, str]]) -> None:
    entries = [said(number, at, traits, source) for number, (at, source, traits) in enumerate(messages, 1)]
    shown = {
        trait.name: bytes(trait.value)
        for trait in last_traits(
            Identify(entry.row.occurred_at, entry.row.source, entry.row.message_id, traits)
            for entry, (_, _, traits) in zip(entries, messages, strict=True)
        )
    }

    plan, age = plans_of(entries)[1]

    assert plan == {None: None, b"null": None, b'"a"': "a", b'"b"': "b"}[shown.get("plan")]
    assert age == {None: None, b"1": 1, b"2": 2}[shown.get("Age")]
