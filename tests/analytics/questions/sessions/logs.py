"""Any log of few people, with what makes sessions hard: gaps of just 30 minutes, resets, and messages at one time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.analytics.questions.sessions.reference import Call

from footfall.storage.journal import Entry

__all__ = ["DAY", "MINUTE", "ZONES", "call", "entries_of", "logs"]

MINUTE = 60
DAY = 86_400
ZONES = ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]
# The clocks of these zones change on days around these.
CHANGES = [datetime(2018, 11, 3), datetime(2024, 10, 26), datetime(2025, 3, 29), datetime(2025, 10, 4)]  # noqa: DTZ001
WHAT = [("track", "view"), ("track", "view"), ("track", "buy"), ("page", "/"), ("page", "/a"), ("identify", None),
        ("reset", None)]  # fmt: skip


def call(
    at: int, type_: str = "track", name: str | None = "view", *, person: str = "ann", device: str | None = None,
    seq: int = 1,
) -> Call:  # fmt: skip
    """A message of Ann's."""
    return Call(person, device, type_, name, at, f"m{seq}", seq)


def entries_of(make: Callable[..., Entry], log: Sequence[Call]) -> list[Entry]:
    """The same as stored messages."""
    return [_entry(make, each) for each in log]


def _entry(make: Callable[..., Entry], each: Call) -> Entry:
    changes: dict[str, Any] = {"type": each.type, "message_id": each.mark}
    if each.type in ("page", "screen"):
        changes["body"] = b'{"type":"%s","name":"%s"}' % (each.type.encode(), (each.name or "").encode())
    event = each.name if each.type == "track" else None
    return make(each.seq, event, each.at, user=each.person, anonymous=each.device, **changes)


@st.composite
def logs(draw: st.DrawFn) -> list[Call]:
    """Up to four people on up to two devices, around a change of clocks; ids in another order than times."""
    around = int(draw(st.sampled_from(CHANGES)).replace(tzinfo=UTC).timestamp())
    days, minutes = st.integers(-2, 35), st.sampled_from([0, 0, 10, 30, 31, 60, 61, 90])
    lines = draw(
        st.lists(
            st.tuples(
                st.sampled_from("aabcd"), st.sampled_from([None, "x", "x"]), st.sampled_from(WHAT), days, minutes
            ),
            min_size=1, max_size=25,
        )
    )  # fmt: skip
    few = draw(st.booleans())
    marks = draw(st.permutations(range(len(lines))))
    return [
        Call(who, device, *what, around + (day % 2 if few else day) * DAY + minute * MINUTE, f"m{marks[seq]:03}", seq)
        for seq, (who, device, what, day, minute) in enumerate(lines)
    ]
