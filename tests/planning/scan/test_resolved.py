"""What is known of a call's properties, as plain data."""

from __future__ import annotations

from tests.planning.scan.small_code import scanned

from footfall.planning.scan import resolved_properties


def test_the_properties_of_a_call_are_given_as_far_as_they_are_known() -> None:
    result = scanned(
        "def send(x, **more):\n    p = {'a': 1, 'b': x.b, 'c': 'x' if x else 'y', 'd': [1, {'e': None}]}\n"
        "    if x:\n        p['f'] = True\n    client.track('begun', {**p, **more})\n"
    )

    answer = resolved_properties(result.verdicts[0].sent)
    assert {k: v if v is None else bytes(v) for k, v in answer["properties"].items()} == {
        "a": b"1", "b": None, "c": None, "d": b'[1,{"e":null}]', "f": b"true",
    }  # fmt: skip
    assert {k: list(map(bytes, v)) for k, v in answer["several"].items()} == {"c": [b'"x"', b'"y"']}
    assert answer["unresolved"] == {"b": "is x.b, a part of what is the parameter 'x' of send"}
    assert (answer["optional"], answer["more"]) == (["f"], True)


def test_properties_that_are_not_known_at_all_are_null() -> None:
    result = scanned("client.track('begun', make())\nclient.track('begun')\n")

    assert [resolved_properties(verdict.sent)["properties"] for verdict in result.verdicts] == [None, {}]
