"""Whatever is written for an option of any command, there is an answer, or a clear line and exit code 2.

The commands and their options are those of the command line itself, so a new one is tried too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.in_process import footfall

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan import read

PLAN = """
plan: shop
timezone: Europe/Oslo
events:
  seen: {properties: {page: {type: string}}}
  bought: {properties: {price: {type: decimal}, kind: {type: string}, tags: {type: array, items: {type: string}}}}
kpis: {takings: {question: How much?, measure: {sum: bought.price, by: [kind]}, window: 28d}}
segments: {keen: {who: {did: bought, at_least: 1, within: 90d}}}
cohorts: {spring: {segment: keen, as_of: 2026-10-01}}
journeys: {buy: {by: user, within: 7d, steps: [{id: look, event: seen}, {id: take, event: bought}]}}
campaigns: {spring: {utm: {name: spring}}}
boards: {week: {title: Week, questions: [trend bought --per week]}}
signals: {again: {event: bought, count: 2, within: 7d, answer: Ask}}
experiments:
  short:
    hypothesis: It sells more
    started: 2026-06-01
    exposure: {event: seen, variant: page}
    variants: {a: 1, b: 1}
    outcome: {event: bought}
    within: 7d
    stop: {minimum: 30, maximum: 5000, smallest: 0.01}
"""
HOSTILE = (
    "", "-1", "0", "-0.5", "NaN", "1e999", "9" * 40, "999999d", "0d", "9999-12-31", "0001-01-01T00:00:00+14:00",
    "bougth", "bought.nothing", "bought.tags[]", "bought {price: {gt: .nan}}", "bought {price: {gt: dear}}",
    "bought {", "bought {a: &x [*x]}", "bought {segment: keen}", "{not: " * 600, "segment", "traits.city", "__proto__",
    "'; DROP TABLE messages; --", 'a"b', "[bold]x[/bold]", "\x1b[31mred", "\u202eevil", "\udcff", "😀", "a\nb",
    "look:take", "1:2:3", "*", "--", "=1+1", "x" * 2000,
)  # fmt: skip
UNTRIED = {"demo"}  # it starts other processes
ENDING = {"serve": ("--check",)}  # what ends a command that would go on
TEXTS = {
    "name": "week", "conversion": "bought", "of": "bought.kind", "rule": "keen", "start": "seen", "steps": "seen",
    "select": "SELECT 1", "board": "week", "experiment": "short", "journey": "buy", "kpi": "takings",
}  # fmt: skip
MEANT = {0, 1, 2, 3}


def commands(command: click.Command = app, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, with its words."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from commands(below, (*words, name))


COMMANDS = {words: command for words, command in commands() if words not in UNTRIED}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with every section, and the data of two persons."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "costs.csv").write_text("date,campaign,cost,currency\n2026-11-01,spring,5,EUR\n")
    plan = read(folder / "plan.yaml").require()
    with Collector(folder / "data", plan=plan) as collector, Client(InProcessTransport(collector), plan=plan) as client:
        for user in ("ann", "=1+1\u202e"):
            client.track("seen", {"page": "a"}, user_id=user, timestamp="2026-11-01T12:00:00Z")
            client.track(
                "bought", {"kind": "<b>\x1b[31m", "tags": ["@x"]}, user_id=user, timestamp="2026-11-02T12:00:00Z"
            )
    return folder


def usual(words: str, parameter: click.Parameter, folder: Path) -> str:
    """What is usually written for an argument, or for an option that must be given."""
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    if isinstance(parameter.type, click.Path):
        if isinstance(parameter, click.Option):
            return str(folder / "written")
        return str(folder / ("plan.yaml" if words.startswith("plan") else "costs.csv"))
    return TEXTS.get(words, "") or TEXTS.get(str(parameter.name), "bought")


def asked(words: str, bad: click.Parameter, text: str, folder: Path) -> list[str]:
    """The command with `text` for the parameter `bad`, and what is usual for all that must be given."""
    options, arguments = [], []
    for parameter in COMMANDS[words].params:
        value = text if parameter is bad else usual(words, parameter, folder)
        if isinstance(parameter, click.Argument):
            arguments.append(value)
        elif parameter is bad or parameter.required:
            options += [parameter.opts[0], value]
        elif "--data" in parameter.opts:
            options += ["--data", str(folder / "data")]
    return [*words.split(), *options, *ENDING.get(words, ()), "--", *arguments]


def texts_for(command: click.Command, turn: int) -> Iterator[tuple[click.Parameter, str]]:
    """Each parameter that takes a text, with the hostile text whose turn it is."""
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or not parameter.is_flag:
            turn += 1
            yield parameter, HOSTILE[turn % len(HOSTILE)]


def check(words: str, turn: int, folder: Path, cwd: Path) -> None:
    for parameter, text in texts_for(COMMANDS[words], turn):
        arguments = asked(words, parameter, text, folder)
        done = footfall(*arguments, cwd=cwd)

        assert done.returncode in MEANT, arguments
        assert done.returncode != 2 or re.search(r"^(footfall|Usage): ", done.stderr, re.MULTILINE), arguments
        assert not {"\x1b", "\u202e", "\udcff"} & set(done.stdout + done.stderr), arguments


@pytest.mark.parametrize("words", COMMANDS)
def test_each_option_of_a_command_refuses_or_answers_a_hostile_text(words: str, folder: Path, tmp_path: Path) -> None:
    check(words, list(COMMANDS).index(words) * 5, folder, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS)
def test_each_option_of_a_command_refuses_or_answers_every_hostile_text(
    words: str, folder: Path, tmp_path: Path
) -> None:
    for turn in range(len(HOSTILE)):
        check(words, turn, folder, tmp_path)


@pytest.mark.parametrize("words", [["keys", "create", "--name"], ["backup"], ["serve", "--check", "--host"]])
def test_a_word_that_is_not_utf_8_is_named(words: list[str], folder: Path, tmp_path: Path) -> None:
    done = footfall(*words, "\udcff", "--data", folder / "data", cwd=tmp_path)

    assert done.returncode == 2
    assert "is not UTF-8; write whole characters" in done.stderr
