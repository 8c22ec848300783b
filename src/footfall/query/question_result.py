"""The answer to one question in Python: its exact figures, its rows for data frames, and what they mean."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from footfall.analytics import FlatTable, Question, Report
from footfall.query.result import QueryResult

__all__ = ["QuestionResult"]

R = TypeVar("R")


class QuestionResult(QueryResult, Generic[R]):
    """`result` is the answer itself; `report` is what it is part of: the data and the window. `rows` are its cells.

    `notes` are its definition, and which files are damaged.
    """

    def __init__(self, question: Question[Any, R], report: Report) -> None:
        self.report = report
        self.result: R = report[question]
        self.definition = str(getattr(self.result, "definition", ""))
        self._flat = question.table(self.result)
        super().__init__(_arrow(self._flat), [self.definition, *report.data.losses])

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Every row, as values of Python; each decimal has its own digits, where those of Arrow have as many each."""
        return list(self._flat.rows)


def _arrow(table: FlatTable) -> Any:
    import pyarrow  # loaded with the engine

    columns = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns)
    return pyarrow.table(dict(zip(table.columns, map(list, columns), strict=True)))
