"""Visit: one hit as it arrived. What it costs to know more of it is paid when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.encoding_plain import json_text
from footfall.web.context import context_of
from footfall.web.recognition import Recognition, recognise
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules

__all__ = ["Visit"]


class Visit:
    """One hit.

    `reason` says why it cannot become a page view, None where it can. `choice` is what the visitor chose during it, by
    purpose. `arrived_us` is in microseconds since 1970-01-01 UTC. Threads may share it.
    """

    __slots__ = (
        "_contexts", "_new_id", "_own_contexts", "_recognitions", "arrived_us", "choice", "reason", "request", "rules",
    )  # fmt: skip

    def __init__(
        self,
        request: WebRequest,
        rules: WebRules,
        *,
        arrived_us: int,
        reason: str | None,
        new_id: Callable[[], str],
        choice: Mapping[str, bool] | None = None,
    ) -> None:
        self.request = request
        self.rules = rules
        self.arrived_us = arrived_us
        self.reason = reason
        self.choice = choice
        self._new_id = new_id
        # The first one in counts: two threads that ask at once must not get two ids.
        self._recognitions: list[Recognition] = []
        self._own_contexts: list[dict[str, Any]] = []
        self._contexts: list[dict[str, Any]] = []

    @property
    def recognition(self) -> Recognition:
        """Who comes with the hit."""
        if not self._recognitions:
            self._recognitions.append(recognise(self.request, self.rules, self.choice, self.arrived_us, self._new_id))
        return self._recognitions[0]

    @property
    def anonymous_id(self) -> str | None:
        """The visitor's id, for messages."""
        visitor = self.recognition.visitor
        return None if visitor is None else visitor.anonymous_id

    @property
    def own_context(self) -> Mapping[str, Any]:
        """What the context says of this hit alone, and not of what sent it; nobody may change it."""
        if not self._own_contexts:
            self._own_contexts.append(context_of(self.request, self.rules, self.recognition))
        return self._own_contexts[0]

    @property
    def context(self) -> Mapping[str, Any]:
        """The context of every message of this hit; nobody may change it."""
        if not self._contexts:
            self._contexts.append({**self.recognition.program.context, **self.own_context})
        return self._contexts[0]

    @property
    def context_text(self) -> bytes | None:
        """The context as JSON without the braces; None where it has half a character."""
        try:
            own = json_text(self.own_context)
        except TypeError:
            return None
        text = self.recognition.program.text
        return None if text is None else b"%b,%b" % (text, own[1:-1])

    def chosen(self, choice: Mapping[str, bool], new_id: Callable[[], str]) -> Visit:
        """The same hit after its visitor chose; a visitor who was recognised before stays who they are.

        Only the plan's purposes count, and only True agrees.
        """
        before = self.recognition.visitor
        # Names may come from a form, and go into a cookie.
        named = {name: choice[name] is True for name in self.rules.purposes if name in choice}
        return Visit(
            self.request,
            self.rules,
            arrived_us=self.arrived_us,
            reason=self.reason,
            choice={**(self.choice or {}), **named},
            new_id=new_id if before is None else lambda: before.anonymous_id,
        )
