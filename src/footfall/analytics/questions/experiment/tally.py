"""An experiment in SQL: who was shown which variant when, and what they did in the time after it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.figures import aggregate
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.numbers import shortest
from footfall.analytics.question import ReportContext, ShardContext
from footfall.analytics.questions.experiment.options import ExperimentOptions
from footfall.analytics.window import Span
from footfall.plan.model import EventFilter
from footfall.plan.person_figures import PersonFigure

__all__ = ["ExperimentPartial", "tally"]

_SECOND_US = 1_000_000


class ExperimentPartial(msgspec.Struct, frozen=True):
    """The same of one shard.

    `first` is the time of the first exposure. `early`, `unnamed` and `crossed` count persons whose first exposure was
    before the start, was without a variant, or who saw two; `unknown` those of variants that the plan does not name.
    `open` and `closed` count persons by variant; `values` has (figure, variant, value as text, persons).
    """

    first: int | None
    early: int
    unnamed: int
    crossed: int
    unknown: dict[str, int]
    open: dict[str, int]
    closed: dict[str, int]
    values: tuple[tuple[int, str, str, int], ...]


def tally(context: ShardContext, options: ExperimentOptions) -> ExperimentPartial:
    experiment, dataset, figures = options.experiment, context.dataset, [each.figure for each in options.figures]
    exposure = experiment.exposure
    asked = [Filtered(EventFilter(event=exposure.event, where=exposure.where), (exposure.variant,))]
    asked += [
        Filtered(
            EventFilter(event=each.event, where=each.where),
            () if each.property is None else (each.property,),
            options.start,
        )
        for each in figures
    ]
    exposures, *messages = filtered_messages(context, "user", asked)
    shown = dataset.new_name("exposed")
    dataset.connection.execute(f"CREATE TABLE {shown} AS {_shown(context.report, options, exposures)}")
    counts = dataset.rows(f"SELECT state, variant, count(*) FROM {shown} GROUP BY ALL")
    ((first,),) = dataset.rows(f"SELECT min(entered) FROM {shown}")
    values = [
        (number, *row)
        for number, (figure, selected) in enumerate(zip(figures, messages, strict=True))
        for row in _values(dataset, context.report, figure, shown, selected, experiment.within * _SECOND_US)
    ]
    dataset.connection.execute(f"DROP TABLE {shown}")
    states: dict[str, dict[str, int]] = {}
    for state, variant, count in counts:
        states.setdefault(state, {})[variant or ""] = count
    return ExperimentPartial(
        first,
        sum(states.get("early", {}).values()),
        sum(states.get("unnamed", {}).values()),
        sum(states.get("crossed", {}).values()),
        states.get("unknown", {}),
        states.get("open", {}),
        states.get("closed", {}),
        tuple(values),
    )


def _shown(report: ReportContext, options: ExperimentOptions, exposures: str) -> str:
    """A row (actor, entered, variant, state) for each person who was shown anything up to the end of the window."""
    experiment, until = options.experiment, Span(None, report.span.until).sql("time")
    begin = options.start if report.span.since is None else max(options.start, report.span.since)
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in experiment.variants)
    return f"""
        SELECT actor, entered, variant, CASE
            WHEN variant IS NULL THEN 'unnamed'
            WHEN entered < {begin} THEN 'early'
            WHEN variants > 1 THEN 'crossed'
            WHEN variant NOT IN ({names}) THEN 'unknown'
            WHEN entered + {experiment.within * _SECOND_US} <= {report.end} THEN 'closed'
            ELSE 'open'
        END AS state
        FROM (
            SELECT actor, min(time) FILTER (named IS NOT NULL) AS entered, min(named) AS variant,
                count(DISTINCT named) AS variants
            FROM (SELECT actor, time, value_0::VARCHAR AS named FROM ({exposures}) WHERE {until}) GROUP BY actor
        )
    """


def _values(
    dataset: Dataset, report: ReportContext, figure: PersonFigure, shown: str, messages: str, within: int
) -> list[tuple[str, str, int]]:
    """How many persons of each variant have which value."""
    joined = f"""
        {shown} LEFT JOIN (SELECT * FROM ({messages}) WHERE {Span(None, report.span.until).sql("time")}) AS done
        ON done.actor = {shown}.actor AND time >= entered AND time < entered + {within}
        WHERE state = 'closed'
    """
    if figure.form == "sum":
        return _sums(dataset, shown, joined)
    counted = "count(time)" if figure.form == "count" else "(count(time) > 0)::INTEGER"
    return _grouped(dataset, shown, joined, counted)


def _grouped(dataset: Dataset, shown: str, joined: str, value: str) -> list[Any]:
    of_person = f"SELECT variant, {value} AS value FROM {joined} GROUP BY {shown}.actor, variant"
    return dataset.rows(f"SELECT variant, value::VARCHAR, count(*) FROM ({of_person}) GROUP BY ALL")


def _sums(dataset: Dataset, shown: str, joined: str) -> list[tuple[str, str, int]]:
    """Exact sums: in SQL where they have at most 38 digits, else in Python."""
    import duckdb  # loaded with the engine

    try:
        return _grouped(dataset, shown, joined, "coalesce(sum(value_0), 0)")
    except (duckdb.BinderException, duckdb.OutOfRangeException, duckdb.ConversionException):
        pass
    terms = dataset.rows(f"SELECT {shown}.actor, variant, value_0::VARCHAR, count(*) FROM {joined} GROUP BY ALL")
    return _added_up(terms)


def _added_up(terms: list[Any]) -> list[tuple[str, str, int]]:
    of_person: dict[tuple[int, str], dict[Decimal, int]] = {}
    for actor, variant, text, count in terms:
        values = of_person.setdefault((actor, variant), {})
        if text is not None:
            values[Decimal(text)] = count
    sums = Counter(
        (variant, shortest(aggregate("sum", values, 0).value or Decimal(0)))
        for (_, variant), values in of_person.items()
    )
    return [(variant, text, count) for (variant, text), count in sums.items()]
