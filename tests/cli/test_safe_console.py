"""Text of others steers no terminal: control characters are shown; rich's own styles still work."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from footfall.cli.safe_console import SafeConsole
from footfall.printable import printable_lines


def shown(text: Text | str, *, terminal: bool = False) -> str:
    file = io.StringIO()
    SafeConsole(file=file, force_terminal=terminal, width=200, color_system="standard" if terminal else None).print(
        text, markup=False
    )
    return file.getvalue()


def test_a_control_character_is_shown_and_not_obeyed() -> None:
    assert shown("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\u202ec\n"


def test_a_style_of_ours_is_obeyed() -> None:
    assert shown(Text("red", "red"), terminal=True).startswith("\x1b[31mred")


@given(st.text(max_size=20))
def test_no_text_reaches_the_terminal_as_anything_but_printable_lines(text: str) -> None:
    output = shown(text)

    assert printable_lines(output) == output
