"""What an annotation promises."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import calls, scanned


@pytest.mark.parametrize(
    "annotation",
    [
        "Client", "'Client'", "Client | None", "'Client | None'", "Optional[Client]", "Union[None, Client]",
        "Annotated[Client, 'ours']", "footfall.Client", "typing.Optional['Client']", "Fake | Client",
    ],
)  # fmt: skip
def test_an_annotation_promises_a_client(annotation: str) -> None:
    head = "import footfall, typing\nfrom typing import Annotated, Optional, Union\nclass Fake:\n    pass\n"
    scan = scanned(f"{head}def send(c: {annotation}):\n    c.track('begun')\n")

    assert calls(scan) == ["begun"]


@pytest.mark.parametrize(
    "annotation", ["int", "list[Client]", "Callable[[], Client]", "'not python ('", "Sends", "Any", "None"]
)
def test_another_annotation_promises_nothing(annotation: str) -> None:
    head = "from typing import Any, Callable, Protocol\nclass Sends(Protocol):\n    pass\n"
    scan = scanned(f"{head}def send(c: {annotation}):\n    c.track('begun')\n")

    assert calls(scan) == ["?"]


def test_a_variable_that_is_only_annotated_is_what_the_annotation_promises() -> None:
    scan = scanned("class A:\n    c: Client\n    def send(self):\n        self.c.track('begun')\n")

    assert calls(scan) == ["begun"]
