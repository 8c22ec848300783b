"""footfall: behavioural analytics without JavaScript."""

from __future__ import annotations

from footfall.client import AsyncClient, Client, ClientOptions, Delivery, Hook, Ledger, Message
from footfall.client.prepare import VERSION
from footfall.errors import FootfallError, InvalidEventError, MissingExtraError, PlanError, UsageError
from footfall.events import Fault, Receipt

__all__ = [
    "AsyncClient",
    "Client",
    "ClientOptions",
    "Delivery",
    "Fault",
    "FootfallError",
    "Hook",
    "InvalidEventError",
    "Ledger",
    "Message",
    "MissingExtraError",
    "PlanError",
    "Receipt",
    "UsageError",
    "__version__",
]

__version__ = VERSION
