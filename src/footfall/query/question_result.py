"""The answer to one question in Python: its exact figures, its rows for data frames, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

from footfall.analytics import FlatTable, Question, Report
from footfall.analytics.figure_losses import loss_text
from footfall.analytics.reconciliation import Reconciliation
from footfall.query.result import QueryResult

__all__ = ["QuestionResult"]

R = TypeVar("R")
_MOST_DIGITS = 38  # of a decimal that every reader of Arrow takes


class QuestionResult(QueryResult, Generic[R]):
    """`result` is the answer itself; `report` is what it is part of: the data and the window. `rows` are its cells.

    `notes` are its definition, what is known to be missing, and which files are damaged. `sql` is a SELECT that gives
    the same, where there is one.
    """

    def __init__(self, question: Question[Any, R], report: Report, sql: str | None = None) -> None:
        self.report = report
        self.sql = sql
        self.result: R = report[question]
        self.definition = str(getattr(self.result, "definition", ""))
        self._flat = question.table(self.result)
        super().__init__(
            None, [self.definition, *([text] if (text := loss_text(self.result)) else []), *report.data.losses]
        )

    @property
    def reconciliation(self) -> Reconciliation | None:
        """What each default of another product changed, where the answer is by these; see its `rows`."""
        return getattr(self.result, "reconciliation", None)

    @cached_property
    def _table(self) -> Any:
        # Arrow makes columns of values of Python slowly, and loads pandas for it; many read the figures or rows alone.
        return _arrow(self._flat)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._flat.columns)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Every row, as values of Python; each decimal has its own digits.

        Those of Arrow have as many each, and a column that would take more than 38 of them is of floats.
        """
        return list(self._flat.rows)


def _arrow(table: FlatTable) -> Any:
    import pyarrow  # loaded with the engine

    columns = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns)
    return pyarrow.table({
        name: _as_floats(values) if _digits(values) > _MOST_DIGITS else list(values)
        for name, values in zip(table.columns, columns, strict=True)
    })  # fmt: skip


def _digits(values: Sequence[Any]) -> int:
    """How many digits a column of Arrow takes for decimals: before and after the point the most of any."""
    parts = [value.as_tuple() for value in values if isinstance(value, Decimal)]
    scales = [-part.exponent for part in parts if isinstance(part.exponent, int)]
    whole = (len(part.digits) - scale for part, scale in zip(parts, scales, strict=True))
    return max(0, *whole) + max(0, *scales) if parts else 0


def _as_floats(values: Sequence[Any]) -> list[Any]:
    return [float(value) if isinstance(value, Decimal) else value for value in values]
