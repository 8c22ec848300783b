"""From the messages of a request to the rows of the journal, and from the journal's word to a verdict per message.

Pure: what it knows of time, plans and limits it is given in a Frame. The order of the steps is the table `STEPS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from footfall.collector.admission import Grow, unbounded
from footfall.collector.door_step import bundle_of, conceal, door
from footfall.collector.draft import Draft, Frame
from footfall.collector.judge import JudgeFor
from footfall.collector.oversize import excerpt
from footfall.collector.plan_step import plan
from footfall.collector.settings import CollectorSettings
from footfall.collector.steps import derived_id, ids, message_id, readable, shape, somebody, time
from footfall.collector.wire import Envelope
from footfall.events import Answer, Fault, Verdict, VerdictName
from footfall.message_reader import clock_skew
from footfall.storage.journal import Changes, Kind, Row, account
from footfall.timestamps import format_us

__all__ = ["STEPS", "Judged", "Notice", "Step", "answer", "frame_for", "judge"]

Step = Callable[[Draft, Frame], bool]

# What a row takes beside its body, and a verdict with its notices beside its faults: rounded up from measurements.
_ROW_BYTES, _VERDICT_BYTES, _FAULT_BYTES = 1_000, 800, 500
_GROW_EVERY = 64  # messages


STEPS: tuple[Step, ...] = (readable, shape, door, message_id, ids, time, plan, somebody)
"""In this order: later steps lean on what earlier ones found (`plan` may find the device that `somebody` asks for).

From `door` on no step sees a value that the plan transforms, but for the check that the plan makes of it.
"""


class Notice(NamedTuple):
    """What is counted together. `event` is the name under which the books have the message."""

    verdict: VerdictName
    source: str
    event: str
    code: str


class Judged(msgspec.Struct):
    """What became of a request's messages, before the journal is asked which of them are new.

    `places` says which message each row of `changes` is; `verdicts` holds those that are not plainly stored, and
    `notices` what an operator should know of those that are not stored at all. `size` is about how many bytes of memory
    all of it takes.
    """

    received: int
    changes: Changes
    places: list[int]
    verdicts: dict[int, Verdict]
    notices: dict[int, list[Notice]]
    size: int


def frame_for(
    envelope: Envelope, source: str, *, received_at: int, judge_for: JudgeFor, settings: CollectorSettings
) -> Frame:
    """What holds for all messages of a request that came in at `received_at` (us since 1970-01-01 UTC)."""
    return Frame(
        source=source,
        received_at=received_at,
        day=format_us(received_at)[:10],
        skew=clock_skew(envelope.sent_at, received_at),
        type=envelope.type,
        context=envelope.context if type(envelope.context) is dict else {},
        shared=envelope.shared,
        settings=settings,
        judge_for=judge_for,
    )


def judge(envelope: Envelope, frame: Frame, grow: Grow = unbounded) -> Judged:
    """Decide about every message of a request, each for itself.

    `grow` is called now and then with the bytes that rows and verdicts take so far; what it raises ends the judging.
    """
    rows: list[Row] = []
    places: list[int] = []
    verdicts: dict[int, Verdict] = {}
    rejected: Counter[tuple[str, str]] = Counter()
    notices: dict[int, list[Notice]] = {}
    source, received_at, shared = frame.source, frame.received_at, _kept_envelope(envelope, frame)
    size = bodies = 0
    for index, piece in enumerate(envelope.pieces):
        if index % _GROW_EVERY == 0:
            grow(size)
        draft = Draft(piece, received_at)
        try:
            for step in STEPS:
                if not step(draft, frame):
                    break
        except Exception as error:  # noqa: BLE001 - our mistake must not cost the other messages, nor be sent for ever
            _conceal_what_failed(draft, frame)
            draft.message_id = draft.message_id or derived_id(draft.body)
            draft.put_aside(
                "unjudged", Fault("", "unjudged", "a message that footfall can judge", type(error).__name__)
            )
        if draft.reason is not None or draft.warnings is not None:
            verdicts[index] = verdict = _verdict(index, draft)
            size += _VERDICT_BYTES + _FAULT_BYTES * len(verdict.faults)
        if draft.warnings is not None and any(fault.code == "no_transform_key" for fault in draft.warnings):
            lost = Notice(draft.outcome, source, account(draft.event, draft.type), "no_transform_key")
            notices[index] = [lost]
        if draft.outcome != "stored":
            name = account(draft.event, draft.type)
            codes = dict.fromkeys(fault.code for fault in draft.faults or ())
            notices[index] = notices.get(index, []) + [Notice(draft.outcome, source, name, code) for code in codes]
            if draft.outcome == "rejected":
                rejected[source, name] += 1
                continue
            if draft.is_oversize:
                draft.body = excerpt(piece.raw, draft.body)
        places.append(index)
        size += _ROW_BYTES
        bodies += len(draft.body)
        kind: Kind = "quarantined" if draft.outcome == "quarantined" else "stored"
        faults = draft.faults if kind == "quarantined" else draft.warnings
        rows.append(
            Row(  # by position: by keyword it takes half a microsecond longer, a seventh of all judging
                kind,
                source,
                draft.message_id,
                draft.type,
                draft.event,
                draft.user_id,
                draft.anonymous_id,
                draft.device_id,
                draft.previous_id,
                draft.group_id,
                draft.occurred_at,
                received_at,
                draft.bundle,
                msgspec.json.encode(faults) if faults else None,
                draft.body,
                shared,
            )
        )
    grow(size)
    return Judged(len(envelope.pieces), Changes(rows, rejected), places, verdicts, notices, size + bodies)


def _kept_envelope(envelope: Envelope, frame: Frame) -> bytes | None:
    if envelope.shared is None or not frame.context:
        return envelope.shared
    judge = frame.judge_for(bundle_of(frame.context, frame.context))
    door = None if judge is None else judge.door
    return envelope.shared if door is None else door.envelope(envelope.shared, frame.context)


def _conceal_what_failed(draft: Draft, frame: Frame) -> None:
    """Leave no planned value in clear, whichever step failed; where that fails too, nothing is kept of the message."""
    if draft.is_concealed and draft.body is not draft.piece.raw:
        return
    try:
        conceal(draft, frame)
    except Exception:  # noqa: BLE001 - see `judge`
        draft.body = b"{}"


def answer(judged: Judged, fresh: Sequence[bool]) -> Answer:
    """The answer to a request, once the journal has said of each row whether it was new."""
    verdicts = judged.verdicts
    if not all(fresh):
        verdicts = dict(verdicts)
        for place, row, new in zip(judged.places, judged.changes.rows, fresh, strict=True):
            if not new:
                verdicts[place] = Verdict(place, "duplicate", row.message_id)
    return Answer(judged.received, tuple(verdicts[index] for index in sorted(verdicts)))


def _verdict(index: int, draft: Draft) -> Verdict:
    # As in the row: what did not keep a message from being stored is no reason why another one was not.
    faults = draft.warnings if draft.outcome == "stored" else draft.faults
    return Verdict(index, draft.outcome, draft.message_id or None, draft.reason, tuple(faults or ()))
