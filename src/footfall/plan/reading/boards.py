"""Reads boards, and checks that each of their questions begins with the word of one.

What else may be wrong with a question is for the commands to say: `footfall plan check` asks each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.board_questions import QUESTION_WORDS, split_question
from footfall.plan.model import Board
from footfall.plan.problems import MISSING, Path
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.names import Names
from footfall.plan.reading.schema import BOARD
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_boards"]


def read_boards(definitions: Mapping[str, Definition], names: Names) -> dict[str, Board]:
    """The boards in their order; one that cannot be read is left out, with a problem."""
    boards = {}
    for definition in definitions.values():
        path, node = ("boards", definition.name), definition.node
        values = BOARD.read(node, path, names.problems)
        if values is MISSING or "questions" not in values:
            continue
        names.complete("boards", values, definition, path)
        items = [item for item in node.value["questions"].value if isinstance(item.value, str)]
        for number, item in enumerate(items):
            _check(item, (*path, "questions", f"[{number}]"), names)
        if not items:
            names.problems.add(
                "bad_question", "the board asks nothing", at=node.value["questions"], path=(*path, "questions"),
                remedy="write [trend EVENT --per week]",
            )  # fmt: skip
        boards[definition.name] = Board(name=definition.name, **values)
    return boards


def _check(item: YamlNode, path: Path, names: Names) -> None:
    try:
        words = split_question(item.value)
    except ValueError as error:
        message = f"{item.value!r} cannot be read: {error}"
        names.problems.add("bad_question", message, at=item, path=path, remedy="end the quote")
        return
    if not words:
        names.problems.add("bad_question", "the question is empty", at=item, path=path, remedy="write trend EVENT")
    elif words[0] not in QUESTION_WORDS:
        names.problems.unknown("question", words[0], QUESTION_WORDS, at=item, path=path)
