"""What is kept of signals: each occasion once, and what people did about it, one step after another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, Protocol

__all__ = ["SignalRecord", "SignalState", "SignalStep", "Signals", "StepKind", "state_of"]

SignalState = Literal["open", "taken", "done"]
StepKind = Literal["taken", "answered", "done"]


class SignalRecord(NamedTuple):
    """An occasion to answer `subject`, a person_id or the id of a device's stream, by the signal `name` of the plan.

    `evidence` are the `seq` of its messages. `at` is when it arose, and `noticed_at` when it was put here, in
    microseconds since 1970-01-01 UTC.
    """

    id: str
    name: str
    subject: str
    at: int
    evidence: tuple[int, ...]
    noticed_at: int


class SignalStep(NamedTuple):
    """What somebody did about a signal, a note and its author. An answer changes no state of a taken signal."""

    signal_id: str
    state: StepKind
    note: str
    author: str
    at: int


def state_of(record: SignalRecord, steps: Sequence[SignalStep]) -> SignalState:
    """The state of a signal by all steps: `done` with such a one, `open` without any."""
    kinds = {step.state for step in steps if step.signal_id == record.id}
    return "done" if "done" in kinds else "taken" if kinds else "open"


class Signals(Protocol):
    """Signals and their steps. Nothing of them changes but by `forget`. Every method raises JournalError."""

    def add(self, records: Collection[SignalRecord]) -> int:
        """Keep signals, and say how many were new: one whose id is there already stays as it was."""
        ...

    def records(self) -> list[SignalRecord]:
        """Every signal, the earliest occasion first."""
        ...

    def add_step(self, step: SignalStep) -> None:
        """Keep a step after all before it."""
        ...

    def steps(self) -> Sequence[SignalStep]:
        """Every step, in the order in which they were kept."""
        ...

    def forget(self, gone: Collection[int]) -> int:
        """Remove messages from all evidence, and each signal with its steps that has none left; how many those are."""
        ...
