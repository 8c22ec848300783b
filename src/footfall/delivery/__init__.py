"""Delivery: the ways by which a batch leaves the client, and what to do when it does not get through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.delivery.file import FileTransport
    from footfall.delivery.http import HttpTransport
    from footfall.delivery.in_process import BatchReceiver, InProcessTransport
    from footfall.delivery.retry import RetryPolicy
    from footfall.delivery.transport import Transport

__all__ = ["BatchReceiver", "FileTransport", "HttpTransport", "InProcessTransport", "RetryPolicy", "Transport"]
__getattr__ = lazy_names(
    __name__,
    {
        "file": ("FileTransport",),
        "http": ("HttpTransport",),
        "in_process": ("InProcessTransport", "BatchReceiver"),
        "retry": ("RetryPolicy",),
        "transport": ("Transport",),
    },
)
