"""`footfall quarantine` shows what is in quarantine and why, while a collector runs, and lets out what passes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.cli import main
from footfall.collector import Collector


def run(capsys: pytest.CaptureFixture[str], *arguments: str, command: str = "list", code: int = 0) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["quarantine", command, *arguments])
    assert caught.value.code == code
    shown = capsys.readouterr()
    return shown.out + shown.err


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
    assert lines[4:] == [
        "",
        "2 messages in quarantine:",
        "  2 cannot pass whatever the plan says. Have the sender mend and send again.",
    ]
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

    assert run(capsys, "--data", str(tmp_path / "data")) == "nothing of production is in quarantine\n"


PLAN = """
plan: shop
events:
  bought: {description: paid, properties: {total: {type: integer, required: true}}}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    path = tmp_path / "mended.yaml"
    path.write_text(PLAN.replace("type: integer", "type: string"), encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path, plan: Path) -> Path:
    """Three messages that only the plan holds, one that is broken, and one that is stored."""
    bought = [
        {"type": "track", "event": "bought", "userId": "u", "messageId": f"m{number}", "properties": {"total": "9"}}
        for number in range(3)
    ]
    messages = [
        *bought,
        {"type": "track", "event": "bought", "properties": {"total": 9}},
        {"type": "page", "userId": "u"},
    ]
    with Collector(tmp_path / "shop", plan=plan) as collector:
        collector.take(json.dumps({"batch": messages}).encode())
    return tmp_path / "shop"


def test_the_list_says_what_another_plan_would_free_and_what_no_plan_can(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(capsys, "--data", str(shop), "--limit", "3")
    as_json = json.loads(run(capsys, "--data", str(shop), "--format", "json"))

    tried = f"footfall quarantine replay --data {shop} --plan NEW --dry-run"
    assert out.splitlines()[-2:] == [
        "4 messages in quarantine, 3 of them listed:",
        f"  3 would pass another plan. Mend it, and try it: {tried}",
    ]
    assert [item["replay"] for item in as_json] == ["plan", "plan", "plan", "never"]


def test_what_the_newest_plan_takes_is_listed_with_the_command_that_stores_it(
    shop: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Collector(shop, plan=mended).close()

    out = run(capsys, "--data", str(shop))

    assert f"  3 would pass now. Store them: footfall quarantine replay --data {shop}" in out.splitlines()
    assert out.count("(can be replayed)") == 3
    assert run(capsys, "--data", str(shop), command="replay").splitlines()[-2:] == [
        "3 released, 1 staying in quarantine",
        f"They count now: footfall report --data {shop}",
    ]


def test_a_dry_run_works_while_a_collector_runs_and_names_the_command_that_does_it(
    shop: Path, plan: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--data", str(shop), "--plan", str(mended), "--code", "type")
    with Collector(shop, plan=plan):
        out = run(capsys, *options, "--dry-run", command="replay")

    assert out.splitlines()[1:] == [
        "  bought: 3 would be released",
        "3 would be released, 0 would stay in quarantine, 1 not asked for",
        f"Nothing was changed. To do it: footfall quarantine replay {' '.join(options)}",
    ]


def test_a_replay_beside_a_running_collector_is_refused_with_the_remedy(
    shop: Path, plan: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Collector(shop, plan=plan):
        out = run(capsys, "--data", str(shop), "--plan", str(mended), command="replay", code=2)

    assert "(footfall collector); stop it, run this again, then start it (--dry-run works while it runs)" in out
    assert len(out.splitlines()) == 1


def test_the_result_is_given_as_json_and_the_books_agree(
    shop: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = json.loads(run(capsys, "--data", str(shop), "--plan", str(mended), "--format", "json", command="replay"))

    assert (result["released"], result["staying"], result["plan"]) == (3, 1, "shop")
    assert result["events"] == [
        {
            "event": "bought",
            "released": 3,
            "staying": 1,
            "faults": [
                {"path": "total", "code": "type", "messages": 1},
                {"path": "userId", "code": "no_usable_id", "messages": 1},
            ],
        }
    ]
    with Collector(shop, plan=mended) as collector:
        counts = collector.stats()["default", "bought"]
        assert (counts["received"], counts["quarantined"], counts["released"]) == (4, 4, 3)


def test_a_plan_of_another_id_is_refused_because_persons_follow_it(
    shop: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mended.write_text(mended.read_text(encoding="utf-8").replace("plan: shop", "plan: store"), encoding="utf-8")

    out = run(capsys, "--data", str(shop), "--plan", str(mended), command="replay", code=2)

    assert "write `plan: shop` in it" in out


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "--data", str(tmp_path / "none"), command="replay", code=2)

    assert "does not exist" in out
    assert not (tmp_path / "none").exists()


def test_the_list_is_of_one_person_by_an_id(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whose = json.loads(run(capsys, "--data", str(shop), "--format", "json", "--person", "u"))

    assert len(whose) == 3
    assert {item["user_id"] for item in whose} == {"u"}
    assert run(capsys, "--data", str(shop), "--person", "nobody") == "nothing with nobody is in quarantine\n"
