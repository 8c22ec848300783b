"""The same collector under other servers, and behind a framework: what bench_collector.py --servers measures.

granian runs through its embedded server, which its documentation calls experimental. Starlette has the collector
mounted at its root: that is its router and its error middleware, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from footfall.collector import Collector, create_app

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"


def framed(app: Any, framework: str) -> Any:
    """The ASGI application, as it is or mounted in the framework."""
    if framework == "raw":
        return app
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount("/", app=app)])


def run_uvicorn(app: Any, listener: socket.socket) -> None:
    """uvicorn as it comes, on httptools and uvloop."""
    config = uvicorn.Config(app, http="httptools", loop="uvloop", lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def run_granian(app: Any, listener: socket.socket) -> None:
    """granian, embedded, on the port that `listener` held."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    port = listener.getsockname()[1]
    listener.close()

    async def until_stopped() -> None:
        server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()

    uvloop.run(until_stopped())


def main() -> None:
    """Serve with one combination until SIGTERM, and say where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", choices=["uvicorn", "granian"], required=True)
    parser.add_argument("--framework", choices=["raw", "starlette"], required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--data", required=True)
    options = parser.parse_args()
    with Collector(options.data, plan=PLAN) as collector:
        app = framed(create_app(collector, {options.key: "shop_backend"}), options.framework)
        listener = socket.create_server(("127.0.0.1", 0))
        print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        {"uvicorn": run_uvicorn, "granian": run_granian}[options.server](app, listener)


if __name__ == "__main__":
    main()
