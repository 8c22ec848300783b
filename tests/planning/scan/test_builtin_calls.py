"""What built-in functions and methods give."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import claims, scanned


@pytest.mark.parametrize(
    ("total", "finding"),
    [
        ("int('1')", []),
        ("str(1)", ["wrong_value done.total"]),
        ("str(x)", ["wrong_value done.total"]),
        ("int(x)", []),
        ("int('x')", []),
        ("len(x)", []),
        ("bool(x)", ["wrong_value done.total"]),
        ("list(x)", ["wrong_value done.total"]),
        ("sorted(x)", ["wrong_value done.total"]),
        ("typing.cast(int, 'x')", ["wrong_value done.total"]),
        ("{'a': 1}.get('a')", []),
        ("{'a': 'x'}.get('a')", ["wrong_value done.total"]),
        ("{'a': 'x'}['a']", ["wrong_value done.total"]),
        ("{'a': 1}.get(x, 'x')", ["wrong_value done.total"]),
        ("{**x}.get('a', 'x')", []),
        ("x.copy()", []),
    ],
)
def test_a_value_or_its_type_is_known(total: str, finding: list[str]) -> None:
    scan = scanned(f"import typing\ndef send(x):\n    client.track('done', {{'total': {total}}})\n")

    assert claims(scan) == finding


@pytest.mark.parametrize("copy", ["p.copy()", "dict(p)", "copy.copy(p)", "copy.deepcopy(p)", "OrderedDict(p)"])
def test_what_is_done_to_a_copy_is_not_done_to_the_dictionary(copy: str) -> None:
    scan = scanned(
        "import copy\nfrom collections import OrderedDict\n"
        f"def send():\n    p = {{'total': 1}}\n    q = {copy}\n    q['env'] = 'x'\n    client.track('done', p)\n"
    )

    assert claims(scan) == []


def test_the_pairs_of_a_dictionary_are_looped_over() -> None:
    scan = scanned("for event, n in {'begun': 1, 'doen': 2}.items():\n    client.track(event)\n")

    assert claims(scan) == ["unplanned_event doen"]
