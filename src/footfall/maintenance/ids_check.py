"""Whether the file of a run of ids is as it was written."""

from __future__ import annotations

from pathlib import Path

from footfall.disk import Disk
from footfall.storage.ids.run_file import DamagedRunError, Run
from footfall.storage.journal import IdRun

__all__ = ["run_problems"]


def run_problems(disk: Disk, path: Path, run: IdRun) -> list[str]:
    """What is wrong with the file of a run, in words; nothing where all is well."""
    try:
        file = Run(disk, path)
    except DamagedRunError as error:
        return [str(error)]
    try:
        problems = [f"changed bytes in {name}" for section in file.sections for name in section.damage()]
        if file.ids != run.ids:
            problems.append(f"it has {file.ids:,} ids, and the journal says {run.ids:,}")
    except DamagedRunError as error:
        return [str(error)]
    finally:
        file.close()
    return problems
