"""From the messages of a request to the rows of the journal, and from the journal's word to a verdict per message.

Pure: time, plans and limits come in a RequestContext. The order of the steps is the table `STEPS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from footfall.collector.admission import Grow, unbounded
from footfall.collector.bundle_rules import RulesFor
from footfall.collector.consent_step import consent, withhold
from footfall.collector.door_step import bundle_of, conceal, door
from footfall.collector.location_step import locate
from footfall.collector.locator import Locator
from footfall.collector.message_ids import derived_id
from footfall.collector.message_state import MessageState, RequestContext
from footfall.collector.oversize import excerpt
from footfall.collector.plan_step import plan
from footfall.collector.settings import CollectorSettings
from footfall.collector.steps import ids, message_id, readable, shape, somebody, time, traits
from footfall.collector.uncounted import uncounted_reports
from footfall.collector.wire import RequestEnvelope
from footfall.events import Answer, Fault, Verdict, VerdictName
from footfall.message_reader import clock_skew
from footfall.storage.environments import Sender, line_source
from footfall.storage.journal import Changes, Row, counter_name
from footfall.timestamps import format_day

__all__ = ["STEPS", "IntakeDecision", "Notice", "Step", "answer", "decide", "request_context"]

Step = Callable[[MessageState, RequestContext], bool]

# What a row takes beside its body, and a verdict with its notices beside its faults: rounded up from measurements.
_ROW_BYTES, _VERDICT_BYTES, _FAULT_BYTES = 1_000, 800, 500
_REPORT_BYTES = 2_000
_GROW_EVERY = 64  # messages
_DAY_US = 86_400_000_000


STEPS: tuple[Step, ...] = (readable, shape, door, consent, locate, message_id, ids, time, traits, plan, somebody)
"""In this order: later steps lean on what earlier ones found (`plan` may find the device that `somebody` asks for).

From `door` on no step sees a value that the plan transforms, but for the check that the plan makes of it, and from
`consent` on none sees what must not be kept.
"""


class Notice(NamedTuple):
    """What is counted together. `source` and `event` are the names under which the books have the message."""

    verdict: VerdictName
    source: str
    event: str
    code: str


class IntakeDecision(msgspec.Struct):
    """What became of a request's messages, before the journal is asked which of them are new.

    `indexes` says which message each row of `changes` is; `verdicts` are those that are not plainly stored, and
    `notices` what an operator should know of those that are not stored at all. `size` is about how many bytes of memory
    all of it takes.
    """

    received: int
    changes: Changes
    indexes: list[int]
    verdicts: dict[int, Verdict]
    notices: dict[int, list[Notice]]
    size: int


def request_context(
    envelope: RequestEnvelope,
    sender: Sender,
    *,
    received_at: int,
    rules_for: RulesFor,
    settings: CollectorSettings,
    locator: Locator | None = None,
) -> RequestContext:
    """What all messages of a request have in common that came in at `received_at` (us since 1970-01-01 UTC)."""
    context = envelope.context if type(envelope.context) is dict else {}
    return RequestContext(
        source=sender.source,
        received_at=received_at,
        day=_day_of(received_at // _DAY_US),
        skew=clock_skew(envelope.sent_at, received_at),
        type=envelope.type,
        context=context,
        form=envelope.form,
        shared=envelope.shared,
        kept=_kept(envelope, context, rules_for, locator),
        settings=settings,
        rules_for=rules_for,
        environment=sender.environment,
        locator=locator,
    )


@lru_cache(maxsize=2)
def _day_of(number: int) -> str:
    return format_day(number * _DAY_US)


def decide(envelope: RequestEnvelope, request: RequestContext, grow: Grow = unbounded) -> IntakeDecision:
    """Decide about every message of a request, each for itself.

    `grow` is called now and then, in a long request, with the bytes that rows and verdicts take so far; what it raises
    ends the work.
    """
    rows: list[Row] = []
    indexes: list[int] = []
    verdicts: dict[int, Verdict] = {}
    rejected: Counter[tuple[str, str]] = Counter()
    notices: dict[int, list[Notice]] = {}
    source, received_at, kept = request.source, request.received_at, request.kept
    line = line_source(source, request.environment)
    size = bodies = 0
    for index, piece in enumerate(envelope.pieces):
        if index and not index % _GROW_EVERY:
            grow(size)
        state = MessageState(piece, received_at)
        try:
            for step in STEPS:
                if not step(state, request):
                    break
        except Exception as error:  # noqa: BLE001 - our mistake must not cost the other messages, nor be sent for ever
            _conceal_what_failed(state, request)
            state.message_id = state.message_id or derived_id(state.body)
            state.quarantine(
                "unjudged", Fault("", "unjudged", "a message that footfall can judge", type(error).__name__)
            )
        if state.reason is not None or state.warnings is not None:
            verdicts[index] = verdict = _verdict(index, state)
            size += _VERDICT_BYTES + _FAULT_BYTES * len(verdict.faults)
        if state.warnings is not None and any(fault.code == "no_transform_key" for fault in state.warnings):
            lost = Notice(state.outcome, line, counter_name(state.event, state.type), "no_transform_key")
            notices[index] = [lost]
        if state.outcome != "stored":
            name = counter_name(state.event, state.type)
            codes = dict.fromkeys(fault.code for fault in state.faults or ())
            notices[index] = notices.get(index, []) + [Notice(state.outcome, line, name, code) for code in codes]
            if state.outcome == "rejected":
                rejected[line, name] += 1
                continue
            if state.is_oversize and not state.is_counted:
                state.body = excerpt(piece.raw, state.body)
        indexes.append(index)
        size += _ROW_BYTES
        bodies += len(state.body) + len(state.traits or b"")
        rows.append(state.row(source, received_at, kept, request.environment))
    changes = Changes(rows, rejected, uncounted=uncounted_reports(envelope.uncounted, line, request.day))
    size += _REPORT_BYTES * len(changes.uncounted)
    return IntakeDecision(len(envelope.pieces), changes, indexes, verdicts, notices, size + bodies)


def _kept(
    envelope: RequestEnvelope, context: dict[str, Any], rules_for: RulesFor, locator: Locator | None
) -> bytes | None:
    """The envelope as it may be written: with the plan's transforms, and its place for its address."""
    shared = envelope.shared
    if shared is not None and locator is not None and type(envelope.context) is not dict and envelope.context:
        return locator.unread(shared)
    if shared is None or not context:
        return shared
    rules = rules_for(bundle_of(context, context))
    door = None if rules is None else rules.door
    kept = shared if door is None else door.envelope(shared, context)
    return kept if locator is None or context.get("ip") is None else locator.apply(kept, context)


def _conceal_what_failed(state: MessageState, request: RequestContext) -> None:
    """Leave no planned value in clear, whichever step failed; where that fails too, nothing is kept of the message."""
    is_concealed = state.is_agreed and state.is_concealed and state.body is not state.piece.raw
    if state.is_counted or (is_concealed and request.locator is None):
        return
    try:
        conceal(state, request)
    except Exception:  # noqa: BLE001 - see `decide`
        withhold(state, None)


def answer(decision: IntakeDecision, fresh: Sequence[bool]) -> Answer:
    """The answer to a request, once the journal has said of each row whether it was new."""
    verdicts = decision.verdicts
    if not all(fresh):
        verdicts = dict(verdicts)
        for index, row, new in zip(decision.indexes, decision.changes.rows, fresh, strict=True):
            if not new:
                verdicts[index] = Verdict(index, "duplicate", row.message_id)
    return Answer(decision.received, tuple(verdicts[index] for index in sorted(verdicts)))


def _verdict(index: int, state: MessageState) -> Verdict:
    # As in the row: what did not keep a message from being stored is no reason why another one was not.
    faults = state.warnings if state.outcome == "stored" else state.faults
    return Verdict(index, state.outcome, state.message_id or None, state.reason, tuple(faults or ()))
