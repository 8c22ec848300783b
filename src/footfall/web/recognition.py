"""Recognition: who comes with a hit: a bot, nobody, a visitor who comes back, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from footfall.web.consent_signals import statement_of
from footfall.web.cookies import cookie_values
from footfall.web.program import Program, program_of
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules
from footfall.web.visitor_cookie import CookieVisitor

__all__ = ["DAY_US", "Recognition", "recognise"]

DAY_US = 86_400_000_000


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes with a hit, by what `program`.

    `visitor` is who the cookie says, or a new one where `is_new`; None where nobody may be recognised: a refusal, no
    consent yet, a bot. `is_forged` says that there was a cookie that is none of ours. `statement` is what the visitor
    stated, by purpose. `is_staff` marks the team's own people.
    """

    statement: Mapping[str, bool]
    program: Program
    visitor: CookieVisitor | None = None
    is_new: bool = False
    is_forged: bool = False
    is_staff: bool = False


def recognise(
    request: WebRequest, rules: WebRules, choice: Mapping[str, bool] | None, now_us: int, new_id: Callable[[], str]
) -> Recognition:
    """Who comes with the hit. `choice` is what its visitor chose during the hit, `new_id` makes a new one."""
    program, statement, is_staff = program_of(request), statement_of(request, rules, choice), rules.staff.marks(request)
    if program.bot is not None or not statement[rules.purposes[0]]:
        return Recognition(statement=statement, program=program, is_staff=is_staff)
    values, today = cookie_values(request.headers.get("cookie", ""), rules.cookie.name), now_us // DAY_US
    for value in values:
        if (visitor := rules.cookie.read(value, today)) is not None:
            return Recognition(statement=statement, program=program, visitor=visitor, is_staff=is_staff)
    visitor = CookieVisitor(new_id(), today)
    return Recognition(
        statement=statement, program=program, visitor=visitor, is_new=True, is_forged=bool(values), is_staff=is_staff
    )
