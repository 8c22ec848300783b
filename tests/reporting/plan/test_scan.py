"""A scan is summed up in a line, lists every call with its verdict, and has everything in JSON."""

from __future__ import annotations

from tests.planning.scan.small_code import HEAD, PLAN, scanned

from footfall.reporting.plan.scan import scan_facts, scan_listing, scan_summary, silent_files

CODE = {
    "app.py": f"{HEAD}client.track('begun')\nclient.track('begunn')\nclient.track(input())\nclient.identify('ann')\n",
    "tests/test_app.py": f"{HEAD}client.track('begun')\n",
    "empty.py": "import footfall\n",
}


def test_the_summary_counts_files_calls_findings_and_coverage() -> None:
    assert scan_summary(scanned(CODE)) == (
        "3 files, 4 calls, 1 not resolved; 1 error, 3 warnings; coverage 1 of 3 (33 %); without 1 call in tests"
    )


def test_every_call_is_listed_with_its_verdict_then_every_event_with_its_places() -> None:
    lines = list(scan_listing(scanned(CODE)))

    assert [line.partition(": ")[::2] for line in lines[:4]] == [
        ("app.py:3 footfall track begun", "planned"),
        ("app.py:4 footfall track begunn", "not planned"),
        ("app.py:5 footfall track ?", "not resolved"),
        ("app.py:6 footfall identify", "traits checked"),
    ]
    assert "begun: app.py:3" in lines
    assert "done: never" in lines


def test_a_file_that_imports_an_sdk_without_a_call_is_named() -> None:
    assert list(silent_files(scanned(CODE))) == ["empty.py: imports footfall, but contains no call of it"]


def test_the_facts_have_every_call_and_the_coverage() -> None:
    facts = scan_facts(PLAN, scanned(CODE))

    assert facts["coverage"]["implemented"] == 1
    assert facts["implemented"] == {"begun": ["app.py:3"]}
    assert facts["tests"] == {"begun": ["tests/test_app.py:3"]}
    assert [(call["line"], call["event"], call["resolved"]) for call in facts["calls"]][:3] == [
        (3, "begun", True), (4, None, True), (5, None, False),
    ]  # fmt: skip
