"""The messages, and what is said about them on the way: Fault, Receipt, Batch, Verdict, Answer.

Messages are Segment-shaped JSON (https://segment.com/docs/connections/spec/common/), plus `type: reset`. On the wire a
name is camelCase (`messageId`); in Python it is snake_case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

__all__ = ["MESSAGE_TYPES", "Answer", "Batch", "Fault", "MessageType", "Receipt", "Verdict", "VerdictName"]

MessageType = Literal["alias", "group", "identify", "page", "reset", "screen", "track"]
MESSAGE_TYPES: tuple[str, ...] = get_args(MessageType)

VerdictName = Literal["stored", "duplicate", "quarantined", "rejected"]

_INDEX = re.compile(r"\[[0-9]+\]")


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a message.

    `path` is where in the checked value it is (`lines[2].price`, or `` for the whole), `code` is stable
    (`pattern`, `required`, `unknown_event`, …), `expected` and `got` are short texts; `got` never has a value of a
    property whose sensitivity is personal or special.
    """

    path: str
    code: str
    expected: str = ""
    got: str = ""

    @property
    def general_path(self) -> str:
        """The path with `[]` for any place in an array: `lines[2].price` is `lines[].price`."""
        return _INDEX.sub("[]", self.path)

    def __str__(self) -> str:
        detail = ", ".join(
            part
            for part in (f"expected {self.expected}" if self.expected else "", f"got {self.got}" if self.got else "")
            if part
        )
        return " ".join(part for part in (self.path, self.code, f"({detail})" if detail else "") if part)


class Receipt(msgspec.Struct, frozen=True):
    """What the caller of `track()` gets back. Truthy if and only if the event was accepted into the queue.

    `reason` is one word when it was not (`argument_order`, `closed`, `consent`, `disabled`, `hook`, `internal`,
    `invalid`, `queue_full`, `too_large`, `unencodable`);
    `faults` lists everything the plan says against it, also when it was accepted and flagged.
    """

    accepted: bool
    message_id: str | None = None
    reason: str | None = None
    faults: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        return self.accepted


class Batch(msgspec.Struct, frozen=True):
    """Encoded messages on their way, in order. `sent_at` is stamped anew for each attempt.

    `uncounted` is the JSON of the reports of hits that are no messages, which travel beside them or alone.
    """

    messages: tuple[bytes, ...]
    sent_at: str
    uncounted: bytes = b""

    def encode(self) -> bytes:
        """The body of `POST /v1/batch`."""
        beside = b',"uncounted":%b' % self.uncounted if self.uncounted else b""
        return b'{"batch":[%b],"sentAt":"%b"%b}' % (b",".join(self.messages), self.sent_at.encode(), beside)


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the collector did with one message that was not plainly stored.

    `index` is its place in the batch; `reason` is one word (`no_usable_id`, `unknown_event`, `too_large`, …).
    """

    index: int
    verdict: VerdictName
    message_id: str | None = None
    reason: str | None = None
    faults: tuple[Fault, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """The collector's answer to a batch: how many it received, and each one that was not plainly stored."""

    received: int
    verdicts: tuple[Verdict, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """How many of each verdict, `stored` among them; the counts add up to `received`."""
        counts = {"stored": self.received - len(self.verdicts), "duplicate": 0, "quarantined": 0, "rejected": 0}
        for verdict in self.verdicts:
            counts[verdict.verdict] += 1
        return counts

    def acknowledges(self, count: int) -> bool:
        """Whether this is an answer to a batch of `count` messages, that gives each message one verdict at most.

        Any other leaves open what became of which message, so the batch is to be sent again.
        """
        if self.received != count:
            return False
        indexes = {verdict.index for verdict in self.verdicts}
        return len(indexes) == len(self.verdicts) and all(0 <= index < count for index in indexes)
