"""`footfall import costs` takes all of a file or nothing, and attribution puts it beside what campaigns bring."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from tests.cli.test_attribution import data as data  # the fixture
from tests.cli.test_attribution import run as ask

from footfall.cli.app import app

HEAD = "date,campaign,cost,currency,clicks\n"


def bring(data: Path, rows: str, *arguments: str) -> Result:
    file = data.parent / "costs.csv"
    file.write_text(HEAD + rows)
    return CliRunner().invoke(app, ["import", "costs", str(file), "--data", str(data), *arguments])


def test_a_file_is_imported_once_and_mended_by_another_run(data: Path) -> None:
    rows = "2026-11-01,spring,12.50,EUR,4\n2026-11-02,lights,20,EUR,\n"

    assert bring(data, rows).stdout == "2 costs: 2 new, 0 changed, 0 as before\n"
    assert bring(data, rows).stdout == "2 costs: 0 new, 0 changed, 2 as before\n"
    changes = json.loads(bring(data, rows.replace("12.50", "10"), "--output", "json").stdout)
    assert changes == {
        "new": 0, "changed": 1, "unchanged": 1, "other_columns": [], "unknown_campaigns": {"lights": None},
    }  # fmt: skip


def test_attribution_shows_what_came_of_the_costs(data: Path) -> None:
    bring(data, "2026-11-01,spring,12.50,EUR,4\n2026-11-02,lights,20,EUR,\n")
    lines = [line.split() for line in ask(data, "--sum", "total").stdout.splitlines()]
    all_models = [line.split() for line in ask(data, "--sum", "total", "--model", "all").stdout.splitlines()]
    rows = ask(data, "--sum", "total", "--format", "csv").stdout.splitlines()

    assert ["spring", "12.50", "4", "12.50", "2.40", "+140", "%"] in lines
    assert ["lights", "20", "0.00", "-100", "%"] in lines
    assert ["lights", "20", "+50", "%", "-100", "%", "-100", "%", "-50", "%", "-40", "%", "-55", "%"] in all_models
    assert "last_non_direct,spring,true,false,1,1.0,0.5,EUR,30.0,12.50,12.5,2.4,1.4" in rows


def test_a_bad_row_is_named_and_nothing_is_imported(data: Path) -> None:
    result = bring(data, "2026-11-01,spring,12.50,EUR,4\nyesterday,spring,much,EUR,\n")

    assert result.stderr.splitlines()[0] == "costs.csv:3 date: 'yesterday' is no day; write it as 2026-11-30"
    assert "nothing was imported: 2 problems; mend and repeat" in str(result.exception)
    assert bring(data, "2026-11-01,spring,12.50,EUR,4\n").stdout == "1 cost: 1 new, 0 changed, 0 as before\n"


def test_a_misspelt_campaign_is_named_with_the_nearest(data: Path) -> None:
    result = bring(data, "2026-11-01,sprign_sale,12.50,EUR,4\n")

    assert "the plan has no campaign 'sprign_sale': did you mean spring_sale?" in result.stderr


def test_of_many_campaigns_that_the_plan_does_not_have_the_first_100_are_named(data: Path) -> None:
    lines = bring(data, "".join(f"2026-11-01,other{number},1,EUR,\n" for number in range(103))).stderr.splitlines()

    assert (len(lines), lines[-1]) == (101, "and 3 more that it has not")


def test_costs_are_in_a_backup(data: Path) -> None:
    bring(data, "2026-11-01,spring,12.50,EUR,4\n")
    backup, restored = data.parent / "backup", data.parent / "restored"
    for arguments in (["backup", str(backup)], ["verify"]):
        assert CliRunner().invoke(app, [*arguments, "--data", str(data)]).exit_code == 0
    assert CliRunner().invoke(app, ["restore", str(backup), "--data", str(restored)]).exit_code == 0

    assert bring(restored, "2026-11-01,spring,12.50,EUR,4\n").stdout == "1 cost: 0 new, 0 changed, 1 as before\n"


def test_a_file_that_is_not_there_is_one_clear_line(data: Path) -> None:
    result = CliRunner().invoke(app, ["import", "costs", "nowhere.csv", "--data", str(data)])

    assert "nowhere.csv: cannot be read: No such file or directory" in str(result.exception)
