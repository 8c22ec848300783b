"""What came in beside the figures: how much is in quarantine and why, what was rejected, what came late."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from footfall.analytics.question import Question, Report, ReportContext
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


def _answer(context: ReportContext) -> IntakeResult:
    rows, span, messages = context.dataset.rows, context.span, context.dataset.messages()
    ((stored, late),) = rows(
        f"SELECT count(*), count(*) FILTER (received_at - occurred_at > {_LATE_US}) FROM {messages} WHERE {span.sql()}"
    )
    ((quarantined,),) = rows(f"SELECT count(*) FROM quarantine WHERE {span.sql()}")
    ((rejected,),) = rows(f"SELECT coalesce(sum(number), 0) FROM refusals WHERE {span.sql('quarter')}")
    reasons = rows(
        "SELECT event, path, code, count(*) AS messages FROM quarantine JOIN quarantine_faults USING (seq) "
        f"WHERE {span.sql()} GROUP BY ALL ORDER BY messages DESC, event, path, code LIMIT {_MOST_REASONS}"
    )
    return IntakeResult(
        stored, quarantined, int(rejected), late, tuple(QuarantineReason(*reason) for reason in reasons)
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


INTAKE = Question("intake", _answer, _sections, is_of_plan=False)
