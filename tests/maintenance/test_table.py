"""Every row of the table of jobs can run: its module has a `run`, and no two share a name."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

from footfall.collector.job_settings import JobSettings
from footfall.maintenance.table import jobs_of


def test_every_job_has_a_module_of_its_name_that_runs_it_and_says_what_it_does() -> None:
    jobs = jobs_of(JobSettings(backup=Path("backups")))

    names = [job.name for job in jobs]
    assert len(names) == len(set(names))
    assert [callable(importlib.import_module(f"footfall.maintenance.{name}").run) for name in names] == [True] * len(
        names
    )
    assert all(job.about.endswith(".") for job in jobs)


LOADED = """
import sys
from pathlib import Path
import footfall.cli.serve
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.table import jobs_of

for job in jobs_of(JobSettings(backup=Path("b"))):
    __import__(f"footfall.maintenance.{job.name}")
print([name for name in ("pyarrow", "duckdb", "numpy", "yaml", "rich", "adbc_driver_sqlite") if name in sys.modules])
"""


def test_no_job_loads_what_is_heavy_into_the_collector() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
