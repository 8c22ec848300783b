"""Control: what a collector has to remember besides messages: each plan (bundle) ever loaded, keys, runs of jobs."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol, get_args

from footfall.errors import JournalError, PlanError
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf
from footfall.storage.environments import Environment

__all__ = [
    "ROLES",
    "BundleLoad",
    "Bundles",
    "Control",
    "JobRun",
    "KeyRecord",
    "Role",
    "RunState",
    "latest_plan",
    "plan_as_of",
    "plan_loads",
]

Role = Literal["write", "view", "analyst", "admin"]
"""What a key may do: send events; read the reports; read the messages too; change keys and settings."""

ROLES: tuple[Role, ...] = get_args(Role)


class KeyRecord(NamedTuple):
    """A key as it is kept: never the key itself, only its SHA-256 (`digest`, 32 bytes).

    `id` is public. `source` is whose events a key of the role `write` sends, and `environment` which ones: None for
    production. Keys of other roles have neither. Times are
    microseconds since 1970-01-01 UTC; `revoked_at` is None while the key is good.
    """

    id: str
    digest: bytes
    role: Role
    source: str | None
    name: str
    created_at: int
    revoked_at: int | None = None
    environment: Environment | None = None


RunState = Literal["running", "done", "failed", "stopped"]
"""Of a job: it has not ended, or its process was killed; it did its work; it could not; it was ended with its owner."""


class JobRun(NamedTuple):
    """The last run of a job.

    `began_at` is microseconds since 1970-01-01 UTC by the clock of that time, `took_us` microseconds. `result` is one
    line of text, or why it failed. `failures` counts the runs in a row that did not do their work; a run counts among
    them until it has.
    """

    name: str
    began_at: int
    took_us: int = 0
    state: RunState = "done"
    result: str = ""
    failures: int = 0


class BundleLoad(NamedTuple):
    """When a bundle was loaded: at the clock `at` (microseconds since 1970-01-01 UTC), after the message `seq`.

    Both are 0 where that is not known, because an early footfall loaded it.
    """

    digest: str
    seq: int
    at: int


class Bundles(Protocol):
    """Compiled plans by their hash. Every method raises JournalError when the disk fails."""

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        """Keep a bundle for ever, as the one loaded last; the bytes of one that is already there stay as they are.

        `seq` is the journal's last number. Nothing changes where the bundle is the one loaded last already.
        """
        ...

    def bundles(self) -> Mapping[str, bytes]:
        """Every bundle, by hash, in the order in which they were last loaded."""
        ...


class Control(Bundles, Protocol):
    """All that a collector remembers besides messages. Every method raises JournalError when the disk fails."""

    def bundle_loads(self) -> list[BundleLoad]:
        """Each time that another bundle was loaded than the one before it, in that order."""
        ...

    def add_key(self, record: KeyRecord) -> None:
        """Keep a new key for ever. Raises JournalError too where its id or its digest is already there."""
        ...

    def key_records(self) -> list[KeyRecord]:
        """Every key that was ever added, the oldest first."""
        ...

    def revoke_key(self, key_id: str, at: int) -> bool:
        """Mark a key as revoked from the moment `at` on; False where there is no such key, or it was revoked before."""
        ...

    def job_runs(self) -> Mapping[str, JobRun]:
        """The last run of each job that ever ran, by name."""
        ...

    def record_run(self, run: JobRun) -> None:
        """Keep a run in place of the one before it of the same job."""
        ...


def latest_plan(control: Bundles) -> Plan | None:
    """The plan that was loaded last; None where there was never one. Raises JournalError."""
    # Loaded late: a collector without a plan reads no bundle.
    from footfall.plan import from_bundle

    try:
        bundles = list(control.bundles().values())
    except JournalError as error:
        raise JournalError(f"{error}; a command that takes --plan works without it") from error
    return from_bundle(bundles[-1]) if bundles else None


def plan_as_of(control: Control, moment: AsOf | None) -> Plan | None:
    """The plan that was loaded last by an earlier moment, or by now; None where there was none. Raises JournalError."""
    if moment is None:
        return latest_plan(control)
    from footfall.plan import from_bundle  # as above

    loads = [load for load in control.bundle_loads() if moment.is_after(load.seq, load.at)]
    return from_bundle(control.bundles()[loads[-1].digest]) if loads else None


def plan_loads(control: Control, moment: AsOf | None) -> list[tuple[int, Plan]]:
    """Each time that another plan was loaded, by an earlier moment or by now, the oldest first; when it was, and which.

    A time is microseconds since 1970-01-01 UTC. Loads whose time is not known, and bundles that are too old to be read,
    are left out. Raises JournalError.
    """
    from footfall.plan import from_bundle  # as above

    bundles, plans = control.bundles(), []
    for load in control.bundle_loads():
        if load.at and (moment is None or moment.is_after(load.seq, load.at)):
            with contextlib.suppress(PlanError):
                plans.append((load.at, from_bundle(bundles[load.digest])))
    return plans
