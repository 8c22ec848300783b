"""A path with no plan is a usage error; a plan with faults is told them, and ends the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from footfall.cli.output import echo
from footfall.cli.plan import COMMANDS
from footfall.cli.plan import command as group
from footfall.cli.plan.read import is_no_plan, refuse_no_plan, require_reading
from footfall.errors import Problem, UsageError
from footfall.markdown_text import markdown_text
from footfall.plan import read


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, path: Path) -> None:
    echo(require_reading(ctx, path).require().id)


def test_a_command_gets_its_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p")

    assert CliRunner().invoke(command, [str(tmp_path)]).stdout == "p\n"


def test_faults_are_told_on_standard_error_and_end_the_command(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevnts: {}")

    done = CliRunner().invoke(command, [str(file)])

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{file}:2:1 unknown key 'evnts' (did you mean 'events'?) [unknown_key]",
        f"{file}: 1 problem in 1 file",
    ]


@pytest.mark.parametrize("content", [None, "", "plan: [}"])
def test_a_path_with_no_plan_is_refused(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    if content is not None:
        file.write_text(content)
    problems = read(file).problems

    assert is_no_plan(file, problems)
    with pytest.raises(UsageError, match=r"plan\.yaml"):
        refuse_no_plan(click.Context(command), file, problems)


def test_a_broken_file_among_others_is_a_plan_with_faults(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: p")
    (tmp_path / "b.yaml").write_text("events: [}")

    assert not is_no_plan(tmp_path, read(tmp_path).problems)


# Every command that tells findings, with what it needs beside the plan.
TELLING = [
    ("check", "{plan}"),
    ("lint", "{plan}"),
    ("diff", "{plan}", "--base", "{folder}"),
    ("lock", "{plan}"),
    ("scan", "{plan}", "{folder}"),
    ("observe", "{plan}", "{folder}/events.jsonl"),
    ("export", "{plan}", "--to", "segment"),
    ("codegen", "python", "{plan}", "-o", "{folder}/out.py"),
    ("fmt", "{plan}"),
]
FAULTY = TELLING[:-1]  # fmt does not ask what a plan means
# How each form for programs tells where a finding stands and what it is.
TOLD: dict[str, Callable[[Problem], tuple[str, ...]]] = {
    "json": lambda it: (
        f'"code": "{it.code}"', f'"file": {json.dumps(it.file)}', f'"line": {it.line}', f'"column": {it.column}',
    ),
    "github": lambda it: (
        f"::error file={it.file},line={it.line}{f',col={it.column}' if it.column else ''},title={it.code}::",
    ),
    "junit": lambda it: (it.code, f'file="{it.file}"', f'line="{it.line}"', 'failures="1"'),
    "sarif": lambda it: (
        f'"ruleId": "{it.code}"', f'"uri": "file://{it.file}"', f'"startLine": {it.line}',
        f'"startColumn": {it.column}',
    ),
    "markdown": lambda it: (f"`{it.file}:{it.line}`", markdown_text(it.message)),
}  # fmt: skip


def run(arguments: tuple[str, ...], plan: Path, *more: str) -> Result:
    filled = [part.format(plan=plan, folder=plan.parent) for part in arguments]
    return CliRunner().invoke(group, [*filled, *more])


def test_every_command_with_the_options_of_findings_is_tried() -> None:
    context = click.Context(group)
    made = {name: group.get_command(context, name) for name in COMMANDS}
    names = [name for name, one in made.items() if one and any(each.name == "write_baseline" for each in one.params)]

    reading = sorted({*names} - {"import"})  # which reads no plan but makes one
    assert reading == sorted(arguments[0] for arguments in TELLING)


@pytest.mark.parametrize("form", TOLD)
@pytest.mark.parametrize("arguments", FAULTY, ids=lambda given: given[0])
def test_the_faults_of_a_plan_are_told_in_the_form_that_was_asked_for(
    arguments: tuple[str, ...], form: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents:\n  sold: {statsu: active}\n")
    fault = read(file).problems[0]

    done = run(arguments, file, "--format", form)

    assert (done.exit_code, done.stderr) == (1, "")
    assert (fault.code, fault.line, fault.column) == ("unknown_key", 3, 10)
    for words in TOLD[form](fault):
        assert words in done.stdout


@pytest.mark.parametrize("arguments", FAULTY, ids=lambda given: given[0])
def test_the_faults_of_a_plan_are_lines_on_standard_output(arguments: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevnts: {}")

    done = run(arguments, file)

    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{file}:2:1 unknown key 'evnts' (did you mean 'events'?) [unknown_key]\n")


@pytest.mark.parametrize("form", TOLD)
@pytest.mark.parametrize("arguments", TELLING, ids=lambda given: given[0])
def test_a_file_that_is_not_yaml_is_told_in_the_form_that_was_asked_for(
    arguments: tuple[str, ...], form: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents: [}\n")
    fault = read(file).problems[0]

    done = run(arguments, file, "--format", form)

    assert (done.exit_code, done.stderr) == (2, "")
    assert (fault.code, fault.line) == ("not_yaml", 2)
    for words in TOLD[form](fault):
        assert words in done.stdout


@pytest.mark.parametrize("arguments", TELLING, ids=lambda given: given[0])
def test_a_path_with_no_plan_is_a_usage_error_for_people(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(arguments, tmp_path / "none.yaml")

    assert isinstance(done.exception, UsageError)
    assert done.stdout == ""


def test_a_plan_that_cannot_be_used_changes_no_baseline(tmp_path: Path) -> None:
    file, baseline = tmp_path / "plan.yaml", tmp_path / "baseline.json"
    file.write_text("plan: p\nevnts: {}")

    for form in ("text", "json"):
        done = run(
            ("scan", "{plan}", "{folder}"), file, "--baseline", str(baseline), "--write-baseline", "--format", form
        )

        assert (done.exit_code, "unknown_key" in done.stdout, baseline.exists()) == (1, True, False)


MARK = b"\xef\xbb\xbf"
PLAN = "plan: p\nevents:\n  e: {description: When it is, properties: {a: {type: string, description: what}}}\n"


@pytest.mark.parametrize("name", ["plan.yaml", "fixtures/e/valid/a.json", "plan.lock.json", "known.json", "p.json"])
def test_a_byte_order_mark_before_any_input_is_no_part_of_it(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    (folder / "fixtures/e/valid").mkdir(parents=True)
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "fixtures/e/valid/a.json").write_text('{"a": "x"}')
    bundle, known = folder / "p.json", folder / "known.json"
    runner = CliRunner()
    lint = ["lint", str(folder), "--baseline", str(known)]
    for arguments in (["lock", str(folder)], [*lint, "--write-baseline"], ["bundle", str(folder), "-o", str(bundle)]):
        assert runner.invoke(group, arguments, catch_exceptions=False).exit_code == 0
    marked = folder / name
    marked.write_bytes(MARK + marked.read_bytes())

    after = [
        runner.invoke(group, arguments)
        for arguments in (
            ["check", str(folder)],
            ["check", str(bundle)],
            ["lock", str(folder), "--check"],
            [*lint, "--fail-on", "warning"],
        )
    ]

    assert [(done.exit_code, done.output) for done in after if done.exit_code] == []
