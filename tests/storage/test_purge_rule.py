"""A rule removes the messages that it names, and a file is read only where it may have some."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.storage.purge_rule import PurgeRule
from footfall.timestamps import format_us

HOUR = 3_600_000_000
NOON = 1_796_040_000_000_000  # 2026-11-30T12:00:00Z


@pytest.mark.parametrize(
    ("rule", "is_gone"),
    [
        (PurgeRule(event="seen"), True),
        (PurgeRule(event="seen", source="shop"), True),
        (PurgeRule(event="seen", source="app"), False),
        (PurgeRule(event="left"), False),
        (PurgeRule(source="shop", since=NOON), True),
        (PurgeRule(source="shop", since=NOON + 1), False),
        (PurgeRule(source="shop", until=NOON), False),
        (PurgeRule(since=NOON, until=NOON + 1), True),
        (PurgeRule(environment="staging"), True),
        (PurgeRule(environment="production"), False),
        (PurgeRule(event="seen", environment="test"), False),
    ],
)
def test_a_message_is_removed_where_all_that_the_rule_names_is_so(rule: PurgeRule, *, is_gone: bool) -> None:
    assert rule.matches("shop", "staging", "seen", NOON) == is_gone


@pytest.mark.parametrize("until", [None, NOON])
def test_a_rule_for_everything_is_refused(until: int | None) -> None:
    with pytest.raises(UsageError, match="has to name what goes"):
        PurgeRule(until=until)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="must begin before it ends"):
        PurgeRule(since=NOON, until=NOON)


def test_a_rule_is_said_in_words() -> None:
    rule = PurgeRule(event="seen", source="shop", since=NOON, until=NOON + HOUR)

    assert str(rule) == (
        "event seen, source shop, received since 2026-11-30T12:00:00.000000Z,"
        " received until 2026-11-30T13:00:00.000000Z"
    )


TIMES = st.integers(NOON - 60 * HOUR, NOON + 60 * HOUR)
MIDNIGHT = NOON - 12 * HOUR


@given(
    st.none() | TIMES, st.none() | TIMES, st.none() | st.sampled_from("ab"), st.lists(st.tuples(
        st.sampled_from("ab"), st.sampled_from("xy"), TIMES), max_size=5)
)  # fmt: skip
@example(MIDNIGHT, MIDNIGHT + 1, None, [("a", "x", MIDNIGHT)])
@example(None, MIDNIGHT, "a", [("a", "x", MIDNIGHT - 1)])
@example(None, MIDNIGHT, "a", [("a", "x", MIDNIGHT)])
def test_a_file_that_has_a_message_to_remove_is_read(
    since: int | None, until: int | None, source: str | None, messages: list[tuple[str, str, int]]
) -> None:
    try:
        rule = PurgeRule(source=source, since=since, until=until)
    except UsageError:
        return
    days: dict[str, list[tuple[str, str, int]]] = {}
    for message in messages:
        days.setdefault(format_us(message[2])[:10], []).append(message)

    for day, received in days.items():
        if any(rule.matches(message[0], None, *message[1:]) for message in received):
            assert rule.may_match(day, None, [message[:2] for message in received])


def test_a_message_without_an_environment_is_of_production() -> None:
    assert PurgeRule(environment="production").matches("shop", None, "seen", NOON)
    assert not PurgeRule(environment="staging").matches("shop", None, "seen", NOON)


def test_a_file_of_another_environment_is_not_read() -> None:
    assert PurgeRule(environment="staging").may_match("2026-11-30", "staging", [("shop", "seen")])
    assert not PurgeRule(environment="staging").may_match("2026-11-30", None, [("shop", "seen")])
    assert PurgeRule(source="shop").may_match("2026-11-30", "staging", [("shop", "seen")])


def test_a_file_of_another_day_source_or_event_is_not_read() -> None:
    names = [("shop", "seen"), ("app", "left")]

    assert PurgeRule(source="shop", event="seen").may_match("2026-11-30", None, names)
    assert not PurgeRule(source="shop", event="left").may_match("2026-11-30", None, names)
    assert not PurgeRule(since=NOON).may_match("2026-11-29", None, names)
    assert not PurgeRule(source="shop", until=MIDNIGHT).may_match("2026-11-30", None, names)
    assert PurgeRule(source="shop", until=MIDNIGHT).may_match("2026-11-29", None, names)
