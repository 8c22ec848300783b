"""A stylesheet names the picture of a mark, or of each beat, at its moment."""

from __future__ import annotations

import re

from footfall.web.stylesheets import BEATS, beats_style, mark_style


def test_a_mark_has_one_picture_and_only_where_the_browser_knows_what_is_in_view() -> None:
    style = mark_style("a", "/footfall/mark/token.a")

    before, supported = style.split("@supports (animation-timeline:view())")
    assert "url(" not in before
    assert re.findall(r"url\((.*?)\)", supported) == ["/footfall/mark/token.a"]


def test_beats_are_at_equal_steps_and_none_is_at_the_beginning() -> None:
    style = beats_style("a", "/b", 15)

    frames = re.findall(r"([\d.]+)%\{background-image:url\(/b/(\d+)\)\}", style)
    assert [(float(place), int(beat)) for place, beat in frames] == [(100 * n / BEATS, n) for n in range(1, BEATS + 1)]
    assert "0%{background-image:none}" in style
    assert f"{BEATS * 15}s step-end" in style
