"""Page views in bursts are those that the rule finds in all views of a person, wherever they are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.analytics.bursts import bursts_of
from footfall.analytics.persons import Persons
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Part
from footfall.web.bursts import in_burst

# Of each page view its visitor, the part that it is in, and how long after the one before it came.
SPANS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.sampled_from([0, 1]), st.sampled_from([0, 40_000, 600_000, 5_000_000])
    ),
    max_size=60,
)
View = tuple[str | None, int, int]


def parts_of(views: Sequence[View]) -> list[Part]:
    entries: list[list[Entry]] = [[], []]
    at = 0
    for seq, (visitor, part, gap) in enumerate(views, 1):
        at += gap
        row = Row(
            "stored", "s", f"m{seq}", "page", None, None, visitor, None, None, None, at, at, None, None, b"{}", None
        )
        entries[part].append(Entry(seq, row))
    return [TablePart([table_of(each)]) for each in entries]


@given(SPANS)
@example([("a", number % 2, 40_000) for number in range(25)])
@example([("a", 0, 40_000) for _ in range(19)])
@example([(("a", "b")[number % 2], 0, 600_000 * (number % 2)) for number in range(200)])
@example([(None, 0, 0) for _ in range(30)])
@settings(max_examples=60)
def test_they_are_those_of_the_rule_for_each_person(views: list[View]) -> None:
    parts = parts_of(views)
    times: dict[str, list[tuple[int, int]]] = defaultdict(list)
    at = 0
    for seq, (visitor, _, gap) in enumerate(views, 1):
        at += gap
        if visitor is not None:
            times[visitor].append((seq, at))
    expected = {
        seq
        for of_visitor in times.values()
        for (seq, _), is_in in zip(of_visitor, in_burst([time for _, time in of_visitor]), strict=True)
        if is_in
    }

    masks = bursts_of(parts, [0, 1], Persons.of(parts))
    marked = [
        seq for number, mask in masks.items() for seq in parts[number].read(["seq"]).column(0).filter(mask).to_pylist()
    ]
    assert sorted(marked) == sorted(expected)


def test_only_the_parts_that_are_asked_for_are_looked_at() -> None:
    parts = parts_of([("a", number % 2, 20_000) for number in range(60)])

    assert bursts_of(parts, [], Persons.of(parts)) == {}
    assert list(bursts_of(parts, [1], Persons.of(parts))) == [1]
