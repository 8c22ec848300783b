"""From a method of an SDK and its arguments to what is sent, and from a call to the parameters of a function."""

from __future__ import annotations

import ast

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.scan.calls import CodeLocation, Sent, bind, likely, send
from footfall.planning.scan.values import Action, Arguments, Choice, Const, Dictionary, Items, Unknown, Value

HERE = CodeLocation("app.py", 1, 1)
PROPERTIES = Dictionary({})
OPEN = Unknown("comes from *rest")


def sent(action: Action, *positional: Value, **named: Value) -> list[Sent]:
    return list(send(action, Arguments(positional, named), HERE))


def test_the_order_of_arguments_is_that_of_the_sdk() -> None:
    (ours,) = sent(Action("footfall", "track"), Const("begun"), PROPERTIES)
    (theirs,) = sent(Action("segment", "track"), Const("user"), Const("begun"), PROPERTIES)

    assert ours.event == theirs.event == Const("begun")
    assert ours.properties is theirs.properties is PROPERTIES


def test_an_event_that_is_one_of_two_is_two_messages() -> None:
    messages = sent(Action("footfall", "track"), Choice((Const("begun"), Const("done"))))

    assert [message.event for message in messages] == [Const("begun"), Const("done")]
    assert all(message.is_choice for message in messages)


def test_an_event_that_is_none_on_another_way_is_one_message() -> None:
    messages = sent(Action("footfall", "track"), Choice((Const(None), Const("done"))))

    assert [message.event for message in messages] == [Const("done")]


def test_arguments_that_no_order_takes_are_listed_with_an_unknown_event() -> None:
    (message,) = sent(Action("footfall", "track"), Const("begun"), PROPERTIES, Const(3))

    assert isinstance(message.event, Unknown)


def test_more_arguments_that_are_not_known_may_hold_the_event() -> None:
    (message,) = send(Action("footfall", "track"), Arguments((), {}, OPEN), HERE)

    assert message.event == OPEN


def test_a_call_of_something_unknown_may_be_that_of_an_sdk_that_the_file_imports() -> None:
    arguments = Arguments((Const("user"), Const("begun")))

    assert likely("track", arguments, ["mixpanel"]) == Action("mixpanel", "track")
    assert likely("capture", arguments, []) == Action("posthog", "capture")
    assert likely("close", arguments, ["mixpanel"]) is None


def test_a_call_without_text_for_an_event_is_not_that_of_an_sdk() -> None:
    assert likely("track", Arguments((Dictionary({}),)), []) is None


NAMES = st.lists(st.sampled_from("abcde"), unique=True, max_size=5)


@example(["a", "b"], ["c"], "rest", "more", 3, ["b", "z"])
@given(
    NAMES, NAMES, st.sampled_from(["", "rest"]), st.sampled_from(["", "more"]), st.integers(0, 4),
    st.lists(st.sampled_from("abcdez"), unique=True, max_size=3),
)  # fmt: skip
def test_arguments_are_bound_as_python_binds_them(
    positional: list[str], keywords: list[str], rest: str, more: str, count: int, named: list[str]
) -> None:
    keywords = [name for name in keywords if name not in positional]
    star = [f"*{rest}"] if rest else ["*"] if keywords else []
    text = ", ".join([*positional, *star, *keywords, *([f"**{more}"] if more else [])])
    function = eval(f"lambda {text}: dict(locals())")  # Python itself is the reference
    values = list(range(count))
    try:
        expected = function(*values, **dict.fromkeys(named, "x"))
    except TypeError:
        return
    node = ast.parse(f"lambda {text}: 0", mode="eval").body
    assert isinstance(node, ast.Lambda)

    bound = bind(node.args, Arguments(tuple(map(Const, values)), dict.fromkeys(named, Const("x"))), {}, {})

    assert {name: plain(value) for name, value in bound.items()} == expected


def plain(value: Value) -> object:
    if isinstance(value, Items):
        return tuple(map(plain, value.items))
    if isinstance(value, Dictionary):
        return {name: plain(entry.value) for name, entry in value.entries.items()}
    assert isinstance(value, Const)
    return value.value
