"""`footfall serve`: run a collector over HTTP until it is told to stop."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from footfall.cli.log_format import log_to_stderr
from footfall.cli.output import echo
from footfall.collector import Collector, CollectorSettings, create_app
from footfall.collector.keys import DEFAULT_SOURCE, TRANSFORM_KEY_FILE, parse_keys, read_transform_key
from footfall.collector.server import listen, serve
from footfall.errors import OutputError, UsageError
from footfall.plan import load
from footfall.plan.findings import did_you_mean
from footfall.plan.model import Plan

__all__ = ["command", "say_ready"]


@click.command("serve")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The data folder; made if it is missing.")
@click.option("--plan", type=click.Path(path_type=Path), help="The tracking plan. Without one everything is taken.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--write-key",
    "write_keys",
    multiple=True,
    metavar="KEY[=SOURCE]",
    help="A key that may send, and the source it belongs to (default without one). Give one at least.",
)
@click.option(
    "--header-timeout", default=10.0, show_default=True, type=click.FloatRange(0, 30, min_open=True),
    help="Seconds that a sender has for the head of a request.",
)  # fmt: skip
@click.option(
    "--max-message-bytes", default=CollectorSettings().max_message_bytes, show_default=True, type=click.IntRange(1),
    help="The largest message to take. Of a larger one the first 4 KB are kept, in quarantine.",
)  # fmt: skip
@click.option(
    "--transform-key-file", type=click.Path(path_type=Path), envvar=TRANSFORM_KEY_FILE, show_envvar=True,
    help="The key for values that the plan hashes and that come in clear.",
)  # fmt: skip
@click.option("--allow-unknown-sources", is_flag=True, help="Also take keys of sources that the plan does not name.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How log lines look: for people, or a JSON object each.",
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
    max_message_bytes: int,
    transform_key_file: Path | None,
    allow_unknown_sources: bool,
    log_format: str,
    verbose: bool,
) -> None:
    """Take events in over HTTP and keep them in a data folder.

    Prints `listening on http://HOST:PORT` when it is ready. SIGTERM and Ctrl-C stop it, with nothing lost.

    The log, on standard error, has one WARNING a minute for each event and fault for which messages were quarantined or
    rejected, and for each reason for which requests were refused.
    """
    log_to_stderr(log_format, logging.INFO if verbose else logging.WARNING)
    settings = CollectorSettings(header_timeout=header_timeout, max_message_bytes=max_message_bytes)
    if not write_keys:
        raise UsageError("give at least one --write-key KEY or KEY=SOURCE: nobody could send without one")
    keys = parse_keys(write_keys)
    loaded = None if plan is None else load(plan)
    if loaded is not None and not allow_unknown_sources:
        _refuse_unknown_sources(loaded, keys)
    key = None if transform_key_file is None else read_transform_key(transform_key_file)
    with (
        listen(host, port) as listener,
        Collector(data, plan=loaded, settings=settings, transform_key=key) as collector,
    ):
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        serve(
            create_app(collector, keys),
            listener,
            settings=settings,
            ready=lambda: say_ready(f"http://{shown}:{bound}"),
            tick=collector.notices.tell,
            refused=collector.notices.refuse,
        )


def say_ready(url: str) -> None:
    """Say where the collector listens."""
    with suppress(OutputError):  # a collector takes events in whether or not somebody reads this line
        echo(f"listening on {url}")


def _refuse_unknown_sources(plan: Plan, keys: Mapping[str, str]) -> None:
    """Refuse a key whose source a plan with sources does not name: a typing error would cost every event of it.

    A key without a source belongs to nobody in the plan, and that is right.
    """
    named = plan.sources
    unknown = [source for source in dict.fromkeys(keys.values()) if source != DEFAULT_SOURCE and source not in named]
    if named and unknown:
        each = "; ".join(f"the plan has no source {source!r}, {did_you_mean(source, named)}" for source in unknown)
        raise UsageError(f"{each}; name one of its sources, or give --allow-unknown-sources")
