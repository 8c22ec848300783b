"""`footfall person show`, over a folder that a collector has filled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest

from footfall.cli import main
from footfall.clock import SystemClock
from footfall.collector import Collector
from footfall.identity.attribution import namespace
from footfall.plan.model import Plan, Staff

PLAN = Plan(id="shop", timezone="Europe/Amsterdam")
START = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Answer:
    """What the command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
        with pytest.raises(SystemExit) as left:
            main(["person", "show", *arguments])
        printed = capsys.readouterr()
        self.code = left.value.code
        self.text = printed.out
        self.errors = printed.err

    def line(self, start: str) -> str:
        """The rest of the one line that starts so, its columns apart by one space."""
        found = [line.split() for line in self.text.splitlines()]
        (rest,) = [
            " ".join(words[len(start.split()) :]) for words in found if words[: len(start.split())] == start.split()
        ]
        return rest


def fill(data: Path, *messages: dict[str, Any], plan: Plan | None = PLAN) -> Path:
    """Let a real collector take messages, a minute apart unless they name their minute."""
    batch = []
    for number, message in enumerate(messages):
        minute = message.pop("minute", number)
        at = (START + timedelta(minutes=minute)).isoformat()
        batch.append({"messageId": f"m{number + 1}", "timestamp": at, **message})
    with Collector(data, plan=plan, clock=SystemClock()) as collector:
        answer = collector.take(json.dumps({"batch": batch}).encode(), source="web")
    assert answer.counts()["stored"] == len(batch)
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return fill(
        tmp_path / "data",
        {"type": "page", "name": "Home", "anonymousId": "phone", "properties": {"path": "/"}},
        {"type": "identify", "userId": "ann", "anonymousId": "phone", "traits": {"plan": "free", "name": "Ann"}},
        {"type": "identify", "userId": "ann", "anonymousId": "tablet", "traits": {"plan": "pro"}},
        {"type": "page", "name": "Shop", "anonymousId": "tablet"},
        {"type": "identify", "userId": "bob", "anonymousId": "tablet"},
        {"type": "page", "name": "Late", "anonymousId": "tablet", "minute": 600},
        {"type": "page", "anonymousId": "gateway", "context": {"device": {"id": "sensor-1"}}},
        {"type": "page", "name": "Odd", "anonymousId": "null"},
    )


def test_a_persons_page_tells_who_when_what_and_how_we_know(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, ["phone", "--data", str(data)])

    assert answer.code == 0
    assert answer.line("User") == "ann"
    assert answer.line("person id") == str(uuid5(namespace("shop"), "u:ann"))
    assert answer.line("anonymous ids") == "phone, tablet (shared)"
    assert answer.line("first seen") == "2026-11-21 10:00:00 CET"
    assert answer.line("last seen") == "2026-11-21 10:03:00 CET"
    assert answer.line("messages") == "4: 2 × identify, 2 × page"
    assert answer.line("plan") == '"pro" 2026-11-21 10:02:00 CET web'
    assert answer.line("2026-11-21 10:00:00 CET") == 'page Home {"path": "/"} web sole_owner'
    assert answer.line("sole_owner") == "1 nobody else was ever identified under that anonymous id"
    assert "1  by identify of user ann at 2026-11-21 10:01:00 CET (web m2)" in answer.text


def test_the_id_of_a_shared_tablet_shows_everybody_whom_it_leads_to(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(capsys, ["tablet", "--data", str(data)])

    assert answer.text.startswith("tablet leads to 3 persons")
    assert answer.line("1 of 3: User") == "ann"
    assert answer.line("2 of 3: User") == "bob"
    assert answer.line("3 of 3:") == "Somebody unknown, in one session under the shared anonymous id tablet"


def test_a_connected_product_and_a_message_without_an_id_say_what_they_are(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product = Answer(capsys, ["sensor-1", "--data", str(data)])
    stray = Answer(capsys, [str(uuid5(namespace("shop"), 'm:["web","m8"]')), "--data", str(data)])

    assert product.line("Connected product") == "sensor-1"
    assert stray.line("A message") == "without a usable id"


def test_an_unknown_id_is_one_clear_line_and_exit_code_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, ["zoe", "--data", str(data)])

    assert (answer.code, answer.text) == (1, "")
    assert (
        answer.errors
        == f"{data} knows nobody as 'zoe': it is no user_id, anonymous_id, device_id or person_id there.\n"
    )


def test_who_is_looked_for_and_may_lie_in_quarantine_is_not_denied_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Collector(tmp_path / "data") as collector:
        collector.take(b'{"batch": [{"type":"alias","userId":"zoe"}]}')

    answer = Answer(capsys, ["zoe", "--data", str(tmp_path / "data")])

    assert answer.code == 1
    listed = f"footfall quarantine list --data {tmp_path / 'data'}"
    assert answer.errors.endswith(f"Not looked at: 1 message in quarantine ({listed}).\n")


def test_the_page_says_what_each_alias_did_and_why_one_merged_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = fill(
        tmp_path / "data",
        {"type": "page", "anonymousId": "tablet"},
        {"type": "alias", "previousId": "tablet", "userId": "kari1"},
        {"type": "alias", "previousId": "kari@old", "userId": "kari1"},
        {"type": "page", "userId": "ola1", "anonymousId": "ola1"},
        {"type": "alias", "previousId": " ola1", "userId": "kari1"},
        {"type": "alias", "previousId": "ola1", "userId": "liv1"},
    )
    kari, ola = (Answer(capsys, [user, "--data", str(data)]) for user in ("kari1\u200b", "ola1"))

    why = "merged nobody: ola1 is an anonymous id and a user id, and was aliased to several users (kari1, liv1);"
    assert kari.line("user ids") == "kari1, kari@old"
    assert "tablet → kari1    merged nobody: tablet is an anonymous id, so kari1 was identified on" in kari.text
    assert "kari@old → kari1  both ids are one person" in kari.text
    assert ola.text.count("ola1 → ") == 2 + 1 + 1  # the pages of ola1, kari1 and liv1
    assert all(word in ola.text for word in why.split())


def test_a_junk_id_is_told_to_be_nobodys(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, ["null", "--data", str(data)])

    assert answer.code == 1
    assert answer.errors.startswith("'null' is nobody's id")


def test_json_holds_the_whole_profile(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, ["phone", "--data", str(data), "--format", "json"])
    found = json.loads(answer.text)
    (ann,) = found["persons"]

    assert (answer.code, found["id"], found["person_ids"]) == (0, "phone", [ann["person_id"]])
    assert {trait["name"]: trait["value"] for trait in ann["traits"]} == {"name": "Ann", "plan": "pro"}
    assert ann["first_seen"] == "2026-11-21T09:00:00Z"
    assert [message["message_id"] for message in ann["recent"]] == ["m4", "m3", "m2", "m1"]


def test_json_about_nobody_is_still_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(capsys, ["zoe", "--data", str(data), "--format", "json"])

    assert answer.code == 1
    assert json.loads(answer.text) == {"id": "zoe", "person_ids": [], "persons": [], "as_of": None}


@pytest.mark.parametrize(
    ("limit", "title"), [("2", "Messages (the latest 2 of 4, newest first)"), ("9", "Messages (all 4, newest first)")]
)
def test_the_limit_is_how_many_recent_messages_are_shown(
    data: Path, capsys: pytest.CaptureFixture[str], limit: str, title: str
) -> None:
    answer = Answer(capsys, ["phone", "--data", str(data), "--limit", limit])

    assert title in answer.text


def test_of_very_many_persons_the_first_ten_are_shown_and_the_rest_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visits = [{"type": "identify", "userId": f"user-{number}", "anonymousId": "kiosk"} for number in range(13)]
    answer = Answer(capsys, ["kiosk", "--data", str(fill(tmp_path / "data", *visits))])

    assert answer.line("10 of 13: User") == "user-9"
    assert "and 3 more" in answer.text


def test_the_plan_that_is_given_says_who_the_persons_are(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = data.parent / "plan.yaml"
    plan.write_text("plan: other\nformat: 1\ntimezone: Asia/Tokyo\n", encoding="utf-8")
    answer = Answer(capsys, ["phone", "--data", str(data), "--plan", str(plan)])

    assert answer.line("person id") == str(uuid5(namespace("other"), "u:ann"))
    assert answer.line("first seen") == "2026-11-21 18:00:00 JST"


def test_without_any_plan_times_are_utc(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = fill(tmp_path / "data", {"type": "page", "userId": "ann"}, plan=None)

    assert Answer(capsys, ["ann", "--data", str(data)]).line("first seen") == "2026-11-21 09:00:00 UTC"


def test_ids_and_names_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = fill(
        tmp_path / "data", {"type": "page", "userId": "ann\x1b[31m\n!", "name": "[red]\x9b", "anonymousId": "a"}
    )
    answer = Answer(capsys, ["a", "--data", str(data)])

    assert "\x1b" not in answer.text
    assert "\x9b" not in answer.text
    assert answer.line("User") == r"ann\x1b[31m\n!"
    assert r"page [red]\x9b" in answer.text


@pytest.mark.parametrize("arguments", [["--data", "{}/none"], ["--data", "{}/data", "--plan", "{}/none"]])
def test_a_folder_or_plan_that_cannot_be_read_is_one_clear_line_and_exit_code_2(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    answer = Answer(capsys, ["ann", *(one.format(data.parent) for one in arguments)])

    assert (answer.code, answer.text) == (2, "")
    assert answer.errors.startswith("footfall: ")
    assert answer.errors.count("\n") == 1


def test_a_devices_messages_show_what_differs_and_not_its_own_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"device_id": "boiler-1", "firmware": "2.1", "note": "x" * 40}
    device = {"type": "page", "context": {"device": {"id": "boiler-1"}}}
    fill(
        tmp_path / "data",
        *({**device, "properties": {**said, "degrees": 60 + number}} for number in range(3)),
    )
    shown = Answer(capsys, ["boiler-1", "--data", str(tmp_path / "data")])
    lines = [line for line in shown.text.splitlines() if "degrees" in line]

    assert len(lines) == 3
    for line, degrees in zip(lines, (62, 61, 60), strict=True):
        assert f'{{"firmware": "2.1", "degrees": {degrees}, …}}' in line
    assert "device_id" not in "".join(lines)


def test_a_group_message_shows_its_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "data", {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"seats": 5}})

    assert 'group acme  {"seats": 5}' in Answer(capsys, ["ann", "--data", str(tmp_path / "data")]).text


def test_as_of_an_earlier_moment_nobody_is_identified_by_a_later_message(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Answer(capsys, ["phone", "--data", str(data), "--as-of", "1", "--format", "json"])
    after = Answer(capsys, ["phone", "--data", str(data), "--as-of", "2"])

    shown = json.loads(before.text)
    assert (shown["persons"][0]["user_id"], shown["as_of"]["seq"]) == (None, 1)
    assert before.errors.startswith("as of message 1, 20")
    assert after.line("User") == "ann"


def test_a_page_says_which_messages_figures_leave_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crawler = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    plan = Plan(id="shop", staff=Staff(traits={"role": ("baker",)}))
    data = fill(
        tmp_path / "data",
        {"type": "identify", "userId": "kari", "traits": {"role": "baker"}},
        {"type": "page", "userId": "ola", "context": crawler},
        {"type": "page", "userId": "ola"},
        plan=plan,
    )
    kari, ola = (Answer(capsys, [id_, "--data", str(data)]) for id_ in ("kari", "ola"))
    profile = json.loads(Answer(capsys, ["ola", "--data", str(data), "--format", "json"]).text)["persons"][0]

    assert kari.line("User kari") == "(the team's own people): figures leave out the 1 message"
    assert ola.line("User ola") == "(a bot): figures leave out 1 of 2 messages"
    assert profile["left_out"] == [{"audience": "bot", "reason": "crawler", "messages": 1}]
