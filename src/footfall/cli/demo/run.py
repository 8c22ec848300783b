"""The demo from its first line to its last: start everything, let the visitors in, read their data."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

import footfall
from footfall.cli.demo.history import LONGEST, history_of, send_history
from footfall.cli.demo.processes import FOOTFALL, ending_on, running
from footfall.cli.demo.reading import show_results
from footfall.cli.demo.visitors import visit_shop
from footfall.cli.output import console, echo
from footfall.cli.time_param import SecondsParam
from footfall.client import Client
from footfall.clock import Clock, SystemClock
from footfall.disk import Disk, SystemDisk, replace_file
from footfall.errors import DataFolderError, FootfallError, PlatformError, UsageError
from footfall.extras import needs
from footfall.storage.folder import DataFolder

__all__ = ["command", "example_file", "prepare", "progress"]

_NOTE = "demo.json"
_PLAIN_LINES = 5  # how many lines a run prints where the output is no terminal
_USAGE = 2
_STARTS_WITHIN = 60.0  # seconds; long for a machine that has nothing else to do, and short for one that has
_ENDS_WITHIN = 60.0  # seconds after the last visitor
_GATEWAYS = 4
_OF_SHOP = ("itsdangerous", "jinja2", "python_multipart", "starlette")  # what the shop, another process, imports
_READINGS = 15


class _Note(msgspec.Struct, frozen=True):
    runs: int


def prepare(data: Path, plan: Path, *, clock: Clock, disk: Disk) -> int:
    """Make the folder, or take an earlier demo's, and copy the plan into it; how many runs were before this one.

    Raises DataFolderError for a folder that is not footfall's, and for one with other data than a demo's.
    """
    used = (data / "footfall.json").exists()
    DataFolder.open(data, disk=disk, clock=clock).close()
    note = data / _NOTE
    earlier = 0
    if used:
        try:
            with disk.open(note, "read") as file:
                earlier = msgspec.json.decode(file.read(), type=_Note).runs
        except FileNotFoundError:
            raise DataFolderError(
                data, "holds a collector's data, which made-up visitors would spoil; name another folder with --data"
            ) from None
        except msgspec.DecodeError as error:
            raise DataFolderError(data, f"has a {_NOTE} that is not the demo's; name another folder") from error
    replace_file(disk, note, msgspec.json.encode(_Note(earlier + 1)) + b"\n")
    _copy(plan, data / "plan", disk)
    return earlier


def _copy(plan: Path, target: Path, disk: Disk) -> None:
    """Copy a plan's files; what the reader has changed in an earlier copy stays."""
    for source in sorted(plan.rglob("*.yaml")):
        copy = target / source.relative_to(plan)
        if "fixtures" in source.relative_to(plan).parts or copy.exists():
            continue
        disk.make_folder(copy.parent)
        with disk.open(source, "read") as file:
            replace_file(disk, copy, file.read())


@contextmanager
def progress(visitors: int) -> Iterator[Callable[[int, Counter[str]], None]]:
    """A function to call after each visit with how many are done and what the visitors did so far."""
    if not sys.stdout.isatty():
        yield lambda done, actions: _line(done, visitors, actions)
        return
    columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console()) as bar:
        task = bar.add_task("", total=visitors)
        yield lambda done, actions: bar.update(task, completed=done, description=counted(actions))


def _line(done: int, visitors: int, actions: Counter[str]) -> None:
    if done == visitors or done % max(1, visitors // _PLAIN_LINES) == 0:
        echo(f"  {done:>4} of {visitors} visits: {counted(actions)}")


def counted(actions: Counter[str]) -> str:
    """What the visitors did, in one line."""
    return ", ".join(f"{name} {actions[name]}" for name in ("pages", "sign-ins", "orders", "declined"))


def example_file(relative: str) -> Path:
    """The file or folder `relative` of the project, wherever this footfall was installed from.

    Raises UsageError when this installation came without the examples.
    """
    package = Path(footfall.__file__).parent
    for root in (package / "_examples", package.parents[1]):
        if (root / relative).exists():
            return root / relative
    raise UsageError(f"this installation of footfall has no {relative}: install the wheel, or run in a checkout")


@click.command("demo")
@click.option("--data", default="footfall-demo", type=click.Path(path_type=Path), help="Folder for the data.",
              show_default=True)  # fmt: skip
@click.option("--seed", default=1, help="The same seed makes the same visitors.", show_default=True)
@click.option("--visitors", default=60, type=click.IntRange(1, 2000), help="How many visits.", show_default=True)
@click.option("--seconds", default=10.0, type=SecondsParam(0.1, 600), help="Over how long they arrive.",
              show_default=True)  # fmt: skip
@click.option("--days", default=LONGEST, type=click.IntRange(0, LONGEST), show_default=True,
              help="Days of simulated history before the visits; 0 for none.")  # fmt: skip
def command(data: Path, seed: int, visitors: int, seconds: float, days: int) -> None:
    """Watch footfall at work: a shop, its visitors and some gateways, all on this machine.

    Starts a collector, a small web shop and gateways on free local ports, sends visitors with cookie jars through the
    shop's pages, and shows what can be read afterwards. Before them the collector gets a simulated history, so that
    questions about weeks have an answer. The data stays in the folder; a second run adds to it, without a history.
    """
    try:
        if not hasattr(signal, "SIGHUP"):
            raise PlatformError("footfall demo", sys.platform)
        with needs("footfall demo", "demo"):
            for library in _OF_SHOP:
                importlib.import_module(library)
        with ending_on(signal.SIGTERM, signal.SIGHUP):
            _run(data, seed=seed, visitors=visitors, seconds=seconds, days=days, clock=SystemClock())
    except FootfallError as error:
        echo(f"Error: {error}", err=True)
        sys.exit(_USAGE)


def _run(data: Path, *, seed: int, visitors: int, seconds: float, days: int, clock: Clock) -> None:
    plan = example_file("tracking_plans/shop_and_gateway")
    earlier = prepare(data, plan, clock=clock, disk=SystemDisk())
    if earlier:
        echo(f"{data} has {earlier} earlier run(s) of the demo; this one adds another round of visits.\n")
    _live(data, seed=seed, visitors=visitors, seconds=seconds, days=0 if earlier else days, clock=clock)
    show_results(data)


def _live(data: Path, *, seed: int, visitors: int, seconds: float, days: int, clock: Clock) -> None:
    """Run everything until the last visitor has left and every message is delivered."""
    plan = str(data / "plan")
    shop_key, gateway_key = clock.new_id(), clock.new_id()
    serve = (*FOOTFALL, "serve", "--data", str(data), "--plan", plan, "--host", "127.0.0.1", "--port", "0",
             "--config", os.devnull)  # fmt: skip
    keys = {"FOOTFALL_WRITE_KEYS": f"{shop_key}=shop_backend {gateway_key}=gateway_agent"}
    with running("the collector", serve, keys) as collector:
        intake = collector.address(_STARTS_WITHIN)
        echo(f"collector  {intake}  (data in {data})")
        if days:
            _send_history(intake, plan, days, seed=seed, clock=clock, shop_key=shop_key, gateway_key=gateway_key)
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
                echo()
                for line in shop.finish(_ENDS_WITHIN).splitlines()[-2:]:
                    echo(line)
            echo(gateways.finish(_ENDS_WITHIN + seconds))


def _send_history(
    intake: str, plan: str, days: int, *, seed: int, clock: Clock, shop_key: str, gateway_key: str
) -> None:
    """Send what happened on the days before today, by UTC."""
    midnight = datetime.fromtimestamp(clock.now_us() // 1_000_000, UTC).replace(hour=0, minute=0, second=0)
    past = history_of(days, midnight=midnight, seed=seed)
    with (
        Client(intake, write_key=shop_key, plan=plan) as shop,
        Client(intake, write_key=gateway_key, plan=plan) as gateways,
    ):
        count = send_history(past, shop=shop, gateways=gateways)
    echo(f"history    {count:,} simulated messages of the {days} days before today, with their own times")
