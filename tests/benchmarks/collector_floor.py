"""The floor of the collector's benchmark: bare HTTP on uvloop, and the messages of each request in one durable insert.

No auth, no plan, no checks: decode, `INSERT OR IGNORE` with the standard library's sqlite3, commit, answer.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from pathlib import Path
from typing import cast

import msgspec
import uvloop


class Message(msgspec.Struct):
    messageId: str  # noqa: N815 - the name on the wire


class Batch(msgspec.Struct):
    batch: list[msgspec.Raw]


decode_batch = msgspec.json.Decoder(Batch).decode
decode_message = msgspec.json.Decoder(Message).decode
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK"


class Bare(asyncio.Protocol):
    """Reads a request up to its Content-Length, and nothing else of HTTP."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's only in what they do.
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.rpartition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
            return
        self.data = b""
        raws = [bytes(raw) for raw in decode_batch(body).batch] if b"/v1/batch" in head else [body]
        self.database.executemany(
            "INSERT OR IGNORE INTO messages VALUES (?, ?)", [(decode_message(raw).messageId, raw) for raw in raws]
        )
        self.database.commit()
        self.transport.write(ANSWER)


async def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    folder.mkdir()
    database = sqlite3.connect(folder / "floor.db")
    database.execute("PRAGMA journal_mode=wal")
    database.execute("PRAGMA synchronous=full")
    database.execute("CREATE TABLE messages (message_id TEXT PRIMARY KEY, body BLOB)")
    server = await asyncio.get_running_loop().create_server(lambda: Bare(database), "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
