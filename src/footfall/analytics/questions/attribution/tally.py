"""Attribution in SQL: the conversions of one shard, the touches before each, and what each touch is credited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from footfall.analytics.filtered_messages import Filtered, filtered_messages, money_of_value
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.attribution.options import AttributionOptions, Model
from footfall.analytics.touch_labels import NO_TOUCH, TouchLabel, label_touches
from footfall.analytics.touches import make_touches
from footfall.analytics.window import Span

__all__ = ["DECAY_PARTS", "AttributionPartial", "CreditedNumber", "tally"]

DECAY_PARTS: Final = 1_000_000_000
"""In time decay each conversion is shared out in so many parts."""

_SECOND_US = 1_000_000
_WEIGHT_BITS = 30
_WIDTH = 38  # the most digits of a DECIMAL


class CreditedNumber(msgspec.Struct, frozen=True, array_like=True):
    """`number` × `times` ÷ `parts` is what a label is credited by a model: conversions, or an amount in a currency."""

    model: Model
    label: int
    currency: str | None
    number: Decimal
    times: int
    parts: int


class AttributionPartial(msgspec.Struct, frozen=True):
    """The same of one shard. Labels are numbers in `labels`; the currency of conversions is None.

    `visits` has how many touches of a label are in the window.
    """

    labels: tuple[TouchLabel, ...]
    visits: dict[int, int]
    conversions: int
    credits: tuple[CreditedNumber, ...]


class _Model(NamedTuple):
    """How many of how many parts of a conversion a touch gets, as SQL over a row of `_pairs`."""

    number: str
    parts: str


_MODELS: Final[Mapping[Model, _Model]] = {
    "first": _Model("(place = 1)::BIGINT", "1"),
    "last": _Model("(place = touches)::BIGINT", "1"),
    "last_non_direct": _Model("(place = coalesce(last_known, touches))::BIGINT", "1"),
    "linear": _Model("1", "touches"),
    "position": _Model(
        "CASE WHEN touches > 2 AND place IN (1, touches) THEN 2 ELSE 1 END",
        "CASE WHEN touches <= 2 THEN touches WHEN place IN (1, touches) THEN 5 ELSE 5 * (touches - 2) END",
    ),
    "time_decay": _Model(
        f"CASE WHEN weights = 0 THEN (place = touches)::BIGINT * {DECAY_PARTS} "
        f"ELSE weight_up_to * {DECAY_PARTS} // weights - (weight_up_to - weight) * {DECAY_PARTS} // weights END",
        str(DECAY_PARTS),
    ),
}


def tally(context: ShardContext, options: AttributionOptions) -> AttributionPartial:
    dataset, report = context.dataset, context.report
    money = money_of_value(report.plan, options.conversion, options.value)
    currency = money.named if money else ""
    properties = [name for name in (options.value, currency) if name]
    (selected,) = filtered_messages(
        context, "user", [Filtered(options.conversion, properties, report.span.since, with_seq=True)]
    )
    touches = make_touches(context)
    labels, labelled = label_touches(context, options.by, touches)
    conversions, pairs = dataset.new_name("conversions"), dataset.new_name("pairs")
    value = "value_0" if options.value else "NULL::DECIMAL(38, 0)"
    code = "coalesce(value_1::VARCHAR, '')" if currency else f"'{money.code if money else ''}'"
    execute = dataset.connection.execute
    execute(
        f"CREATE TABLE {conversions} AS SELECT actor AS person, time, seq, {value} AS value, {code} AS currency "
        f"FROM ({selected}) WHERE {Span(None, report.span.until).sql('time')}"
    )
    execute(f"CREATE TABLE {pairs} AS {_pairs(options, conversions, labelled)}")
    execute(
        f"INSERT INTO {pairs} BY NAME SELECT {labels.index(NO_TOUCH)} AS label, 1 AS place, 1 AS touches, "
        f"1 AS weight, 1 AS weight_up_to, 1 AS weights, value, currency "
        f"FROM {conversions} WHERE seq NOT IN (SELECT conversion FROM {pairs})"
    )
    ((count,),) = dataset.rows(f"SELECT count(*) FROM {conversions}")
    visits: dict[int, int] = dict(
        dataset.rows(f"SELECT label, count(*) FROM {labelled} WHERE {report.span.sql('time')} GROUP BY label")
    )
    credited = tuple(_credits(context, options, pairs))
    for table in (conversions, pairs, labelled, touches.name):
        execute(f"DROP TABLE {table}")
    return AttributionPartial(labels, visits, count, credited)


def _pairs(options: AttributionOptions, conversions: str, touches: str) -> str:
    """A row for each conversion and touch before it, with what the models need."""
    within, half_life = options.within * _SECOND_US, options.half_life * _SECOND_US
    of_conversion = "PARTITION BY conversion"
    ordered = f"{of_conversion} ORDER BY touched, touch"
    weight = f"floor(pow(2, {_WEIGHT_BITS} - (time - touched)::DOUBLE / {half_life}))::BIGINT"
    needs = {
        "last_non_direct": f"max(place) FILTER (NOT is_direct) OVER ({of_conversion}) AS last_known",
        "time_decay": f"sum(weight) OVER ({of_conversion}) AS weights, sum(weight) OVER ({ordered}) AS weight_up_to",
    }
    more = "".join(f", {sql}" for model, sql in needs.items() if model in options.models)
    nulls = "" if "last_non_direct" in options.models else ", NULL::BIGINT AS last_known"
    nulls += "" if "time_decay" in options.models else ", 1 AS weights, 1 AS weight_up_to"
    return f"""
        SELECT *{more}{nulls} FROM (
            SELECT *, row_number() OVER ({ordered}) AS place, count(*) OVER ({of_conversion}) AS touches,
                   {weight} AS weight
            FROM (
                SELECT conversion.seq AS conversion, conversion.time AS time, value, currency, label, is_direct,
                       touch.time AS touched, touch.seq AS touch
                FROM {conversions} AS conversion JOIN {touches} AS touch
                ON conversion.person = touch.person AND touch.time <= conversion.time
                   AND touch.time >= conversion.time - {within}
            )
        )
    """


def _credits(context: ShardContext, options: AttributionOptions, pairs: str) -> Iterator[CreditedNumber]:
    """What each label is credited: of conversions, and of their value."""
    rows = context.dataset.rows
    adds_up = options.value is not None and _adds_up(context, pairs)
    for model in options.models:
        number, parts = _MODELS[model]
        select = f"SELECT label, currency, value, {number} AS number, {parts} AS parts FROM {pairs}"
        for label, of, total in rows(
            f"SELECT label, parts, sum(number)::HUGEINT FROM ({select}) WHERE number > 0 GROUP BY label, parts"
        ):
            yield CreditedNumber(model, label, None, Decimal(total), 1, of)
        if options.value is None:
            continue
        amounts = f"FROM ({select}) WHERE number > 0 AND value IS NOT NULL GROUP BY label, currency, parts"
        if adds_up:
            query = f"SELECT label, currency, parts, sum(value * number::DECIMAL(10, 0)), 1 {amounts}"
        else:
            query = f"SELECT label, currency, parts, value, sum(number)::HUGEINT {amounts}, value"
        for label, currency, of, amount, times in rows(query):
            yield CreditedNumber(model, label, currency, Decimal(str(amount)), times, of)


def _adds_up(context: ShardContext, pairs: str) -> bool:
    """Whether the engine can add up all parts of the values without running out of digits."""
    types = context.dataset.rows(f"SELECT typeof(value) FROM {pairs} LIMIT 1")
    if not types or not types[0][0].startswith("DECIMAL"):
        return False
    ((most, count),) = context.dataset.rows(f"SELECT max(abs(value)), count(value) FROM {pairs}")
    if not most:
        return True
    scale = -most.as_tuple().exponent
    return bool(most.adjusted() + 1 + scale + len(str(count)) + len(str(DECAY_PARTS)) < _WIDTH)
