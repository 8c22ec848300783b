"""A real collector, and strangers who hold its connections, its descriptors and its time: a sender is served."""

from __future__ import annotations

import base64
import json
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from footfall.clock import SystemClock
from footfall.storage import DataFolder, SqliteJournal

CLOCK = SystemClock()
KEY = "test-key"
AUTH = "Authorization: Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
START = """
import resource
from footfall.cli import main

resource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}))
main()
"""


class Running:
    """A collector whose process may open so many files."""

    def __init__(self, data: Path, files: int, *options: str) -> None:
        self.data = data
        command = ["serve", "--data", str(data), "--port", "0", "--write-key", KEY, *options]
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(files), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        self.port = int(self.url.rpartition(":")[2])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def post(self, name: str) -> int:
        batch = {"batch": [{"type": "track", "event": "e", "userId": "u", "messageId": name}]}
        return httpx.post(f"{self.url}/v1/batch", json=batch, auth=(KEY, ""), timeout=30).status_code

    def stored(self) -> list[str]:
        journal = SqliteJournal(DataFolder.read(self.data).journal_path, readonly=True)
        names = [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]
        journal.close()
        return names

    def stop(self) -> str:
        self.process.terminate()
        return self.process.communicate(timeout=60)[1]


@contextmanager
def running(data: Path, files: int = 4_096, *options: str) -> Iterator[Running]:
    collector = Running(data, files, *options)
    try:
        yield collector
    finally:
        collector.process.kill()
        collector.process.communicate()


def said_codes(log: str) -> set[str]:
    """The codes of the refused requests. What else is said is said at the start."""
    lines = [line for line in log.splitlines() if "write key in the arguments" not in line and "ulimit" not in line]
    assert all(" refused requests " in line for line in lines), log
    assert len(lines) <= 4
    return {line.partition("code=")[2].split()[0] for line in lines}


@pytest.mark.parametrize("files", [256, 4_096])
@pytest.mark.parametrize(
    "sent", [b"", b"POST /v1/ba", b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"]
)
def test_two_thousand_connections_of_strangers_keep_no_sender_out(tmp_path: Path, files: int, sent: bytes) -> None:
    with running(tmp_path / "data", files) as collector, ExitStack() as strangers:
        for _ in range(2_000):
            stranger = strangers.enter_context(collector.connect())
            try:
                stranger.sendall(sent)
            except OSError:
                continue  # it has made room already
        statuses = [collector.post(f"m{number}") for number in range(50)]
        ready = httpx.get(f"{collector.url}/health", timeout=30).status_code
        log = collector.stop()

        assert (statuses, ready) == ([200] * 50, 200)
        assert sorted(collector.stored()) == sorted(f"m{number}" for number in range(50))
        assert said_codes(log) <= {"connections", "timeout"}


def test_one_connection_that_asks_on_and_on_holds_up_nobody(tmp_path: Path) -> None:
    with running(tmp_path / "data") as collector, collector.connect() as stranger:
        stranger.setblocking(False)
        many = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 20_000
        sent = 0
        for number in range(50):
            with suppress(BlockingIOError):
                sent += stranger.send(many)
            assert collector.post(f"m{number}") == 200

        assert sent < 20_000_000


JAVA = """
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Post {
    public static void main(String[] given) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (String name : new String[] {"a", "b"}) {
            String message = "{'type':'track','event':'e','userId':'u','messageId':'" + name + "'}";
            String body = ("{'batch':[" + message + "]}").replace((char) 39, (char) 34);
            HttpRequest request = HttpRequest.newBuilder(URI.create(given[0] + "/v1/batch"))
                .header(given[1].split(": ")[0], given[1].split(": ")[1])
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
            System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() + " ");
        }
    }
}
"""


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_the_http_client_of_java_which_offers_http_2_is_served(tmp_path: Path) -> None:
    program = tmp_path / "Post.java"
    program.write_text(JAVA)

    with running(tmp_path / "data") as collector:
        command = ["java", str(program), collector.url, AUTH]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout

        assert said.split() == ["200", "200"]
        assert sorted(collector.stored()) == ["a", "b"]


def smuggler(name: str) -> bytes:
    body = json.dumps({"batch": [{"type": "track", "event": "e", "userId": "u", "messageId": name}]}).encode()
    return f"POST /v1/batch HTTP/1.1\r\nHost: x\r\n{AUTH}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


SHAPES = [
    "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: {0}\r\n",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: {0}\r\n",
    "Upgrade: a, b\r\nConnection: keep-alive, upgrade\r\nContent-Length: {0}\r\n",
    "Content-Length: {0}\r\nExpect: 100-continue\r\n",
    "Content-Length: {0}\r\nContent-Length: 0\r\n",
    "Content-Length: 0\r\nContent-Length: {0}\r\n",
    "Content-Length: 0, {0}\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked, identity\r\nContent-Length: {0}\r\n",
    "Transfer-Encoding : chunked\r\nContent-Length: {0}\r\n",
    "Transfer-Encoding:\r\n chunked\r\nContent-Length: {0}\r\n",
    "Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: xchunked\r\n",
]


def test_no_request_inside_a_strangers_body_is_stored_however_it_is_framed_and_cut(tmp_path: Path) -> None:
    dice = random.Random(7)
    with running(tmp_path / "data") as collector:
        for number in range(2_000):
            inner = smuggler(f"inside-{number}") * dice.choice([1, 2])
            shape = dice.choice(SHAPES).format(len(inner))
            data = (
                f"POST /v1/{dice.choice(['batch', 'track', 'none'])} HTTP/1.1\r\nHost: x\r\n{shape}\r\n".encode()
                + inner
            )
            cut = dice.randrange(len(data))
            with collector.connect() as connection:
                try:
                    connection.sendall(data[:cut])
                    connection.sendall(data[cut:])
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65_536):
                        pass
                except OSError:
                    pass  # closed before all was sent
        last = collector.post("last")
        log = collector.stop()

        assert last == 200
        assert collector.stored() == ["last"]
        assert "Traceback" not in log


def sockets_of(collector: Running) -> int:
    folder = Path(f"/proc/{collector.process.pid}/fd")
    count = 0
    for entry in folder.iterdir():
        with suppress(OSError):
            count += str(entry.readlink()).startswith("socket:")
    return count


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows the files of another process")
@pytest.mark.parametrize("ending", ["Connection: close\r\n", ""])
def test_a_reader_that_never_reads_its_answers_is_left(tmp_path: Path, ending: str) -> None:
    config = tmp_path / "footfall.toml"
    config.write_text("answer_timeout = 1.0\n")
    body = json.dumps({"batch": [1] * 5_000}).encode()  # its answer is forty times as long
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\n{AUTH}\r\nContent-Length: {len(body)}\r\n"

    with running(tmp_path / "data", 4_096, "--config", str(config)) as collector, ExitStack() as readers:
        before = sockets_of(collector)
        for _ in range(20):
            reader = socket.socket()
            readers.enter_context(reader)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            reader.connect(("127.0.0.1", collector.port))
            reader.setblocking(False)
            with suppress(BlockingIOError):
                for _ in range(10 if not ending else 1):
                    reader.send(f"{head}{ending}\r\n".encode() + body)
        assert collector.post("during") == 200
        deadline = CLOCK.monotonic() + 90
        while sockets_of(collector) > before:
            assert CLOCK.monotonic() < deadline
            CLOCK.sleep(0.1)
