"""The messages of a sealed file up to a number are a part like one that has no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.parquet.messages import NOON, messages
from tests.storage.parquet.test_part import PLAN, sealed

from footfall.disk import SystemDisk
from footfall.storage.parquet.part import FilePart
from footfall.storage.parquet.selected_part import up_to
from footfall.storage.parquet.table_part import TablePart
from footfall.storage.part import Leaf

COLUMNS = ["seq", "event", "type", "occurred_at", "body", "properties", "message_id"]
TOTAL, NOTE = Leaf(("Total",), "decimal"), Leaf(("note",), "string")
EVENTS = st.tuples(st.sampled_from(["bought", "seen", None]), st.integers(0, 3), st.sampled_from(["1.5", '"x"', "2"]))


def row(event: str | None, minute: int, total: str) -> dict[str, Any]:
    body = f'{{"properties":{{"Total":{total},"note":"{minute}"}}}}'.encode()
    return {"event": event, "type": "track" if event else "page", "occurred_at": NOON + minute, "body": body}


@given(events=st.lists(EVENTS, min_size=1, max_size=12), until=st.integers(0, 12), data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_the_part_that_would_be_there_without_the_others(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str | None, int, str]], until: int, data: st.DataObject
) -> None:
    rows = [row(*event) for event in events]
    folder = tmp_path_factory.mktemp("warehouse")
    part = up_to(FilePart(folder, SystemDisk(), sealed(folder, rows)), until)
    alone = TablePart([messages(rows).slice(0, until)])
    start = data.draw(st.integers(0, alone.messages))
    stop = data.draw(st.none() | st.integers(start, alone.messages))

    assert (part.name, part.messages, part.stretches()) == ("", alone.messages, alone.stretches())
    assert part.read(COLUMNS, start, stop).to_pylist() == alone.read(COLUMNS, start, stop).to_pylist()


def test_its_typed_columns_have_the_same_rows(tmp_path: Path) -> None:
    rows = [row("bought", minute, total) for minute, total in ((3, "1.5"), (2, '"x"'), (1, "2"), (0, "9"))]
    part = up_to(FilePart(tmp_path, SystemDisk(), sealed(tmp_path, rows, PLAN)), 3)
    (stretch,) = part.stretches()

    total, note, missing = part.typed(stretch, [TOTAL, NOTE, Leaf(("other",), "string")])

    assert missing.values.to_pylist() == [None] * 3
    assert [str(value) for value in total.values.to_pylist()] == ["2.00", "None", "1.50"]
    assert total.texts.to_pylist() == [None, '"x"', None]
    assert (note.values.to_pylist(), note.texts) == (["1", "2", "3"], None)
