"""A real collector is sent a secret and control characters everywhere: neither comes out where it must not."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from footfall.testing.process import CollectorProcess

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
SECRET = "wk_canary_7f3a91"
STEERS = "\nFORGED \x1b]0;t\x07\x1b[2J\x1b]52;c;cm0=\x07\x9b31m\u202e\u2028"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SHOWS = (
    "stats --data {0}", "quarantine list --data {0}", "report --data {0}", "person show {1} --data {0}",
    "stats --data {0} --format json", "report --data {0} --format json", "quarantine list --data {0} --format json",
    "export --data {0}", "export --data {0} --format csv", "stats --data /nowhere{1}", "plan infer --data {0}",
    "plan check /nowhere{1}", "plan explain {1}", "quarantine replay --data {0} --dry-run",
    "plan observe {2} --data {0}", "plan observe {2} --data {0} --format github",
    "plan observe {2} --data {0} --format markdown",
)  # fmt: skip


def footfall(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "footfall", *arguments], capture_output=True, check=False)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of a collector that was sent all this, and what it logged."""
    data = tmp_path_factory.mktemp("secrets") / "data"
    about = {"userId": f"u{STEERS}", "timestamp": "2026-11-28T10:00:00Z", "writeKey": SECRET}
    batch = [
        {**about, "type": "track", "event": f"e{STEERS}", "messageId": "1", "properties": {f"p{STEERS}": STEERS}},
        {
            **about,
            "type": "track",
            "event": f"f{STEERS}",
            "messageId": f"2{STEERS}",
            "properties": {"writeKey": SECRET},
        },
        {**about, "type": "identify", "messageId": "3", "traits": {f"t{STEERS}": STEERS, "name": STEERS}},
        {**about, "type": f"track{STEERS}", "event": "=1+1", "messageId": "\n=1+1"},
        {**about, "type": "track", "event": "＝1+1", "messageId": " =1+1"},
        {**about, "type": "page", "name": STEERS, "messageId": "4", "properties": {"pad": "x" * 40_000}},
    ]
    broken = [
        f'{{"batch":[{{"type":"track","event":NaN,{name}:"{SECRET}"}}]}}'
        for name in ('"writeKey"', '"writeK\\u0065y"', "'writeKey'", '"properties":{"\\u0077riteKey"')
    ]
    with CollectorProcess(data, write_keys=(f"{SECRET}=shop", "other"), options=["--verbose"]) as collector:
        for body in (json.dumps({"batch": batch, "context": {"writeKey": SECRET}}), *broken):
            httpx.post(f"{collector.url}/v1/batch", content=body, auth=(SECRET, ""), timeout=60)
        for path in (f"/v1/batch?writeKey={SECRET}", f"/v1/{SECRET}", f"/{SECRET}%1b[2J"):
            httpx.post(f"{collector.url}{path}", content=b"{}", auth=(f"{SECRET}x", ""), timeout=60)
        return data, collector.stop()[1]


def test_no_file_and_no_line_of_the_log_has_the_write_key(collected: tuple[Path, str]) -> None:
    data, log = collected

    assert [file.name for file in data.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()] == []
    assert SECRET not in log


def test_no_command_writes_what_a_terminal_obeys(collected: tuple[Path, str], tmp_path: Path) -> None:
    data, log = collected

    assert not OBEYED.search(log)
    for command in SHOWS:
        shown = footfall(*(part.format(data, STEERS, PLAN) for part in command.split(" ")))
        text = (shown.stdout + shown.stderr).decode()
        allowed = "\u2028\r" if "csv" in command else ""
        assert not {*OBEYED.findall(text)} - {*allowed}, command
        assert "Traceback" not in text
        assert "csv" in command or not [line for line in text.splitlines() if line.startswith("FORGED")], command
        if command.endswith("json"):
            json.loads(shown.stdout)


def test_no_cell_of_an_export_is_a_formula(collected: tuple[Path, str]) -> None:
    text = footfall("export", "--data", str(collected[0]), "--format", "csv").stdout.decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert any("=1+1" in cell for row in rows for cell in row)
    assert [cell for row in rows for cell in row if cell.strip()[:1] in tuple("=+-@＝＋－＠")] == []


def test_an_export_is_its_owners_alone_whatever_the_umask(collected: tuple[Path, str], tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for form in ("jsonl", "csv", "parquet"):
            (tmp_path / "csv").touch(mode=0o666)
            footfall("export", "--data", str(collected[0]), "--format", form, "-o", str(tmp_path / form))
    finally:
        os.umask(before)

    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["footfall.lock", ".footfall.json.draft"])
def test_no_link_in_the_data_folder_chooses_what_is_written_over(name: str, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).symlink_to(tmp_path / "victim")
    command = [sys.executable, "-m", "footfall", "serve", "--data", str(tmp_path / "data"), "--port", "0"]

    with subprocess.Popen(
        command,
        env={**os.environ, "FOOTFALL_WRITE_KEYS": "k"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # listening, or gone
        process.terminate()

    assert (tmp_path / "victim").read_text() == "precious"
