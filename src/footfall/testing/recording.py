"""Recording: what an application under test sends is recorded in the call itself, checked by the plan, never sent."""

from __future__ import annotations

import threading
import traceback
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.encoding import encode
from footfall.errors import UsageError
from footfall.events import Answer, Batch, Fault, Receipt
from footfall.identity.given import id_text, plain_text, whole_number
from footfall.identity.ids import comparable
from footfall.printable import counted
from footfall.testing.recorder import decoded

if TYPE_CHECKING:
    from footfall.client import Client
    from footfall.client.message import Message
    from footfall.delivery.transport import Transport
    from footfall.plan.model import Event, Plan
    from footfall.testing.verdicts import Verdicts

__all__ = ["Recorded", "Recording", "recording"]

_SHOWN = 10
_IDS = {"user_id": "userId", "anonymous_id": "anonymousId"}


class Recorded(msgspec.Struct, frozen=True):
    """One message that was sent, decoded, and every fault that the plan finds in it.

    `call` is the file and line that called the client, "" where the message came later, from another thread.
    """

    message: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    call: str = ""

    @property
    def name(self) -> str:
        """What to call it: the event's name on the wire, or the type in brackets."""
        return str(self.message.get("event") or f"({self.message['type']})")


class Recording:
    """What was sent while it was on. Any thread may send; each message is there when the call returns.

    `transport` is for an application that takes one, `client` a client that sends into this recording.
    """

    def __init__(self, verdicts: Verdicts | None = None) -> None:
        self._verdicts = verdicts
        self._lock = threading.RLock()  # a signal handler may track inside of a call
        self._recorded: list[Recorded] = []
        self._refused: list[tuple[str, Receipt, str]] = []
        self._client: Client | None = None
        self.transport: Transport = StandIn(self)
        self.faults_allowed = False

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """Every message, with its faults, in the order of the calls."""
        with self._lock:
            return tuple(self._recorded)

    @property
    def messages(self) -> list[Mapping[str, Any]]:
        """Every message, decoded, in the order of the calls."""
        return [recorded.message for recorded in self.recorded]

    @property
    def events(self) -> list[str]:
        """The names on the wire of the events that were tracked, in order."""
        return [message["event"] for message in self.messages if message["type"] == "track"]

    @property
    def client(self) -> Client:
        """A client that sends into this recording, made when it is first asked for."""
        if self._client is None:
            from footfall.client import Client, ClientOptions

            self._client = Client(self.transport, options=ClientOptions(linger=0))
        return self._client

    def allow_faults(self) -> None:
        """Let this test send what the plan refuses, to see what the application does about it."""
        self.faults_allowed = True

    def problems(self) -> list[str]:
        """Every fault of every message, and every message that its client refused: a line for each call."""
        with self._lock:
            recorded, refused = list(self._recorded), list(self._refused)
        lines = [f"{_at(sent.call)}{sent.name} {fault}" for sent in recorded for fault in sent.faults]
        for name, receipt, call in refused:
            why = [str(fault) for fault in receipt.faults]
            if receipt.reason != "invalid" or not why:
                why.append(f"was not accepted: {receipt.reason}")
            lines += [f"{_at(call)}{name} {text}" for text in why]
        counts = Counter(lines)
        return [line if count == 1 else f"{line} ({count} times)" for line, count in counts.items()]

    def check(self) -> None:
        """Raise AssertionError with the whole list of faults, unless there is none or they are allowed."""
        problems = self.problems()
        if problems and not self.faults_allowed:
            head = f"sent {counted(len(problems), 'fault')} against the tracking plan:"
            raise AssertionError("\n  ".join([head, *problems]))

    def assert_sent(self, event: str, times: int | None = None, **properties: Any) -> list[Mapping[str, Any]]:
        """Fail unless `event` was sent with all these properties, exactly `times` times (None: at least once).

        `user_id` and `anonymous_id` mean the message's own, unless the plan has a property of that name.
        Names are the plan's or the wire's. Values compare as a client encodes them. Returns the messages.
        """
        __tracebackhide__ = True  # pytest then shows the line of the test
        named = self._of(event)
        matches = [message for message in named if not self._differences(event, message, properties)]
        if len(matches) == times or (times is None and matches):
            return matches
        wanted = f"{event!r}{_with(properties)}"
        came = f"sent {_times(len(matches))}" if matches else "never sent"
        head = f"expected {wanted} {_times(times)}, and it was {came}"
        lines = [f"  {event}: {'; '.join(self._differences(event, message, properties))}" for message in named]
        raise AssertionError(
            "\n".join([head, *(line for line in lines[:_SHOWN] if not line.endswith(": ")), self._all_sent()])
        )

    def assert_not_sent(self, event: str, **properties: Any) -> None:
        """Fail if `event` was sent with all these properties."""
        __tracebackhide__ = True
        self.assert_sent(event, 0, **properties)

    def assert_journey(
        self,
        journey: str,
        *,
        user_id: object = None,
        anonymous_id: object = None,
        device_id: object = None,
        despite: Collection[str] = (),
    ) -> None:
        """Fail unless the actor with an id walked the whole journey, and nothing happened that must not.

        With no id, it is the only actor that sent anything. Messages belong to actors by the plan's identity rules, so
        what a visitor did before signing in counts. `despite` names guards (`never`) that may happen.
        """
        __tracebackhide__ = True
        from footfall.testing.actors import events_of
        from footfall.testing.journey_progress import describe, journey_progress

        plan = self._plan(f"assert_journey({journey!r})")
        if journey not in plan.journeys:
            raise UsageError(f"the plan has no journey {journey!r}; it has {', '.join(plan.journeys) or 'none'}")
        asked = plan.journeys[journey]
        ids = {"user_id": user_id, "anonymous_id": anonymous_id, "device_id": device_id}
        who = {key: _compared(key, value) for key, value in ids.items() if value is not None}
        events = events_of(plan, asked.by, self.messages, who, resolve=self._resolve)
        progress = journey_progress(plan, asked, events)
        name = ", ".join(f"{key} {value!r}" for key, value in who.items()) or f"the {asked.by}"
        broken = [guard for guard in progress.broken if guard.name not in despite]
        if progress.is_complete and not broken:
            return
        if progress.is_complete:
            head = f"{name} walked the journey {journey!r}, and what must never happen did:"
            lines = [f"  {guard.name}: {guard.event} between {guard.start} and {guard.end}" for guard in broken]
        else:
            head = (
                f"{name} got through {len(progress.reached)} of {len(progress.steps)} steps of the journey {journey!r}:"
            )
            lines = describe(progress, events)
        sent = ", ".join(event.event for event in events) or "nothing"
        raise AssertionError("\n".join([head, *lines, f"sent by {name}: {sent}"]))

    def keep(self, message: bytes, call: str = "") -> None:
        """Record one message, given as its JSON text, and the place of the call that made it."""
        content = decoded(message)
        faults = () if self._verdicts is None else self._verdicts.faults(message, content)
        with self._lock:
            self._recorded.append(Recorded(content, faults, call))

    def keep_refused(self, message: Message, receipt: Receipt) -> None:
        """Record that a client refused a message; a hook that drops one does so on purpose."""
        if receipt.reason != "hook":
            with self._lock:
                name = plain_text(message.name) or f"({message.type})"
                self._refused.append((name, receipt, _calling_line()))

    def _plan(self, what: str) -> Plan:
        if self._verdicts is None:
            raise UsageError(f"{what} needs a plan: run pytest with --footfall-plan, or give recording() one")
        return self._verdicts.plan

    def _resolve(self, name: str) -> Event | None:
        return None if self._verdicts is None else self._verdicts.resolve(name)

    def _of(self, event: str) -> list[Mapping[str, Any]]:
        planned = self._resolve(event)
        if self._verdicts is not None and planned is None and event not in self.events:
            raise UsageError(f"the plan has no event {event!r}; it has {', '.join(self._verdicts.plan.events)}")
        tracked = [message for message in self.messages if message["type"] == "track"]
        if planned is None:
            return [message for message in tracked if message["event"] == event]
        return [message for message in tracked if self._resolve(message["event"]) is planned]

    def _differences(self, event: str, message: Mapping[str, Any], properties: Mapping[str, Any]) -> list[str]:
        planned = self._resolve(event)
        keys = {prop.name: prop.wire_name or prop.name for prop in planned.properties} if planned else {}
        sent = message.get("properties") or {}
        differences = []
        for name, wanted in properties.items():
            key = keys.get(name, name)
            if key not in sent and name not in keys and _IDS.get(name) in message:
                sent = {**sent, key: message[_IDS[name]]}
            if key not in sent:
                differences.append(f"{name} was not sent")
            elif not _same(wanted, sent[key]):
                differences.append(f"{name} was {sent[key]!r}, not {_shown(wanted)}")
        return differences

    def _all_sent(self) -> str:
        counts = Counter(recorded.name for recorded in self.recorded)
        listed = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in counts.items())
        return f"sent: {listed or 'nothing'}"


def _at(call: str) -> str:
    return f"{call}: " if call else ""


def _calling_line() -> str:
    """`app.py:5`: the line outside of footfall that is being run, its file as seen from the working directory."""
    for frame, line in traceback.walk_stack(None):
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] != "footfall":
            return f"{_from_here(Path(frame.f_code.co_filename))}:{line}"
    return ""


def _from_here(file: Path) -> Path:
    try:
        here = Path.cwd()
    except OSError:  # a test may have removed its working directory
        return file
    return file.relative_to(here) if file.is_relative_to(here) else file


def _compared(key: str, value: object) -> str:
    text = id_text(value) or whole_number(value)
    if text is None:
        raise UsageError(f"{key} must be text, a whole number or a UUID, not {type(value).__name__}")
    return comparable(text)


def _with(properties: Mapping[str, Any]) -> str:
    return f" with {', '.join(f'{name}={_shown(value)}' for name, value in properties.items())}" if properties else ""


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a failing test must show its own failure
        return f"<{type(value).__name__}>"


def _times(count: int | None) -> str:
    words = {None: "at least once", 0: "never", 1: "once"}
    return words.get(count, f"{count} times")


def _same(wanted: Any, sent: Any) -> bool:
    """Whether a value is the one that was sent, as it is or as a client encodes it (a Decimal, a date, an Enum)."""
    try:
        is_equal = bool(wanted == sent)
    except Exception:  # noqa: BLE001 - numpy's arrays and pandas' NA cannot say, and anything else may raise
        is_equal = False
    if is_equal:
        return isinstance(wanted, bool) == isinstance(sent, bool)
    text, _ = encode({"value": wanted})
    return text is not None and bool(msgspec.json.decode(text)["value"] == sent)


class StandIn:
    """Replaces the network: the transport of clients whose messages are recorded as they are made.

    A client that was made before, or outside, hands its messages over when it sends them; they are recorded then.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._lock = threading.RLock()
        self._kept: set[str] = set()

    def transport_for(self, collector: str | Transport) -> Transport | None:
        """Instead of a URL or a transport to one; any other object of an application is left alone."""
        from footfall.delivery.http import HttpTransport

        return self if isinstance(collector, str | HttpTransport | StandIn) else None

    def accepted(self, message: bytes) -> None:
        """Record a message in the call that made it."""
        with self._lock:
            self._kept.add(decoded(message)["messageId"])
        self.recording.keep(message, _calling_line())

    def refused(self, message: Message, receipt: Receipt) -> None:
        """Record a message that its client did not accept."""
        self.recording.keep_refused(message, receipt)

    def send(self, batch: Batch) -> Answer:
        for message in batch.messages:
            message_id = decoded(message)["messageId"]
            with self._lock:
                is_kept = message_id in self._kept
                self._kept.discard(message_id)
            if not is_kept:
                self.recording.keep(message)
        return Answer(len(batch.messages))

    def close(self) -> None:
        """Nothing to close."""

    async def send_async(self, batch: Batch) -> Answer:
        return self.send(batch)

    async def close_async(self) -> None:
        """Nothing to close."""


@contextmanager
def recording(plan: Plan | str | Path | None = None) -> Iterator[Recording]:
    """Record what every client that is made from a URL inside of this block sends, instead of sending it.

        with footfall.testing.recording("tracking_plans/") as sent:
            place_order(user="ann")
        sent.assert_sent("order_completed", total=Decimal("129.90"))

    With a plan, each message is checked by it, and leaving the block raises AssertionError with every fault, unless
    they were allowed by `allow_faults()`. Raises PlanError for a plan that cannot be used.
    """
    from footfall.client.capture import capturing

    sent = Recording(_verdicts(plan))
    assert isinstance(sent.transport, StandIn)
    with capturing(sent.transport):
        yield sent
    sent.check()


def _verdicts(plan: Plan | str | Path | None) -> Verdicts | None:
    if plan is None:
        return None
    from footfall.plan import read
    from footfall.testing.verdicts import Verdicts

    return Verdicts(read(plan).require() if isinstance(plan, str | Path) else plan)
