"""Page views of one visitor that come too fast, in the rows of a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.bursts import burst_rows
from footfall.storage.part import Part, Stretch
from footfall.web.bursts import in_burst

SECOND = 1_000_000
NOON = 1_796_126_400 * SECOND


class View(NamedTuple):
    """A message: its type and event, its visitor, and its time."""

    type: str
    visitor: str | None
    at: int
    event: str | None = None


class ListedPart:
    """A part of these messages, as it is read here."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = sorted(views, key=lambda view: (view.event or "", view.type, view.visitor or "", view.at))

    def stretches(self) -> Sequence[Stretch]:
        kinds = [(view.type, view.event) for view in self.views]
        return [
            Stretch(*kind, kinds.index(kind), kinds.index(kind) + kinds.count(kind), 0, 0)
            for kind in dict.fromkeys(kinds)
        ]

    def read(self, columns: Sequence[str], start: int, stop: int) -> Any:
        assert columns == ["anonymous_id", "occurred_at"]
        views = self.views[start:stop]
        return pyarrow.table({
            "anonymous_id": pyarrow.array([view.visitor for view in views], "string"),
            "occurred_at": pyarrow.array([view.at for view in views], "int64"),
        })  # fmt: skip


def rows(views: Sequence[View]) -> list[View]:
    part = ListedPart(views)
    return [part.views[row] for row in burst_rows(cast("Part", part))]


@pytest.mark.parametrize(
    ("views", "count"),
    [
        ([], 0),
        ([View("page", "a", NOON + number) for number in range(20)], 20),
        ([View("page", "a", NOON + number) for number in range(19)], 0),
        ([View("page", "a", NOON - SECOND // 2 + number * 50_000) for number in range(20)], 20),
        ([View("page", None, NOON)] * 40, 0),
        ([View("track", "a", NOON)] * 40, 0),
        ([View("page", f"v{number}", NOON) for number in range(40)], 0),
        ([View("page", "a", NOON + number * 1_000, event=f"/p/{number % 7}") for number in range(30)], 30),
    ],
)
def test_only_page_views_of_one_visitor_within_moments_are_in_a_burst(views: list[View], count: int) -> None:
    assert len(rows(views)) == count


@given(
    st.lists(
        st.builds(
            View,
            st.sampled_from(["page", "page", "track"]),
            st.sampled_from(["a", "a", "b", None]),
            st.integers(NOON - SECOND, NOON + 3 * SECOND),
            st.sampled_from([None, "/a", "/b"]),
        ),
        max_size=150,
    )
)
@example([View("page", "a", NOON + number * 660_000, "/a") for number in range(95)])
@example([View("page", "b", NOON - 1, "/a"), *[View("page", "a", NOON, "/b")] * 25])
def test_the_rows_are_those_of_each_visitor_by_the_rule(views: list[View]) -> None:
    expected = []
    for visitor in ("a", "b"):
        of_visitor = [view for view in views if view.type == "page" and view.visitor == visitor]
        answers = in_burst([view.at for view in of_visitor])
        expected += [view for view, is_in in zip(of_visitor, answers, strict=True) if is_in]

    assert sorted(rows(views), key=str) == sorted(expected, key=str)
