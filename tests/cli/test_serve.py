"""`footfall serve` says when it is ready, refuses what cannot be with one clear line, and stops cleanly."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import httpx
import pytest

from footfall.cli import main
from footfall.cli.serve import say_ready
from footfall.clock import SystemClock
from footfall.errors import OutputError
from footfall.storage import DataFolder, SqliteJournal
from footfall.testing.process import CollectorProcess

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
NOBODY = 65534


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["serve", *arguments])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment, so that nothing is wrong but what a test is about."""
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "k")


def test_it_takes_events_by_the_keys_it_was_given_and_stops_when_told(tmp_path: Path) -> None:
    with CollectorProcess(
        tmp_path / "data", write_keys=["k", "shop-key=shop_backend"], plan=PLAN, options=["--verbose"]
    ) as collector:
        message = {"userId": "u", "event": "no such event", "messageId": "m"}
        answers = [
            httpx.post(f"{collector.url}/v1/track", json=message, auth=(key, "")) for key in ("k", "shop-key", "other")
        ]
        health = httpx.get(f"{collector.url}/health")
        code, said = collector.stop()

    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert health.json()["state"] == "ready"
    assert code == 0
    assert "batch source=shop_backend received=1 stored=0 duplicate=0 quarantined=1 rejected=0" in said
    assert "WARNING footfall quarantined source=shop_backend event=no such event code=unknown_event count=1" in said
    journal = SqliteJournal(DataFolder.read(tmp_path / "data").journal_path, readonly=True)
    assert sorted(source for source, _ in journal.books()) == ["default", "shop_backend"]
    journal.close()


def test_a_key_that_was_created_sends_until_it_is_revoked_and_shows_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def keys(*arguments: str) -> str:
        with pytest.raises(SystemExit):
            main(["keys", *arguments, "--data", str(tmp_path / "data")])
        return capsys.readouterr().out.strip()

    def status(key: str) -> int:
        message = {"userId": "u", "event": "e", "messageId": "m"}
        return httpx.post(f"{collector.url}/v1/track", json=message, auth=(key, "")).status_code

    def wait_for(answer: int, key: str) -> None:
        while status(key) != answer:
            SystemClock().sleep(0.05)

    first = keys("create", "--source", "shop")
    with CollectorProcess(tmp_path / "data", write_keys=()) as collector:
        at_once = status(first)
        second = keys("create", "--source", "app")
        wait_for(200, second)
        keys("revoke", first.split("_")[2])
        wait_for(401, first)
        beside = status(second)
        command_line = Path(f"/proc/{collector.pid}/cmdline")
        shown = command_line.read_text() if command_line.exists() else ""
        _, said = collector.stop()

    assert (at_once, beside) == (200, 200)
    content = "".join(path.read_bytes().decode("latin-1") for path in (tmp_path / "data").iterdir())
    for key in (first, second):
        assert key.rpartition("_")[2] not in shown + said + content


def test_a_key_of_a_source_that_the_plan_does_not_name_is_refused_with_the_nearest_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTFALL_WRITE_KEYS", "a=shop_backed b=shop_backend c")

    said = refused(capsys, "--data", str(tmp_path / "data"), "--port", "0", "--plan", str(PLAN))

    assert said == (
        "footfall: FOOTFALL_WRITE_KEYS 1: the plan has no source 'shop_backed', did you mean 'shop_backend'?;"
        " name one of its sources, or give --allow-unknown-sources\n"
    )
    assert not (tmp_path / "data").exists()


def test_unknown_sources_can_be_allowed_and_a_plan_without_sources_allows_every_one(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: p\nevents:\n  e: {description: Something}\n")
    allowed = ["--allow-unknown-sources"]
    with CollectorProcess(tmp_path / "a", write_keys=["a=shop_backed"], plan=PLAN, options=allowed) as first:
        assert first.stop() == (0, "")
    with CollectorProcess(tmp_path / "b", write_keys=["a=any"], plan=plan) as second:
        assert second.stop() == (0, "")


def test_the_size_of_a_message_is_an_option(tmp_path: Path) -> None:
    with CollectorProcess(tmp_path / "data", write_keys=["k"], options=["--max-message-bytes", "100"]) as collector:
        answers = [
            httpx.post(f"{collector.url}/v1/track", json={"userId": "u", "event": "e" * length}, auth=("k", "")).json()
            for length in (1, 100)
        ]

    assert [(answer["stored"], answer["quarantined"]) for answer in answers] == [(1, 0), (0, 1)]
    assert answers[1]["verdicts"][0]["reason"] == "too_large"


def test_what_is_quarantined_is_logged_as_json_for_who_wants_it_so(tmp_path: Path) -> None:
    with CollectorProcess(
        tmp_path / "data", write_keys=["k=shop_backend"], plan=PLAN, options=["--log-format", "json"]
    ) as collector:
        for number, name in enumerate(("nonsense", "nonsense", "sort\nof\x1b[31m")):
            message = {"userId": "u", "event": name, "properties": {"secret": "s3cret"}, "messageId": str(number)}
            httpx.post(f"{collector.url}/v1/track", json=message, auth=("k", ""))
        _, said = collector.stop()

    lines = [json.loads(line) for line in said.splitlines()]
    told = [[line[key] for key in ("level", "verdict", "source", "event", "code", "count")] for line in lines]
    assert told == [
        ["WARNING", "quarantined", "shop_backend", "nonsense", "unknown_event", 2],
        ["WARNING", "quarantined", "shop_backend", "sort\\nof\\x1b[31m", "unknown_event", 1],
    ]
    assert "s3cret" not in said


def test_it_serves_also_where_nobody_can_read_that_it_is_ready() -> None:
    class Full(io.StringIO):
        def write(self, _text: str, /) -> int:
            raise OutputError("no space")

    with redirect_stdout(Full()):
        say_ready("http://127.0.0.1:8400")


def test_without_a_write_key_it_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "--data", str(tmp_path / "data"))

    assert said == (
        "footfall: there is no write key, so nobody could send: make one by `footfall keys create --data"
        f" {tmp_path / 'data'} --source NAME`, or give --write-key-file PATH, or FOOTFALL_WRITE_KEYS\n"
    )
    assert not (tmp_path / "data").exists()


def test_write_keys_that_cannot_be_used_are_all_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "--data", str(tmp_path / "data"), "--write-key", "a b", "--write-key", "c=")

    assert "--write-key 1: write KEY, KEY=SOURCE or KEY=SOURCE:ENVIRONMENT" in said
    assert "--write-key 2: write KEY, KEY=SOURCE or KEY=SOURCE:ENVIRONMENT" in said


@pytest.mark.usefixtures("key")
def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    said = refused(capsys, "--data", str(tmp_path), "--port", "0")

    assert said == f"footfall: {tmp_path}: is not footfall's and not empty; name a new or an empty folder\n"


@pytest.mark.usefixtures("key")
def test_a_second_collector_on_a_folder_is_refused_and_told_who_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with CollectorProcess(tmp_path / "data") as first:
        said = refused(capsys, "--data", str(tmp_path / "data"), "--port", "0")

        assert f"is held by process {first.pid} (footfall collector); stop it, or choose another" in said
        assert said.count("\n") == 1
        assert httpx.get(f"{first.url}/health").status_code == 200


@pytest.mark.usefixtures("key")
def test_a_port_that_is_taken_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with CollectorProcess(tmp_path / "data") as first:
        said = refused(capsys, "--data", str(tmp_path / "other"), "--port", str(first.port))

    assert said.startswith(f"footfall: cannot listen on 127.0.0.1:{first.port} (Address already in use)")
    assert said.count("\n") == 1


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("", "empty"),
        ("plan: [", "plan.yaml:2 not YAML"),
        ("plan: a\nevnts: {}\nsources: {s: {kid: web}}", "evnts"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_with_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    plan = tmp_path / "plan.yaml"
    if text is not None:
        plan.write_text(text)

    found = refused(capsys, "--data", str(tmp_path / "data"), "--port", "0", "--plan", str(plan))

    assert said in found
    assert "Traceback" not in found
    assert not (tmp_path / "data").exists()
    if text is not None and "kid" in text:
        assert "kid" in found  # all problems, not the first


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter: pytest's own are for the user who runs it."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.mark.usefixtures("key")
def test_a_folder_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    open_folder.chmod(0o555)

    # Root may write anywhere: then the process becomes nobody, once it has read its own modules.
    become = f"os.setuid({NOBODY})" if os.geteuid() == 0 else "pass"
    script = f"import os, encodings.idna, footfall.cli.app, footfall.cli.serve; {become}; footfall.cli.main()"
    arguments = ["serve", "--data", str(open_folder), "--port", "0"]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == (
        f"footfall: {open_folder}: cannot be written (Permission denied); make it writable, or choose another folder\n"
    )
