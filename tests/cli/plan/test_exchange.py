"""`footfall plan import` and `footfall plan export` as their user runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from footfall.cli.plan.export import command as export_command
from footfall.cli.plan.import_ import command as import_command
from footfall.plan import read
from footfall.planning.interop import FORMATS, LOSS_CODES

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tracking_plans" / "shop_and_gateway"
DATA = ROOT / "tests" / "planning" / "data" / "interop"
COMMANDS = (ROOT / "tracking_plans" / "COMMANDS.md").read_text()


def footfall(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["rudderstack", "segment", "snowplow"])
def test_an_imported_folder_is_clean(form: str, tmp_path: Path) -> None:
    done = footfall("import", "--from", form, DATA / form, "-o", tmp_path / "plan")

    assert (done.returncode, done.stderr) == (0, "")
    checked = footfall("check", tmp_path / "plan")
    assert checked.returncode == 0, checked.stdout
    assert "3 events, 17 properties" in checked.stdout
    assert footfall("fmt", tmp_path / "plan", "--check").stdout == f"{tmp_path}/plan: every file is in form\n"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_exported_plan_can_be_imported_and_exported_again(form: str, tmp_path: Path) -> None:
    first = footfall("export", "--to", form, SHOP, "-o", tmp_path / "theirs")
    back = footfall("import", "--from", form, tmp_path / "theirs", "-o", tmp_path / "ours")
    again = footfall("export", "--to", form, tmp_path / "ours", "-o", tmp_path / "again")

    assert [each.returncode for each in (first, back, again)] == [0, 0, 0], (first.stderr, back.stderr, again.stderr)
    assert len(read(tmp_path / "ours").require().events) == 15
    assert contents(tmp_path / "again") == contents(tmp_path / "theirs")


def test_the_report_is_json_for_programs_and_markdown_for_people() -> None:
    as_json = footfall("export", "--to", "segment", SHOP, "--format", "json")
    as_markdown = footfall("export", "--to", "segment", SHOP, "--format", "markdown")

    problems = json.loads(as_json.stdout)["problems"]
    assert {"code": "loss_not_said", "where": "kpi:revenue", "message": "the kpi → nothing"}.items() <= {
        key: value for problem in problems if problem["where"] == "kpi:revenue" for key, value in problem.items()
    }.items()
    assert "| warning | `kpi:revenue` |" in as_markdown.stdout


def test_losses_fail_a_pipeline_only_when_asked_and_only_new_ones(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    arguments = ("export", "--to", "segment", SHOP, "--fail-on", "warning", "--baseline", known)

    strict = footfall(*arguments[:-2])
    written = footfall(*arguments, "--write-baseline")
    after = footfall(*arguments)

    assert [each.returncode for each in (strict, written, after)] == [1, 0, 0]


def test_files_are_not_written_over_unless_forced(tmp_path: Path) -> None:
    arguments = ("import", "--from", "segment", DATA / "segment", "-o", tmp_path)

    first, second, forced = footfall(*arguments), footfall(*arguments), footfall(*arguments, "--force")

    assert [each.returncode for each in (first, second, forced)] == [0, 2, 0]
    assert second.stderr.startswith(f"footfall: {tmp_path}: holds plan.yaml, ")
    assert "--force" in second.stderr


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("plan.json", "{", 3, "not JSON"),
        ("plan.json", '{"min": NaN}', 3, "NaN is no JSON"),
        ("plan.yaml", "a: [", 3, "not YAML"),
        ("plan.json", '{"a": 1}', 2, "holds nothing of Segment"),
        ("notes.md", "words", 2, "holds no JSON or YAML file"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    name: str, content: str, code: int, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)

    done = footfall("import", "--from", "segment", tmp_path)

    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_costs_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"type": "object", "properties": {"a": {"type": "string"}}}')
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "list.json").write_text('[3, {"type": "object", "title": "Other"}]')

    done = footfall("import", "--from", "jsonschema", tmp_path, "-o", tmp_path / "plan")

    assert done.returncode == 0, done.stderr
    assert list(read(tmp_path / "plan").require().events) == ["good", "list_1"]
    assert "bad.json: what cannot be read (" in done.stdout
    assert "list.json#/0: 3, which is no schema" in done.stdout
    assert done.stdout.count("loss_skipped") == 2


def test_a_yaml_document_that_cannot_be_read_costs_none_of_the_others_and_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "stream.yaml"
    file.write_text("# Ours\n---\ntype: object\n--- # the second\n- [\n---\ntype: object\n")

    done = footfall("import", "--from", "jsonschema", file, "-o", tmp_path / "plan")

    assert done.returncode == 0, done.stderr
    assert len(read(tmp_path / "plan").require().events) == 2
    assert done.stdout.count("loss_skipped") == 1
    assert "stream.yaml, document 2: what cannot be read" in done.stdout
    assert re.search(r"stream\.yaml:[56]: not YAML", done.stdout)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_file_may_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=('{"type": "object"}',))
    writer.start()

    done = footfall("import", "--from", "jsonschema", pipe)
    writer.join()

    assert done.returncode == 0, done.stderr


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

    done = footfall("import", "--from", "jsonschema", tmp_path / "e.json", "-o", tmp_path / "plan")

    assert "what a plan cannot write" in done.stdout
    assert list(read(tmp_path / "plan").require().events) == ["e"]


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    done = footfall("import", "--from", "segment", tmp_path / "gone")

    assert (done.returncode, "no such file or folder" in done.stderr) == (2, True)


def test_several_documents_in_one_yaml_file_are_all_read(tmp_path: Path) -> None:
    files = sorted((DATA / "rudderstack").iterdir())
    (tmp_path / "all.yaml").write_text("\n---\n".join(file.read_text() for file in files))

    done = footfall("import", "--from", "rudderstack", tmp_path / "all.yaml", "-o", tmp_path / "plan")

    assert done.returncode == 0, done.stderr
    assert len(read(tmp_path / "plan").require().events) == 3


def test_the_name_of_the_plan_can_be_given(tmp_path: Path) -> None:
    footfall("import", "--from", "segment", DATA / "segment", "-o", tmp_path, "--name", "shop")

    assert read(tmp_path).require().id == "shop"


def test_the_documentation_names_every_format_option_and_code() -> None:
    sections = {part.partition("\n")[0]: part for part in COMMANDS.split("\n## ")}

    for name, command in (("import", import_command), ("export", export_command)):
        section = sections[f"footfall plan {name}"]
        options = [option for param in command.params for option in param.opts if option.startswith("--")]
        assert [option for option in options if f"`{option}`" not in section] == []
        assert [form for form in FORMATS if f"`{form}`" not in section] == []
    assert [code for code, row in LOSS_CODES.items() if f"| `{code}` | {row.why} |" not in COMMANDS] == []
