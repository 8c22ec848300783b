"""The past is told by its ending and by the irregular verbs, and proposed as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.planning.lint.verbs import IRREGULAR, is_action, is_past, last_action, past_of

PAST = """
viewed tried stopped added freed fled shed sent bought paid made went gone left sold seen saw shown given gave
begun chosen taken took written wrote broken broke lost found kept held met put set cut hit quit read reset
split spread withdrawn overridden rebuilt resent undone understood won woken driven forgotten hidden stolen
""".split()  # noqa: SIM905 - a list of words is read as one
NOT_PAST = """
view buy send need feed red seed speed hundred exceed proceed newsfeed bed page order complete sending sends be go pay
""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize("word", PAST)
def test_a_past_form_is_past(word: str) -> None:
    assert is_past(word)
    assert is_action(word)


@pytest.mark.parametrize("word", NOT_PAST)
def test_another_form_is_not_past(word: str) -> None:
    assert not is_past(word)


def test_a_word_that_the_plan_excepts_is_past() -> None:
    assert not is_past("kaizen")
    assert is_past("kaizen", ["kaizen"])


@pytest.mark.parametrize(
    ("word", "past"),
    [("view", "viewed"), ("complete", "completed"), ("try", "tried"), ("play", "played"), ("tap", "tapped"),
     ("open", "opened"), ("fix", "fixed"), ("buy", "bought"), ("send", "sent"), ("login", "logged_in"),
     ("submit", "submitted"), ("views", "viewed"), ("sends", "sent"), ("retries", "retried"), ("closing", "closed"),
     ("viewing", "viewed"), ("taps", "tapped"), ("show", "shown"), ("go", "gone")],
)  # fmt: skip
def test_the_past_is_proposed_as_people_write_it(word: str, past: str) -> None:
    assert past_of(word) == past


def test_every_irregular_verb_is_read_from_the_table_whole() -> None:
    assert [base for base, forms in IRREGULAR.items() if not forms or not is_action(base)] == []
    assert [form for forms in IRREGULAR.values() for form in forms if not form.isalpha() or not is_past(form)] == []


@given(st.sampled_from(["view", "complete", "try", "tap", "send", "buy", "open", "share", "apply"]))
def test_what_is_proposed_is_past(word: str) -> None:
    assert is_past(past_of(word).partition("_")[0])


@pytest.mark.parametrize(
    ("name", "action"),
    [("order completed", "completed"), ("signed in", "signed"), ("gateway went offline", "went"), ("off", "off"),
     ("plan renewed automatically", "renewed"), ("step completed 2", "completed"), ("", "")],
)  # fmt: skip
def test_the_action_is_the_last_word_but_for_particles(name: str, action: str) -> None:
    assert last_action(name.split()) == action
