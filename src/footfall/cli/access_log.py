"""`footfall import access-log`: page views from the logs of a web server, without a change to its site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from footfall import plan as plans
from footfall.analytics.window import microseconds
from footfall.cli.output import echo, echo_json
from footfall.cli.time_param import TimeParam, moment
from footfall.clock import SystemClock
from footfall.collector import Collector
from footfall.collector.keys import DEFAULT_SOURCE
from footfall.delivery import HttpTransport, InProcessTransport
from footfall.delivery.transport import Transport
from footfall.disk import SystemDisk
from footfall.errors import DataFolderHeldError, TransportError, UnauthorizedError, UsageError
from footfall.events import Answer
from footfall.integrations.access_log import AccessLogImport
from footfall.plan.model import Plan
from footfall.reporting.access_log import NAME_PAGES, import_lines, import_values
from footfall.timestamps import local_time
from footfall.web.access_log import FORMATS
from footfall.web.logged_pages import LoggedPages, routes_of

__all__ = ["command"]

_FORMATS_HELP = "\b\nFormats:\n" + "\n".join(f"{name:<12} {form.about}" for name, form in FORMATS.items())


@click.command("access-log", epilog=_FORMATS_HELP)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help="The form of the lines.")
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="FOOTFALL_DATA", show_envvar=True,
    help="Into this data folder, of which no collector is running.",
)  # fmt: skip
@click.option("--url", envvar="FOOTFALL_URL", show_envvar=True, help="To this collector.")
@click.option("--write-key", envvar="FOOTFALL_WRITE_KEY", show_envvar=True, help="With --url; better as the variable.")
@click.option("--plan", type=click.Path(path_type=Path), help="The plan with the routes, and what to leave out.")
@click.option("--source", default=DEFAULT_SOURCE, show_default=True, help="Whose messages they are, with --data.")
@click.option(
    "--host", "hosts", multiple=True, help="A host of the site, so that its own links are no referral. May be repeated."
)
@click.option("--since", type=TimeParam(), help="Only lines of this time on (2026-11-01, 7d, 12h).")
@click.option("--until", type=TimeParam(), help="Only lines of a time before this: when an integration began to count.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    files: tuple[Path, ...],
    form: str,
    data: Path | None,
    url: str | None,
    write_key: str | None,
    plan: Path | None,
    source: str,
    hosts: tuple[str, ...],
    since: str | None,
    until: str | None,
    output: str,
) -> None:
    """Import the page views in access logs, packed by gzip or not; - is standard input.

    A log knows no visitor and no consent, so its page views are counted only: each has the hour, the route, the status
    and the origin of who came, and no address, user agent or id. Routes are the pages of the plan whose name is a
    path, as /orders/{id}; other pages are "(no route)", or their path where the plan has `web: {paths: true}`. Of
    styles, pictures, redirects, errors and other hits that are no page view only the numbers are sent, by reason;
    `footfall stats` shows them. Bots are sent, and marked.

    Give a log a source that no integration sends to: a page that both count is there twice. Where an integration counts
    now, leave its time out by --until; the time of a line decides, and the log may be read again with another span.

    What was imported before is not imported again, also from a file that has grown or was rotated. A run that breaks
    off is run again.

    Exit code 0: all lines were read. 1: some are not of the format, and were left out. 2: a file, or the collector,
    failed.
    """
    if (data is None) == (url is None):
        raise click.UsageError("Give either --data or --url.")
    if url is not None and not write_key:
        raise click.UsageError("--url needs --write-key, or FOOTFALL_WRITE_KEY.")
    chosen = plans.read(plan).require() if plan is not None else None
    rules = chosen or Plan(id="access-log")
    if not rules.web.paths and not routes_of(rules.pages):
        echo(f"every page view will be stored without a route, which cannot be mended later: {NAME_PAGES}", err=True)
    clock = SystemClock()
    since_us, until_us = (
        None if text is None else microseconds(moment(text, local_time(clock.now_us(), rules.timezone)), rules.timezone)
        for text in (since, until)
    )
    with _transport(data, url, write_key, chosen, source) as transport:
        job = AccessLogImport(
            transport, FORMATS[form], LoggedPages(rules, hosts), clock=clock, disk=SystemDisk(), since_us=since_us,
            until_us=until_us,
        )  # fmt: skip
        try:
            for path in files:
                with _progress(path) as progress:
                    job.run(None if str(path) == "-" else path, sys.stdin.buffer, progress)
        except TransportError as error:
            raise UsageError(f"the collector did not take the page views: {error}; {_remedy(error)}") from error
    if output == "json":
        echo_json(import_values(job.counts))
    else:
        echo("\n".join(import_lines(job.counts)))
    if job.counts.unread:
        raise click.exceptions.Exit(1)


def _remedy(error: TransportError) -> str:
    if isinstance(error, UnauthorizedError):
        return "give a key of this collector by FOOTFALL_WRITE_KEY or --write-key (footfall keys create makes one)"
    return "run this again"


@contextmanager
def _transport(
    data: Path | None, url: str | None, write_key: str | None, plan: Plan | None, source: str
) -> Iterator[Transport]:
    if data is None:
        transport = HttpTransport(url or "", write_key or "")
        try:
            yield transport
        finally:
            transport.close()
        return
    try:
        collector = Collector(data, plan=plan)
    except DataFolderHeldError as error:
        raise UsageError(f"{error}; send to that collector by --url") from error
    with collector:
        yield InProcessTransport(_OfSource(collector, source))


class _OfSource:
    """A collector that takes batches as those of one source."""

    def __init__(self, collector: Collector, source: str) -> None:
        self._collector = collector
        self._source = source

    def take(self, body: bytes) -> Answer:
        return self._collector.take(body, source=self._source)


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """Show how far a file is read, where somebody looks."""
    if not sys.stderr.isatty() or not path.is_file():
        yield lambda _: None
        return
    # Loaded late: nobody looks at most runs.
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(path.name, total=path.stat().st_size)
        yield lambda done: bar.update(task, completed=done)
