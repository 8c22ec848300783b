"""A collector in its own process starts, is heard to its end, and says why when it does not start."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from footfall.errors import UsageError
from footfall.testing.process import CollectorProcess

PIPE = 65_536  # bytes that a pipe holds on Linux; macOS has less


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS")
def test_a_collector_that_says_more_than_a_pipe_holds_goes_on(tmp_path: Path) -> None:
    batch = {"batch": [{"type": "track", "event": "e", "messageId": "m", "userId": "u"}]}
    with (
        CollectorProcess(tmp_path / "data", options=["--verbose"]) as collector,
        httpx.Client(auth=("test-key", ""), timeout=30) as client,
    ):
        taken = [client.post(f"{collector.url}/v1/batch", content=json.dumps(batch)).status_code for _ in range(800)]
        code, said = collector.stop()

    assert (code, taken) == (0, [200] * 800)
    assert len(said) > PIPE
    assert said.count("\n") == 800


def test_a_collector_may_say_what_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")

    with pytest.raises(UsageError, match=r"\\xe9"):
        CollectorProcess(tmp_path / "data", options=["--\xe9"])


def test_a_collector_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")

    with pytest.raises(UsageError, match=r"(?s)the collector left with 2: .*is not footfall's and not empty"):
        CollectorProcess(tmp_path)
