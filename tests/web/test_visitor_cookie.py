"""The visitor's cookie: signed, of one form, for a fixed time; whatever else is in it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.web.visitor_cookie import CookieVisitor, VisitorCookie

OLD, NEW = "an old key of the site", "a new key of the site"
ID = "01a22c4f-e190-73fc-8d06-e94dcc27a221"
TODAY = 20_787


def cookie(*keys: str | bytes, days: int = 390) -> VisitorCookie:
    return VisitorCookie("ff_id", keys or (NEW,), days)


def test_a_cookie_reads_what_it_wrote() -> None:
    visitor = CookieVisitor(ID, TODAY, "AAAABBBBCCCC")

    assert cookie().read(cookie().value(visitor), TODAY) == visitor
    assert cookie().read(cookie().value(CookieVisitor(ID, TODAY)), TODAY) == CookieVisitor(ID, TODAY)


def test_its_value_is_version_id_day_user_and_signature() -> None:
    version, anonymous_id, day, user, signature = cookie().value(CookieVisitor(ID, TODAY)).split(".")

    assert (version, anonymous_id, day, user) == ("1", ID, str(TODAY), "")
    assert len(signature) == 22


def test_each_key_verifies_and_the_newest_signs() -> None:
    old = cookie(OLD).value(CookieVisitor(ID, TODAY))

    assert cookie(NEW, OLD).read(old, TODAY) == CookieVisitor(ID, TODAY, is_stale=True)
    assert cookie(NEW, OLD).value(CookieVisitor(ID, TODAY)) == cookie(NEW).value(CookieVisitor(ID, TODAY))
    assert cookie(NEW).read(old, TODAY) is None


def test_a_key_that_is_too_short_refuses_to_start() -> None:
    with pytest.raises(UsageError, match="cookie_keys"):
        VisitorCookie("ff_id", ["short"])


def test_the_cookie_ends_a_fixed_time_after_its_issue() -> None:
    value = cookie(days=390).value(CookieVisitor(ID, TODAY))

    assert cookie(days=390).read(value, TODAY + 389) is not None
    assert cookie(days=390).read(value, TODAY + 390) is None
    assert cookie(days=390).max_age(CookieVisitor(ID, TODAY), TODAY + 100) == 290 * 86_400
    assert cookie(days=390).max_age(CookieVisitor(ID, TODAY), TODAY + 400) == 0


def test_a_clock_that_was_a_day_ahead_costs_no_visitor_and_one_a_week_ahead_does() -> None:
    value = cookie().value(CookieVisitor(ID, TODAY))

    assert cookie().read(value, TODAY - 1) is not None
    assert cookie().read(value, TODAY - 7) is None


def test_a_users_mark_is_not_the_user_and_differs_by_key() -> None:
    (new,) = cookie(NEW).marks_of("kari")

    assert cookie(NEW, OLD).marks_of("kari") == [new, *cookie(OLD).marks_of("kari")]
    assert new != cookie(OLD).marks_of("kari")[0]
    assert "kari" not in new


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        ID,
        f"1.{ID}.{TODAY}..",
        "1." * 4_000,
        f"1.{ID}.{TODAY}..{'A' * 22}",
        f"2.{ID}.{TODAY}..{'A' * 22}",
        "1.not-an-id.1..x",
        "\x00\xff",
        f"1.{ID}.٣..{'A' * 22}",
    ],
)
def test_what_we_did_not_write_is_none(value: str) -> None:
    assert cookie().read(value, TODAY) is None


@given(st.text())
def test_no_text_is_a_visitor_or_raises(value: str) -> None:
    assert cookie().read(value, TODAY) is None


@given(st.integers(0, 10_000), st.characters())
def test_a_cookie_with_any_other_character_in_it_is_none(position: int, character: str) -> None:
    value = cookie().value(CookieVisitor(ID, TODAY, "AAAABBBBCCCC"))
    position %= len(value)
    damaged = value[:position] + character + value[position + 1 :]

    assert (cookie().read(damaged, TODAY) is None) == (damaged != value)
