"""A dataset of rows that are at hand, some of them in quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from footfall.analytics import Dataset
from footfall.analytics.loading import load_intake
from footfall.plan.model import Plan
from footfall.storage import Changes
from footfall.storage.journal import Entry
from footfall.testing.journal import MemoryJournal

__all__ = ["dataset_with"]


@contextmanager
def dataset_with(stored: Sequence[Entry], quarantined: Sequence[Entry], plan: Plan | None = None) -> Iterator[Dataset]:
    """A dataset of the stored messages, with the others in quarantine, which have the seqs that they are given."""
    journal = MemoryJournal()
    with Dataset.of(stored, plan) as dataset:
        before = max([entry.seq for entry in stored], default=0)
        journal.commit(Changes([entry.row for entry in [*stored, *quarantined]], {}))
        with journal.snapshot() as snapshot:
            load_intake(dataset.connection, snapshot)
        assert before + 1 == min([entry.seq for entry in quarantined], default=before + 1)
        yield dataset
