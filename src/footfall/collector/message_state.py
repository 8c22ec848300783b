"""MessageState: one message on its way through the steps; RequestContext: what its whole request has in common."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.collector.bundle_rules import BundleRules, RulesFor
from footfall.collector.locator import Locator
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import MessageForm, Piece
from footfall.events import Fault, VerdictName
from footfall.identity.given import digits_of
from footfall.storage.journal import Row, RowState
from footfall.timestamps import hour_of

if TYPE_CHECKING:
    from footfall.plan.checking.validate import Validator

__all__ = ["MessageState", "RequestContext", "kind_of"]

# By keyword a row would take half a microsecond longer, a seventh of all the work on a message.
_row_values = attrgetter(*("faults_text" if name == "faults" else name for name in Row._fields))
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

# Of each message: more would be up to its sender to fill our memory with, and help nobody to mend it.
_MOST_FAULTS = 50
_KINDS = {dict: "object", list: "array", str: "string", int: "integer", float: "number", bool: "boolean"}


def kind_of(value: object) -> str:
    """What JSON calls a decoded value; "" for null, and for what is not there."""
    return _KINDS.get(type(value), "")


def _added(faults: list[Fault] | None, more: Sequence[Fault]) -> list[Fault]:
    """The faults with some more, up to as many as are kept."""
    faults = [] if faults is None else faults
    faults += more[: _MOST_FAULTS - len(faults)]
    return faults


class RequestContext(msgspec.Struct, frozen=True):
    """What all messages of a request have in common.

    `day` is the ISO day of receipt, `skew` the clocks' distance in us, `context` the decoded context of the envelope,
    `form` says where its messages say what, `shared` is the JSON of the envelope as it came, to be checked, and `kept`
    the same with the plan's transforms, to be written. For messages that were kept before, `transformed` is the bundle
    by which they were checked then: its transforms were applied. `environment` is the sender's; None is production.
    `locator` finds the places of addresses; without one addresses stay as they came.
    """

    source: str
    received_at: int
    day: str
    skew: int
    type: str | None
    context: dict[str, Any]
    settings: CollectorSettings
    rules_for: RulesFor
    form: MessageForm
    shared: bytes | None = None
    kept: bytes | None = None
    transformed: str | None = None
    environment: str | None = None
    locator: Locator | None = None


class MessageState:
    """One message on its way to become a row. `body` is what will be kept of its bytes.

    `rules` are those of its sender, `validator` what it has for values as these came, and `checked` the bytes to check:
    values before their transforms. `is_concealed` says that some plan has transforms for it, `is_agreed` that it may be
    kept in full, `is_counted` that only its being sent is kept: without ids, and with whole hours. `more_traits` are
    the objects in which an identify has traits besides its own `traits`, and `traits` all of them together.
    """

    __slots__ = (
        "anonymous_id", "body", "bundle", "checked", "context", "data", "device_id", "envelope", "environment", "event",
        "faults", "faults_text", "group_id", "is_agreed", "is_concealed", "is_counted", "kind", "message_id",
        "more_traits", "occurred_at", "outcome", "piece", "previous_id", "reason", "received_at", "rules", "source",
        "traits", "type", "user_id", "validator", "warnings",
    )  # fmt: skip

    def __init__(self, piece: Piece, received_at: int) -> None:
        self.piece = piece
        self.body = piece.raw
        self.data: dict[str, Any] = piece.data
        self.context: dict[str, Any] = {}
        self.outcome: VerdictName = "stored"
        self.reason: str | None = None
        self.faults: list[Fault] | None = None
        self.warnings: list[Fault] | None = None
        self.type = ""
        self.event: str | None = None
        self.message_id = ""
        self.user_id: str | None = None
        self.anonymous_id: str | None = None
        self.device_id: str | None = None
        self.previous_id: str | None = None
        self.group_id: str | None = None
        self.occurred_at = received_at
        self.bundle: str | None = None
        self.more_traits: list[msgspec.Raw] = []
        self.traits: bytes | None = None
        self.rules: BundleRules | None = None
        self.validator: Validator | None = None
        self.checked = piece.raw
        self.is_concealed = False
        self.is_agreed = False
        self.is_counted = False

    def quarantine(self, reason: str, *faults: Fault) -> None:
        """Quarantine it; the first reason stays the reason."""
        if self.outcome == "stored":
            self.outcome, self.reason = "quarantined", reason
        self.faults = _added(self.faults, faults)

    def reject(self, reason: str, *faults: Fault) -> None:
        """Refuse to keep it."""
        self.outcome, self.reason = "rejected", reason
        self.faults = _added(self.faults, faults)

    def warn(self, *faults: Fault) -> None:
        """Keep it, with a warning."""
        self.warnings = _added(self.warnings, faults)

    def row(self, source: str, received_at: int, envelope: bytes | None, environment: str | None = None) -> Row:
        """Its row, each column from the attribute of that name. Of one that is rejected there is none."""
        self.kind: RowState = "quarantined" if self.outcome == "quarantined" else "stored"
        self.source, self.environment = source, environment
        self.received_at, self.envelope = received_at, envelope
        if self.is_counted:
            self.received_at, self.occurred_at, self.envelope = hour_of(received_at), hour_of(self.occurred_at), None
        faults = self.faults if self.kind == "quarantined" else self.warnings
        self.faults_text = msgspec.json.encode(faults) if faults else None
        return Row._make(_row_values(self))

    @property
    def is_oversize(self) -> bool:
        """Whether the message is over the size limit, so that only an excerpt of it is kept."""
        return self.reason == "too_large"

    def usable_id(self, value: object, *keys: str) -> str | None:
        """The value under `keys` as the text of an id: a string as it is, or the digits of a whole number.

        Such a number that is not written as an integer gets a warning. Anything else counts as absent, with a warning.
        """
        if type(value) is str:
            return value or None
        if value is None:
            return None
        if type(value) is int:
            return str(value)
        path = ".".join(keys)
        if type(value) is float:
            # What was decoded may have lost digits, and may be an integer over 64 bits; the message has them all.
            number = self._written(keys) or str(value)
            if (digits := digits_of(number)) is not None:
                if not number.lstrip("-").isdecimal():
                    self.warn(Fault(path, "float_id", "a whole number or text", "number"))
                return digits
        self.warn(Fault(path, "type", "string", kind_of(value)))
        return None

    def _written(self, keys: tuple[str, ...]) -> str | None:
        """The JSON text of a value of the message; None where it is that of its batch."""
        text = msgspec.Raw(self.piece.raw)
        try:
            for key in keys:
                text = _decode_members(text)[key]
        except (msgspec.DecodeError, KeyError):
            return None
        return bytes(text).decode()
