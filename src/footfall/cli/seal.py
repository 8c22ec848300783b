"""`footfall seal`: stored messages move from the journal to files that are written once."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.data_option import data_option
from footfall.cli.jobs import run_job

__all__ = ["command"]


@click.command("seal")
@data_option
@click.option("--rows", type=click.IntRange(1), help="Messages in a file, and in memory at once; 250,000 by default.")
def command(*, data: Path, rows: int | None) -> None:
    """Move every message that is stored now from the journal to Parquet files in warehouse/, one day of receipt each.

    `footfall serve` does this by itself each day, and before that when many messages wait. A collector that runs does
    it beside its intake, otherwise this command. It may end at any moment, also by a power cut: each message is there
    once, and the next run goes on. Messages in quarantine stay in the journal.
    """
    run_job(data, "seal", rows=rows)
