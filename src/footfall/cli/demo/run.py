"""The demo from its first line to its last: start everything, let the visitors in, read their data."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import click

from footfall.cli.demo.example_files import example_file
from footfall.cli.demo.folder import prepare
from footfall.cli.demo.processes import FOOTFALL, ending_on, running
from footfall.cli.demo.progress import progress
from footfall.cli.demo.reading import show_results
from footfall.cli.demo.visitors import visit_shop
from footfall.cli.output import echo
from footfall.clock import Clock, SystemClock
from footfall.disk import SystemDisk
from footfall.errors import FootfallError, PlatformError

__all__ = ["command"]

_USAGE = 2
_STARTS_WITHIN = 60.0  # seconds; long for a machine that has nothing else to do, and short for one that has
_ENDS_WITHIN = 60.0  # seconds after the last visitor
_GATEWAYS = 4
_READINGS = 15


@click.command("demo")
@click.option("--data", default="footfall-demo", type=click.Path(path_type=Path), help="Folder for the data.",
              show_default=True)  # fmt: skip
@click.option("--seed", default=1, help="The same seed makes the same visitors.", show_default=True)
@click.option("--visitors", default=60, type=click.IntRange(1, 2000), help="How many visits.", show_default=True)
@click.option("--seconds", default=10.0, type=click.FloatRange(0.1, 600), help="Over how long they arrive.",
              show_default=True)  # fmt: skip
def command(data: Path, seed: int, visitors: int, seconds: float) -> None:
    """Watch footfall at work: a shop, its visitors and some gateways, all on this machine.

    Starts a collector, a small web shop and gateways on free local ports, sends visitors with cookie jars through the
    shop's pages, and shows what can be read afterwards. The data stays in the folder; a second run adds to it.
    """
    try:
        if not hasattr(signal, "SIGHUP"):
            raise PlatformError("footfall demo", sys.platform)
        with ending_on(signal.SIGTERM, signal.SIGHUP):
            _run(data, seed=seed, visitors=visitors, seconds=seconds, clock=SystemClock())
    except FootfallError as error:
        echo(f"Error: {error}", err=True)
        sys.exit(_USAGE)


def _run(data: Path, *, seed: int, visitors: int, seconds: float, clock: Clock) -> None:
    plan = example_file("tracking_plans/shop_and_gateway")
    earlier = prepare(data, plan, seed=seed, visitors=visitors, clock=clock, disk=SystemDisk())
    if earlier:
        echo(f"{data} has {len(earlier)} earlier run(s) of the demo; this one adds another round of visits.\n")
    _live(data, seed=seed, visitors=visitors, seconds=seconds, clock=clock)
    show_results(data)


def _live(data: Path, *, seed: int, visitors: int, seconds: float, clock: Clock) -> None:
    """Run everything until the last visitor has left and every message is delivered."""
    plan = str(data / "plan")
    shop_key, gateway_key = clock.new_id(), clock.new_id()
    serve = (*FOOTFALL, "serve", "--data", str(data), "--plan", plan, "--host", "127.0.0.1", "--port", "0",
             "--config", os.devnull)  # fmt: skip
    keys = {"FOOTFALL_WRITE_KEYS": f"{shop_key}=shop_backend {gateway_key}=gateway_agent"}
    with running("the collector", serve, keys) as collector:
        intake = collector.address(_STARTS_WITHIN)
        echo(f"collector  {intake}  (data in {data})")
        to = ("--collector", intake, "--plan", plan)
        homes = (str(example_file("examples/gateway/gateway.py")), *to, "--seed", str(seed),
                 "--gateways", str(_GATEWAYS), "--readings", str(_READINGS),
                 "--pause", str(seconds / _READINGS))  # fmt: skip
        with running("the gateways", homes, {"FOOTFALL_WRITE_KEY": gateway_key}) as gateways:
            echo(f"gateways   {_GATEWAYS}; each loses its line once, one boots in 1970, one is an hour slow")
            door = (str(example_file("examples/shop/main.py")), *to, "--port", "0")
            with running("the shop", door, {"FOOTFALL_WRITE_KEY": shop_key}) as shop:
                address = shop.address(_STARTS_WITHIN)
                echo(f"shop       {address}")
                echo(f"visitors   {visitors}, seed {seed}; their visits happen now, in quick motion\n")
                with progress(visitors) as show:
                    visits = visit_shop(
                        address, visitors=visitors, seconds=seconds, seed=seed, clock=clock, progress=show
                    )
                    asyncio.run(visits)
                shop.stop()
                echo(f"\n{shop.finish(_ENDS_WITHIN).splitlines()[-1]}")
            echo(gateways.finish(_ENDS_WITHIN + seconds))
