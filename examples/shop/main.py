"""Runs the shop on this machine: `python examples/shop/main.py --help`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from fjordhome.app import create_app
from fjordhome.stock import Shop
from footfall import AsyncClient, ClientOptions


async def serve(arguments: argparse.Namespace) -> None:
    """Open the shop, say where, and keep it open until the process is to stop."""
    listener = socket.create_server(("127.0.0.1", arguments.port))
    # The key makes shipping_email a keyed hash before it leaves this process. A real shop keeps it with its secrets.
    options = ClientOptions(transform_key=arguments.hash_key.encode(), linger=0.2)
    footfall = AsyncClient(arguments.collector, plan=arguments.plan, options=options)
    app = create_app(Shop(first_order=1 + secrets.randbelow(900_000)), footfall, [arguments.cookie_key])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    print(f"the shop is open on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    try:
        await server.serve(sockets=[listener])
    finally:
        ledger = footfall.stats()
        uncounted = ", ".join(f"{reason} {count}" for reason, count in sorted(ledger.uncounted.items()))
        print(f"requests that were no page views: {uncounted or 'none'}")
        print(f"the shop is closed: {ledger.delivered} messages delivered, {ledger.pending} not", flush=True)
    if ledger.pending:
        sys.exit(1)


def main() -> None:
    """Read the options and run the shop until Ctrl-C, or SIGTERM, which uvicorn raises again after it has stopped."""
    parser = argparse.ArgumentParser(description="Fjordhome, a small web shop that measures itself with footfall.")
    parser.add_argument("--port", type=int, default=8192, help="where to listen on this machine; 0 takes a free one")
    parser.add_argument("--collector", default="http://127.0.0.1:8191", help="where the collector listens")
    parser.add_argument("--plan", type=Path, default=Path("tracking_plans/shop_and_gateway"), help="the tracking plan")
    parser.add_argument("--cookie-key", default="a demo needs no secret", help="signs the shop's cookies")
    parser.add_argument("--hash-key", default="a demo needs no secret", help="keys the hash of e-mail addresses")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
