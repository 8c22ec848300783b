"""The table of jobs: a new job is a file in this folder and a row here."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from footfall.collector.job_settings import JobSettings
from footfall.collector.timetable import parse_timetable
from footfall.maintenance.context import JobContext
from footfall.maintenance.schedule import Job

__all__ = ["jobs_of"]


def jobs_of(settings: JobSettings) -> list[Job]:
    """Every job of a collector with these settings. The function `run` of the module of that name does its work."""
    rows: list[tuple[str, str, str, int | None]] = [
        ("seal", "Move stored messages from the journal to files for good.", settings.seal_at, settings.seal_rows),
        ("compact", "Merge small files of one day, and mend files of ids.", settings.compact_at, None),
        ("signals", "Look for the signals of the plan.", settings.signals_at, None),
        ("verify", "Read everything back, and name what is damaged.", settings.verify_at, None),
    ]
    if settings.backup is not None:
        rows.insert(0, ("backup", f"Add a backup to {settings.backup}.", settings.backup_at, None))
    return [Job(name, about, parse_timetable(at), _run_of(name), unsealed) for name, about, at, unsealed in rows]


def _run_of(name: str) -> Callable[[JobContext], str]:
    def run(context: JobContext) -> str:
        # Loaded late: a collector loads no job before it is due.
        result: str = importlib.import_module(f"footfall.maintenance.{name}").run(context)
        return result

    return run
