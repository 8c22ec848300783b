"""How far an attempt of one actor gets, what ends it, and which one counts."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.journeys.attempts import ActorAttempts, Attempt, DropRule, FunnelRules, Moment, MomentRow, attempts_of

X = 1  # the bit of the only exclusion


def rules(steps: int = 2, **more: Any) -> FunnelRules:
    return FunnelRules(**{"limits": (None,) * steps, "optional": (False,) * steps} | more)


def moments(*texts: str, session: int = 0) -> list[Moment]:
    """At time 0, 1, 2, … messages by a letter each: a, b, c fill step 0, 1, 2, `2` both first, x is an exclusion."""
    bits = {"a": 1, "b": 2, "c": 4, "2": 3, "x": 0, "o": 0}
    return [
        Moment(time, [MomentRow(bits[letter], X if letter == "x" else 0, session, "") for letter in text], bool(text))
        for time, text in enumerate(texts)
    ]


def walked(*texts: str, now: int = 99, **more: Any) -> ActorAttempts:
    attempts = attempts_of(moments(*texts), rules(**more), None, None, now)
    assert attempts is not None
    return attempts


def only(*texts: str, now: int = 99, **more: Any) -> Attempt:
    (attempt,) = walked(*texts, now=now, **more).counted
    return attempt


def test_without_an_entry_in_the_window_there_is_none() -> None:
    assert attempts_of(moments("b", "x"), rules(), None, None, 99) is None
    assert attempts_of(moments("a", "b"), rules(), 1, None, 99) is None
    assert attempts_of(moments("", "a"), rules(), None, 1, 99) is None


def test_a_step_may_come_after_the_window() -> None:
    attempts = attempts_of(moments("a", "", "b"), rules(), None, 1, 99)

    assert attempts is not None
    assert attempts.counted[0].times == (0, 2)


@pytest.mark.parametrize(("ties", "times"), [(True, (0, 0)), (False, (0, 1))])
def test_steps_of_one_time_count_where_ties_do(ties: bool, times: tuple[int, ...]) -> None:
    assert only("ab", "b", has_ties=ties).times == times


def test_one_message_fills_one_step() -> None:
    assert only("2").times == (0, None)
    assert only("22").times == (0, 0)
    assert only("2", "2").times == (0, 1)


def test_strict_order_allows_nothing_between() -> None:
    assert only("a", "o", "b", order="strict").times == (0, None)
    assert only("ao", "ob", order="strict").times == (0, 1)


def test_in_any_order_the_first_of_any_step_enters() -> None:
    assert only("b", "b", "a", order="any").times == (0, 2)
    assert only("ab", "c", order="any", steps=3).times == (0, 0, 1)
    assert only("ab", "c", order="any", steps=3, has_ties=False).times == (0, 1, None)


def test_an_optional_step_may_be_left_out_and_has_no_part_in_what_follows() -> None:
    optional: dict[str, Any] = {"steps": 3, "optional": (False, True, False)}

    assert only("a", "c", **optional).times == (0, None, 1)
    assert only("a", "b", "c", **optional).times == (0, 1, 2)


def test_a_limit_of_a_step_is_from_any_reach_of_the_step_before() -> None:
    assert only("a", "b", "", "b", "c", steps=3, limits=(None, None, 1)).times == (0, 1, 4)
    assert only("a", "b", "", "c", steps=3, limits=(None, None, 1)).times == (0, 1, None)


def test_time_is_up_after_all_of_it() -> None:
    assert only("a", "", "b", within=2).times == (0, 2)
    assert only("a", "", "", "b", within=2).times == (0, None)


def test_an_exclusion_ends_an_attempt_strictly_between_its_steps() -> None:
    drops = (DropRule(0, 1, is_person=False),)

    assert only("a", "x", "b", drops=drops)[2:5] == ((0, None), 0, 1)
    assert only("ax", "xb", drops=drops)[2:5] == ((0, 1), None, None)


def test_an_exclusion_may_take_the_actor_out() -> None:
    attempts = walked("a", "b", "a", "x", drops=(DropRule(0, 1, is_person=True),), entry="each")

    assert attempts.counted == ()
    assert attempts.person_drop == 0
    assert attempts.first.times == (0, 1)


def test_of_any_entry_the_one_that_gets_furthest_counts() -> None:
    attempts = walked("a", "", "a", "b", entry="any", within=1)

    assert [each.entered for each in attempts.counted] == [2]
    assert attempts.first.times == (0, None)


def test_each_entry_counts_and_those_of_one_time_weigh_more() -> None:
    assert [(each.entered, each.weight) for each in walked("aa", "a", entry="each").counted] == [(0, 2), (1, 1)]


def test_a_held_value_is_that_of_the_entry_and_an_absent_one_goes_nowhere() -> None:
    rows = [("p", 1), (None, 1), ("q", 2), ("p", 2)]
    log = [Moment(time, [MomentRow(fills, 0, 0, value)], is_action=True) for time, (value, fills) in enumerate(rows)]
    attempts = attempts_of(log, rules(entry="each"), None, None, 99)

    assert attempts is not None
    assert [each.times for each in attempts.counted] == [(0, 3), (1, None)]
    assert [each.is_open for each in attempts.counted] == [False, False]


def test_steps_are_in_the_session_of_the_entry() -> None:
    log = [*moments("a", session=1), Moment(1, [MomentRow(2, 0, 2, "")], is_action=True)]
    attempts = [attempts_of(log, rules(), None, None, 5, closed) for closed in ((), (1,))]

    assert [each.counted[0].times for each in attempts if each] == [(0, None), (0, None)]
    assert [each.counted[0].is_open for each in attempts if each] == [True, False]


@pytest.mark.parametrize(
    ("texts", "more", "is_open"),
    [
        (("a",), {"within": 9}, True),
        (("a",), {"within": 8}, False),
        (("a", "b"), {}, False),
        (("a", "o"), {"order": "strict"}, False),
        (("a",), {"limits": (None, 8)}, False),
        (("a",), {"limits": (None, 9)}, True),
        (("a", "x"), {"drops": (DropRule(0, 1, is_person=False),)}, False),
    ],
)
def test_it_is_open_while_a_message_of_now_could_be_a_step(
    texts: tuple[str, ...],
    more: dict[str, Any],
    is_open: bool,
) -> None:
    assert only(*texts, now=9, **more).is_open is is_open


def test_the_furthest_step_is_the_last_that_was_reached() -> None:
    assert only("a", "c", steps=3, optional=(False, True, False)).furthest == 2


def test_rules_know_which_steps_a_step_can_follow() -> None:
    asked = rules(4, optional=(False, True, True, False))

    assert [asked.before(step) for step in range(asked.steps)] == [[], [0], [1, 0], [2, 1, 0]]


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_many_entries_of_one_actor_do_not_each_look_at_all_messages(order: Any) -> None:
    log = moments(*"ab" * 10_000)  # to look at all of them for each takes minutes
    asked = rules(3, entry="each", order=order, drops=(DropRule(0, 2, is_person=False),))
    attempts = attempts_of(log, asked, None, None, 10**6)
    best = attempts_of(log, rules(3, entry="any", order=order), None, None, 10**6)

    assert attempts is not None
    assert best is not None
    assert best.counted[0].times[:2] == (0, 1)
    assert len(attempts.counted) == (20_000 if order == "any" else 10_000)
    assert [each.furthest for each in attempts.counted[-2:]] == [1, 0] if order == "any" else [1, 1]


def test_of_entries_at_one_time_the_one_that_is_faster_counts() -> None:
    fills = [[(1, "p"), (1, "q")], [(2, "q")], [(2, "p")]]
    log = [
        Moment(time, [MomentRow(bits, 0, 0, value) for bits, value in rows], is_action=True)
        for time, rows in enumerate(fills)
    ]
    attempts = attempts_of(log, rules(entry="any"), None, None, 99)

    assert attempts is not None
    assert [each.times for each in attempts.counted] == [(0, 1)]
