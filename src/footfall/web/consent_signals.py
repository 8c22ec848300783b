"""Consent signals: what a visitor stated about each purpose, read from a request in a fixed order.

`Sec-GPC: 1` and `DNT: 1` refuse every purpose. Then the choice in the consent cookie counts, then what the site's own
rule says. What nobody stated is no consent, except that `statistics_exempt` needs none for its first purpose.
"""

from __future__ import annotations

from collections.abc import Mapping

from footfall.web.cookies import cookie_values
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules

__all__ = ["choice_text", "gpc_refuses", "read_choice", "statement_of"]

_LONGEST = 2_048


def gpc_refuses(request: WebRequest) -> bool:
    """Whether the browser says that its owner refuses."""
    get = request.headers.get
    gpc, dnt = get("sec-gpc"), get("dnt")
    return (gpc is not None or dnt is not None) and "1" in [part.strip() for part in f"{gpc},{dnt}".split(",")]


def choice_text(choice: Mapping[str, bool]) -> str:
    """A choice as the value of the consent cookie: `statistics=1&marketing=0`."""
    return "&".join(f"{purpose}={int(is_granted)}" for purpose, is_granted in choice.items())


def read_choice(value: str) -> Mapping[str, bool]:
    """The choice in a consent cookie; what cannot be read states nothing."""
    pairs = (pair.partition("=") for pair in value[:_LONGEST].split("&"))
    return {purpose: answer == "1" for purpose, _, answer in pairs if answer in ("0", "1")}


def _kept_choice(request: WebRequest, rules: WebRules) -> Mapping[str, bool]:
    """The choice in the consent cookie. Another site of the domain may have set one too: it cannot agree to what the
    visitor refused.
    """
    choice: dict[str, bool] = {}
    for value in cookie_values(request.headers.get("cookie", ""), rules.consent_cookie):
        for purpose, is_granted in read_choice(value).items():
            choice[purpose] = is_granted and choice.get(purpose, True)
    return choice


def choice_in_force(
    request: WebRequest, rules: WebRules, choice: Mapping[str, bool] | None = None
) -> Mapping[str, bool | None]:
    """What the visitor of a request answered here, by purpose; None, or no entry, where they have not.

    `choice` is what they chose in this request, and comes before the cookie.
    """
    stated: dict[str, bool | None] = {}
    if rules.own_rule is not None:
        stated.update(rules.own_rule(request))
    if rules.consent_cookie in request.headers.get("cookie", ""):
        stated.update(_kept_choice(request, rules))
    if choice is not None:
        stated.update(choice)
    return stated


def statement_of(request: WebRequest, rules: WebRules, choice: Mapping[str, bool] | None = None) -> dict[str, bool]:
    """What the visitor of a request stated, for each purpose of the plan; `choice` is as in `choice_in_force`."""
    if rules.honours_gpc and gpc_refuses(request):
        return dict.fromkeys(rules.purposes, False)
    stated = choice_in_force(request, rules, choice)
    statement = {purpose: stated.get(purpose) is True for purpose in rules.purposes}
    first = rules.purposes[0]
    if rules.consent.consent.rule == "statistics_exempt" and stated.get(first) is None:
        statement[first] = True
    return statement
