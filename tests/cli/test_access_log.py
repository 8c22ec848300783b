"""`footfall import access-log` stores the page views of a log once, as nobody's, and says what became of each line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.delivery.loopback import serving

import footfall
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.errors import UsageError

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PLAN = """plan: site
consent: {rule: opt_in, default: count_only, purposes: {statistics: {description: Which pages are read}}}
pages: {"/orders/{id}": {description: An order}}
"""


def line(second: int, path: str, agent: str = AGENT) -> str:
    moment = f"29/Nov/2026:14:00:{second:02} +0000"
    return f'203.0.113.7 - - [{moment}] "GET {path} HTTP/1.1" 200 5 "https://www.google.com/" "{agent}"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(line(1, "/orders/7") + line(2, "/a.css") + line(3, "/orders/8") + line(4, "/", CRAWLER))
    (tmp_path / "plan.yaml").write_text(PLAN)
    return path


def run(*arguments: str, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["import", "access-log", "--format", "combined", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["import", "access-log", "--format", "combined", *arguments])
    assert isinstance(result.exception, UsageError)
    return str(result.exception)


def into(log: Path, data: Path) -> list[str]:
    return [str(log), "--data", str(data), "--plan", str(log.parent / "plan.yaml"), "--source", "website"]


def test_page_views_are_stored_as_nobodys_and_a_second_run_adds_none(log: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"

    first, _ = run(*into(log, data))
    again, _ = run(*into(log, data))

    assert first.splitlines()[0] == "4 lines: 3 page views (3 stored)"
    assert again.splitlines()[0] == "4 lines: 3 page views (3 duplicate)"
    with footfall.open(data) as opened:
        rows = opened.sql("select source, person_id, occurred_at::text, received_at::text from messages").rows
    assert {row[:2] for row in rows} == {("website", None)}
    assert {str(row[2])[:19] for row in rows} == {"2026-11-29 14:00:00"}


def test_no_byte_of_a_person_is_in_the_folder(log: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"

    run(*into(log, data))

    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"/orders/{id}" in kept
    assert not [secret for secret in (b"203.0.113", b"Firefox", b"/orders/7") if secret in kept]


def test_what_a_program_reads_adds_up(log: Path, tmp_path: Path) -> None:
    out, _ = run(*into(log, tmp_path / "data"), "--output", "json")

    values = json.loads(out)
    assert (values["lines"], values["page_views"], values["bots"], values["uncounted"]) == (4, 3, 1, {"static": 1})


def test_lines_of_another_format_are_named_and_the_exit_code_is_1(log: Path, tmp_path: Path) -> None:
    log.write_text(log.read_text() + "what is this\n")

    out, _ = run(*into(log, tmp_path / "data"), code=1)

    assert f"{log}:5" in out


def test_a_folder_that_a_collector_has_is_not_written(log: Path, tmp_path: Path) -> None:
    with Collector(tmp_path / "data"):
        error = refused(*into(log, tmp_path / "data"))

    assert "by --url" in error


@pytest.mark.parametrize("where", [[], ["--data", "data", "--url", "http://127.0.0.1:1"]])
def test_one_place_to_put_them_must_be_given(log: Path, where: list[str]) -> None:
    _, err = run(str(log), *where, code=2)

    assert "either --data or --url" in err


def test_a_collector_that_does_not_answer_ends_the_run(log: Path) -> None:
    assert "run this again" in refused(str(log), "--url", "http://127.0.0.1:1", "--write-key", "key")


def test_views_without_a_route_are_counted_at_the_end_with_what_to_do(log: Path, tmp_path: Path) -> None:
    out, err = run(*into(log, tmp_path / "data"))

    assert out.splitlines()[-1].startswith("1 of 3 page views has no route: name your pages in the plan's `pages:`")
    assert "Access logs" in out
    assert err == ""


@pytest.mark.parametrize("pages", ["", "pages: {Home: {description: A name that is no path}}\n"])
def test_a_plan_without_paths_is_named_before_anything_is_stored(log: Path, tmp_path: Path, pages: str) -> None:
    (tmp_path / "plan.yaml").write_text("".join(PLAN.splitlines(keepends=True)[:2]) + pages)

    out, err = run(*into(log, tmp_path / "data"))

    assert err.startswith("every page view will be stored without a route")
    assert out.splitlines()[-1].startswith("3 of 3 page views have no route")


def test_a_plan_that_keeps_paths_needs_no_routes(log: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.partition("pages:")[0] + "web: {paths: true}\n")

    out, err = run(*into(log, tmp_path / "data"))

    assert "no route" not in out + err


def test_a_span_takes_the_lines_of_its_time_and_the_rest_of_them_later(log: Path, tmp_path: Path) -> None:
    start = into(log, tmp_path / "data")

    first, _ = run(*start, "--until", "2026-11-29T14:00:03Z")
    later, _ = run(*start, "--since", "2026-11-29T14:00:03Z", "--output", "json")
    whole, _ = run(*start)

    assert first.splitlines()[0] == "4 lines: 1 page view (1 stored)"
    assert "2 not counted: their time is not in the span that was asked for" in first
    assert (json.loads(later)["verdicts"], json.loads(later)["outside"]) == ({"stored": 2}, 2)
    assert whole.splitlines()[0] == "4 lines: 3 page views (3 duplicate)"


def test_a_time_without_an_offset_is_on_the_plans_clock(log: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN + "timezone: Europe/Oslo\n")

    out, _ = run(*into(log, tmp_path / "data"), "--since", "2026-11-29T15:00:03")

    assert out.splitlines()[0] == "4 lines: 2 page views (2 stored)"


def test_a_key_that_is_not_the_collectors_is_named(log: Path) -> None:
    with serving(lambda _number, _messages: (401, {})) as server:
        error = refused(str(log), "--url", server.url, "--write-key", "wrong")

    assert error.endswith("FOOTFALL_WRITE_KEY or --write-key (footfall keys create makes one)")
