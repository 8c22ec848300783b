"""Sessions: every timeline is cut where a reset or too long a pause stands, and nowhere else."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.identity.sessions import SESSION_GAP_US, TimelineEntry, nearest_identifications, sessions

pauses = st.sampled_from((0, 1, SESSION_GAP_US - 1, SESSION_GAP_US, SESSION_GAP_US + 1, 5 * SESSION_GAP_US))
moments = st.tuples(pauses, st.sampled_from((None, None, "ann", "bob")), st.booleans())


def timeline(parts: list[tuple[int, str | None, bool]]) -> list[TimelineEntry]:
    found, now = [], 0
    for number, (pause, owner, is_reset) in enumerate(parts):
        now += pause
        found.append(TimelineEntry(now, "web", f"m{number:03}", owner, is_reset))
    return found


@settings(max_examples=100)
@given(st.lists(moments, max_size=30).map(timeline))
def test_sessions_hold_the_whole_timeline_and_are_cut_only_where_they_must_be(whole: list[TimelineEntry]) -> None:
    cut = [list(session) for session in sessions(whole)]

    assert [moment for session in cut for moment in session] == whole
    for session in cut:
        for before, here in itertools.pairwise(session):
            assert not before.is_reset
            assert here.occurred_at - before.occurred_at <= SESSION_GAP_US
    for session, later in itertools.pairwise(cut):
        assert session[-1].is_reset or later[0].occurred_at - session[-1].occurred_at > SESSION_GAP_US


@settings(max_examples=100)
@given(st.lists(moments, min_size=1, max_size=30).map(timeline))
def test_what_holds_for_a_message_is_the_last_identification_before_it_else_the_next(
    session: list[TimelineEntry],
) -> None:
    for index, holds in enumerate(nearest_identifications(session)):
        before = [moment for moment in session[: index + 1] if moment.owner]
        after = [moment for moment in session[index:] if moment.owner]

        assert holds == (before[-1] if before else after[0] if after else None)
