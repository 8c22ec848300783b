"""Rules about values: types that lose cents or time zones, strings and lists without end, enums that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from footfall.plan.model import Event, Property
from footfall.planning.lint.rule import Finding, LintRule, View
from footfall.planning.words import singular, words_of

__all__ = ["ROWS"]

# Values of these never arrive as they are, so their length is no question.
_GONE = frozenset({"hash", "drop"})


def _unbounded_string(view: View) -> Iterator[Finding]:
    for each in view.properties:
        prop = each.prop
        bounded = prop.enum or prop.format or prop.pattern is not None or prop.max_length is not None
        if "string" in each.types and not bounded and prop.transform not in _GONE:
            yield Finding(path=each.path, message="the text may be of any length and form", key="type")


def _unbounded_collection(view: View) -> Iterator[Finding]:
    for each in view.properties:
        if each.prop.type in ("array", "map") and each.prop.max_items is None and each.prop.transform not in _GONE:
            yield Finding(path=each.path, message=f"the {each.prop.type} may have any number of items", key="type")


def _enum_of_one(view: View) -> Iterator[Finding]:
    for each in view.properties:
        # One currency is where most shops begin, and it says what the amount beside it is.
        if len(each.prop.enum) == 1 and not each.prop.open and "currency" not in words_of(each.prop.name):
            message = f"the enum has one value, {each.prop.enum[0]!r}, so it tells nothing"
            yield Finding(path=each.path, message=message, key="enum")


_MONEY: Final = frozenset(
    """
    amount balance bid budget cost deposit discount donation fare fee gmv income invoice margin mrr paid payment
    payout premium price profit proceeds purchase rebate refund rent revenue salary saving shipping spend spent
    subtotal subscription surcharge tariff tax tip total turnover vat wage
    """.split()  # noqa: SIM905 - a list of words is read as one
)
_NO_MONEY: Final = frozenset(
    """
    attempt count days duration factor hours id index items length minutes months number pct percent percentage
    points position probability quantity rank rate ratio score seconds share size steps time units weight years
    """.split()  # noqa: SIM905 - as above
)


def _is_currency(unit: str) -> bool:
    # ISO 4217 codes, and the signs that people write in their place.
    return (len(unit) == 3 and unit.isalpha() and unit.isupper()) or unit in ("$", "€", "£", "¥", "cent", "cents")


def _money_as_float(view: View) -> Iterator[Finding]:
    for each in view.properties:
        prop = each.prop
        if "number" not in each.types:
            continue
        words = {singular(word) for word in words_of(each.name)} | set(words_of(each.name))
        by_name = words & _MONEY and not words & _NO_MONEY and prop.unit is None
        if by_name or (prop.unit is not None and _is_currency(prop.unit)):
            yield Finding(path=each.path, message="it looks like money, and is a binary fraction", key="type")


def _money_without_currency(view: View) -> Iterator[Finding]:
    for each in view.properties:
        prop = each.prop
        if prop.currency is not None or not _NUMBERS.intersection(each.types):
            continue
        words = {singular(word) for word in words_of(each.name)} | set(words_of(each.name))
        # An integer is more likely a count, also beside a currency.
        is_beside = _has_currency(each.event)
        names = _MONEY | _BESIDE_CURRENCY if is_beside else _MONEY
        is_like_money = "decimal" in each.types or (is_beside and "number" in each.types)
        by_name = is_like_money and prop.unit is None and words & names and not words & _NO_MONEY
        if by_name or (prop.unit is not None and _is_currency(prop.unit)):
            yield Finding(path=each.path, message="it looks like money, and does not say in which currency", key="type")


_BESIDE_CURRENCY: Final = frozenset({"gross", "net", "sum", "value", "worth"})


def _has_currency(event: Event | None) -> bool:
    names = [] if event is None else [words_of(prop.name) for prop in event.properties if prop.type == "string"]
    return any("currency" in words for words in names)


_NUMBERS = frozenset({"integer", "number", "decimal"})
_TIMES: Final = frozenset(
    """
    age delay downtime duration elapsed interval latency lifetime lag runtime timeout ttl uptime wait dwell
    """.split()  # noqa: SIM905 - as above
)
_TIME_UNITS: Final = frozenset(
    """
    ns us ms s sec secs second seconds millis milliseconds microseconds min mins minute minutes h hr hrs hour
    hours d day days w week weeks month months year years
    """.split()  # noqa: SIM905 - as above
)


def _time_without_unit(view: View) -> Iterator[Finding]:
    for each in view.properties:
        words = words_of(each.prop.name)
        if not _NUMBERS.intersection(each.types) or each.prop.unit is not None or _TIME_UNITS.intersection(words):
            continue
        spans = words and (words[-1] in _TIMES or words[:2] == ("time", "to") or words[:2] == ("time", "spent"))
        if spans or (len(words) > 1 and words[-1] == "time"):
            yield Finding(path=each.path, message="it is a span of time in an unknown unit")


_MEASURES: Final = frozenset(
    """
    weight distance height width depth length altitude elevation temperature humidity pressure speed velocity
    volume energy power voltage current area radius bandwidth throughput filesize
    """.split()  # noqa: SIM905 - as above
)
_MEASURE_UNITS: Final = frozenset(
    """
    mm cm m km in ft mi g kg lb oz c f k celsius fahrenheit kelvin kmh mph l ml kwh wh w kw v mv a ma pa hpa bar
    pct percent px bytes kb mb gb bps kbps mbps meters metres grams kilometers kilometres watts volts chars
    characters
    """.split()  # noqa: SIM905 - as above
)


def _measure_without_unit(view: View) -> Iterator[Finding]:
    for each in view.properties:
        words = words_of(each.prop.name)
        has_unit = each.prop.unit is not None or _MEASURE_UNITS.intersection(words)
        if _NUMBERS.intersection(each.types) and words and words[-1] in _MEASURES and not has_unit:
            yield Finding(path=each.path, message="it is a measurement in an unknown unit")


def _untyped_moment(view: View) -> Iterator[Finding]:
    for each in view.properties:
        prop, words = each.prop, words_of(each.prop.name)
        loose = {"string", *_NUMBERS}.intersection(each.types)
        if loose and _is_moment(words) and not _is_span(prop, words):
            better = "date" if "date" in words or "day" in words or words[-1:] == ("birthday",) else "datetime"
            message = f"it is a moment in time, kept as {'text' if 'string' in loose else 'a number'}"
            yield Finding(path=each.path, message=message, key="type", remedy=f"use type: {better}")


def _is_moment(words: tuple[str, ...]) -> bool:
    ends = words[-1:] in (("timestamp",), ("date",), ("datetime",), ("birthday",), ("birthdate",))
    return ends or (len(words) > 1 and words[-1] == "at")


def _is_span(prop: Property, words: tuple[str, ...]) -> bool:
    return prop.unit is not None or bool(prop.enum) or words[-2:] == ("up", "to")


def _untyped(view: View) -> Iterator[Finding]:
    for each in view.properties:
        if each.prop.type == "any":
            yield Finding(path=each.path, message="it may be anything, so nothing about it is checked", key="type")
        elif each.prop.type == "object" and not each.prop.properties:
            yield Finding(path=each.path, message="the object names none of its properties", key="type")


ROWS: Final = (
    LintRule(
        name="unbounded_string", level="warning", judge=_unbounded_string,
        reason="A text without a bound takes in whole pages, stack traces and other people's data.",
        fix="add max_length, enum, format or pattern",
    ),
    LintRule(
        name="unbounded_collection", level="warning", judge=_unbounded_collection,
        reason="A list or map without a bound can grow past what a message may have, and is then lost whole.",
        fix="add max_items",
    ),
    LintRule(
        name="enum_of_one", level="warning", judge=_enum_of_one,
        reason="A value that is always the same informs about nothing, and hides that others were left out.",
        fix="add the other values, mark it open, or remove the property",
    ),
    LintRule(
        name="money_as_float", level="error", judge=_money_as_float,
        reason="Binary fractions cannot hold most cents: 0.1 + 0.2 is not 0.3, and sums drift.",
        fix="use type: decimal with scale: 2, or an integer of the smallest unit",
    ),
    LintRule(
        name="money_without_currency", level="warning", judge=_money_without_currency,
        reason="A report adds up amounts of several currencies unless the plan says that there are several.",
        fix="add currency: the property beside it that says which, or an ISO 4217 code such as EUR",
    ),
    LintRule(
        name="time_without_unit", level="warning", judge=_time_without_unit,
        reason="Nobody can tell 90 seconds from 90 milliseconds by looking.",
        fix="add unit: s (or ms, min, h), and best end the name with it",
    ),
    LintRule(
        name="measure_without_unit", level="warning", judge=_measure_without_unit,
        reason="A weight without a unit is kilograms in one system and pounds in the next.",
        fix="add unit: kg (or what it is in)",
    ),
    LintRule(
        name="untyped_moment", level="warning", judge=_untyped_moment,
        reason="A moment kept as text or number comes in five notations, without its offset, and sorts wrongly.",
        fix="use type: datetime",
    ),
    LintRule(
        name="untyped_property", level="warning", judge=_untyped,
        reason="What may be anything is checked for nothing, and breaks whoever reads it.",
        fix="say its type, or the object's properties",
    ),
)  # fmt: skip
