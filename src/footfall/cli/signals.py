"""`footfall signals`: what people and devices did that somebody should answer, and what was done about it."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.markup import escape
from rich.table import Table

from footfall import storage
from footfall.cli.data_option import data_option, settings_beside_data
from footfall.cli.output import console, echo, echo_json, printable
from footfall.cli.time_param import TimeParam, moment
from footfall.clock import SystemClock
from footfall.errors import UsageError
from footfall.maintenance.signals import LOOKS_BACK_US
from footfall.plan.model import Plan
from footfall.printable import counted
from footfall.storage.control import latest_plan
from footfall.storage.signals import SignalRecord, SignalState, SignalStep, StepKind, state_of
from footfall.storage.store import Store
from footfall.timestamps import MOMENT, format_us, local_time

__all__ = ["command"]

_LONGEST_NOTE = 10_000  # characters

_NONE = "; none was ever found: `footfall signals find` looks now, a collector looks each day"

_format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_author_option = click.option("--author", help="Who it is.  [default: the user of this computer]")


@click.group("signals")
def command() -> None:
    """Signals of the plan: return visits, repeated failures, devices that fell silent. Works while a collector runs.

    Each is open, then taken by somebody, then done. Steps and notes are kept in the data folder for good, also in
    backups; a purge of its messages removes a signal.
    """


@command.command("find")
@data_option
@click.option("--since", type=TimeParam(), help="Look at occasions from here on.  [default: the last 7 days]")
def find(*, data: Path, since: str | None) -> None:
    """Look for signals now, and keep those that are new. A collector does so each day.

    The same messages never give two signals.
    """
    # Loaded late: other commands do not read messages.
    from footfall.analytics import Dataset
    from footfall.maintenance.find_signals import find_new

    now_us = SystemClock().now_us()
    begin = local_time(now_us - LOOKS_BACK_US) if since is None else moment(since, local_time(now_us))
    with Dataset.open(data) as dataset, storage.open(data, "beside") as store:
        if dataset.plan is None or not dataset.plan.signals:
            raise UsageError("the latest plan of this folder has no signals; write them under `signals:`")
        records = find_new(dataset, store.signals, since=begin, now=local_time(now_us))
    echo(f"{counted(len(records), 'new signal')}; `footfall signals list` shows what is open")


@command.command("list")
@data_option
@click.option("--state", type=click.Choice(["open", "taken", "done", "all"]), default="open", show_default=True)
@_format_option
def list_(*, data: Path, state: str, form: Literal["text", "json"]) -> None:
    """List signals, the earliest first."""
    with storage.open(data, "beside") as store:
        steps = store.signals.steps()
        rows = [(record, state_of(record, steps)) for record in store.signals.records()]
        plan = latest_plan(store.control) or Plan(id="")
    is_any = bool(rows)
    rows = [row for row in rows if state in ("all", row[1])]
    if form == "json":
        echo_json([_as_json(record, plan, steps) for record, _ in rows])
    elif rows:
        _print(rows, plan)
    else:
        echo(f"there is no {'' if state == 'all' else f'{state} '}signal{'' if is_any else _NONE}")


@command.command("show")
@click.argument("signal_id", metavar="ID")
@data_option
@_format_option
def show(*, signal_id: str, data: Path, form: Literal["text", "json"]) -> None:
    """Show one signal: whose it is, its messages by number, what the plan says to do, and what was done."""
    with storage.open(data, "beside") as store:
        record, steps = _record(store, signal_id), store.signals.steps()
        plan = latest_plan(store.control) or Plan(id="")
    facts = _as_json(record, plan, steps)
    if form == "json":
        echo_json(facts)
        return
    echo(f"{record.name} {record.id}: {state_of(record, steps)}")
    echo(f"  at        {_time(record.at, plan)}")
    echo(f"  who       {record.subject} (footfall person show {record.subject})")
    echo(f"  messages  {', '.join(map(str, record.evidence))} (seq)")
    echo(f"  answer    {facts['answer'] or 'the plan has this signal no more'}")
    for step in _steps_of(record, steps):
        note = f": {printable(step.note)}" if step.note else ""
        echo(f"  {_time(step.at, plan)}  {step.state} by {printable(step.author)}{note}")


@command.command("take")
@click.argument("signal_id", metavar="ID")
@data_option
@_author_option
@click.option("--note", default="", help="What others should know.")
@click.option("--force", "is_forced", is_flag=True, help="Take it from whoever has it.")
def take(*, signal_id: str, data: Path, author: str | None, note: str, is_forced: bool) -> None:
    """Take a signal, so that nobody else answers it too. Says what the plan proposes.

    What somebody else has taken is refused without --force.
    """
    record, plan = _step(data, signal_id, "taken", author, note, is_forced=is_forced)
    echo(f"taken {record.id}{_answer(record, plan)}")


@command.command("answer")
@click.argument("signal_id", metavar="ID")
@click.argument("note")
@data_option
@_author_option
def answer(*, signal_id: str, note: str, data: Path, author: str | None) -> None:
    """Note what was said to the person, or by them. An open signal is then taken, one that somebody has stays theirs.

    Where the plan has a `voice` event for the signal, this note and those of `take` and `done` become messages of it.
    """
    record, _ = _step(data, signal_id, "answered", author, note)
    echo(f"noted for {record.id}; end it with: footfall signals done {record.id}")


@command.command("done")
@click.argument("signal_id", metavar="ID")
@data_option
@_author_option
@click.option("--note", default="", help="How it ended.")
def done(*, signal_id: str, data: Path, author: str | None, note: str) -> None:
    """End a signal."""
    record, _ = _step(data, signal_id, "done", author, note)
    echo(f"done {record.id}")


def _step(
    data: Path, signal_id: str, kind: StepKind, author: str | None, note: str, *, is_forced: bool = False
) -> tuple[SignalRecord, Plan]:
    who = author or getpass.getuser()
    for name, text in (("note", note), ("author", author or "")):
        _check_text(name, text)
    with storage.open(data, "beside") as store:
        record, steps = _record(store, signal_id), store.signals.steps()
        if state_of(record, steps) == "done":
            raise UsageError(f"the signal {record.id} is done; `footfall signals show {record.id}` says by whom")
        holder = _holder(record, steps)
        if kind == "taken" and holder not in (None, who) and not is_forced:
            raise UsageError(f"{printable(holder or '')} has the signal {record.id}; --force takes it over")
        plan = latest_plan(store.control) or Plan(id="")
    step = SignalStep(record.id, kind, note, who, SystemClock().now_us())
    if note:
        # First: a command that breaks off is run again, and the message then has the same id.
        _say(data, plan, record, step, len(_steps_of(record, steps)))
    with storage.open(data, "beside") as store:
        store.signals.add_step(step)
    return record, plan


def _say(data: Path, plan: Plan, record: SignalRecord, step: SignalStep, number: int) -> None:
    """Have the note taken in as a message, where the plan names the event for it."""
    signal = plan.signals.get(record.name)
    event = None if signal is None else plan.events.get(signal.voice)
    if event is None:
        return
    # Loaded late: a note that becomes no message needs none of these.
    from footfall.events import Answer
    from footfall.maintenance.dispatch import TakeOptions, carry_out
    from footfall.maintenance.signal_voice import VOICE_SOURCE, voice_message

    identity = _identity(data, plan, record.subject)
    if identity is None:
        echo(f"the note becomes no message: nobody is behind {record.subject} any more", err=True)
        return
    options = TakeOptions(voice_message(event, record, step, number, identity), VOICE_SOURCE)
    answer = carry_out(data, "take", options, settings=lambda: settings_beside_data().jobs)
    for verdict in msgspec.convert(answer, Answer).verdicts:
        if verdict.verdict != "duplicate":
            echo(f"the note is kept, but its message is {verdict.verdict}: {verdict.reason}", err=True)


def _identity(data: Path, plan: Plan, person_id: str) -> tuple[str, str] | None:
    """The id by which a message is of a person: the user_id, else an anonymous id, one of this person alone first."""
    from footfall.analytics.stored_messages import StoredMessages
    from footfall.people import profiles

    stored = StoredMessages.open(data, plan)
    for person in stored.whole(lambda: profiles(stored, person_id)):
        if person.user_id is not None:
            return "userId", person.user_id
        for anonymous_id in sorted(person.anonymous_ids, key=lambda each: each in person.shared_ids):
            return "anonymousId", anonymous_id
    return None


def _check_text(name: str, text: str) -> None:
    if len(text) > _LONGEST_NOTE:
        raise UsageError(f"the {name} has {len(text):,} characters; write {_LONGEST_NOTE:,} at most")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"the {name} is not UTF-8; write whole characters") from None


def _record(store: Store, signal_id: str) -> SignalRecord:
    records = store.signals.records()
    near = [record for record in records if record.id.startswith(signal_id)]
    if len(near) != 1 or not signal_id:
        reason = f"is the beginning of {len(near)} ids" if near else "is no signal"
        raise UsageError(f"{signal_id!r} {reason}; `footfall signals list --state all` shows them")
    return near[0]


def _steps_of(record: SignalRecord, steps: Sequence[SignalStep]) -> list[SignalStep]:
    return [step for step in steps if step.signal_id == record.id]


def _holder(record: SignalRecord, steps: Sequence[SignalStep]) -> str | None:
    """Who took it last; who answered it first where nobody took it; None while it is open."""
    own = _steps_of(record, steps)
    takers = [step.author for step in own if step.state == "taken"]
    return takers[-1] if takers else own[0].author if own else None


def _time(us: int, plan: Plan) -> str:
    return f"{local_time(us, plan.timezone):{MOMENT}}"


def _answer(record: SignalRecord, plan: Plan) -> str:
    signal = plan.signals.get(record.name)
    return "" if signal is None else f": {signal.answer}"


def _as_json(record: SignalRecord, plan: Plan, steps: Sequence[SignalStep]) -> dict[str, object]:
    signal = plan.signals.get(record.name)
    return {
        "id": record.id,
        "signal": record.name,
        "owner": "" if signal is None else signal.owner,
        "state": state_of(record, steps),
        "at": format_us(record.at),
        "subject": record.subject,
        "evidence": record.evidence,
        "answer": "" if signal is None else signal.answer,
        "steps": [
            {"state": step.state, "note": step.note, "author": step.author, "at": format_us(step.at)}
            for step in _steps_of(record, steps)
        ],
    }


def _print(rows: Sequence[tuple[SignalRecord, SignalState]], plan: Plan) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("id", "signal", "at", "who", "state", "owner"):
        table.add_column(column, overflow="fold")
    for record, state in rows:
        signal = plan.signals.get(record.name)
        owner = "" if signal is None else signal.owner
        texts = (record.id, record.name, _time(record.at, plan), record.subject, state, owner)
        table.add_row(*(escape(printable(text)) for text in texts))
    console().print(table)
