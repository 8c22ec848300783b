"""The look of the pages: one style sheet, written into each page, so that a page works wherever it is opened."""

from __future__ import annotations

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --paper: #ffffff; --tint: #f5f7f9;
  --mark: #0b6e99; --good: #1b7f4b; --warn: #9a5b00; --bad: #a3312a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ed; --soft: #9aa5b3; --line: #2d3540; --paper: #14181d;
  --tint: #1c2229; --mark: #6cc0e8; --good: #6fcf97; --warn: #e6b25c; --bad: #f08a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); background: var(--tint); }
header > div, main, footer { max-width: 68rem; margin: 0 auto; padding: 0.8rem 1.25rem; }
header nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; align-items: baseline; }
header nav a:first-child { font-weight: 650; color: var(--ink); }
main { padding-top: 1.2rem; padding-bottom: 2rem; }
footer { color: var(--soft); font-size: 0.85rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.4rem 0 0.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.6rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--mark); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code, pre { font: 0.88em/1.5 ui-monospace, monospace; }
td code { white-space: nowrap; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem;
  overflow-x: auto; }
.lead { font-size: 1.08rem; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 0.82rem; border-bottom: 2px solid var(--line); }
th, td { padding: 0.4rem 0.8rem 0.4rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); }
td:last-child { min-width: 13rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1.2rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.55rem;
  font-size: 0.78rem; line-height: 1.5; white-space: nowrap; }
.active { color: var(--good); } .draft { color: var(--warn); } .deprecated { color: var(--bad); }
.required { color: var(--mark); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0.8rem; padding: 0;
  margin: 1rem 0; max-width: 40rem; }
.cards li { list-style: none; border: 1px solid var(--line); border-radius: 8px; padding: 0.7rem 0.9rem; }
.cards b { display: block; font-size: 1.5rem; line-height: 1.2; }
@media (max-width: 40rem) { body { font-size: 15px; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; } thead { display: none; } table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: 0.6rem 0; } td { border: 0; padding: 0.05rem 0; }
  td:first-child { font-weight: 600; } td:empty { display: none; }
  td[data-label]:not(:first-child):not(:last-child)::before { content: attr(data-label) ": ";
    color: var(--soft); } td code { white-space: normal; overflow-wrap: anywhere; } }
"""
