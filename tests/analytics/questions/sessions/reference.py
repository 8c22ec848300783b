"""Sessions by a plain loop over all messages, with the calendar of `datetime`, to compare answers with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.analytics.questions.doings import week_of

__all__ = ["Call", "Counted", "counted", "sessions_of"]

GAP = 30 * 60


class Call(NamedTuple):
    """A message: who sent it from which device, what it is, and when, in seconds since 1970.

    `name` is the event of a track and the route of a page. `mark` is its message_id, `seq` the order of arrival.
    """

    person: str
    device: str | None
    type: str
    name: str | None
    at: int
    mark: str
    seq: int

    @property
    def step(self) -> str | None:
        if self.type == "track":
            return self.name
        return f"{self.type}:{self.name}" if self.type in ("page", "screen") else None


class Counted(NamedTuple):
    """Figures of some sessions; durations in seconds, in order."""

    sessions: int
    persons: int
    messages: int
    bounces: int
    open: int
    durations: list[int]

    @property
    def median(self) -> Fraction:
        size = len(self.durations)
        return Fraction(self.durations[(size - 1) // 2] + self.durations[size // 2], 2)

    @property
    def p90(self) -> int:
        """The shortest that nine of ten do not exceed."""
        return next(
            least for least in self.durations if 10 * sum(one <= least for one in self.durations) >= 9 * self.sessions
        )


def sessions_of(log: Sequence[Call]) -> Iterator[list[Call]]:
    """The sessions of all, one message after another; which is before a reset at its time goes by message_id."""
    timelines: dict[tuple[str, str | None], list[Call]] = defaultdict(list)
    for call in sorted(log, key=lambda call: (call.at, call.mark)):
        timelines[call.person, call.device].append(call)
    for timeline in timelines.values():
        session: list[Call] = []
        for call in timeline:
            if session and (session[-1].type == "reset" or call.at - session[-1].at > GAP):
                yield session
                session = []
            session.append(call)
        yield session


def first_day(at: int, per: str, zone: str) -> date:
    """The first day of the period of a moment."""
    day = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date()
    if per == "week":
        return week_of(day, zone)
    return day.replace(day=1) if per == "month" else day


def counted(
    log: Sequence[Call], *, per: str, by: str | None, zone: str, since: int | None, until: int, now: int
) -> Mapping[tuple[date | None, str | None], Counted]:
    """What the answer has to be, by the first day of a period and by label; None is all of them."""
    groups: dict[tuple[date | None, str | None], list[list[Call]]] = defaultdict(list)
    for session in sessions_of(log):
        if (since is None or session[0].at >= since) and session[0].at < until:
            steps = [call.step for call in sorted(session, key=lambda call: (call.at, call.seq)) if call.step]
            label = "" if not steps else steps[0 if by == "entry" else -1]
            for start in (first_day(session[0].at, per, zone), None):
                for each in (label, None) if by else (None,):
                    groups[start, each].append(session)
    return {
        key: Counted(
            len(group),
            len({session[0].person for session in group}),
            sum(map(len, group)),
            sum(len(session) == 1 and session[0].type in ("page", "screen") for session in group),
            sum(session[-1].type != "reset" and session[-1].at + GAP >= now for session in group),
            sorted(session[-1].at - session[0].at for session in group),
        )
        for key, group in groups.items()
    }
