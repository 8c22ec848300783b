"""`footfall plan json-schema`: the JSON Schema of plan files, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.disk import SystemDisk, replace_file
from footfall.errors import UsageError
from footfall.planning.codegen.json_schema import schema_text
from footfall.planning.editor_schema import editor_schema

__all__ = ["command"]


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; by default it is printed.")
def command(output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of the plan format, by which editors complete and check plan files.

    For one file, its first line can be: # yaml-language-server: $schema=plan.schema.json
    """
    text = schema_text(editor_schema())
    if output is None:
        echo(text, end="")
        return
    try:
        replace_file(SystemDisk(), output, text.encode())
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}; choose another --output") from None
    echo(f"{output}: the schema of plan files")
