"""No text becomes markup by itself; only this module makes markup."""

from __future__ import annotations

from html import unescape

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.docs.html import Markup, element, joined, link, table


def test_only_markup_stays_as_it_is() -> None:
    assert element("a", "<", Markup("<b>"), ["&", ["x"]], href='"') == '<a href="&quot;">&lt;<b>&amp;x</a>'
    assert joined() == ""
    assert table(("a",), []) == ""


@given(text=st.text())
@example(text="</style><script>&amp;'")
def test_any_text_comes_out_as_it_was_and_opens_no_element(text: str) -> None:
    page = element("p", text, title=text)
    content = page.removeprefix(page[: page.index(">") + 1]).removesuffix("</p>")

    assert "<" not in content
    assert unescape(content) == unescape(joined(text))
    assert page.count("<") == 2


def test_an_attribute_is_named_as_in_python_and_left_out_without_a_value() -> None:
    assert element("td", class_="a", data_label="b", title="") == '<td class="a" data-label="b"></td>'
    assert link("a.html", "A") == '<a href="a.html">A</a>'


def test_each_cell_knows_the_title_of_its_column() -> None:
    text = table(("name", ""), [("a", Markup("<b>1</b>"))])

    assert '<th scope="col">name</th>' in text
    assert '<td data-label="name">a</td><td><b>1</b></td>' in text
