"""Lifespan: a server of ASGI that ends tells a Django project, which then sends what is pending.

Django itself refuses the part of ASGI in which servers say so, and uvicorn ends its process without another word.
"""

from __future__ import annotations

from footfall.integrations.asgi import App, Receive, Scope, Send, flush_before_end
from footfall.integrations.django.settings import current_site

__all__ = ["with_lifespan"]


def with_lifespan(app: App) -> App:
    """The application of `asgi.py`, which also hears that its server begins and ends."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await app(scope, receive, send)

    return application


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await flush_before_end(current_site().client)
    await send({"type": "lifespan.shutdown.complete"})
