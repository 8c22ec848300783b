"""The client: what an application calls to send events, for threads and for event loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.client.aio import AsyncClient
    from footfall.client.ledger import Delivery, Ledger
    from footfall.client.message import Hook, Message
    from footfall.client.options import ClientOptions
    from footfall.client.sync import Client

__all__ = ["AsyncClient", "Client", "ClientOptions", "Delivery", "Hook", "Ledger", "Message"]
__getattr__ = lazy_names(
    __name__,
    {
        "aio": ("AsyncClient",),
        "ledger": ("Delivery", "Ledger"),
        "message": ("Hook", "Message"),
        "options": ("ClientOptions",),
        "sync": ("Client",),
    },
)
