"""The words that web capture puts into messages: why a request is a bot's, and the origin of a visitor: how they came.

They are below the plan, for of a message that is only counted no other words are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BOT_REASONS", "ORIGINS"]

BOT_REASONS: Mapping[str, str] = {
    "ai": "An AI assistant or the crawler of a language model.",
    "burst": "One visitor viewed more pages within moments than a person can.",
    "crawler": "A search engine, an archive, or another program that reads pages by itself.",
    "empty_agent": "The request named no user agent.",
    "feed_reader": "A feed reader's server.",
    "headless": "A browser that a program drives.",
    "library": "A program that asks by an HTTP library.",
    "link_preview": "A preview of a link that somebody wrote or received.",
    "long_agent": "The user agent is longer than any browser's.",
    "mail_proxy": "A mail provider fetched the pictures of a message for its reader.",
    "monitor": "A check whether a site is up, fast or sound.",
    "no_headers": "The user agent is a browser's, but headers that every browser sends are missing.",
    "odd_agent": "The user agent has characters that no browser sends.",
    "odd_headers": "The user agent is a browser's, but the headers contradict each other.",
    "prefetch": "A proxy loaded the page in advance.",
    "scanner": "A program that looks for holes.",
    "short_agent": "The user agent is too short for a browser's.",
    "versions": "The user agent names versions that no browser has together.",
}
"""Each reason why a request is a bot's, and one plain sentence."""

ORIGINS: Mapping[str, str] = {
    "affiliates": "A partner who is paid for what visitors buy.",
    "ai_assistant": "An AI assistant that named the page in an answer.",
    "audio": "An advertisement in a podcast or a stream.",
    "campaign": "A link with campaign marks that fit no other origin.",
    "direct": "No referrer and no marks: typed, a bookmark, or a browser that says nothing.",
    "display": "A banner, or another advertisement on somebody's page.",
    "email": "A link in a message, or in a mail provider's web page.",
    "hidden_referral": "A link on another site, or in an app, that does not say which.",
    "internal": "A page of the same site.",
    "organic_search": "An unpaid result of a search engine.",
    "organic_social": "An unpaid post of a social network, a forum or a messenger.",
    "paid_other": "A paid link that fits no other paid origin.",
    "paid_search": "An advertisement of a search engine.",
    "paid_shopping": "An advertisement of a shop or a price comparison.",
    "paid_social": "An advertisement of a social network.",
    "paid_video": "An advertisement of a video platform.",
    "push": "A push notification.",
    "referral": "A link on another site.",
    "shopping": "An unpaid link of a shop or a price comparison.",
    "sms": "A text message.",
    "video": "An unpaid link of a video platform.",
}
"""Each origin and one plain sentence."""
