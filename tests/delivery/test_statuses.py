"""Which error each HTTP status means, and what the retry rules make of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.delivery.retry import Action, decide
from footfall.delivery.statuses import error_for
from footfall.errors import OverloadedError, RefusedError, TransportError, UnauthorizedError, UnreachableError


@pytest.mark.parametrize(
    ("status", "kind", "action", "reason"),
    [
        (400, RefusedError, "drop", "refused"),
        (401, UnauthorizedError, "stop", "unauthorized"),
        (403, UnauthorizedError, "stop", "unauthorized"),
        (408, OverloadedError, "again", ""),
        (413, RefusedError, "split", "too_large"),
        (422, RefusedError, "drop", "refused"),
        (429, OverloadedError, "again", ""),
        (500, OverloadedError, "again", ""),
        (503, OverloadedError, "again", ""),
        (599, OverloadedError, "again", ""),
        (302, UnreachableError, "again", ""),
        (100, UnreachableError, "again", ""),
        (999, UnreachableError, "again", ""),
        (1000, UnreachableError, "again", ""),
    ],
)
def test_each_status_has_its_error_and_its_consequence(
    status: int, kind: type[TransportError], action: Action, reason: str
) -> None:
    error = error_for(status, retry_after=3.0)

    assert type(error) is kind
    assert (error.status, error.retry_after) == (status, 3.0)
    assert decide(error) == (action, reason)


# Of RFC 9110, 8470, 6585, 7725 and 4918, and those that proxies made up.
NOT_ABOUT_THE_BATCH = (
    *(100, 101, 102, 103, 300, 301, 302, 303, 304, 305, 307, 308),
    *(402, 404, 405, 406, 407, 409, 410, 411, 412, 414, 415, 416, 417, 418, 421, 423, 424, 425, 426, 428, 431, 451),
    *(444, 460, 463, 464, 494, 495, 496, 497, 499, 501, 505, 506, 508, 510, 511),
)


@pytest.mark.parametrize("status", NOT_ABOUT_THE_BATCH)
def test_a_status_that_says_nothing_of_the_batch_keeps_it_and_names_the_url(status: int) -> None:
    error = error_for(status, detail="as it was said")

    assert decide(error).action == "again"
    assert "check the URL" in str(error)


@settings(max_examples=50)
@given(st.integers(100, 999).filter(lambda status: not 200 <= status <= 299))
def test_only_three_statuses_ever_give_a_batch_up_or_halve_it(status: int) -> None:
    is_about_the_batch = decide(error_for(status)).action in {"drop", "split"}

    assert is_about_the_batch == (status in {400, 413, 422})


@pytest.mark.parametrize(
    ("status", "action"), [(400, "again"), (422, "again"), (401, "again"), (403, "again"), (413, "split")]
)
def test_a_web_page_speaks_of_a_batch_only_by_its_size_and_never_of_a_key(status: int, action: Action) -> None:
    assert decide(error_for(status, from_page=True)).action == action


@settings(max_examples=50)
@given(st.integers(100, 999).filter(lambda status: not 200 <= status <= 299))
def test_no_status_is_without_a_decision(status: int) -> None:
    assert decide(error_for(status)).action in {"again", "drop", "split", "stop"}
