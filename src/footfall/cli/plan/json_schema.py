"""`footfall plan json-schema`: the JSON Schema of plan files, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.output_files import write_file
from footfall.planning.codegen.json_schema import schema_text
from footfall.planning.editor_schema import editor_schema

__all__ = ["command"]


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.  [default: print it]")
def command(output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of plan files, with which editors complete and check them.

    To use it for one file, write this as its first line: # yaml-language-server: $schema=plan.schema.json
    """
    text = schema_text(editor_schema())
    if output is None:
        echo(text, end="")
        return
    write_file(output, text.encode())
    echo(f"{output}: the schema of plan files")
