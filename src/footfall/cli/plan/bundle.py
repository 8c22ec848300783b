"""`footfall plan bundle`: the plan, resolved and checked, as one JSON file."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.disk import SystemDisk, replace_file
from footfall.errors import UsageError
from footfall.plan import bundle_bytes, bundle_hash
from footfall.printable import counted

__all__ = ["command"]


@click.command()
@click.argument("path", type=PLAN_PATH)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The bundle to write.")
@click.pass_context
def command(ctx: click.Context, path: Path, output: Path) -> None:
    """Write the plan at PATH, resolved and checked, as one JSON file that needs no YAML to be read.

    Exit code 1, and no file, when something is wrong with the plan.
    """
    plan = require_reading(ctx, path).require()
    # A pipe or a device is for another program, which gives the bundle its name.
    if output.suffix != ".json" and (output.is_file() or not output.exists()):
        raise UsageError(f"{output}: a bundle is known by its ending; name it {output.with_suffix('.json')}")
    content = bundle_bytes(plan)
    try:
        replace_file(SystemDisk(), output, content)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}; choose another --output") from None
    echo(f"{output}: {plan.id} {bundle_hash(plan)} ({counted(len(content), 'byte')})")
