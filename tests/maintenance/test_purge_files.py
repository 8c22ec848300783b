"""Arrow and the rule agree on what goes, whatever the messages are."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.maintenance.folders import collect, seal

from footfall.maintenance.purge_files import mask_of, preview, rewrite
from footfall.storage.journal import counter_name
from footfall.storage.purge_rule import PurgeRule

NAMES = st.sampled_from(["seen", "left", "(page)", "", "x"])
SOURCES, TYPES = st.sampled_from(["shop", "app"]), st.sampled_from(["track", "page", ""])
MESSAGES = st.lists(
    st.tuples(SOURCES, st.sampled_from([None, "staging"]), st.none() | NAMES, TYPES, st.integers(0, 9)), max_size=8
)


@given(
    MESSAGES,
    st.none() | st.sampled_from(["(page)", "(unreadable)", "seen", ""]),
    st.none() | st.integers(0, 9),
    st.sampled_from([None, "staging", "production"]),
)
@example([("shop", None, None, "page", 1), ("shop", None, "(page)", "track", 1)], "(page)", None, None)
@example([("shop", None, None, "", 1)], "(unreadable)", None, None)
@example([("app", None, "seen", "track", 3), ("app", None, "seen", "track", 4)], "seen", 4, None)
@example([("app", None, "seen", "track", 3), ("app", "staging", "seen", "track", 4)], "seen", None, "production")
def test_the_mask_is_the_rule(
    messages: list[tuple[str, str | None, str | None, str, int]],
    event: str | None,
    until: int | None,
    environment: str | None,
) -> None:
    rule = PurgeRule(event=event, source="shop" if event is None else None, environment=environment, until=until)
    columns = zip(*messages, strict=True) if messages else [()] * 5
    types = (*[pyarrow.string()] * 4, pyarrow.int64())
    arrays = [pyarrow.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
    table = pyarrow.table(dict(zip(("source", "environment", "event", "type", "received_at"), arrays, strict=True)))

    assert mask_of(table, rule).to_pylist() == [
        rule.matches(source, given, counter_name(name, type_), received_at)
        for source, given, name, type_, received_at in messages
    ]


def test_a_file_that_goes_whole_is_replaced_by_nothing_and_one_without_a_match_stays(tmp_path: Path) -> None:
    collect(tmp_path, ["a"], event="leaked")
    (whole,) = seal(tmp_path)
    collect(tmp_path, ["b"])
    collect(tmp_path, ["c"], event="leaked")
    (part,) = seal(tmp_path)
    collect(tmp_path, ["d"])
    seal(tmp_path)
    lines: list[str] = []

    result = rewrite({"data": str(tmp_path), "rule": {"event": "leaked"}}, lines.append)

    assert result.replaced == (whole.name, part.name)
    assert [(file.day, file.messages) for file in result.added] == [(part.day, 1)]
    assert [(count.source, count.event, count.messages) for count in result.removed] == [("shop", "leaked", 2)]
    assert lines == [f"{whole.name}: 1 of 1 message to remove", f"{part.name}: 1 of 2 messages to remove"]


@pytest.mark.parametrize("event", ["nothing", "(page)"])
def test_what_names_nothing_writes_nothing(tmp_path: Path, event: str) -> None:
    collect(tmp_path, ["a"])
    seal(tmp_path)

    assert rewrite({"data": str(tmp_path), "rule": {"event": event}}, lambda _: None).replaced == ()
    assert preview(tmp_path, PurgeRule(event=event)).counts == ()
