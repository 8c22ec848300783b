"""Commands on a data folder: the collector that owns it carries them out, and without one whoever calls does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from footfall import storage
from footfall.clock import Clock, SystemClock
from footfall.collector.commands import Handler, ask
from footfall.collector.job_settings import JobSettings
from footfall.errors import DataFolderHeldError, FootfallError, JobError, UsageError, WarehouseError
from footfall.events import Answer
from footfall.maintenance.context import JobContext, Progress
from footfall.maintenance.jobs import JobRunner
from footfall.maintenance.schedule import FAILING, JobLine, failing
from footfall.maintenance.table import jobs_of
from footfall.storage.control import Control, JobRun, latest_plan
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.store import Mode

__all__ = [
    "COMMANDS",
    "FolderCommand",
    "NoOptions",
    "RunOptions",
    "TakeOptions",
    "carry_out",
    "failing_jobs",
    "handlers",
]

# A collector that starts has the folder a moment before it takes commands.
_TRIES, _PAUSE = 20, 0.1


class NoOptions(msgspec.Struct):
    """A command without options."""


class RunOptions(msgspec.Struct):
    """Which job to run. `rows`: see JobContext."""

    name: str
    rows: int | None = None


class TakeOptions(msgspec.Struct):
    """A message to take in as one of a source."""

    message: dict[str, Any]
    source: str


def _jobs(runner: JobRunner, _: NoOptions, __: Progress) -> object:
    return runner.lines()


def _run(runner: JobRunner, options: RunOptions, progress: Progress) -> object:
    return runner.run(options.name, progress, rows=options.rows)


def _purge(runner: JobRunner, rule: PurgeRule, progress: Progress) -> object:
    # Loaded late: few collectors ever purge.
    from footfall.maintenance.purge import purge
    from footfall.maintenance.seal import seal
    from footfall.maintenance.signals import forget

    with runner.turn("purge", progress):
        runner.context.progress = progress
        # Intake waits while the journal is written anew, so little should be in it. What keeps messages from being
        # sealed keeps none from being purged.
        with suppress(JobError, WarehouseError):
            seal(runner.context)
        runner.context.check_stop()
        receipt = purge(runner.context, rule)
        forget(runner.context)
        return receipt


def _take(runner: JobRunner, options: TakeOptions, _: Progress) -> Answer:
    context, body = runner.context, msgspec.json.encode({"batch": [options.message]})
    if context.intake is not None:
        return context.intake(body, options.source)
    # Loaded late: only a command without a collector takes messages in itself.
    from footfall.collector import Collector

    plan = latest_plan(context.store.control)
    with Collector(context.data, plan=plan, clock=context.clock, store=context.store) as collector:
        return collector.take(body, source=options.source)


class FolderCommand(NamedTuple):
    """One row of the table of commands.

    `action` takes the runner, whose `context` has the store and whose `turn` keeps jobs from running meanwhile, and its
    options, which are of the type `options`. Its result becomes JSON. `mode` is how the store is opened where no
    collector runs, and `words` are shown to whoever wants it then.
    """

    action: Callable[[JobRunner, Any, Progress], object]
    options: type[msgspec.Struct]
    mode: Mode
    words: str


COMMANDS: Mapping[str, FolderCommand] = {
    "jobs": FolderCommand(_jobs, NoOptions, "read", "footfall jobs"),
    "purge": FolderCommand(_purge, PurgeRule, "change", "footfall purge"),
    "run": FolderCommand(_run, RunOptions, "change", "footfall jobs run"),
    "take": FolderCommand(_take, TakeOptions, "write", "footfall signals"),
}
"""Every command by its name. A new command is a row."""


def handlers(runner: JobRunner) -> Mapping[str, Handler]:
    """The commands for the socket of the collector whose jobs `runner` runs."""
    return {name: partial(_carry_out, command, runner) for name, command in COMMANDS.items()}


def _carry_out(command: FolderCommand, runner: JobRunner, options: Mapping[str, Any], progress: Progress) -> object:
    try:
        converted = msgspec.convert(options, command.options)
    except msgspec.ValidationError as error:
        raise UsageError(f"these options are not the command's: {error}") from None
    return command.action(runner, converted, progress)


def carry_out(
    data: Path,
    name: str,
    options: msgspec.Struct,
    *,
    settings: Callable[[], JobSettings],
    progress: Progress = lambda _: None,
    clock: Clock | None = None,
) -> Any:
    """Carry out the command `name` of COMMANDS on the folder `data`; its result, as it comes through JSON.

    `settings` are asked for where no collector, with its own, does it.

    Raises UsageError, JobError, and what `storage.open` raises.
    """
    clock = clock or SystemClock()
    command, words = COMMANDS[name], msgspec.to_builtins(options)
    for tries_left in reversed(range(_TRIES)):
        answer = ask(data, name, words, progress)
        if answer is not None:
            return answer.result
        try:
            store = storage.open(data, command.mode, command=command.words, remedy="run this when it has ended")
        except DataFolderHeldError:
            if not tries_left:
                raise
            clock.sleep(_PAUSE)
            continue
        with store:
            chosen = settings()
            runner = JobRunner(jobs_of(chosen), JobContext(data, store, chosen, clock))
            return msgspec.to_builtins(_carry_out(command, runner, words, progress))
    raise AssertionError("the last try returns or raises")


def failing_jobs(data: Path, control: Control) -> list[JobRun]:
    """The jobs of a folder that are worth a look. Raises JournalError.

    A collector that runs is asked: on a disk that is full it cannot keep how its jobs went.
    """
    try:
        answer = ask(data, "jobs", {})
    except FootfallError:
        answer = None  # another user's, or it hangs
    if answer is None:
        return failing(control.job_runs())
    return [
        JobRun(line.name, line.began_at or 0, line.took_us or 0, "failed", line.result, line.failures)
        for line in msgspec.convert(answer.result, list[JobLine])
        if line.failures >= FAILING
    ]
