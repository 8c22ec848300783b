"""`footfall kpi`: one KPI of the plan, or the SQL of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from footfall import query
from footfall.analytics.questions.kpi import kpi
from footfall.cli.output import echo
from footfall.cli.question import answer_question, kpi_options, window_times
from footfall.errors import UsageError

__all__ = ["command"]


@click.command("kpi")
@click.argument("name", metavar="KPI")
@kpi_options
@click.option("--sql", "as_sql", is_flag=True, help="Write a SELECT that gives the figure, for `footfall sql`.")
def command(*, name: str, as_sql: bool, **shared: Any) -> None:
    """Show a KPI of the plan: its figure, target, groups and guardrails, and what it means.

    It looks back over its own window, unless --since gives another. --sql writes the figure as SQL instead, to be
    changed and run by `footfall sql`.
    """
    if as_sql:
        echo(_sql(name, **shared))
    else:
        answer_question(lambda plan: kpi(name, plan), **shared)


def _sql(
    name: str, *, data: Path, plan: Path | None, since: str | None, until: str | None, include: Any, form: str,
    **opening: Any,
) -> str:  # fmt: skip
    begin, end = window_times(since, until)
    with query.open(data, plan, **opening) as opened:
        text = opened.kpi(name, since=begin, until=end, include=include).sql
    if form != "text":
        raise UsageError("--sql is a text; leave --format out")
    if text is None:
        raise UsageError(
            f"{name} is not one SELECT: it has a conversion, groups in a ratio, or values that no column has; "
            "`footfall sql` lists the columns"
        )
    return text
