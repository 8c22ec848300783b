"""Program: what the headers of a request say of the browser or bot that sent it; kept, since few send most requests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from footfall.encoding_plain import json_text
from footfall.web.bot_headers import JUDGED_HEADERS
from footfall.web.bots import BotVerdict, judge, judged_headers, list_version
from footfall.web.language import locale_of
from footfall.web.request import WebRequest
from footfall.web.user_agent import READ_HINTS, describe

__all__ = ["Program", "program_of"]

# By these alone a program is judged and described.
_HEADERS = tuple(dict.fromkeys(("user-agent", *JUDGED_HEADERS, *READ_HINTS)))
_LONGEST = 640  # characters of a header, with which what it means is kept; few browsers send more


class Program(msgspec.Struct, frozen=True):
    """What sent a request; many requests share one, so whoever hands its mappings on copies them.

    `http` are the headers by which bots are judged, `bot` is the verdict. `browser` is what `context.browser` says,
    empty for a bot, and `locale` the first language that it asks for. `agent` is how it names itself. `text` is what
    `context` says, as JSON without the braces; None where that has half a character.
    """

    http: Mapping[str, str]
    bot: BotVerdict | None
    browser: Mapping[str, str]
    locale: str | None
    agent: str | None
    text: bytes | None = None

    @property
    def context(self) -> dict[str, Any]:
        """What the context of a message says of it."""
        context: dict[str, Any] = {"http": {**self.http}}
        if self.agent:
            context["userAgent"] = self.agent
        if self.locale is not None:
            context["locale"] = self.locale
        if self.bot is not None:
            context["bot"] = {"reason": self.bot.reason, "list": list_version()}
        else:
            context["browser"] = {**self.browser}
        return context


def program_of(request: WebRequest) -> Program:
    """What sent a request."""
    values = tuple(map(request.headers.get, _HEADERS))
    is_short = max(map(len, filter(None, values)), default=0) <= _LONGEST
    return (_kept if is_short else _program)(request.scheme, values)


def _program(scheme: str, values: tuple[str | None, ...]) -> Program:
    headers = {name: value for name, value in zip(_HEADERS, values, strict=True) if value is not None}
    agent, http = headers.get("user-agent"), judged_headers(headers, scheme=scheme)
    bot = judge(agent, http)
    browser = msgspec.to_builtins(describe(agent, headers)) if bot is None else {}
    locale = locale_of(headers.get("accept-language", ""))
    program = Program(http, bot, browser, locale, agent and agent[:_LONGEST])
    try:
        text = json_text(program.context)[1:-1]
    except TypeError:
        return program
    return msgspec.structs.replace(program, text=text)


_kept = lru_cache(maxsize=1_024)(_program)
