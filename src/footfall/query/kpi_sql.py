"""A KPI as one SELECT over the views: the same figure by SQL that anyone can read, change and run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from footfall.analytics.window import Window
from footfall.plan.calls import call_of
from footfall.plan.currencies import money_of
from footfall.plan.measure_parts import event_measures
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Event,
    EventMeasure,
    Kpi,
    Measure,
    Plan,
    Property,
    Quantity,
    Ratio,
    SumOf,
    Unique,
    Where,
)
from footfall.plan.property_text import wire_type
from footfall.plan.value_names import user_traits
from footfall.query.sql_text import quoted
from footfall.query.views import SqlView

__all__ = ["kpi_sql"]

_FUNCTIONS: Mapping[str, str] = {
    "sum": "coalesce(sum({}), 0)", "average": "avg({})", "minimum": "min({})", "maximum": "max({})",
    "median": "median({})", "percentile": "quantile_cont({}, {})",
}  # fmt: skip
_BETWEEN = {"median", "percentile"}
"""Functions whose value may lie between two values: of decimals DuckDB would cut it to the digits that these have."""
_SIGNS: Mapping[str, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_COMPARED_AS_WRITTEN = {"string", "integer", "number", "decimal", "boolean"}


class _NoSelectError(Exception):
    """The figure is made of what no column of a view has."""


def kpi_sql(
    plan: Plan, views: Mapping[str, SqlView], kpi: Kpi, window: Window, audiences: Collection[str]
) -> str | None:
    """The SELECT of a KPI over a window: its `value`, beside it the values of its `by`, and of money the currency.

    None where it is no SELECT of one view: a conversion, conditions on items of arrays, traits, context and segments.
    Of the type `number`, of averages, medians and percentiles the last digits may differ: SQL has doubles there, and
    footfall the digits that were sent.
    """
    try:
        return _Writer(plan, views, window, audiences).select(kpi.measure)
    except _NoSelectError:
        return None


class _Writer:
    def __init__(self, plan: Plan, views: Mapping[str, SqlView], window: Window, audiences: Collection[str]) -> None:
        self._plan = plan
        self._views = {view.event: view for view in views.values() if view.event}
        self._window = window
        self._audiences = audiences

    def select(self, measure: Measure) -> str:
        if isinstance(measure, Conversion):
            raise _NoSelectError
        if isinstance(measure, Count | Aggregate | Unique):
            return self._simple(measure)
        if any(part.by or self._currency(part) for part in event_measures(measure)):
            raise _NoSelectError
        return f"SELECT {self._term(measure)} AS value"

    def _term(self, measure: Quantity) -> str:
        """A ratio, a sum or a difference as one expression, with a SELECT in brackets for each figure in it."""
        match measure:
            case Ratio():
                return f"{self._operand(measure.of)}::DOUBLE / nullif({self._operand(measure.to)}, 0)"
            case Difference():
                return f"{self._operand(measure.of)} - {self._operand(measure.less)}"
            case SumOf():
                return " + ".join(map(self._operand, measure.parts))
            case _:
                return self._figure(measure)

    def _operand(self, measure: Quantity) -> str:
        return f"({self._term(measure)})"

    def _simple(self, measure: EventMeasure) -> str:
        keys = [*measure.by]
        if (currency := self._currency(measure)) and currency not in keys:
            keys.append(currency)
        return self._figure(measure, keys)

    def _currency(self, measure: Count | Aggregate | Unique) -> str:
        event = self._plan.events.get(measure.event)
        money = None if event is None else money_of(event, measure, user_traits(self._plan))
        return "" if money is None else money.named

    def _figure(self, measure: Count | Aggregate | Unique, keys: Sequence[str] = ()) -> str:
        event = self._plan.events.get(measure.event)
        columns = [self._column(event, name) for name in keys]
        conditions = [
            f"audience IN ({', '.join(map(_text, sorted(self._audiences)))})",
            *([f"occurred_at >= {_time(self._window.since)}"] if self._window.since else []),
            *([f"occurred_at < {_time(self._window.until)}"] if self._window.until else []),
        ]
        if event is None:
            call = call_of(measure.event)
            if call is None:
                raise _NoSelectError
            view = "messages"
            conditions.insert(0, f"type = '{call.type}'")
            conditions += [f"name = {_text(call.name)}"] if call.name is not None else []
        else:
            view = quoted(self._views[event.name].name)
        conditions += [self._condition(event, part) for part in measure.where]
        selected = [*columns, f"{self._value(event, measure)} AS value"]
        lines = [f"SELECT {', '.join(selected)}", f"FROM {view}", "WHERE " + "\n  AND ".join(conditions)]
        return "\n".join(
            [*lines, *(["GROUP BY ALL", f"ORDER BY {', '.join(('value DESC', *columns))}"] if keys else [])]
        )

    def _value(self, event: Event | None, measure: Count | Aggregate | Unique) -> str:
        if isinstance(measure, Count):
            if measure.property:
                raise _NoSelectError
            return "count(*)"
        if isinstance(measure, Unique):
            name = "person_id" if measure.property == "actor" else self._column(event, measure.property)
            return f"count(DISTINCT {name})"
        share = "" if measure.at is None else f"{measure.at / 100:f}"
        column = self._column(event, measure.property)
        if measure.function in _BETWEEN and wire_type(self._property(event, measure.property)) == "decimal":
            column = f"{column}::DOUBLE"
        return _FUNCTIONS[measure.function].format(column, share)

    def _property(self, event: Event | None, name: str) -> Property:
        prop = next((each for each in event.properties if each.name == name), None) if event is not None else None
        if prop is None or wire_type(prop) not in _COMPARED_AS_WRITTEN:
            raise _NoSelectError
        return prop

    def _column(self, event: Event | None, name: str) -> str:
        prop = self._property(event, name)
        assert event is not None
        path = (prop.wire_name or prop.name,)
        view = self._views[event.name]
        return next(quoted(column.name) for column in view.columns.values() if column.path == path)

    def _condition(self, event: Event | None, where: Where) -> str:
        if where.op not in (*_SIGNS, "in", "not_in"):
            raise _NoSelectError
        column, type_ = self._column(event, where.property), wire_type(self._property(event, where.property))
        if where.op in _SIGNS:
            return f"{column} {_SIGNS[where.op]} {_literal(where.values[0], type_)}"
        listed = [_literal(value, type_) for value in where.values if value is not None]
        is_listed = f"coalesce({column} IN ({', '.join(listed)}), FALSE)" if listed else "FALSE"
        if None in where.values:
            is_listed = f"({column} IS NULL OR {is_listed})"
        return is_listed if where.op == "in" else f"NOT {is_listed}"


def _time(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{moment.isoformat(sep=' ')}'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(value: str | float | bool | None, type_: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _text(str(value)) if type_ == "string" else str(value)
