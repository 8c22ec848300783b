"""Recognition: who comes with a hit: a bot, nobody, a visitor who comes back, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from footfall.web.bots import BotVerdict, judge, judged_headers
from footfall.web.consent_signals import statement_of
from footfall.web.cookies import cookie_values
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules
from footfall.web.visitor_cookie import CookieVisitor

__all__ = ["DAY_US", "Recognition", "recognise"]

DAY_US = 86_400_000_000


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes with a hit.

    `visitor` is who the cookie says, or a new one where `is_new`; None where nobody may be recognised: a refusal, no
    consent yet, a bot. `is_forged` says that there was a cookie that is none of ours. `statement` is what the visitor
    stated, by purpose. `http` are the headers by which bots are judged. `is_staff` marks the team's own people.
    """

    statement: Mapping[str, bool]
    http: Mapping[str, str]
    bot: BotVerdict | None = None
    visitor: CookieVisitor | None = None
    is_new: bool = False
    is_forged: bool = False
    is_staff: bool = False


def recognise(
    request: WebRequest, rules: WebRules, choice: Mapping[str, bool] | None, now_us: int, new_id: Callable[[], str]
) -> Recognition:
    """Who comes with the hit. `choice` is what its visitor chose during the hit, `new_id` makes a new one."""
    headers = request.headers
    http = judged_headers(headers, scheme=request.scheme)
    bot = judge(headers.get("user-agent"), http)
    statement, is_staff = statement_of(request, rules, choice), rules.staff.marks(request)
    if bot is not None or not statement[rules.purposes[0]]:
        return Recognition(statement=statement, http=http, bot=bot, is_staff=is_staff)
    values, today = cookie_values(headers.get("cookie", ""), rules.cookie.name), now_us // DAY_US
    for value in values:
        if (visitor := rules.cookie.read(value, today)) is not None:
            return Recognition(statement=statement, http=http, visitor=visitor, is_staff=is_staff)
    visitor = CookieVisitor(new_id(), today)
    return Recognition(
        statement=statement, http=http, visitor=visitor, is_new=True, is_forged=bool(values), is_staff=is_staff
    )
