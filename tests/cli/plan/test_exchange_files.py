"""Files of other tools are read one by one: what cannot be read costs none of the others."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

from footfall.plan import read

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "planning" / "data" / "interop"


def test_files_are_not_written_over_unless_forced(tmp_path: Path) -> None:
    arguments = ("import", "--from", "segment", DATA / "segment", "-o", tmp_path)

    first, second, forced = plan_command(*arguments), plan_command(*arguments), plan_command(*arguments, "--force")

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

    done = plan_command("import", "--from", "segment", tmp_path)

    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_costs_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"type": "object", "properties": {"a": {"type": "string"}}}')
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "list.json").write_text('[3, {"type": "object", "title": "Other"}]')

    done = plan_command("import", "--from", "jsonschema", tmp_path, "-o", tmp_path / "plan")

    assert done.returncode == 0, done.stderr
    assert list(read(tmp_path / "plan").require().events) == ["good", "list_1"]
    assert "bad.json: what cannot be read (" in done.stdout
    assert "list.json#/0: 3, which is no schema" in done.stdout
    assert done.stdout.count("loss_skipped") == 2


def test_a_yaml_document_that_cannot_be_read_costs_none_of_the_others_and_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "stream.yaml"
    file.write_text("# Ours\n---\ntype: object\n--- # the second\n- [\n---\ntype: object\n")

    done = plan_command("import", "--from", "jsonschema", file, "-o", tmp_path / "plan")

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

    done = plan_command("import", "--from", "jsonschema", pipe)
    writer.join()

    assert done.returncode == 0, done.stderr


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    done = plan_command("import", "--from", "segment", tmp_path / "gone")

    assert (done.returncode, "no such file or folder" in done.stderr) == (2, True)


def test_several_documents_in_one_yaml_file_are_all_read(tmp_path: Path) -> None:
    files = sorted((DATA / "rudderstack").iterdir())
    (tmp_path / "all.yaml").write_text("\n---\n".join(file.read_text() for file in files))

    done = plan_command("import", "--from", "rudderstack", tmp_path / "all.yaml", "-o", tmp_path / "plan")

    assert done.returncode == 0, done.stderr
    assert len(read(tmp_path / "plan").require().events) == 3
