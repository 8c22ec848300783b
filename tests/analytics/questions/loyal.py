"""A question of a test's own: how many persons came on several days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from footfall.analytics import Question, Report, ReportContext, ShardContext
from footfall.analytics.sections import FigureDefinition, Section, Table, TableRow, plain, strong

__all__ = ["LOYAL"]


class LoyalResult(msgspec.Struct, frozen=True):
    """How many of all persons came on several days (UTC)."""

    persons: int
    of: int
    definition: str = "Persons with messages on two days or more. A day begins at midnight UTC."


class LoyalPartial(msgspec.Struct, frozen=True):
    """The same of one shard."""

    persons: int
    of: int


def _partial(context: ShardContext) -> LoyalPartial:
    ((persons, of),) = context.dataset.rows(f"""
        WITH days AS (
            SELECT person, count(DISTINCT occurred_at // 86_400_000_000) AS days
            FROM {context.messages("occurred_at", "person")}
            WHERE counted AND {context.where(context.report.span)} GROUP BY person
        )
        SELECT count(*) FILTER (days > 1), count(*) FROM days
    """)
    return LoyalPartial(persons, of)


def _merge(_: ReportContext, partials: Sequence[LoyalPartial]) -> LoyalResult:
    return LoyalResult(sum(partial.persons for partial in partials), sum(partial.of for partial in partials))


def _sections(report: Report) -> Iterator[Section]:
    loyal = report[LOYAL]
    cells = [[strong("loyal")], [plain(loyal.persons)], [plain(loyal.of)]]
    row = TableRow(cells, FigureDefinition("loyal", loyal.definition))
    yield Section("Who comes back?", table=Table(("who", "persons", "of"), [row]))


LOYAL = Question("loyal", LoyalPartial, _partial, _merge, _sections)
