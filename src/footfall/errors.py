"""Every error that footfall raises, in one tree.

    FootfallError
    ├── UsageError                 the caller asked for something impossible (an option, a path, a window)
    │   ├── BrokenInputError       a file or reference that was handed in beside the plan cannot be used
    │   ├── MissingExtraError      a part of footfall needs a library that is not installed
    │   ├── PlatformError          what was asked for cannot run on this operating system
    │   └── OutputError            what a command says cannot be written (a full disk, a closed pipe)
    ├── PlanError                  a tracking plan cannot be used; carries every problem with its place
    ├── InvalidEventError          an event broke the plan and the client was made to raise
    ├── TransportError             a batch did not get through
    │   ├── UnreachableError       no answer, a timeout, or something other than a collector answers: try again
    │   ├── OverloadedError        429 or 5xx: try again, not before `retry_after` seconds
    │   ├── UnauthorizedError      401 or 403: stop sending, keep what is queued
    │   └── RefusedError           400, 413 or 422: this batch will never be taken
    ├── JobError                   a job of a collector could not do its work
    │   └── JobStoppedError        it was ended before its end, with the collector or command that ran it
    ├── RequestError               the collector cannot read a request; carries the HTTP status
    └── StorageError
        ├── JournalError           a commit did not reach the disk, so nothing was acknowledged
        │   └── SyncError          a sync failed: nothing is written there before it was copied to a new file
        ├── WarehouseError         a file of sealed messages cannot be written or read
        │   └── DamagedFileError   a sealed file is damaged or missing
        │   └── DamagedFileError   a sealed file is damaged or missing
        └── DataFolderError        a data folder cannot be used (not ours, read-only, a newer format)
            └── DataFolderHeldError    another process has it open; carries that process's id

Each error says what to do. Errors of other libraries are translated where footfall meets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from footfall.events import Receipt

__all__ = [
    "BrokenInputError",
    "DamagedFileError",
    "DataFolderError",
    "DataFolderHeldError",
    "FootfallError",
    "InvalidEventError",
    "JobError",
    "JobStoppedError",
    "JournalError",
    "MissingExtraError",
    "OutputError",
    "OverloadedError",
    "PlanError",
    "PlatformError",
    "Problem",
    "RefusedError",
    "RequestError",
    "StorageError",
    "SyncError",
    "TransportError",
    "UnauthorizedError",
    "UnreachableError",
    "UsageError",
    "WarehouseError",
]


class FootfallError(Exception):
    """Base of every error that footfall raises on purpose."""


class UsageError(FootfallError):
    """The caller asked for something impossible; the text names the remedy."""


class BrokenInputError(UsageError):
    """A file or reference that was handed in beside a plan (a baseline, a lock, a git ref) cannot be used.

    The command is right, so `footfall` leaves with another exit code than for a usage error.
    """

    def __init__(self, what: str, message: str) -> None:
        super().__init__(f"{what}: {message}")
        self.what = what


class MissingExtraError(UsageError, ImportError):
    """A part of footfall needs a library that is not installed.

    `extra` is the pip extra that brings all that `what` needs. It is an ImportError too, so that code that can do
    without the part may catch what it always catches.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs more than is installed: pip install 'footfall[{extra}]'")
        self.extra = extra


class PlatformError(UsageError):
    """What was asked for cannot run on this operating system; `platform` is its name as `sys.platform` has it."""

    def __init__(self, what: str, platform: str) -> None:
        super().__init__(
            f"{what} needs Linux or macOS, and this is {platform}: run it there; "
            "the client, the plan commands and the pytest plugin work here"
        )
        self.platform = platform


class OutputError(UsageError):
    """What a command says cannot be written: the disk is full, or the reader is gone."""


class Problem(msgspec.Struct, eq=False):
    """One thing that is wrong with a tracking plan, with its place and its remedy.

    `file` is as the user wrote it, `line` and `column` count from 1 (0 when there is no place), `where` is the
    dotted name inside the plan (`order_completed.total`), `code` is stable. A `warning` is worth a look, an `error`
    has to be mended.
    """

    code: str
    message: str
    remedy: str = ""
    where: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        location = f"{self.file}:{self.line or ''}" if self.file else ""
        text = " ".join(part for part in (location, f"{self.where}:" if self.where else "", self.message) if part)
        return f"{text} ({self.remedy})" if self.remedy else text

    def __repr__(self) -> str:
        return f"Problem({self.code!r}, {str(self)!r})"


class PlanError(FootfallError):
    """A tracking plan cannot be used. `problems` lists everything that is wrong, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"the tracking plan has {count} problem{'' if count == 1 else 's'}"
        super().__init__("\n  ".join([f"{head}:", *(str(problem) for problem in self.problems)]))


class InvalidEventError(FootfallError):
    """An event broke the plan and the client was made with `on_invalid="raise"`; `receipt` lists every fault."""

    def __init__(self, event: str, receipt: Receipt) -> None:
        self.event = event
        self.receipt = receipt
        faults = "; ".join(str(fault) for fault in receipt.faults)
        super().__init__(f"{event}: {faults or receipt.reason}")


class TransportError(FootfallError):
    """A batch did not get through. `retry_after` is the wait, in seconds, that the other side asked for."""

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class UnreachableError(TransportError):
    """No answer, a timeout, a broken connection, or an answer of something that is no collector.

    The batch may or may not have arrived, so it is sent again.
    """


class OverloadedError(TransportError):
    """The collector answered 429 or 5xx: the batch is sent again, after `retry_after` where it was given."""


class UnauthorizedError(TransportError):
    """The write key was refused: nothing is sent until the client is made anew, and nothing queued is thrown away."""


class RefusedError(TransportError):
    """The collector will never take this batch as it is (400, 413 or 422)."""


class RequestError(FootfallError):
    """A whole request that the collector cannot take.

    `status` is the HTTP status to answer (4xx), `code` a stable word for programs.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class JobError(FootfallError):
    """A job could not do its work. It is tried again, later."""


class JobStoppedError(JobError):
    """A job was ended before its end. What it had not finished counts for nothing, and it begins anew."""


class StorageError(FootfallError):
    """Something that is kept on disk cannot be read or written."""


class JournalError(StorageError):
    """A commit did not reach the disk. Nothing of it was acknowledged; the client sends it again.

    `reason` says why in words that may be shown to anybody: it names no path.
    """

    UNKNOWN = "the journal cannot be written"

    def __init__(self, message: str, *, reason: str = UNKNOWN) -> None:
        super().__init__(message)
        self.reason = reason


class SyncError(JournalError):
    """The disk failed to sync the journal, so it may have less than its files show.

    Nothing is written to those files any more. The rows are copied to a new file, and only that ends this error.
    """


class WarehouseError(StorageError):
    """A file of sealed messages, or the list of them, cannot be written or read. Nothing is lost by it."""


class DamagedFileError(WarehouseError):
    """A sealed file is damaged or missing.

    `sha256` is what it should have, `reason` what is wrong with it, in words.
    """

    def __init__(self, name: str, sha256: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}; restore it from a backup")
        self.sha256 = sha256
        self.reason = reason


class DataFolderError(StorageError):
    """A data folder cannot be used. `path` is the folder."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class DataFolderHeldError(DataFolderError):
    """Another process has the data folder open.

    `pid` is that process, or None when it cannot be read; `holder` is the command that it runs, or "".
    """

    def __init__(
        self,
        path: Path,
        pid: int | None,
        holder: str = "",
        *,
        remedy: str = "stop it, or choose another --data folder",
    ) -> None:
        self.pid = pid
        self.holder = holder
        who = f"process {pid}" if pid is not None else "another process"
        if holder:
            who += f" ({holder})"
        super().__init__(path, f"is held by {who}; {remedy}")
