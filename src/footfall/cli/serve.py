"""`footfall serve`: run a collector over HTTP until a signal stops it."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import click

from footfall import storage
from footfall.cli.log_format import log_to_stderr
from footfall.cli.output import echo
from footfall.cli.serve_boot import Boot, prepare
from footfall.cli.settings_file import read_settings_file
from footfall.cli.upgrade import upgraded_line
from footfall.collector import Collector, create_app
from footfall.collector.commands import CommandServer
from footfall.collector.key_watch import KeyWatch
from footfall.collector.keys import TRANSFORM_KEY_FILE
from footfall.collector.read_settings import SettingsReading, read_settings
from footfall.collector.serve_settings import CONFIG, SETTINGS, ServeSettings, as_toml
from footfall.collector.server import serve
from footfall.errors import DataFolderError, OutputError, UsageError
from footfall.maintenance.context import JobContext
from footfall.maintenance.dispatch import handlers
from footfall.maintenance.jobs import JobRunner, unsealed_in
from footfall.maintenance.table import jobs_of
from footfall.maintenance.upgrade import FolderUpgrade

__all__ = ["command", "say_ready"]

_log = logging.getLogger("footfall")

# What cannot be read is found where everything is tried, so that all problems are listed together.
_PATH = click.Path(path_type=Path, readable=False)


def _default(name: str) -> str:
    return f"  [default: {SETTINGS[name].default}]"


@click.command("serve")
@click.option("--data", type=_PATH, help="The data folder; made if it is missing.")
@click.option("--plan", type=_PATH, help="The tracking plan. Without one everything is taken.")
@click.option("--host", help="The address to listen on." + _default("host"))
@click.option("--port", metavar="INTEGER", help="0 takes a free one." + _default("port"))
@click.option(
    "--write-key-file", type=_PATH,
    help="A file of keys that may send, beside those of `footfall keys create`: a line KEY=SOURCE or"
    " KEY=SOURCE:ENVIRONMENT (production, staging, test) each.",
)  # fmt: skip
@click.option(
    "--write-key",
    "write_keys",
    multiple=True,
    metavar="KEY[=SOURCE]",
    help="A key that may send, and the source it belongs to (default without one). Every user of the machine can read"
    " it in `ps`.",
)
@click.option(
    "--header-timeout", metavar="SECONDS",
    help="How long a sender has for the head of a request." + _default("header_timeout"),
)  # fmt: skip
@click.option(
    "--max-message-bytes", metavar="INTEGER",
    help="The largest message to take. Of a larger one the first 4 KB are kept, in quarantine."
    + _default("max_message_bytes"),
)  # fmt: skip
@click.option(
    "--transform-key-file", type=_PATH,
    help=f"The key for values that the plan hashes and that come in clear.  [env var: {TRANSFORM_KEY_FILE}]",
)  # fmt: skip
@click.option(
    "--geo", type=_PATH,
    help="A database in MaxMind's format: country and region of `context.ip` are kept, and the address is cut.",
)  # fmt: skip
@click.option(
    "--allow-unknown-sources", is_flag=True, default=None,
    help="Also take keys of sources that the plan does not name.",
)  # fmt: skip
@click.option(
    "--log-format", metavar="[text|json]",
    help="How log lines look: for people, or a JSON object each." + _default("log_format"),
)  # fmt: skip
@click.option("--seal-at", metavar="TIME", help="When messages are sealed, in UTC." + _default("seal_at"))
@click.option(
    "--seal-rows", metavar="INTEGER",
    help="So many messages that wait for it are sealed before that." + _default("seal_rows"),
)  # fmt: skip
@click.option("--backup", type=_PATH, help="The folder for backups. Without one there are none.")
@click.option(
    "--backup-at", metavar="TIME",
    help="When a backup is made, in UTC: `01:10`, or once a week `sunday 01:10`." + _default("backup_at"),
)  # fmt: skip
@click.option("--no-jobs", is_flag=True, default=None, help="Run no job by itself; `footfall jobs run` runs them.")
@click.option("--verbose", is_flag=True, default=None, help="Log a line per batch.")
@click.option(
    "--config", type=_PATH, envvar=CONFIG, show_envvar=True,
    help="The settings file.  [default: footfall.toml, where there is one]",
)  # fmt: skip
@click.option("--check", "is_check", is_flag=True, help="Read and try everything, say what is wrong, and do not start.")
@click.option("--print-settings", "is_print", is_flag=True, help="Print every setting and where it is from, as TOML.")
def command(*, config: Path | None, is_check: bool, is_print: bool, **flags: Any) -> None:
    """Take events in over HTTP and keep them in a data folder.

    Prints `listening on http://HOST:PORT` when it is ready. SIGTERM and Ctrl-C stop it, with nothing lost.

    GET /live says that it answers, GET /ready whether what it takes in reaches the disk (503 and the reason if not).

    Who may send has a key: see `footfall keys`. A key that is created or revoked counts within two seconds.

    Each setting is taken from its flag, else from the environment (FOOTFALL_PORT for --port), else from footfall.toml
    (`port = 8400`); there are more of them than flags, and --print-settings shows them all.

    The log, on standard error, has one WARNING a minute for each event and fault for which messages were quarantined or
    rejected, and for each reason for which requests were refused.

    Jobs run beside the intake, one at a time and at low priority: see `footfall jobs`.
    """
    file, problem = read_settings_file(config)
    reading = read_settings(flags, os.environ, file)
    if problem is not None:
        reading.problems.insert(0, problem)
    settings = reading.settings
    log_to_stderr(settings.log_format, logging.INFO if settings.verbose else logging.WARNING)
    for warning in reading.warnings:
        _log.warning("%s", warning)
    if is_print:
        _print(reading)
        return
    boot = prepare(reading)
    with boot.listener:
        if is_check:
            echo("ok: nothing is wrong, and nothing was started")
        else:
            _serve(boot, settings)


def _print(reading: SettingsReading) -> None:
    if reading.problems:
        raise UsageError("\n  ".join(["the settings cannot be used:", *reading.problems]))
    echo(as_toml(reading.settings, reading.places))


def _serve(boot: Boot, settings: ServeSettings) -> None:
    upgrade = FolderUpgrade(boot.data)
    upgraded = upgrade.upgrade() if upgrade.is_due() else None
    if upgraded is not None:
        _log.warning("%s", upgraded_line(boot.data, upgraded))
    with (
        Collector(
            boot.data,
            plan=boot.plan,
            settings=settings.collector,
            transform_key=boot.transform_key,
            geo=settings.geo,
        ) as collector,
        storage.open(boot.data, "beside") as store,
        KeyWatch(store.control, boot.keyring, clock=collector.clock),
        ExitStack() as stack,
    ):
        if upgraded is None:
            _forget(upgrade)
        runner = JobRunner(
            jobs_of(settings.jobs),
            JobContext(
                boot.data,
                collector.store,
                settings.jobs,
                collector.clock,
                lambda body, source: collector.take(body, source=source),
            ),
            is_scheduled=not settings.no_jobs,
            unsealed=lambda: unsealed_in(collector.store),
        )
        # Its end comes after the runner's, so that who waits for a job gets an answer.
        stack.enter_context(CommandServer(boot.data, handlers(runner), clock=collector.clock))
        stack.enter_context(runner)
        port = boot.listener.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        serve(
            create_app(collector, boot.keyring),
            boot.listener,
            settings=settings.collector,
            ready=lambda: say_ready(f"http://{host}:{port}"),
            tick=collector.tick,
            refused=collector.intake_log.count_refusal,
        )


def _forget(upgrade: FolderUpgrade) -> None:
    """Remove what an earlier start kept from before an upgrade. That it cannot be removed stops nothing."""
    try:
        upgrade.forget()
    except DataFolderError as error:
        _log.warning("%s", error)


def say_ready(url: str) -> None:
    """Say where the collector listens."""
    with suppress(OutputError):  # a collector takes events in whether or not somebody reads this line
        echo(f"listening on {url}")
