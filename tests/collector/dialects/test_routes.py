"""A wire is a file and a row: another one takes its way through the whole collector, and nobody else knows of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from footfall.collector import Collector, CollectorSettings
from footfall.collector.app import App
from footfall.collector.dialects import ROUTES, STORED, Route
from footfall.collector.dialects.rudderstack import RudderStack
from footfall.collector.responses import Response
from footfall.collector.wire import Pieces, RequestEnvelope
from footfall.errors import RequestError
from footfall.events import MESSAGE_TYPES, Answer
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

SOURCES = Path(__file__).parents[3] / "src" / "footfall"


class Hits:
    """A wire of no SDK: a GET with a key in its query, or a POST of a list; digits are taken over as they came."""

    def read(self, content: bytes, query: bytes, _type: str, settings: CollectorSettings) -> RequestEnvelope:
        said = parse_qs(query.decode())
        if content:
            hits = re.findall(rb'\{"e":("[a-z ]+"),"u":("[a-z]+"),"v":([0-9.]+)\}', content)
            texts = [b'{"type":"track","event":%b,"userId":%b,"properties":{"value":%b}}' % hit for hit in hits]
        elif "e" in said:
            texts = [json.dumps({"type": "track", "event": said["e"][0], "userId": said["u"][0]}).encode()]
        else:
            raise RequestError(400, "hits", "name an event by `e`")
        return RequestEnvelope(Pieces(texts, settings, may_name_key=False), write_key=said.get("key", [None])[0])

    def write_keys(self, _content: bytes, query: bytes) -> Iterable[str]:
        return parse_qs(query.decode()).get("key", [])


def gif(answer: Answer) -> Response:
    return Response(200, b"GIF89a", b"image/gif", [(b"x-received", str(answer.received).encode())])


def nothing(_answer: Answer) -> Response:
    return Response(204, b"")


def answered(
    tmp_path: Path, method: str, url: str, content: bytes = b""
) -> tuple[httpx.Response, list[tuple[object, ...]]]:
    """The answer, and what is stored."""
    journal = MemoryJournal()

    async def send(app: App) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
            return await client.request(method, url, content=content)

    with Collector(tmp_path / "data", clock=ManualClock(), journal=journal) as collector:
        routes = {
            **ROUTES,
            "/hits": Route(Hits(), methods=("GET", "POST")),
            "/hits.gif": Route(Hits(), methods=("GET",), response=gif),
            "/beacon": Route(Hits(), methods=("GET",), response=nothing),
        }
        response = asyncio.run(send(App(collector, {"k": "web"}, routes)))
        rows = [entry.row for chunk in journal.scan("stored") for entry in chunk]
    return response, [(row.source, row.type, row.event, row.user_id, row.body) for row in rows]


def sent(tmp_path: Path, method: str, url: str, content: bytes = b"") -> tuple[int, list[tuple[object, ...]]]:
    """The status of the answer, and what is stored."""
    response, rows = answered(tmp_path, method, url, content)
    return response.status_code, rows


def test_a_pixel_is_a_row_of_the_routes(tmp_path: Path) -> None:
    body = b'{"type": "track", "event": "seen", "userId": "u"}'

    assert sent(tmp_path, "GET", "/hits?key=k&e=seen&u=u") == (200, [("web", "track", "seen", "u", body)])


def test_a_batch_of_another_shape_keeps_its_digits(tmp_path: Path) -> None:
    body = b'{"type":"track","event":"paid","userId":"u","properties":{"value":1.10}}'

    stored = sent(tmp_path, "POST", "/hits?key=k", b'[{"e":"paid","u":"u","v":1.10}]')

    assert stored == (200, [("web", "track", "paid", "u", body)])


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("GET", "/hits?e=seen&u=u", 401), ("GET", "/hits?key=other&e=seen&u=u", 401), ("GET", "/hits?key=k", 400),
     ("POST", "/hits?key=other", 401), ("PUT", "/hits?key=k", 405), ("GET", "/v1/batch?key=k", 405)],
)  # fmt: skip
def test_keys_methods_and_faults_go_by_the_wire(method: str, url: str, status: int, tmp_path: Path) -> None:
    assert sent(tmp_path, method, url, b"[]" if method == "POST" else b"") == (status, [])


def test_a_route_may_answer_with_a_picture(tmp_path: Path) -> None:
    response, rows = answered(tmp_path, "GET", "/hits.gif?key=k&e=seen&u=u")

    assert (response.status_code, response.content, len(rows)) == (200, b"GIF89a", 1)
    assert response.headers == httpx.Headers({"content-type": "image/gif", "content-length": "6", "x-received": "1"})


def test_a_route_may_answer_without_a_body(tmp_path: Path) -> None:
    response, rows = answered(tmp_path, "GET", "/beacon?key=k&e=seen&u=u")

    assert (response.status_code, response.content, len(rows)) == (204, b"", 1)
    assert response.headers == httpx.Headers()


def test_what_a_picture_is_refused_with_is_json(tmp_path: Path) -> None:
    response, _ = answered(tmp_path, "GET", "/hits.gif?e=seen&u=u")

    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized")


def test_a_batch_and_a_message_of_each_type_have_a_route() -> None:
    assert {path: route.type for path, route in ROUTES.items() if path.startswith("/v1/")} == {
        "/v1/batch": "",
        **{f"/v1/{type_}": type_ for type_ in MESSAGE_TYPES},
    }


def test_what_is_kept_is_read_as_the_wire_with_the_most_places_says_it() -> None:
    assert STORED is RudderStack.form


def test_no_other_file_knows_where_an_sdk_says_things_in_another_place() -> None:
    quirk = re.compile(r"originalTimestamp|context\W{1,3}traits|context=_\w+\(traits")
    # Reads what Segment's Protocols say of a message, and no message.
    plans = SOURCES / "planning" / "interop"

    files = [
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if quirk.search(path.read_text()) and plans not in path.parents
    ]

    assert files == ["collector/dialects/rudderstack.py"]
