"""`footfall keys`: create, list and revoke the keys of a collector. What is kept of a key can never open anything."""

from __future__ import annotations

import difflib
import secrets
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import click
from rich.markup import escape
from rich.table import Table

from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, printable
from footfall.clock import Clock, SystemClock
from footfall.collector.key_lines import unknown_sources
from footfall.collector.key_text import ENTROPY, digest_of, id_of, new_key
from footfall.collector.key_watch import LOOK_EVERY
from footfall.collector.keys import DEFAULT_SOURCE, is_source
from footfall.errors import UsageError
from footfall.storage.control import Control, KeyRecord, Role, latest_plan
from footfall.storage.environments import ENVIRONMENTS, KEPT_AS, PRODUCTION, Environment, named
from footfall.timestamps import format_us

__all__ = ["command", "wait_until_taken"]

_LONGEST = 200  # characters of a name: a list has a line for each key

_format_option = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group("keys")
def command() -> None:
    """Keys with which applications send, and people read. Works while a collector runs.

    The data folder keeps the SHA-256 of each key, and never the key. A running collector follows a change within two
    seconds.
    """


@command.command("create")
@data_option
@click.option("--source", help="Whose events the key sends: a source of the plan. Only for the role write.")
@click.option(
    "--role", type=click.Choice(get_args(Role)), default="write", show_default=True,
    help="What the key may do: send events (write), read reports (view), read messages too (analyst), change keys and"
    " settings (admin). Each only that.",
)  # fmt: skip
@click.option(
    "--environment", type=click.Choice(ENVIRONMENTS), default=PRODUCTION, show_default=True,
    help="What its events are of. Those of staging and of tests are in no answer that does not ask for them.",
)  # fmt: skip
@click.option("--name", default="", help="What the key is for, for your own list.")
@click.option("--allow-unknown-sources", is_flag=True, help="Also take a source that the folder's plan does not name.")
@_format_option
def create(
    *,
    data: Path,
    source: str | None,
    role: Role,
    environment: Environment,
    name: str,
    allow_unknown_sources: bool,
    format_: str,
) -> None:
    """Make a key and print it, this once: it cannot be shown again.

    The key alone is on standard output, so that KEY=$(footfall keys create ...) keeps it off the screen. The folder is
    made if it is missing. Where a collector may run, the key is printed a second later, when it counts.
    """
    if role != "write" and source is not None:
        raise UsageError(f"a key of the role {role} sends nothing: leave --source out")
    if role != "write" and environment != PRODUCTION:
        raise UsageError(f"a key of the role {role} sends nothing: leave --environment out")
    if source is not None and not (source.isprintable() and is_source(source)):
        raise UsageError("--source must be a name that can be printed, and does not end like (staging)")
    for option, text in (("--source", source or ""), ("--name", name)):
        if len(text) > _LONGEST:
            raise UsageError(f"{option} is longer than {_LONGEST} characters; give a shorter one")
    clock = SystemClock()
    store = storage.open(data, "beside", make=True)
    sender = (source or DEFAULT_SOURCE) if role == "write" else None
    if sender is not None and not allow_unknown_sources:
        _require_in_plan(store.control, sender)
    key = new_key(role, secrets.token_bytes(ENTROPY))
    now = clock.now_us()
    record = KeyRecord(key.id, digest_of(key.text), role, sender, name, now, environment=KEPT_AS[environment])
    store.control.add_key(record)
    wait_until_taken(store, clock)
    if format_ == "json":
        echo_json({"key": key.text, **_as_json(record)})
        return
    echo(key.text)
    of = "" if sender is None else f" of the source {sender} in {environment}"
    echo(f"created the key {key.id} (role {role}){of}; it is shown this once, keep it now", err=True)


@command.command("list")
@data_option
@_format_option
def list_(*, data: Path, format_: str) -> None:
    """List every key that was ever created, by its id and never the key itself."""
    records = storage.open(data, "beside").control.key_records()
    if format_ == "json":
        echo_json([_as_json(record) for record in records])
    elif records:
        _print(records)
    else:
        echo(f"there is no key yet; make one: footfall keys create --data {shlex.quote(str(data))} --source NAME")


@command.command("revoke")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@data_option
def revoke(*, ids: tuple[str, ...], data: Path) -> None:
    """End keys for ever, by the ids that `footfall keys list` shows. A running collector answers them 401 from then on.

    All of them are revoked, or none where one id is wrong.
    """
    control = storage.open(data, "beside").control
    records = {record.id: record for record in control.key_records()}
    problems = [_wrong_id(text, records) for text in ids if text not in records]
    if problems:
        raise UsageError("; ".join(problems))
    for key_id in dict.fromkeys(ids):
        if control.revoke_key(key_id, SystemClock().now_us()):
            echo(f"revoked {key_id}{_called(records[key_id])}; a running collector refuses it within two seconds")
        else:
            echo(f"{key_id}{_called(records[key_id])} was revoked before")


def wait_until_taken(store: storage.Store, clock: Clock) -> None:
    """Wait until a collector that runs has seen a new key.

    A client that is answered 401 sends no more, so an application that starts with the key at once must not be.
    """
    if store.has_journal():  # else no collector ever ran here
        clock.sleep(4 * LOOK_EVERY)


def _require_in_plan(control: Control, source: str) -> None:
    plan = latest_plan(control)
    problems = [] if plan is None else unknown_sources(plan, [source])
    if problems:
        raise UsageError(f"{problems[0]}; name one of its sources, or give --allow-unknown-sources")


def _wrong_id(text: str, records: Mapping[str, KeyRecord]) -> str:
    key_id = id_of(text)
    if key_id is not None:  # never shown again, and the remedy is clear
        return f"that is a key, and now it is in your shell's history; revoke it by its id: {key_id}"
    near = difflib.get_close_matches(text, records, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "`footfall keys list` shows them"
    return f"there is no key with the id {text!r} ({remedy})"


def _called(record: KeyRecord) -> str:
    return f" ({printable(record.name)})" if record.name else ""


def _as_json(record: KeyRecord) -> Mapping[str, object]:
    return {
        "id": record.id,
        "role": record.role,
        "source": record.source,
        "environment": _environment(record) or None,
        "name": record.name,
        "created_at": format_us(record.created_at),
        "revoked_at": None if record.revoked_at is None else format_us(record.revoked_at),
    }


def _environment(record: KeyRecord) -> str:
    return named(record.environment) if record.role == "write" else ""


def _print(records: Sequence[KeyRecord]) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("id", "role", "source", "environment", "name", "created", "revoked"):
        table.add_column(column, overflow="fold")
    for record in records:
        moments = (record.created_at, record.revoked_at)
        created, revoked = ("" if moment is None else f"{format_us(moment)[:16]}Z" for moment in moments)
        texts = (record.id, record.role, record.source or "", _environment(record), record.name, created, revoked)
        table.add_row(*(escape(printable(text)) for text in texts), style="dim" if revoked else None)
    console().print(table)
