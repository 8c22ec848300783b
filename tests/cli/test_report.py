"""`footfall report` as its reader meets it: on a terminal, in a pipe, with nothing to report, with a slip in a date."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.reporting.shop import DAYS, fill, write_plan

from footfall import Client
from footfall.cli import main
from footfall.collector import Collector
from footfall.delivery import InProcessTransport


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    return write_plan(tmp_path)


@pytest.fixture
def data(tmp_path: Path, plan_file: Path) -> Path:
    return fill(tmp_path / "data", plan_file)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["report", *arguments])
    return int(str(left.value.code))


def test_bots_are_left_out_and_the_foot_says_so_unless_they_are_included(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crawler = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    with Collector(tmp_path / "data") as collector:
        for number, context in enumerate(({}, crawler)):
            sent = {"type": "page", "messageId": f"m{number}", "anonymousId": f"a{number}", "context": context}
            collector.take(json.dumps({"batch": [sent]}).encode())
    texts = []
    for options in ([], ["--include", "bots,staff"], ["--include", "robots"]):
        with pytest.raises(SystemExit):
            main(["report", "--data", str(tmp_path / "data"), *options])
        texts.append("".join(capsys.readouterr()))

    foot = " ".join(texts[0].split())
    assert "Left out: 1 of bots (list 1" in foot
    assert "0 of own people; --include bots,staff has them too" in foot
    assert "1 message · 1 person" in foot
    assert "Left out" not in texts[1]
    assert "include bots or staff" in texts[2]


def test_the_report_of_a_folder_needs_no_plan_but_its_own(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--since", "2026-11-01", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out, parse_float=str)

    assert found["plan"]["id"] == "shop"
    assert found["data"]["messages"] == 12
    assert {kpi["name"]: kpi["value"] for kpi in found["kpis"]} == {
        "revenue": "12345678901234577.22",
        "conversion": "0.2",
    }


def test_a_date_is_midnight_on_the_plans_clock(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--data", str(data), "--since", "2026-11-01", "--until", "2026-11-05", "--format", "json")
    found = json.loads(capsys.readouterr().out)

    assert found["window"]["since"] == "2026-11-01T00:00:00+01:00"
    assert found["window"]["until"] == "2026-11-05T00:00:00+01:00"
    assert found["journeys"][0]["entered"] == 4


def test_one_part_of_the_report_is_shown_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--since", "2026-11-01", "--only", "purchase", "--format", "json") == 0
    answers = json.loads(capsys.readouterr().out)

    assert [journey["name"] for journey in answers["journeys"]] == ["purchase"]
    assert (answers["goals"], answers["kpis"], "intake" in answers) == ([], [], False)
    assert answers["data"]["persons"] == 10
    run("--data", str(data), "--since", "2026-11-01", "--only", "purchase")
    shown = capsys.readouterr().out
    assert "Journey: purchase" in shown
    assert "revenue" not in shown


def test_a_part_that_the_plan_does_not_have_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--only", "purchases") == 2
    assert "'purchases'; did you mean 'purchase'?" in capsys.readouterr().err


def test_why_is_of_all_figures(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--why", "1", "2", "--only", "purchase") == 2
    assert "leave out --as-of, --only and --fail-on" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "7 days", "", "-3d"])
def test_a_slip_in_a_date_is_named(data: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--since", text) == 2
    assert f"{text!r} is no time" in capsys.readouterr().err


@pytest.mark.parametrize(("since", "until"), [("2026-11-05", "2026-11-05"), ("2026-11-06", "2026-11-05"), ("1d", "2d")])
def test_a_window_that_ends_before_it_begins_is_refused(
    data: Path, since: str, until: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--data", str(data), "--since", since, "--until", until) == 2
    assert "is not before until" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(tmp_path / "nothing")) == 2
    assert "does not exist" in capsys.readouterr().err


def test_without_messages_it_says_so_and_what_to_do(
    tmp_path: Path, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Collector(tmp_path / "data", plan=plan_file):
        pass

    assert run("--data", str(tmp_path / "data")) == 0
    shown = capsys.readouterr().out
    assert "nothing to report yet: no message has come in here" in shown
    assert "footfall demo" in shown


def take(folder: Path, plan: Path | None, *messages: object) -> None:
    with Collector(folder, plan=plan) as collector:
        collector.take(json.dumps({"batch": messages}).encode())


def bought(message_id: str, **properties: object) -> dict[str, object]:
    return {"type": "track", "event": "bought", "userId": "u", "messageId": message_id, "properties": properties}


def test_a_folder_in_which_everything_is_in_quarantine_says_what_and_how_to_mend_it(
    tmp_path: Path, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    wrong = [bought(f"m{number}", total="x") for number in range(60)]
    unknown = [{"type": "track", "event": f"e{number % 3}", "userId": "u"} for number in range(9)]
    take(folder, plan_file, *wrong, *unknown, 5)

    assert run("--data", str(folder)) == 0
    shown = capsys.readouterr().out

    assert "has been stored" not in shown
    assert "has come in here" not in shown
    assert "intake  0 stored · 63 in quarantine · 1 rejected · 0 late" in shown
    assert "63 messages in quarantine, part of no figure" in shown
    assert [line.split() for line in shown.splitlines() if " x " in line] == [
        ["60", "x", "bought:", "total", "type"],
        ["1", "x", "e0:", "event", "unknown_event"],
        ["1", "x", "e1:", "event", "unknown_event"],
    ]
    assert f"footfall quarantine list --data {folder}" in shown
    assert f"footfall quarantine replay --data {folder} --plan PLAN" in shown
    assert "Of what came in, 63 in quarantine and 1 rejected" in shown


def test_a_fault_is_shown_to_its_end_where_the_name_of_its_event_needs_escapes(
    tmp_path: Path, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(tmp_path / "data", plan_file, {"type": "track", "event": "odd \x1b[31m", "userId": "u"})

    assert run("--data", str(tmp_path / "data")) == 0

    assert "      1 x odd \\x1b[31m: event unknown_event\n" in capsys.readouterr().out


def test_the_head_counts_the_window_that_was_asked_for_and_says_what_late_means(
    data: Path, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {"timestamp": "2026-11-03T09:00:00Z"}
    take(data, plan_file, bought("old", total="x") | old, bought("new", total="x"))

    run("--data", str(data), "--since", "2026-11-01", "--until", "2026-11-05", "--format", "json")
    intake = json.loads(capsys.readouterr().out)["intake"]
    run("--data", str(data), "--since", "2026-11-01", "--until", "2026-11-05")
    shown = " ".join(capsys.readouterr().out.split())

    assert (intake["stored"], intake["quarantined"], intake["rejected"]) == (4, 1, 0)
    assert intake["reasons"] == [{"event": "bought", "path": "total", "code": "type", "messages": 1}]
    assert "received more than 24 hours after they occurred" in intake["definition"]
    assert intake["definition"] in shown


def test_without_a_plan_it_shows_what_came_in_over_time_and_how_to_draft_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    days = [{"type": "track", "event": "seen", "userId": f"u{n % 2}", "timestamp": day} for n, day in enumerate(DAYS)]
    take(folder, None, *days, {"type": "page", "userId": "u1", "timestamp": DAYS[0]})

    assert run("--data", str(folder)) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    run("--data", str(folder), "--format", "json")
    as_json = json.loads(capsys.readouterr().out)

    assert ["day", "messages", "persons", "events", "sources"] in lines
    assert ["2026-11-01", "Sun", "2", "2", "2", "1"] in lines
    assert ["2026-11-02", "Mon", "1", "1", "1", "1"] in lines
    assert ["seen", "10", "2", "2026-11-01", "09:00", "2026-11-10", "09:00"] in lines
    assert ["default", "11", "2", "2026-11-01", "09:00", "2026-11-10", "09:00"] in lines
    assert f"footfall plan infer --data {folder} -o tracking_plans".split() in lines
    assert as_json["plan"] is None
    assert (as_json["overview"]["per"], len(as_json["overview"]["periods"])) == ("day", 10)


def test_the_plan_that_is_drafted_as_the_report_says_gives_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, drafted = tmp_path / "data", tmp_path / "tracking_plans"
    take(folder, None, {"type": "track", "event": "Cart Viewed", "userId": "u1"})

    with pytest.raises(SystemExit) as left:
        main(["plan", "infer", "--data", str(folder), "-o", str(drafted)])
    assert left.value.code == 0
    assert run("--data", str(folder), "--plan", str(drafted)) == 0
    shown = capsys.readouterr().out
    assert "cart_viewed" in shown
    assert "This plan has no KPIs and no journeys yet" in shown


def test_as_of_an_earlier_moment_the_head_says_which(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--as-of", "5", "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    run("--data", str(data), "--as-of", "5")
    lines = capsys.readouterr().out.splitlines()

    assert (shown["data"]["messages"], shown["data"]["as_of"]["seq"], shown["data"]["as_of"]["purged"]) == (5, 5, 0)
    assert shown["now"] == shown["data"]["as_of"]["at"]
    assert any(line.startswith("as of   message 5, ") for line in lines)


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        ("13", "there is no message 13 yet: the last one is 12"),
        ("0", "there is no message 0: they are numbered from 1"),
        ("2020-01-01", "nothing had come in by 2019-12-31T23:00:00.000000Z: the first message came at 20"),
        ("2199-01-01T00:00:00Z", "lies in the future"),
        ("soon", "'soon' is no time"),
    ],
)
def test_a_moment_that_is_not_there_is_one_clear_line(
    data: Path, point: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--data", str(data), "--as-of", point) == 2
    assert problem in capsys.readouterr().err


def test_why_a_figure_changed_is_said_in_parts_that_add_up(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--why", "11", "12", "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out, parse_float=Decimal)
    assert run("--data", str(data), "--why", "11", "12") == 0
    lines = capsys.readouterr().out.splitlines()

    (revenue,) = [each for each in shown["figures"] if each["name"] == "revenue"]
    assert sum(part["change"] for part in revenue["parts"]) == revenue["change"] == Decimal("12345678901234567.12")
    assert lines[0].startswith("from   message 11, ")
    assert any(line.endswith(" to 12,345,678,901,234,577.22 (+12,345,678,901,234,567.12)") for line in lines)
    assert "  late          +12,345,678,901,234,567.12" in lines


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--why", "2", "1"], "message 2 came after message 1: name the earlier first"),
        (["--why", "1", "99"], "there is no message 99 yet"),
        (["--why", "1", "2", "--as-of", "1"], "leave out --as-of"),
    ],
)
def test_moments_between_which_nothing_can_be_said_are_refused(
    data: Path, options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--data", str(data), *options) == 2
    assert problem in capsys.readouterr().err


def test_a_target_that_is_missed_fails_the_command_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "plan: p\nevents: {seen: {description: They saw it}}\n"
        "kpis: {views: {question: How many?, measure: {count: seen}, window: 7d, target: {direction: up, value: 5}}}\n"
    )
    arguments = ["--data", str(tmp_path / "data"), "--plan", str(plan)]
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        client.track("seen", user_id="ann")

    codes = [run(*arguments, *more) for more in ([], ["--fail-on", "volume", "--fail-on", "anomaly"])]
    before = capsys.readouterr()
    code = run(*arguments, "--fail-on", "target")

    assert (codes, before.err, code) == ([0, 0], "", 1)
    assert capsys.readouterr().err == "target: views is 1, and should be at least 5\n"
