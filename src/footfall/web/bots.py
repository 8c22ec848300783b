"""Bots: whether a request came from a program and not from a person, and why; pure.

The user agent is judged by its form, by a table of words, by is-crawler where it is installed, and by versions that do
not fit; then, for the agent of a browser, the headers that came with it. The same function judges a request when it
comes and a stored message when it is read (`context.userAgent`, `context.http`), so that a better list also repairs
the past.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from footfall.web.bot_agents import LONGEST_AGENT, AgentTraits, agent_traits, reason_of_form, reason_of_words
from footfall.web.bot_headers import judged_headers, reason_of_headers, reason_of_versions
from footfall.web_words import BOT_REASONS

__all__ = ["BOT_REASONS", "BotVerdict", "judge", "judged_headers", "list_version"]

_OUR_LIST = 1  # rises whenever a rule or a word changes
_CUBOT = re.compile("cubot", re.IGNORECASE)


class BotVerdict(msgspec.Struct, frozen=True):
    """Why a request is a bot's: a name of BOT_REASONS, and what the bot calls itself, if it does."""

    reason: str
    name: str | None = None


def judge(user_agent: str | None, http: Mapping[str, str] | None = None) -> BotVerdict | None:
    """The reason why a request is a bot's, or None for a person's.

    `http` is what `judged_headers` kept of its headers. Without it only the agent is judged, since nothing then says
    which headers were missing.
    """
    verdict, traits = _judge_agent((user_agent or "")[: LONGEST_AGENT + 1])
    if verdict is not None or not http:
        return verdict
    reason = reason_of_headers(traits, http)
    return BotVerdict(reason) if reason is not None else None


@lru_cache(maxsize=1)
def list_version() -> str:
    """The version of the rules that `judge` uses, such as `1+is-crawler-1.5.25`; it belongs to each verdict."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{_OUR_LIST}+is-crawler-{version('is-crawler')}"
    except PackageNotFoundError:
        return str(_OUR_LIST)


@lru_cache(maxsize=4_096)
def _judge_agent(agent: str) -> tuple[BotVerdict | None, AgentTraits]:
    """The verdict on an agent alone, and what its versions say; kept for agents that come again."""
    reason = reason_of_form(agent)
    if reason is not None:
        return BotVerdict(reason), AgentTraits()
    named = reason_of_words(agent) or (("crawler", None) if _is_crawler(agent) else None)
    if named is not None:
        return BotVerdict(*named), AgentTraits()
    traits = agent_traits(agent)
    reason = reason_of_versions(agent, traits)
    return (BotVerdict(reason) if reason is not None else None), traits


@lru_cache(maxsize=1)
def _detector() -> Callable[[str], bool] | None:
    """is-crawler's function without its own cache, None where the extra `web` is not installed."""
    try:
        from is_crawler import is_crawler
    except ImportError:
        return None
    return getattr(is_crawler, "__wrapped__", is_crawler)


def _is_crawler(agent: str) -> bool:
    """What is-crawler says of a browser's agent. It takes a phone of Cubot for a bot."""
    detector = _detector()
    return detector is not None and agent.startswith("Mozilla/") and detector(_CUBOT.sub("", agent))
