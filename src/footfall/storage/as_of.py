"""AsOf: an earlier moment of a store, by which its messages are read as they were then."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from footfall.errors import UsageError
from footfall.printable import counted
from footfall.storage.history import History, PurgedCount
from footfall.storage.journal import Snapshot
from footfall.timestamps import epoch_us, format_us

__all__ = ["AsOf", "as_of"]


class AsOf(NamedTuple):
    """The moment `at` (microseconds since 1970-01-01 UTC), when `seq` was the number of the last message.

    `purged` is what was purged since, and may have been there then. What happened after that message counts only where
    the moment is one `by_time`.
    """

    seq: int
    at: int
    purged: tuple[PurgedCount, ...] = ()
    by_time: bool = False

    def is_after(self, seq: int, at: int) -> bool:
        """Whether the moment is after what happened when `seq` was the last number, at the clock `at`."""
        return seq < self.seq or (self.by_time and seq == self.seq and at <= self.at)

    @property
    def messages_purged(self) -> int:
        """How many messages the purges since then removed; some of them may have come later."""
        return sum(count.stored + count.quarantined for count in self.purged)

    @property
    def since_text(self) -> str:
        """What an answer as of this moment is without, or does not know, in one line."""
        rules: Counter[str] = Counter()
        for count in self.purged:
            rules[str(count.rule)] += count.stored + count.quarantined
        purges = [f"{counted(number, 'message')} ({rule})" for rule, number in rules.items()]
        return (
            f"purged since: {', '.join(purges) or 'nothing'}; in quarantine: what was there then and still is;"
            " rejected: in the quarters of an hour that were over"
        )


def as_of(snapshot: Snapshot, point: int | datetime, *, now: int) -> AsOf:
    """The moment that `point` names: a number in the order of receipt, or a time with an offset that is not after now.

    A time means all that had been received by then; where the clock went back, it means the first moment with that
    time. A number means the moment just after the message was received. `now` is in microseconds since 1970-01-01 UTC.
    Raises UsageError where nothing was there yet, or the point is not reached yet or is neither, and JournalError.
    """
    if type(point) is not int and not isinstance(point, datetime):
        raise UsageError(f"{point!r} is no moment; name the seq of a message as an int, or a time as a datetime")
    history, watermark = snapshot.history(), snapshot.watermark()
    if not watermark:
        raise UsageError("no message came in yet, so there is no earlier moment")
    if isinstance(point, datetime):
        at = epoch_us(point)
        if at > now:
            raise UsageError(f"{format_us(at)} lies in the future; name a time up to now")
        seq = _seq_at(history, at)
        if not seq:
            raise UsageError(f"nothing had come in by {format_us(at)}: the first message came at {_first(history)}")
    else:
        seq = point
        if seq < 1:
            raise UsageError(f"there is no message {seq}: they are numbered from 1, in the order of receipt")
        if seq > watermark:
            raise UsageError(f"there is no message {seq:,} yet: the last one is {watermark:,}")
        at = _moment_of(history, seq, now)
    moment = AsOf(seq, at, by_time=isinstance(point, datetime))
    return moment._replace(purged=tuple(count for count in history.purged() if _is_since(count, moment)))


def _seq_at(history: History, at: int) -> int:
    minutes = history.minutes_at(at)
    for minute in minutes:
        later = history.first_after(at, after=minute.after, until=minute.until)
        if later is not None:
            return later - 1
    return minutes[-1].until


def _moment_of(history: History, seq: int, now: int) -> int:
    minute = history.minute_of(seq)
    latest = history.latest(after=minute.after, until=seq)
    # Just after it came: a window that ends at this moment has it, also where it occurred as it was received.
    return max([time for time in (minute.began, latest) if time is not None], default=now - 1) + 1


def _first(history: History) -> str:
    minute = history.minute_of(1)
    times = (history.latest(after=0, until=1), minute.began)
    return next((format_us(time) for time in times if time is not None), "a time that is not known any more")


def _is_since(count: PurgedCount, moment: AsOf) -> bool:
    is_of_later = count.rule.since is not None and count.rule.since > moment.at
    return not is_of_later and not moment.is_after(count.seq, count.at)
