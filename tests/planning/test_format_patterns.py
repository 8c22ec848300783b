"""Each format's expression says what its predicate says."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.plan.checking.formats import FORMATS
from footfall.plan.regex_ambiguity import Automaton
from footfall.plan.regex_dialect import parse_pattern
from footfall.planning.codegen.payload import FORMAT_EXAMPLES
from footfall.planning.format_patterns import FORMAT_PATTERNS

ADDRESSES = (
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    ":::",
    "1:2",
    "::10.0.0.1",
    "1:2:3:4:5:6:10.0.0.1",
    "1:2:3:4:5:6:7:10.0.0.1",
    "fe80::1%eth0",
    "fe80::1%",
    "fe80::1%a%b",
    "::1/64",
    "fe80::1%e/0",
    "12345::",
    "::10.0.0.256",
    "10.0.0.1",
    "010.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4 ",
    "١.2.3.4",
    "::g",
    "0::0::",
    "1:2:3:4:5:6::7",
    "1::3:4:5:6:7:8",
    "::1\n",
    "10.0.0.1\n",
)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.slow
def test_the_expression_and_the_predicate_agree(name: str) -> None:
    pattern = re.compile(FORMAT_PATTERNS[name])
    near = st.lists(st.sampled_from("0123:.af%/@-TPDZ+ \n"), max_size=24).map("".join)
    seen: set[bool] = set()

    @settings(max_examples=100)
    @example(FORMAT_EXAMPLES[name])
    @given(st.one_of(st.from_regex(pattern, fullmatch=True), near, st.sampled_from(ADDRESSES)))
    def agree(text: str) -> None:
        held = bool(FORMATS[name](text))
        seen.add(held)
        assert bool(pattern.fullmatch(text)) is held, text

    agree()
    assert seen == {True, False}
    assert FORMATS[name](FORMAT_EXAMPLES[name])


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_at_the_edge_are_judged_alike(text: str) -> None:
    for name in ("ip", "ipv4", "ipv6"):
        assert bool(re.fullmatch(FORMAT_PATTERNS[name], text)) is bool(FORMATS[name](text)), name


@pytest.mark.parametrize("name", sorted(FORMAT_PATTERNS))
def test_the_tries_of_a_format_grow_with_the_length_alone(name: str) -> None:
    ways = Automaton(parse_pattern(rf"\A(?:{FORMAT_PATTERNS[name]})\Z"))

    assert not ways.exponential()
    assert ways.tries(2**15) - ways.tries(2**10) <= 5
