"""Every line of a corpus of bad requests, sent to a real collector process, gets one of the answers that it names.

`tests/data/bad_inputs.jsonl`: good messages of the same batch are kept, and nothing is ever a 5xx.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from footfall.storage import DataFolder, Row, SqliteJournal
from footfall.testing.process import CollectorProcess

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "bad_inputs.jsonl").read_text(encoding="utf-8").splitlines()
]
KEYS = {"wk_test_0001": "shop", "wk_other": "app"}
PLAN = """
plan: corpus
sources: {shop: {kind: server}, app: {kind: app}}
events:
  good: {description: Good, status: active, properties: {i: {type: integer, description: Number}}}
  e: {description: Any, status: active}
  nomid: {description: Without an id, status: active}
"""


class Reply(NamedTuple):
    """What came back: 0 for a connection that was closed without an answer."""

    status: int
    head: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(scope="module", params=["with a plan", "without a plan"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    folder = tmp_path_factory.mktemp("corpus")
    plan = folder / "plan.yaml"
    plan.write_text(PLAN)
    keys = [f"{key}={source}" for key, source in KEYS.items()]
    with CollectorProcess(
        folder / "data",
        write_keys=keys,
        plan=plan if request.param == "with a plan" else None,
        options=["--header-timeout", "1.5"],
    ) as collector:
        yield folder / "data", collector.port
        code, said = collector.stop()
        assert code == 0
        # Nothing went wrong that was not answered.
        assert all(re.search(r" WARNING footfall (quarantined|rejected|refused) ", line) for line in said.splitlines())


def exchange(port: int, case: dict[str, Any]) -> Reply:
    """Send one case over a fresh connection, the way it asks for, and read until the answer is whole or all is over."""
    how = case.get("send", {})
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        if "bytes_per_step" in how:
            return drip(connection, base64.b64decode(case["raw"]), how)
        if "raw" in case:
            connection.sendall(base64.b64decode(case["raw"]))
        else:
            content = base64.b64decode(case.get("body") or "")
            lines = [f"{case['method']} {case['path']} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(content)}"]
            lines += [f"{name}: {value}" for name, value in case["headers"].items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)
        if how.get("half_close"):
            connection.shutdown(socket.SHUT_WR)
        return receive(connection)


def drip(connection: socket.socket, raw: bytes, how: dict[str, Any]) -> Reply:
    connection.settimeout(how["step_s"])
    size = how["bytes_per_step"]
    for start in range(0, min(len(raw), int(how["give_up_s"] / how["step_s"]) * size), size):
        try:
            connection.sendall(raw[start : start + size])
            return receive(connection)
        except TimeoutError:
            continue  # no answer within this step: send the next byte
    raise AssertionError("the connection was still open when the sender gave up")


def receive(connection: socket.socket) -> Reply:
    data = b""
    while True:
        head, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if found and length is not None and len(body) >= int(length[1]):
            return Reply(int(head.split(b" ")[1]), head.decode("latin-1"), body)
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            part = b""
        if not part:
            assert not data, "an answer that was cut short"
            return Reply(0, "", b"")
        data += part


def rows(data: Path, kind: Any = "stored") -> list[Row]:
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    found = [entry.row for chunk in journal.scan(kind) for entry in chunk]
    journal.close()
    return found


def stored_ids(data: Path) -> list[str]:
    return [row.message_id for row in rows(data)]


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_a_bad_request_gets_an_answer_that_the_corpus_names(running: tuple[Path, int], case: dict[str, Any]) -> None:
    data, port = running
    before = len(stored_ids(data))

    reply = exchange(port, case)

    expect = case["expect"]
    assert reply.status in expect["status"]
    assert reply.status < 500
    good = [message_id for message_id in stored_ids(data) if message_id.startswith(f"good-{case['id']}-")]
    if reply.status == 200:
        assert len(good) == expect["good_kept"]
        answer = reply.json()
        named = [verdict for verdict in answer["verdicts"] if verdict["verdict"] in ("rejected", "quarantined")]
        assert len(named) >= expect["rejected"]
        assert len(named) == answer["rejected"] + answer["quarantined"]
        assert all(verdict["reason"] for verdict in named)
        assert len(stored_ids(data)) == before + answer["stored"]
    else:
        assert len(stored_ids(data)) == before
    if reply.status == 401:
        assert "www-authenticate: Basic" in reply.head
    if reply.status == 405:
        assert "allow: POST" in reply.head


def named(case_id: str) -> dict[str, Any]:
    (case,) = (case for case in CORPUS if case["id"] == case_id)
    return dict(case)


def test_the_corpus_is_whole() -> None:
    assert len(CORPUS) == 40
    assert {case["group"] for case in CORPUS} == {"auth", "http", "gzip", "json", "envelope", "event"}


def test_a_huge_request_is_refused_without_asking_for_it(running: tuple[Path, int]) -> None:
    reply = exchange(running[1], named("bi-018"))

    assert "100 Continue" not in reply.head
    assert reply.json()["error"]["code"] == "too_large"


def test_the_body_of_another_tenants_key_is_stored_under_the_header_and_the_key_is_gone(
    running: tuple[Path, int],
) -> None:
    data, port = running
    exchange(port, named("bi-007"))

    (row,) = (row for row in rows(data) if row.message_id == "good-bi-007-0")
    assert row.source == "shop"
    assert b"wk_other" not in row.body + (row.envelope or b"")
    journal = DataFolder.read(data).journal_path
    assert not any(b"wk_other" in path.read_bytes() for path in journal.parent.glob("journal.db*"))


def test_every_bad_key_is_answered_in_the_same_words(running: tuple[Path, int]) -> None:
    bodies = {exchange(running[1], named(f"bi-00{number}")).body for number in range(1, 6)}

    assert len(bodies) == 1


def test_a_batch_that_is_too_long_is_told_the_limit(running: tuple[Path, int]) -> None:
    reply = exchange(running[1], named("bi-047"))

    assert "5,000" in reply.json()["error"]["message"]


def test_a_message_without_an_id_sent_twice_is_stored_once(running: tuple[Path, int]) -> None:
    data, port = running
    for _ in range(2):
        reply = exchange(port, named("bi-053"))

    assert [reply.json()["duplicate"], reply.json()["stored"]] == [3, 0]
    assert len([row for row in rows(data) if row.event == "nomid"]) == 1


def test_of_two_ids_in_one_message_none_wins(running: tuple[Path, int]) -> None:
    data, port = running
    exchange(port, named("bi-034"))

    assert not {"bad-a-bi-034", "bad-bi-034"} & set(stored_ids(data))
    (kept,) = (row for row in rows(data, "quarantined") if b"victim" in row.body)
    assert b"duplicate_key" in (kept.faults or b"")


def test_injected_text_is_stored_byte_for_byte(running: tuple[Path, int]) -> None:
    data, port = running
    case = named("bi-058")
    exchange(port, case)

    kept = [row for kind in ("stored", "quarantined") for row in rows(data, kind) if row.message_id == "bad-bi-058"]
    assert len(kept) == 1
    assert kept[0].body in base64.b64decode(case["body"])


@pytest.mark.slow
def test_other_senders_are_served_while_one_drips(running: tuple[Path, int]) -> None:
    _, port = running
    slow = named("bi-020")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as dripping:
        dripping.sendall(base64.b64decode(slow["raw"])[:10])

        assert exchange(port, named("bi-045")).status == 200
        assert receive(dripping).status in slow["expect"]["status"]


def test_a_good_message_is_kept_when_it_comes_compressed_beside_bad_ones(running: tuple[Path, int]) -> None:
    case = named("bi-032")
    content = base64.b64decode(case["body"]).replace(b"bi-032", b"gz")
    case["body"] = base64.b64encode(gzip.compress(content)).decode()
    case["headers"] = {**case["headers"], "Content-Encoding": "gzip"}

    reply = exchange(running[1], case)

    assert (reply.json()["stored"], reply.json()["quarantined"]) == (2, 1)
