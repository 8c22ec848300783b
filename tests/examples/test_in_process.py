"""The example without a server prints what it tracked, and counts one person more than nobody."""

from __future__ import annotations

from collections.abc import Callable


def test_the_command_of_the_readme_counts_one_person_who_looked_and_bought(
    commands: Callable[[str], list[list[str]]], run: Callable[[list[str]], str]
) -> None:
    [count] = commands("in_process")

    once, twice = run(count), run(count)

    assert once == "1 person saw a product, 1 bought, for 129.90 EUR\n"
    assert twice == "1 person saw a product, 1 bought, for 259.80 EUR\n"
