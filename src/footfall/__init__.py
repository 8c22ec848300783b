"""footfall: behavioural analytics without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names
from footfall.versions import VERSION

if TYPE_CHECKING:
    from footfall.client import AsyncClient, Client, ClientOptions, Delivery, Hook, Ledger, Message
    from footfall.errors import FootfallError, InvalidEventError, MissingExtraError, PlanError, UsageError
    from footfall.events import Fault, Receipt
    from footfall.query import open  # noqa: A004 - it is used as `footfall.open`

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
    "open",
]
__version__ = VERSION
__getattr__ = lazy_names(
    __name__,
    {
        "client": ("AsyncClient", "Client", "ClientOptions", "Delivery", "Hook", "Ledger", "Message"),
        "errors": ("FootfallError", "InvalidEventError", "MissingExtraError", "PlanError", "UsageError"),
        "events": ("Fault", "Receipt"),
        "query": ("open",),
    },
)
