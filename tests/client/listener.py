"""A capture that notes what it hears of clients."""

from __future__ import annotations

from footfall.client.message import Message
from footfall.delivery.transport import Transport
from footfall.events import Receipt
from footfall.testing import Recorder

__all__ = ["URL", "Listener"]

URL = "http://localhost:9"


class Listener:
    def __init__(self) -> None:
        self.recorder = Recorder()
        self.heard: list[str] = []

    def transport_for(self, collector: str | Transport) -> Transport | None:
        return self.recorder if isinstance(collector, str) else None

    def accepted(self, message: bytes) -> None:
        self.heard.append("accepted " + message.decode().partition('"event":"')[2].partition('"')[0])

    def refused(self, message: Message, receipt: Receipt) -> None:
        self.heard.append(f"refused {message.name}: {receipt.reason}")
