"""Steps lead from every earlier format to today's, and each reads what the step before it wrote."""

from __future__ import annotations

from pathlib import Path

from footfall.disk import SystemDisk
from footfall.maintenance.migrations import MIGRATIONS
from footfall.maintenance.migrations.migration import MigrationFiles
from footfall.storage.sqlite.schema import SCHEMA_VERSION
from footfall.versions import DATA_FOLDER


def test_every_earlier_format_has_a_step() -> None:
    assert list(MIGRATIONS) == list(range(1, DATA_FOLDER))


def test_a_new_form_of_the_journal_is_a_new_format_of_the_folder() -> None:
    assert (DATA_FOLDER, SCHEMA_VERSION) == (3, 8), "raise DATA_FOLDER too, and write the step that leads to it"


def test_a_file_is_the_newest_that_a_step_wrote_or_that_of_the_folder() -> None:
    sources = {"journal.db": Path("/data/upgrading/2/journal.db")}
    files = MigrationFiles(Path("/data"), sources, Path("/data/upgrading/3"), SystemDisk())

    assert files.source("journal.db") == Path("/data/upgrading/2/journal.db")
    assert files.source("control.db") == Path("/data/control.db")
