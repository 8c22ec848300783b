"""A lazy group imports a subcommand when it is run, and not for help, completion or a name that is nearly right."""

from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from footfall.cli.lazy_group import LazyGroup

# The second is imported by nothing: whoever asks for it fails.
TABLE = {
    "serve": ("footfall.cli.serve:command", "Run a collector."),
    "stats": ("tests.no_such_module:command", "Show the books."),
}
GROUP = LazyGroup("app", table=TABLE)


def test_help_lists_every_subcommand_and_imports_none() -> None:
    done = CliRunner().invoke(GROUP, ["--help"])

    assert done.exit_code == 0
    assert all(name in done.output and about in done.output for name, (_, about) in TABLE.items())


def test_a_subcommand_is_imported_when_it_is_asked_for() -> None:
    context = click.Context(GROUP)

    assert isinstance(GROUP.get_command(context, "serve"), click.Command)
    assert "footfall.cli.serve" in sys.modules
    with pytest.raises(ModuleNotFoundError):
        GROUP.get_command(context, "stats")


@pytest.mark.parametrize(("name", "near"), [("serv", "serve"), ("Serve", "serve"), ("stat", "stats")])
def test_a_name_that_is_nearly_one_of_ours_is_asked_about(name: str, near: str) -> None:
    done = CliRunner().invoke(GROUP, [name])

    assert done.exit_code == 2
    assert f"No such command {name!r}. Did you mean {near!r}?" in done.output


def test_a_name_that_is_like_none_of_ours_is_refused_without_a_guess() -> None:
    done = CliRunner().invoke(GROUP, ["xyz"])

    assert done.exit_code == 2
    assert "No such command" in done.output
    assert "Did you mean" not in done.output


def test_a_shell_completes_names_from_the_table() -> None:
    items = GROUP.shell_complete(click.Context(GROUP), "st")

    assert [(item.value, item.help) for item in items] == [("stats", "Show the books.")]


@click.command()
def interrupted_query() -> None:
    raise RuntimeError("Query interrupted")


@click.command()
def fault() -> None:
    raise RuntimeError("Query interrupted by a fault")


def test_an_interrupt_of_a_query_ends_a_command_as_any_other() -> None:
    group = LazyGroup("app", table={"query": ("tests.cli.test_lazy_group:interrupted_query", "Ask.")})

    done = CliRunner().invoke(group, ["query"])

    assert (done.exit_code, done.output.strip()) == (1, "Aborted!")


def test_another_error_of_the_kind_is_not_hidden() -> None:
    group = LazyGroup("app", table={"query": ("tests.cli.test_lazy_group:fault", "Ask.")})

    assert isinstance(CliRunner().invoke(group, ["query"]).exception, RuntimeError)
