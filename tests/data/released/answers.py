"""What a footfall reads in a data folder, in a bundle and in a recorded request, as values that JSON can have.

The release that made the fixtures ran this to write down what is expected; the tests run it with today's code.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from footfall import plan as plans
from footfall import storage
from footfall.analytics import Dataset, report
from footfall.analytics.exports import FORMATS, MessageStream, Selection
from footfall.analytics.stored_messages import StoredMessages
from footfall.people import profiles
from footfall.plan.checking.validate import Validator

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def answers_of(folder: Path, *, now: str, ids: Sequence[str]) -> dict[str, Any]:
    """Rows, books, keys, plans, the report as of `now` (RFC 3339), the persons behind `ids`, and the export."""
    with storage.open(folder, "read") as store, store.snapshot() as snapshot:
        kept: dict[str, Any] = {
            "watermark": snapshot.watermark(),
            "stored": [entry for chunk in snapshot.scan("stored") for entry in chunk],
            "quarantined": [entry for chunk in snapshot.scan("quarantined") for entry in chunk],
            "books": [[*line, counts] for line, counts in sorted(snapshot.books().items())],
            "refusals": snapshot.refusals(),
            "keys": store.control.key_records(),
            "bundles": [
                [digest, hashlib.sha256(bundle).hexdigest()] for digest, bundle in store.control.bundles().items()
            ],
        }
    with Dataset.open(folder) as dataset:
        export = io.BytesIO()
        FORMATS["jsonl"](MessageStream(StoredMessages.open(folder)), export, Selection())
        read = {
            "report": report(dataset, dataset.plan, now=datetime.fromisoformat(now)).as_json(),
            "persons": {id_: profiles(dataset, id_, recent=20) for id_ in ids},
            "export": [json.loads(line) for line in export.getvalue().splitlines()],
        }
    answers: dict[str, Any] = _plain(kept | read)
    return answers


def judgements_of(bundle: Path, events: Sequence[tuple[str, str]]) -> list[Any]:
    """The faults and warnings that clients and collectors find: each event is a name and its properties as JSON."""
    plan = plans.read(bundle).require()
    judges = (Validator(plan, stage="client"), Validator(plan, stage="collector"))
    judgements: list[Any] = []
    for name, properties in events:
        event = plan.events[name]
        judgements.append([judge.check(event, properties.encode()) for judge in judges])
    plain: list[Any] = _plain(judgements)
    return plain


def _plain(value: Any) -> Any:
    """As JSON has it, but numbers with a point are texts, so that every digit counts, and so are bytes."""
    return json.loads(_ENCODER.encode(_readable(value)), parse_float=str)


def _readable(value: Any) -> Any:
    """With a character for each byte, as bytes need not be UTF-8, and with the names of fields."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, Mapping):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _readable(value._asdict())
    return [_readable(item) for item in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(
        answers_of(Path(request["folder"]), now=request["now"], ids=request["ids"])
        if "folder" in request
        else judgements_of(Path(request["bundle"]), request["events"]),
        sys.stdout,
    )
