"""What came in beside the figures: how much is in quarantine and why, what was rejected, what came late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.sections import Command, Section, plain
from footfall.printable import counted

__all__ = ["DEFINITION", "INTAKE", "IntakeResult", "QuarantineReason"]

_LATE_US = 86_400_000_000
_MOST_REASONS = 3

DEFINITION = (
    "Stored and quarantined messages are those kept now, by corrected time. "
    "Late messages are stored ones that were received more than 24 hours after they occurred. "
    "Rejected messages were not kept; they count by the quarter of an hour in which they arrived."
)


class QuarantineReason(msgspec.Struct, frozen=True):
    """One fault of one event, and how many messages in quarantine have it. `path` has `[]` for any place in a list."""

    event: str
    path: str
    code: str
    messages: int


class IntakeResult(msgspec.Struct, frozen=True):
    """How many messages of a window are stored, in quarantine, rejected and late; `definition` says what that means.

    `late` are a part of `stored`. `reasons` are the most frequent reasons of what is in quarantine, three at most.
    """

    stored: int
    quarantined: int
    rejected: int
    late: int
    reasons: tuple[QuarantineReason, ...]
    definition: str = DEFINITION


class IntakePartial(msgspec.Struct, frozen=True):
    """What came in of one shard, with every reason."""

    stored: int
    late: int
    quarantined: int
    rejected: int
    reasons: tuple[QuarantineReason, ...]


def _partial(context: ShardContext) -> IntakePartial:
    rows, shard, span = context.dataset.rows, context.shard, context.report.span
    messages = context.messages("occurred_at", "received_at")
    ((stored, late),) = rows(
        f"SELECT count(*), count(*) FILTER (received_at - occurred_at > {_LATE_US}) "
        f"FROM {messages} WHERE {context.where(span)}"
    )
    quarantined = f"{span.sql()} AND {shard.sql('seq')}"
    ((number,),) = rows(f"SELECT count(*) FROM quarantine WHERE {quarantined}")
    rejected = 0
    if shard.is_first:
        ((rejected,),) = rows(f"SELECT coalesce(sum(number), 0)::BIGINT FROM refusals WHERE {span.sql('quarter')}")
    reasons = rows(
        "SELECT event, path, code, count(*) FROM quarantine JOIN quarantine_faults USING (seq) "
        f"WHERE {quarantined} GROUP BY ALL"
    )
    return IntakePartial(stored, late, number, rejected, tuple(QuarantineReason(*reason) for reason in reasons))


def _merge(_: ReportContext, partials: Sequence[IntakePartial]) -> IntakeResult:
    counts: Counter[tuple[str, str, str]] = Counter()
    for partial in partials:
        for reason in partial.reasons:
            counts[reason.event, reason.path, reason.code] += reason.messages
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return IntakeResult(
        stored=sum(partial.stored for partial in partials),
        quarantined=sum(partial.quarantined for partial in partials),
        rejected=sum(partial.rejected for partial in partials),
        late=sum(partial.late for partial in partials),
        reasons=tuple(QuarantineReason(*reason, messages) for reason, messages in ordered[:_MOST_REASONS]),
    )


def _sections(report: Report) -> Iterator[Section]:
    """What is in quarantine, and the commands that release it; how much came in is in the head of a report."""
    intake = report[INTAKE]
    if not intake.quarantined:
        return
    remarks = [[plain(_reason(reason))] for reason in intake.reasons]
    remarks.append([plain("what frees each of them:   ", Command("footfall quarantine list --data {data}"))])
    if report.plan is not None:
        replay = Command("footfall quarantine replay --data {data} --plan PLAN")
        remarks.append([plain("once the plan is mended:   ", replay)])
    head = f"{counted(intake.quarantined, 'message')} in quarantine, part of no figure. The most frequent faults:"
    yield Section(head, remarks=remarks, tone="notice")


def _reason(reason: QuarantineReason) -> str:
    fault = " ".join(part for part in (reason.path, reason.code) if part)
    return f"{reason.messages:>7,} x {reason.event}: {fault}"


INTAKE = Question("intake", IntakePartial, _partial, _merge, _sections, is_of_plan=False)
