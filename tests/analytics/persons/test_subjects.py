"""A subject says by which of its ids a message is somebody's."""

from __future__ import annotations

import pyarrow

from footfall.analytics.persons.arrays import BIG, INT
from footfall.analytics.persons.subjects import Moves, subjects_of


def test_a_user_goes_before_a_connected_product_and_that_before_an_anonymous_id() -> None:
    ids = pyarrow.table({
        "user": pyarrow.array([0, None, None, None], INT),
        "anonymous": pyarrow.array([1, 1, 1, None], INT),
        "device": pyarrow.array([2, 2, None, None], INT),
    })  # fmt: skip

    assert subjects_of(ids, 3).to_pylist() == [0, 6 + 2, 3 + 1, 9]


def test_some_of_the_moves_have_the_subjects_and_times_of_those_rows() -> None:
    moves = Moves(pyarrow.array([5, 6, 7], INT), pyarrow.array([50, 60, 70], BIG))

    assert [column.to_pylist() for column in moves.slice(1, 3)] == [[6, 7], [60, 70]]
