"""Intake: the one order in which a request is taken in, over HTTP and in the same process.

| stop   | what it does                                                       | memory that the claim counts         |
|--------|--------------------------------------------------------------------|--------------------------------------|
| admit  | lets the request in, or turns it away                              | nothing                              |
| read   | inflates a body and cuts it into messages, up to the limits        | body, content, its messages          |
| decide | decides about each message, decoding one at a time                 | content, its messages, rows          |
| commit | the caller has the rows written                                    | rows and verdicts                    |
| answer | says what became of each message                                   | the answer, until it is sent         |

Each stop updates the request's claim on memory, and raises RequestError (503) if there is no room.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from footfall.clock import Clock
from footfall.collector.admission import Admission, Budget, Claim
from footfall.collector.bundle_rules import RulesFor
from footfall.collector.compression import inflate
from footfall.collector.dialects import Route
from footfall.collector.intake_log import IntakeLog
from footfall.collector.lane import Lane
from footfall.collector.locator import Locator
from footfall.collector.memory import give_back
from footfall.collector.pipeline import IntakeDecision, answer, decide, request_context
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import RequestEnvelope
from footfall.events import Answer
from footfall.storage.environments import Sender, line_source

__all__ = ["Intake"]

_log = logging.getLogger("footfall")
# A content is in memory twice: first as inflated parts and as a whole, then as a whole and as messages.
_COPIES = 2
_BURST = 32_000_000  # bytes


def _no_locator() -> None:
    return None


class Intake:
    """Takes requests in by the settings' limits. Any thread may use it."""

    def __init__(
        self,
        settings: CollectorSettings,
        *,
        clock: Clock,
        intake_log: IntakeLog,
        rules_for: RulesFor,
        locator: Callable[[], Locator | None] = _no_locator,
        give_back: Callable[[], None] = give_back,
    ) -> None:
        self.settings = settings
        self.lane = Lane(threads=settings.large_threads, waiting=settings.max_waiting_large)
        self.admission = Admission(
            keyed=Budget(settings.max_waiting_requests, settings.max_waiting_bytes),
            unkeyed=Budget(settings.max_unkeyed_requests, settings.max_unkeyed_bytes),
            lock=threading.Lock(),
        )
        self._clock = clock
        self._fault_log = intake_log
        self._give_back = give_back
        self.rules_for = rules_for
        self._locator = locator

    def admit(self, *, is_keyed: bool) -> Claim:
        """Let a request in. Raises RequestError (503) when there is no room."""
        return self.admission.admit(is_keyed=is_keyed)

    def inflate(self, body: bytes, limit: int, claim: Claim) -> bytes:
        """The content of a body, inflated up to `limit` bytes. Raises RequestError."""

        def grow(size: int) -> None:
            claim.hold(len(body) + _COPIES * size)

        return inflate(body, limit, grow)

    def read(self, route: Route, content: bytes, claim: Claim, query: bytes = b"") -> RequestEnvelope:
        """Cut a request's content into messages, as the dialect of its route does. Raises RequestError."""
        claim.hold(_COPIES * len(content))
        return route.dialect.read(content, query, route.type, self.settings)

    def decide(self, envelope: RequestEnvelope, sender: Sender, claim: Claim) -> IntakeDecision:
        """Decide about the messages of a request. Nothing is written yet. Raises RequestError (503)."""
        before = claim.size

        def grow(size: int) -> None:
            claim.hold(before + size)

        request = request_context(
            envelope,
            sender,
            received_at=self._clock.now_us(),
            rules_for=self.rules_for,
            settings=self.settings,
            locator=self._locator(),
        )
        decision = decide(envelope, request, grow)
        claim.hold(decision.size)
        return decision

    def answer(self, sender: Sender, decision: IntakeDecision, fresh: list[bool]) -> Answer:
        """What to answer, once the journal has said which rows were new."""
        result = answer(decision, fresh)
        if decision.notices:
            repeated = {verdict.index for verdict in result.verdicts if verdict.verdict == "duplicate"}
            for index, notices in decision.notices.items():
                if index not in repeated:
                    self._fault_log.count(notices)
        self._fault_log.write_due()
        if _log.isEnabledFor(logging.INFO):
            _log.info(
                "batch source=%s received=%d %s",
                line_source(*sender),
                result.received,
                " ".join(f"{name}={count}" for name, count in result.counts().items()),
            )
        return result

    def tidy(self) -> None:
        """Give the memory of a burst back once it is over. To be called now and then."""
        if self.admission.keyed.peak - self.admission.keyed.size > _BURST and self.admission.released():
            self.lane.spare(self._give_back)

    def close(self) -> None:
        """Finish what is being decided. Closing twice is no error."""
        self.lane.close()
