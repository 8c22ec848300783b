"""`footfall plan bundle`: the plan, resolved and checked, as one JSON file."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.output_files import write_file
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.errors import UsageError
from footfall.plan import bundle_bytes, bundle_hash
from footfall.printable import counted

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The bundle to write.")
@click.pass_context
def command(ctx: click.Context, path: Path, output: Path) -> None:
    """Write PLAN, resolved and checked, as one JSON file. Clients and collectors read it without YAML.

    Exit code 0: the file is written. 1: the plan has faults, and no file is written. 2: there is no plan.
    """
    plan = require_reading(ctx, path).require()
    # A pipe or a device is for another program, which gives the bundle its name.
    if output.suffix != ".json" and (output.is_file() or not output.exists()):
        raise UsageError(f"{output}: a bundle is known by its ending; name it {output.with_suffix('.json')}")
    content = bundle_bytes(plan)
    write_file(output, content)
    echo(f"{output}: {plan.id} {bundle_hash(plan)} ({counted(len(content), 'byte')})")
