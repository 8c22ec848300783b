"""`footfall web`: visitors, visits, pages and origins of a site."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from footfall import query
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.output import echo, echo_json
from footfall.cli.time_param import TimeParam, as_of_option, moment
from footfall.clock import SystemClock
from footfall.query.web_report import web_report
from footfall.reporting.web import web_lines, web_values
from footfall.timestamps import local_time

__all__ = ["command"]

_DAMAGED = 1


@click.command("web")
@data_option
@plan_option("The plan that says who the persons are.")
@click.option("--source", "sources", multiple=True, help="Only page views of this source (a site). May be repeated.")
@click.option("--since", type=TimeParam(), help="Only page views from this time on (2026-11-01, 7d, 12h).")
@click.option("--until", type=TimeParam(), help="Only page views before this time.")
@as_of_option
@environment_option
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="How many rows of each table.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    data: Path,
    plan: Path | None,
    sources: tuple[str, ...],
    since: str | None,
    until: str | None,
    as_of: int | datetime | None,
    environment: str,
    top: int,
    form: str,
) -> None:
    """Report page views, visits and visitors, by page, origin, campaign, device, browser, country, language.

    A visit is a visitor's page views without a gap of over 30 minutes; its entry is its first page, its exit the
    last. All visitors with their own id count as visitors. Confirmed are those who came back with their cookie, also
    from before --since, and those seen once whose browser showed the page: with a pixel, a mark or a beat in the page
    a browser proves that. Page views without a visitor (no consent, access logs) are in the page views and in no visit.
    Bots and the team are left out, and counted in one line, as are the hits that are no page view. In each table a
    visit is in the row of its entry, its exit in the row of its exit, and a visitor in each row with a page view of
    theirs. The tables add up: to all page views, and to all visits.

    Several sites in one folder are told apart by the source of their keys, with --source. A visit is then of
    these pages alone.

    The exit code is 1 when files of the data are damaged, so that their page views are missing.
    """
    zone_now = local_time(SystemClock().now_us())
    with query.open(data, plan, as_of=as_of, environment=environment) as opened:
        begin, end = (None if text is None else moment(text, zone_now) for text in (since, until))
        report = web_report(opened, sources=sources, since=begin, until=end)
        losses = opened.losses
    if form == "json":
        echo_json(web_values(report))
    else:
        echo("\n".join(web_lines(report, top)))
    if losses:
        echo("\n".join(losses), err=True)
        raise click.exceptions.Exit(_DAMAGED)
