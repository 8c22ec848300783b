"""`footfall quarantine list` shows what was put aside, each with its faults; also while a collector runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.cli import main
from footfall.collector import Collector


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["quarantine", "list", *arguments])
    assert caught.value.code == 0
    return capsys.readouterr().out


@pytest.fixture
def data(tmp_path: Path) -> Path:
    messages = [
        {"type": "track", "event": "esc \x1b[31m [bold]x[/bold]", "messageId": "m1\r\nx"},
        {"type": "alias", "userId": "u"},
        {"type": "track", "event": "fine", "userId": "u"},
    ]
    with Collector(tmp_path / "data") as collector:
        collector.take(json.dumps({"batch": messages}).encode(), source="shop")
    return tmp_path / "data"


def test_each_message_is_shown_with_its_faults_and_steers_no_terminal(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Collector(data):
        out = run(capsys, "--data", str(data))

    lines = out.splitlines()
    assert len(lines) == 4
    assert r"shop  esc \x1b[31m [bold]x[/bold]  m1\r\nx  " in lines[0]
    assert lines[1].strip().startswith("userId no_usable_id (expected")
    assert "shop  (alias)  c-" in lines[2]
    assert lines[3].strip() == "previousId required (expected an id)"
    assert "\x1b" not in out


def test_the_list_is_given_as_json_with_the_size_of_what_was_sent(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(run(capsys, "--data", str(data), "--format", "json", "--limit", "1"))

    assert len(found) == 1
    assert found[0]["source"] == "shop"
    assert found[0]["message_id"] == "m1\r\nx"
    assert found[0]["body_bytes"] > 50
    assert [fault["code"] for fault in found[0]["faults"]] == ["no_usable_id"]


def test_an_empty_quarantine_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Collector(tmp_path / "data").close()

    assert run(capsys, "--data", str(tmp_path / "data")) == "nothing is in quarantine\n"
