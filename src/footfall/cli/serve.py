"""`footfall serve`: run a collector over HTTP until it is told to stop."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.collector import Collector, CollectorSettings, create_app
from footfall.collector.keys import DEFAULT_SOURCE, parse_keys
from footfall.collector.server import listen, serve
from footfall.errors import UsageError

__all__ = ["command"]


@click.command("serve")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The data folder; made if it is missing.")
@click.option("--plan", type=click.Path(path_type=Path), help="The tracking plan. Without one everything is taken.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--write-key", "write_keys", multiple=True, metavar="KEY[=SOURCE]", help="A key that may send, and who it is."
)
@click.option(
    "--header-timeout", default=10.0, show_default=True, type=click.FloatRange(0, 30, min_open=True),
    help="Seconds that a sender has for the head of a request.",
)  # fmt: skip
@click.option("--verbose", is_flag=True, help="Log a line per batch.")
def command(
    *,
    data: Path,
    plan: Path | None,
    host: str,
    port: int,
    write_keys: tuple[str, ...],
    header_timeout: float,
    verbose: bool,
) -> None:
    """Take events in over HTTP and keep them in a data folder.

    Prints `listening on http://HOST:PORT` when it is ready. SIGTERM and Ctrl-C stop it, with nothing lost.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    settings = CollectorSettings(header_timeout=header_timeout)
    if not write_keys:
        raise UsageError("give at least one --write-key KEY or KEY=SOURCE: nobody could send without one")
    keys = parse_keys(write_keys)
    with listen(host, port) as listener, Collector(data, plan=plan, settings=settings) as collector:
        _warn_of_unknown_sources(collector, keys)
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        serve(
            create_app(collector, keys),
            listener,
            settings=settings,
            ready=lambda: _say(f"listening on http://{shown}:{bound}"),
        )


def _warn_of_unknown_sources(collector: Collector, keys: Mapping[str, str]) -> None:
    if collector.plan is None:
        return
    known = collector.plan.sources
    for source in dict.fromkeys(keys.values()):
        if source != DEFAULT_SOURCE and source not in known:
            names = ", ".join(known) or "none"
            echo(
                f"Warning: the plan has no source {source!r} (it has: {names}); events that name their sources will be"
                " put aside when they come from it",
                err=True,
            )


def _say(text: str) -> None:
    echo(text)
    sys.stdout.flush()
