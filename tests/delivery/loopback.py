"""A real HTTP server on loopback that answers as a test tells it, and remembers what it got."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Of the number of the request and its messages: a status and headers.
Script = Callable[[int, list[dict[str, Any]]], tuple[int, dict[str, str]]]


class Loopback:
    """What the server was sent: `taken` are the events of batches answered with 200, `connections` how many came."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[list[str]] = []
        self.taken: list[str] = []
        self.connections = 0
        self.url = ""


@contextmanager
def serving(
    script: Script = lambda _number, _messages: (200, {}), bound: socket.socket | None = None
) -> Iterator[Loopback]:
    """Serve on a free port, or on that of a socket which refused connections up to now, until the block ends."""
    seen = Loopback(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            seen.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            messages = json.loads(body)["batch"]
            events = [message.get("event", "") for message in messages]
            status, headers = seen.script(len(seen.requests), messages)
            seen.requests.append(events)
            seen.taken += events if status == 200 else []
            answer = b'{"received":%d}' % len(messages)
            self.send_response(status)
            for key, value in {**headers, "content-length": str(len(answer))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=bound is None)
    if bound is not None:
        server.socket.close()
        server.socket = bound
        server.server_address = bound.getsockname()
        server.server_activate()
    server.daemon_threads = True
    seen.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
