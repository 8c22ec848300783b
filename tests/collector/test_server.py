"""The server under the collector keeps slow, endless and oversized senders at bay, and stops with nothing lost."""

from __future__ import annotations

import base64
import json
import re
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from footfall.collector.server import listen
from footfall.errors import UsageError
from footfall.storage import DataFolder, SqliteJournal
from footfall.testing.process import CollectorProcess

AUTH = "Authorization: Basic " + base64.b64encode(b"test-key:").decode()


def head(length: int, *more: str) -> bytes:
    lines = ["POST /v1/batch HTTP/1.1", "Host: 127.0.0.1", AUTH, f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def batch(*message_ids: str) -> bytes:
    messages = [{"type": "track", "event": "e", "userId": "u", "messageId": message_id} for message_id in message_ids]
    return json.dumps({"batch": messages}).encode()


def connect(collector: CollectorProcess) -> socket.socket:
    return socket.create_connection(("127.0.0.1", collector.port), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def read_answer(connection: socket.socket) -> bytes:
    """One answer, whole: it may come in several parts."""
    data = b""
    while part := connection.recv(65536):
        data += part
        head, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if found and (length is None or len(body) == int(length[1])):
            return data
    raise AssertionError(f"the connection was closed after {data!r}")


def stored(data: Path) -> set[str]:
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    found = [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]
    journal.close()
    assert len(found) == len(set(found))
    return set(found)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[CollectorProcess]:
    with CollectorProcess(tmp_path / "data", options=["--header-timeout", "0.5"]) as running:
        yield running


@pytest.mark.parametrize("sent", [b"", b"POST /v1/ba", head(10)[:-2], b"\r\n"])
def test_a_head_that_does_not_end_is_closed_after_the_header_timeout(collector: CollectorProcess, sent: bytes) -> None:
    with connect(collector) as connection:
        connection.sendall(sent)

        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_does_not_end_after_a_good_request_is_closed_too(collector: CollectorProcess) -> None:
    with connect(collector) as connection:
        connection.sendall(head(len(batch("a"))) + batch("a"))
        answer = read_answer(connection)
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nX-Slow: ")

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_rests_between_requests_stays_open(collector: CollectorProcess) -> None:
    with connect(collector) as connection, connect(collector) as slow:
        connection.sendall(head(len(batch("a"))) + batch("a"))
        read_answer(connection)
        read_all(slow)  # until its header timeout has passed, which is longer than the rest
        connection.sendall(head(len(batch("b"))) + batch("b"))

        assert read_answer(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("many", [["X-A: " + "a" * 70_000], [f"X-{number}: {'a' * 100}" for number in range(500)]])
def test_a_head_that_is_too_long_is_refused(collector: CollectorProcess, many: list[str]) -> None:
    with connect(collector) as connection:
        connection.sendall(head(len(batch("a")), *many) + batch("a"))

        assert read_answer(connection).startswith(b"HTTP/1.1 431 ")


def test_a_head_that_is_too_long_is_refused_before_it_ends(collector: CollectorProcess) -> None:
    with connect(collector) as connection:
        connection.sendall(b"POST /" + b"a" * 20_000)

        assert read_answer(connection).startswith(b"HTTP/1.1 431 ")


def test_requests_that_follow_one_another_on_a_connection_are_all_answered(
    collector: CollectorProcess, tmp_path: Path
) -> None:
    bodies = [batch(f"m{number}") for number in range(20)]
    with connect(collector) as connection:
        connection.sendall(b"".join(head(len(body)) + body for body in bodies[:-1]))
        connection.sendall(head(len(bodies[-1]), "Connection: close") + bodies[-1])
        answers = read_all(connection)

    assert answers.count(b"HTTP/1.1 200 ") == 20
    assert stored(tmp_path / "data") == {f"m{number}" for number in range(20)}


def test_a_body_may_come_in_chunks(collector: CollectorProcess, tmp_path: Path) -> None:
    body = batch("a", "b")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:])) + b"0\r\n\r\n"
    start = head(0, "Transfer-Encoding: chunked", "Connection: close").replace(b"Content-Length: 0\r\n", b"")
    with connect(collector) as connection:
        connection.sendall(start + chunks)

        assert read_all(connection).startswith(b"HTTP/1.1 200 ")
    assert stored(tmp_path / "data") == {"a", "b"}


def test_a_batch_that_comes_with_an_offer_of_http_2_is_stored_once(collector: CollectorProcess, tmp_path: Path) -> None:
    offer = ["Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAEAAEAA", "Upgrade: h2c"]
    with connect(collector) as connection:
        connection.sendall(head(len(batch("a")), *offer))
        connection.sendall(batch("a"))
        answers = [read_answer(connection)]
        connection.sendall(head(len(batch("b")), *offer) + batch("b"))
        answers.append(read_answer(connection))

    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 200 "] * 2
    assert stored(tmp_path / "data") == {"a", "b"}


def test_a_batch_inside_the_body_of_a_stranger_is_not_stored(collector: CollectorProcess, tmp_path: Path) -> None:
    inner = head(len(batch("smuggled"))) + batch("smuggled")
    outer = head(len(inner), "Connection: Upgrade", "Upgrade: h2c").replace(AUTH.encode() + b"\r\n", b"")
    with connect(collector) as connection:
        connection.sendall(outer + inner)
        answers = read_all(connection)

    assert answers.count(b"HTTP/1.1 ") == answers.count(b"HTTP/1.1 401 ") == 1
    assert stored(tmp_path / "data") == set()


def test_what_the_server_refuses_is_in_the_log_by_code(collector: CollectorProcess) -> None:
    for sent in (b"nonsense\r\n\r\n", b"POST /" + b"a" * 20_000, b"POST /"):
        with connect(collector) as connection:
            connection.sendall(sent)
            read_all(connection)
    _, said = collector.stop()

    assert re.findall(r"refused requests (status=\d+ code=\w+ count=\d+)", said) == [
        "status=400 code=malformed count=1",
        "status=408 code=timeout count=1",
        "status=431 code=head count=1",
    ]


def test_a_request_that_was_begun_is_finished_when_the_collector_is_told_to_stop(
    collector: CollectorProcess, tmp_path: Path
) -> None:
    body = batch("begun")
    with connect(collector) as connection, connect(collector) as idle:
        connection.sendall(head(len(body), "Expect: 100-continue"))
        assert read_answer(connection).startswith(b"HTTP/1.1 100 ")  # the application waits for the body now
        stopping: list[tuple[int, str]] = []
        stopper = threading.Thread(target=lambda: stopping.append(collector.stop()))
        stopper.start()
        while idle.recv(1):
            pass  # closed by the collector, or by its header timeout: it stops, or has long been told to
        connection.sendall(body)
        answer = read_all(connection)
        stopper.join()

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert stopping == [(0, "")]
    assert stored(tmp_path / "data") == {"begun"}


def test_a_port_that_is_taken_is_one_clear_line(collector: CollectorProcess) -> None:
    with pytest.raises(UsageError, match=rf"cannot listen on 127.0.0.1:{collector.port} \(Address already in use\)"):
        listen("127.0.0.1", collector.port)
    with pytest.raises(UsageError, match=r"cannot listen on nowhere\.invalid:0"):
        listen("nowhere.invalid", 0)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits the files of another process")
def test_a_disk_without_room_is_a_503_and_the_same_request_is_taken_once_there_is_room(
    collector: CollectorProcess, tmp_path: Path
) -> None:
    auth = ("test-key", "")
    first = httpx.post(f"{collector.url}/v1/batch", content=batch("before"), auth=auth)
    resource.prlimit(collector.pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))  # not one page more
    many = batch(*(f"m{number}" for number in range(200)))

    refused = httpx.post(f"{collector.url}/v1/batch", content=many, auth=auth)
    unready = httpx.get(f"{collector.url}/ready")
    resource.prlimit(collector.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    taken = httpx.post(f"{collector.url}/v1/batch", content=many, auth=auth)
    ready = httpx.get(f"{collector.url}/ready")

    assert [answer.status_code for answer in (first, refused, unready, taken, ready)] == [200, 503, 503, 200, 200]
    assert (unready.json()["state"], unready.headers["retry-after"]) == ("failing", "2")
    assert refused.headers["retry-after"] == "2"
    assert stored(tmp_path / "data") == {"before", *(f"m{number}" for number in range(200))}
