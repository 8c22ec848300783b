"""The books: they balance, or say that they do not, and a delivery is true when nothing is missing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.client.ledger import Delivery, Ledger

COUNTS = st.integers(0, 50)


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
@example(3, 2, 4, 1, 0, 0)
@example(3, 0, 3, 1, 0, 0)
def test_books_balance_where_what_came_in_is_what_went_out_or_waits(
    accepted: int, adopted: int, delivered: int, pending: int, full: int, refused: int
) -> None:
    dropped = {"queue_full": full, "refused": refused}
    ledger = Ledger(accepted=accepted, adopted=adopted, delivered=delivered, pending=pending, dropped=dropped)

    assert ledger.balanced == (accepted + adopted - delivered - pending - full - refused == 0)


def test_calls_that_were_refused_are_no_part_of_the_balance() -> None:
    assert Ledger(accepted=1, delivered=1, refused={"invalid": 7}).balanced


@pytest.mark.parametrize(
    ("delivery", "is_whole"),
    [
        (Delivery(0, 0), True),
        (Delivery(5, 0, quarantined=2), True),
        (Delivery(5, 1), False),
        (Delivery(5, 0, {"gave_up": 1}), False),
        (Delivery(5, 0, rejected=1), False),
    ],
)
def test_a_delivery_is_true_where_nothing_waits_and_nothing_is_lost(delivery: Delivery, is_whole: bool) -> None:
    assert bool(delivery) == is_whole


def test_a_delivery_is_a_part_of_the_books() -> None:
    ledger = Ledger(accepted=9, delivered=6, pending=2, dropped={"refused": 1}, reason="unsent", quarantined=3)

    assert ledger.delivery() == Delivery(6, 2, {"refused": 1}, "unsent", 3, 0)
