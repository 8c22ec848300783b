"""InProcessTransport: hands batches straight to a collector in the same process, with no server between."""

from __future__ import annotations

import asyncio
from typing import Protocol

from footfall.delivery.statuses import error_for
from footfall.errors import OverloadedError, RequestError, StorageError, UnreachableError
from footfall.events import Answer, Batch
from footfall.printable import counted

__all__ = ["BatchReceiver", "InProcessTransport"]


class BatchReceiver(Protocol):
    """What takes a batch in: a `footfall.collector.Collector`, or anything that speaks like one."""

    def take(self, body: bytes) -> Answer:
        """Take the body of `POST /v1/batch`; what is returned as stored is on the disk.

        Raises RequestError for a body that cannot be read, StorageError when nothing could be kept.
        """
        ...


class InProcessTransport:
    """Sends to a BatchReceiver, which stays open: who made it closes it."""

    def __init__(self, receiver: BatchReceiver) -> None:
        self._receiver = receiver

    def send(self, batch: Batch) -> Answer:
        try:
            answer = self._receiver.take(batch.encode())
        except RequestError as error:
            raise error_for(error.status, detail=error.code) from error
        except StorageError as error:
            raise OverloadedError(f"the collector could not keep the batch: {error}") from error
        if not answer.acknowledges(len(batch.messages)):
            sent = counted(len(batch.messages), "message")
            raise UnreachableError(f"the collector answered for {answer.received:,} of {sent}, which stay in the queue")
        return answer

    def close(self) -> None:
        """There is nothing to close."""

    async def send_async(self, batch: Batch) -> Answer:
        # Taking a batch in waits for the disk, which would stop the loop.
        return await asyncio.to_thread(self.send, batch)

    async def close_async(self) -> None:
        """There is nothing to close."""
