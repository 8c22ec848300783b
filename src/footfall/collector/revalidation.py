"""Decides again about a message that is kept already, by the same steps as about a new one."""

from __future__ import annotations

from typing import Any

import msgspec

from footfall.collector.bundle_rules import RulesFor
from footfall.collector.dialects import STORED
from footfall.collector.dialects.segment import read_single
from footfall.collector.message_state import RequestContext
from footfall.collector.pipeline import decide
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import RequestEnvelope
from footfall.errors import RequestError
from footfall.events import Fault
from footfall.plan.checking.counted import COUNT_ONLY
from footfall.storage.journal import Row
from footfall.timestamps import format_day, hour_of

__all__ = ["TOO_LARGE", "Revalidated", "faults_of", "revalidate"]

TOO_LARGE = "too_large"
"""The fault of a message of which only the beginning was kept: nothing of it could be checked again."""

_NO_KEY = "no_transform_key"
_SETTINGS = CollectorSettings()
_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode


class Revalidated(msgspec.Struct, frozen=True):
    """What becomes of a kept message: its row as stored or quarantined (None: rejected), and what is wrong with it."""

    row: Row | None
    faults: tuple[Fault, ...]

    @property
    def is_stored(self) -> bool:
        """Whether it would be stored."""
        return self.row is not None and self.row.kind == "stored"


def faults_of(row: Row) -> tuple[Fault, ...]:
    """Why a row is in quarantine, or what a stored one is warned of."""
    return () if row.faults is None else _decode_faults(row.faults)


def revalidate(row: Row, rules_for: RulesFor) -> Revalidated:
    """Decide about a row again.

    Its ids, its times and its bundle stay as they were fixed when it was first accepted; only the plan's word is new.
    """
    if row.kind == "quarantined":
        faults = faults_of(row)
        if any(fault.code == TOO_LARGE for fault in faults):
            return Revalidated(row, faults)
    # A message within its collector's limit is not measured by ours.
    settings = msgspec.structs.replace(_SETTINGS, max_message_bytes=max(_SETTINGS.max_message_bytes, len(row.body)))
    try:
        envelope = read_single(row.body, row.type or "track", settings, STORED)
    except RequestError as error:
        return Revalidated(row._replace(kind="quarantined"), (Fault("", error.code),))
    shared = _context(row.envelope)
    decision = decide(
        RequestEnvelope(envelope.pieces, row.type or None, context=shared),
        RequestContext(
            source=row.source,
            received_at=row.received_at,
            day=format_day(row.received_at),
            skew=0,
            type=row.type or None,
            context=shared,
            settings=settings,
            rules_for=rules_for,
            form=STORED,
            shared=row.envelope,
            kept=row.envelope,
            transformed=row.bundle,
            environment=row.environment,
        ),
    )
    if not decision.changes.rows:
        return Revalidated(None, decision.verdicts[0].faults)
    faults = decision.verdicts[0].faults if decision.verdicts else ()
    if any(fault.code == _NO_KEY for fault in faults):
        return Revalidated(row._replace(kind="quarantined"), faults)  # its value would be lost for good
    anew = decision.changes.rows[0]
    times = (row.occurred_at, row.received_at)
    if anew.body.startswith(COUNT_ONLY):
        times = (hour_of(row.occurred_at), hour_of(row.received_at))
    anew = anew._replace(message_id=row.message_id, occurred_at=times[0], received_at=times[1], bundle=row.bundle)
    return Revalidated(anew, faults_of(anew) if anew.kind == "quarantined" else ())


def _context(envelope: bytes | None) -> dict[str, Any]:
    shared = {} if envelope is None else msgspec.json.decode(envelope)
    context = shared.get("context") if type(shared) is dict else None
    return context if type(context) is dict else {}
