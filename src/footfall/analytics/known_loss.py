"""Known loss: what is known to be missing from a figure, as counts: messages in quarantine, and gaps in numbers.

Each client of footfall numbers its messages, so a number that never came, and is followed by later ones for a day, is
a message that is missing. Which event it was is not known, so it is counted beside each figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

import msgspec

from footfall.analytics.client_numbers import NumberedMessage
from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import literal
from footfall.analytics.event_names import meanings
from footfall.analytics.figures import aggregate
from footfall.analytics.measures import parts
from footfall.analytics.window import Span
from footfall.plan.calls import base_event, named
from footfall.plan.currencies import money_of
from footfall.plan.model import ANY_EVENT, Aggregate, Conversion, Count, Event, Measure, Plan, Unique
from footfall.plan.value_names import ValueName, value_of

__all__ = ["KNOWN_LOSS", "KnownLoss", "LossLedger", "gaps_text"]

KNOWN_LOSS: Final = (
    "Known missing are the messages of its events that are in quarantine with a time in the window, whatever its other "
    "conditions, and numbers of clients that did not come though later ones of the same client came more than 24 "
    "hours ago, by the time of the next that came; less what was rejected or removed. A count is between itself and "
    "itself with all that is known missing. Bots, own people and other environments are left out on purpose, and "
    "listed in the foot."
)
_AGE_US = 86_400_000_000
_read = msgspec.json.Decoder(float_hook=Decimal).decode


class KnownLoss(msgspec.Struct, frozen=True):
    """What is known to be missing from a figure.

    `quarantined` messages of its events are in quarantine; of a sum `readable` has the total of those whose value can
    be read, by currency ("" where it is no money), and `unreadable` is how many cannot. `gaps` are messages of unknown
    event that never came. `unnumbered` senders give their messages no numbers, so that nobody knows of gaps of theirs.
    """

    quarantined: int
    gaps: int
    unnumbered: int
    readable: Mapping[str, Decimal] | None = None
    unreadable: int = 0

    @property
    def missing(self) -> int:
        """How many messages are known to be missing."""
        return self.quarantined + self.gaps

    def interval_of(self, measure: Measure, value: Decimal | None) -> tuple[Decimal, Decimal] | None:
        """Between what a count is; None for any other figure, for what is missing may lie on either side of it."""
        if value is None or not isinstance(measure, Count | Unique):
            return None
        return value, value + self.missing

    @property
    def text(self) -> str:
        """All of it in one line; "" where nothing is missing."""
        phrases = []
        if self.quarantined:
            totals = ", ".join(f"{total:,} {code}".rstrip() for code, total in (self.readable or {}).items())
            phrases.append(f"{self.quarantined:,} quarantined{f' (readable total {totals})' if totals else ''}")
        return gaps_text(phrases, self)


def gaps_text(quarantined: Sequence[str], loss: KnownLoss) -> str:
    """Phrases on what is in quarantine, with the gaps of a loss, in one line; "" where nothing is missing."""
    phrases = [*quarantined, *([f"{loss.gaps:,} of unknown event (gaps older than 24 h)"] if loss.gaps else [])]
    if not phrases:
        return ""
    senders = f"; senders without sequence numbers: {loss.unnumbered:,}" if loss.unnumbered else ""
    return f"known missing: {', '.join(phrases)}{senders}"


class LossLedger:
    """What is known to be missing from the figures of a dataset, at a moment (microseconds since 1970 UTC)."""

    def __init__(self, dataset: Dataset, plan: Plan, now: int) -> None:
        self._dataset = dataset
        self._plan = plan
        self._now = now

    def of_measure(self, measure: Measure, span: Span) -> KnownLoss:
        """Of a KPI's measure over a window. Raises DamagedFileError."""
        if isinstance(measure, Conversion):
            events = [step.event for step in self._plan.journeys[measure.journey].steps]
        else:
            events = [each.event for each in parts(measure)]
        loss = self.of_events(events, span)
        if isinstance(measure, Aggregate) and measure.function == "sum":
            readable, unreadable = self._readable(measure, span)
            return msgspec.structs.replace(loss, readable=readable, unreadable=unreadable)
        return loss

    def of_events(self, events: Collection[str], span: Span) -> KnownLoss:
        """Of a figure that is made of these events. Raises DamagedFileError."""
        ((quarantined,),) = self._dataset.rows(
            f"SELECT count(*) FROM quarantine WHERE {self._names(events)} AND {span.sql()}"
        )
        inside = [
            number for at, number in self._gaps
            if (span.since is None or at >= span.since) and (span.until is None or at < span.until)
        ]  # fmt: skip
        # Which number was of a message that was rejected or removed is not known, so each of these takes one away.
        explained = self._dataset.unlisted
        return KnownLoss(quarantined, max(0, sum(inside) - explained), self._dataset.client_numbers.senders_without)

    def _names(self, events: Collection[str]) -> str:
        """The condition on an event's name in quarantine, as it was sent; `*` is any."""
        if ANY_EVENT in events:
            return "TRUE"
        events = {base_event(self._plan, name) for name in events}
        on_the_wire = [name for name, meaning in meanings(self._plan).items() if meaning.event in events]
        calls = [f"({name.partition(':')[0]})" for name in events]
        return f"event IN {literal((*events, *on_the_wire, *calls))}"

    def _readable(self, measure: Aggregate, span: Span) -> tuple[Mapping[str, Decimal], int]:
        """The total of what is in quarantine, by currency, and how many values of it cannot be read."""
        event = named(self._plan, measure.event)
        money = None if event is None else money_of(event, measure)
        keys = _keys(event, measure.property)
        code_keys = _keys(event, money.named) if money and money.named else None
        rows = self._dataset.rows(f"SELECT body FROM quarantine WHERE {self._names([measure.event])} AND {span.sql()}")
        values: dict[str, dict[Decimal, int]] = {}
        unreadable = 0
        for (body,) in rows:
            pairs = [] if keys is None else [*_coded(_properties(body), keys, code_keys)]
            numbers = [(_number(value), code) for value, code in pairs]
            unreadable += not numbers or any(number is None for number, _ in numbers)
            for number, named_code in numbers:
                if number is None:
                    continue
                code = named_code if code_keys else money.code if money else ""
                of_code = values.setdefault(code if isinstance(code, str) else "", {})
                of_code[number] = of_code.get(number, 0) + 1
        sums = {code: aggregate("sum", numbers, 1).value or Decimal(0) for code, numbers in sorted(values.items())}
        return sums, unreadable

    @cached_property
    def _gaps(self) -> list[tuple[int, int]]:
        rows = self._dataset.rows(
            "SELECT client, number, occurred_at, received_at FROM quarantine WHERE client IS NOT NULL"
        )
        others = [NumberedMessage(*row) for row in rows]
        return self._dataset.client_numbers.gaps(others, self._now - _AGE_US)


def _properties(body: bytes | str | None) -> Mapping[str, Any]:
    try:
        message = _read(body or b"null")
    except (msgspec.MsgspecError, InvalidOperation):
        return {}
    properties = message.get("properties") if isinstance(message, dict) else None
    return properties if isinstance(properties, dict) else {}


def _keys(event: Event | None, name: str) -> Sequence[str | None] | None:
    """Where a value of an event is among its properties on the wire; None is each item. None for any other value."""
    value = None if event is None else value_of(event, name)
    return value.keys if isinstance(value, ValueName) and value.part == "properties" else None


def _coded(
    value: object, keys: Sequence[str | None], code_keys: Sequence[str | None] | None
) -> Iterator[tuple[object, object]]:
    """Each value that keys lead to, with what the others lead to in the same item."""
    if not keys:
        yield value, None
        return
    if code_keys and keys[0] == code_keys[0]:
        for part in _parts(value, keys[0]):
            yield from _coded(part, keys[1:], code_keys[1:])
        return
    code = next(_at(value, code_keys), None) if code_keys else None
    for each in _at(value, keys):
        yield each, code


def _at(value: object, keys: Sequence[str | None]) -> Iterator[object]:
    if not keys:
        yield value
        return
    for part in _parts(value, keys[0]):
        yield from _at(part, keys[1:])


def _parts(value: object, key: str | None) -> Sequence[object]:
    """The items of an array, or the value of a key of an object."""
    if key is None:
        return value if isinstance(value, list) else ()
    return (value[key],) if isinstance(value, dict) and key in value else ()


def _number(value: object) -> Decimal | None:
    """A number, or a text that is one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 100 else None
