"""Stylesheets that have a browser load a picture when something happens, with no script: a mark's, and a page's beats.

A mark's picture is loaded when its element comes into view (`animation-timeline: view()`; a browser that does not know
that loads none). Beats are the steps of an animation: the picture of each is loaded while the page is visible, and none
while its tab is hidden. Pictures of `loading=lazy` all load at once without a script, and are no way to know.
"""

from __future__ import annotations

__all__ = ["BEATS", "beats_style", "mark_style"]

BEATS = 20
"""How many beats a page has."""


def mark_style(name: str, address: str) -> str:
    """The rules for the element `i.footfall-NAME`: its picture is at `address`. Both are of letters, digits, `-._/`."""
    return (
        f"i.footfall-{name}{{display:inline-block;inline-size:1px;block-size:1px}}\n"
        "@supports (animation-timeline:view()){"
        f"i.footfall-{name}{{animation:footfall-{name} linear;animation-timeline:view();animation-range:cover}}"
        f"@keyframes footfall-{name}{{from,to{{background-image:url({address})}}}}"
        "}\n"
    )


def beats_style(name: str, address: str, step: int) -> str:
    """The rules for a page's beats, one every `step` seconds; the picture of beat N is at `address`/N."""
    frames = "".join(
        f"{100 * beat / BEATS:g}%{{background-image:url({address}/{beat})}}" for beat in range(1, BEATS + 1)
    )
    return (
        ':root::after{content:"";position:fixed;inset-block-end:0;inset-inline-end:0;inline-size:1px;block-size:1px;'
        f"pointer-events:none;animation:footfall-{name} {BEATS * step}s step-end forwards}}\n"
        f"@keyframes footfall-{name}{{0%{{background-image:none}}{frames}}}\n"
    )
