"""Disabled: the parts of a client that takes calls and does nothing, for a test run, a migration or a developer."""

from __future__ import annotations

from footfall.client.message import Message
from footfall.client.prepare import Prepared, Preparer
from footfall.client.scope import Scope
from footfall.events import Answer, Batch, Receipt

__all__ = ["DisabledPreparer", "Nowhere"]


class DisabledPreparer(Preparer):
    """Refuses each message before a hook, a plan or the encoder sees it."""

    def prepare(self, message: Message, scope: Scope) -> Prepared | Receipt:  # noqa: ARG002 - as its base has them
        return Receipt(False, None, "disabled")


class Nowhere:
    """The transport of a client that never sends."""

    def send(self, batch: Batch) -> Answer:
        return Answer(len(batch.messages))

    def close(self) -> None:
        """There is nothing to close."""

    async def send_async(self, batch: Batch) -> Answer:
        return self.send(batch)

    async def close_async(self) -> None:
        """There is nothing to close."""
