"""`footfall plan import` makes a clean plan from the files of other tools, and lists what is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command

from footfall.cli.plan.export import command as export_command
from footfall.cli.plan.import_ import command as import_command
from footfall.plan import read
from footfall.planning.interop import FORMATS, LOSS_CODES

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "planning" / "data" / "interop"
COMMANDS = (ROOT / "tracking_plans" / "COMMANDS.md").read_text()


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["rudderstack", "segment", "snowplow"])
def test_an_imported_folder_is_clean(form: str, tmp_path: Path) -> None:
    done = plan_command("import", "--from", form, DATA / form, "-o", tmp_path / "plan")

    assert (done.returncode, done.stderr) == (0, "")
    checked = plan_command("check", tmp_path / "plan")
    assert checked.returncode == 0, checked.stdout
    assert "3 events, 17 properties" in checked.stdout
    assert plan_command("fmt", tmp_path / "plan", "--check").stdout == f"{tmp_path}/plan: every file is in form\n"


def test_the_report_is_json_for_programs_and_markdown_for_people() -> None:
    as_json = plan_command("export", "--to", "segment", SHOP, "--format", "json")
    as_markdown = plan_command("export", "--to", "segment", SHOP, "--format", "markdown")

    problems = json.loads(as_json.stdout)["problems"]
    assert {"code": "loss_not_said", "where": "kpi:revenue", "message": "the kpi → nothing"}.items() <= {
        key: value for problem in problems if problem["where"] == "kpi:revenue" for key, value in problem.items()
    }.items()
    assert "| warning | `kpi:revenue` |" in as_markdown.stdout


def test_losses_fail_a_pipeline_only_when_asked_and_only_new_ones(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    arguments = ("export", "--to", "segment", SHOP, "--fail-on", "warning", "--baseline", known)

    strict = plan_command(*arguments[:-2])
    written = plan_command(*arguments, "--write-baseline")
    after = plan_command(*arguments)

    assert [each.returncode for each in (strict, written, after)] == [1, 0, 0]


@pytest.mark.parametrize(
    "schema",
    [
        '{"minimum": 1e999}', '{"type": "number", "maximum": 1e-9999}', '{"enum": [1e999]}',
        f'{{"minimum": 1{"0" * 500}}}', '{"enum": ["\\ud800"]}', '{"description": "\\udfff"}',
        '{"default": {"\\ud800": 1}}',
    ],
)  # fmt: skip
def test_what_yaml_has_no_words_for_is_told_and_the_plan_can_be_read(tmp_path: Path, schema: str) -> None:
    (tmp_path / "e.json").write_text(f'{{"type": "object", "properties": {{"a": {schema}}}}}')

    done = plan_command("import", "--from", "jsonschema", tmp_path / "e.json", "-o", tmp_path / "plan")

    assert "what a plan cannot write" in done.stdout
    assert list(read(tmp_path / "plan").require().events) == ["e"]


def test_the_name_of_the_plan_can_be_given(tmp_path: Path) -> None:
    plan_command("import", "--from", "segment", DATA / "segment", "-o", tmp_path, "--name", "shop")

    assert read(tmp_path).require().id == "shop"


def test_the_documentation_names_every_format_option_and_code() -> None:
    sections = {part.partition("\n")[0]: part for part in COMMANDS.split("\n## ")}

    for name, command in (("import", import_command), ("export", export_command)):
        section = sections[f"footfall plan {name}"]
        options = [option for param in command.params for option in param.opts if option.startswith("--")]
        assert [option for option in options if f"`{option}`" not in section] == []
        assert [form for form in FORMATS if f"`{form}`" not in section] == []
    assert [code for code, row in LOSS_CODES.items() if f"| `{code}` | {row.why} |" not in COMMANDS] == []
