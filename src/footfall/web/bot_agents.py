"""Bot agents: what a user agent says of itself, by its form and by the words of a table; pure.

The words are public names that makers of bots give in their documentation. They are lower case, and the first that
the agent has decides. What they leave open, `web.bots` asks is-crawler where it is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

__all__ = ["AGENT_WORDS", "LONGEST_AGENT", "AgentTraits", "agent_traits", "reason_of_form", "reason_of_words"]

LONGEST_AGENT = 600  # characters; browsers inside of apps need up to 450
_SHORTEST = 20  # characters of an agent that begins with Mozilla/

# Beginnings of what people browse and read mail with, and marks of old phones anywhere in it. Whatever else has no
# `Mozilla/` is a program that asks by a library.
_BROWSER_STARTS = (
    "mozilla/", "opera/", "lynx/", "links (", "elinks", "w3m/", "dillo/", "netsurf/", "konqueror", "ucweb/", "juc",
    "nokia", "samsung-", "sonyericsson", "blackberry", "lg-", "mot-", "alcatel", "docomo/", "kddi-", "softbank/",
    "airmail", "the bat!", "yahoomobilemail/",
)  # fmt: skip
_PHONE_MARKS = ("profile/midp", "ucweb", "opera mini", "obigo", "up.browser", "netfront", "onebrowser/")

# Word: reason. The order counts where an agent has two of them.
AGENT_WORDS: Sequence[tuple[str, str]] = (
    # Fetch the pictures of mail for a reader.
    ("googleimageproxy", "mail_proxy"),
    ("yahoomailproxy", "mail_proxy"),
    # Show a link that somebody wrote.
    ("facebookexternalhit", "link_preview"),
    ("facebookcatalog", "link_preview"),
    ("facebot", "link_preview"),
    ("twitterbot", "link_preview"),
    ("slackbot", "link_preview"),
    ("slack-imgproxy", "link_preview"),
    ("discordbot", "link_preview"),
    ("telegrambot", "link_preview"),
    ("linkedinbot", "link_preview"),
    ("pinterestbot", "link_preview"),
    ("pinterest.com/bot", "link_preview"),
    ("redditbot", "link_preview"),
    ("bitlybot", "link_preview"),
    ("skypeuripreview", "link_preview"),
    ("bingpreview", "link_preview"),
    ("google web preview", "link_preview"),
    ("snap url preview", "link_preview"),
    ("yahoo link preview", "link_preview"),
    ("quora link preview", "link_preview"),
    ("kakaotalk-scrap", "link_preview"),
    ("linkunfurler", "link_preview"),
    ("embedly", "link_preview"),
    ("iframely", "link_preview"),
    ("vkshare", "link_preview"),
    ("flipboardproxy", "link_preview"),
    ("ms-office", "link_preview"),
    ("microsoft office", "link_preview"),
    ("mastodon/", "link_preview"),
    ("steamchaturllookup", "link_preview"),
    # Read for a language model, or for somebody who asks one.
    ("gptbot", "ai"),
    ("chatgpt", "ai"),
    ("oai-searchbot", "ai"),
    ("claudebot", "ai"),
    ("claude-user", "ai"),
    ("claude-searchbot", "ai"),
    ("claude-web", "ai"),
    ("anthropic-ai", "ai"),
    ("perplexity", "ai"),
    ("mistralai-user", "ai"),
    ("gemini-deep-research", "ai"),
    ("google-notebooklm", "ai"),
    ("google-cloudvertexbot", "ai"),
    ("google-agent", "ai"),
    ("googleagent", "ai"),
    ("googleother", "ai"),
    ("meta-external", "ai"),
    ("bytespider", "ai"),
    ("ccbot/", "ai"),
    ("cohere-", "ai"),
    ("duckassistbot", "ai"),
    ("youbot", "ai"),
    ("manus-user", "ai"),
    ("amazonbuyforme", "ai"),
    ("amzn-user", "ai"),
    ("agentcore-browser", "ai"),
    ("ai2bot", "ai"),
    ("laion-", "ai"),
    # Browsers that a program drives.
    ("headlesschrome", "headless"),
    ("phantomjs", "headless"),
    ("slimerjs", "headless"),
    ("htmlunit", "headless"),
    ("selenium", "headless"),
    ("webdriver", "headless"),
    ("playwright", "headless"),
    ("puppeteer", "headless"),
    ("cypress/", "headless"),
    ("jsdom/", "headless"),
    ("prerender", "headless"),
    ("rendertron", "headless"),
    ("headless", "headless"),
    ("criticalcss", "headless"),
    (" splash ", "headless"),
    # Ask whether a site is up, fast, or sound.
    ("uptime", "monitor"),
    ("pingdom", "monitor"),
    ("statuscake", "monitor"),
    ("synthetic", "monitor"),
    ("newrelicpinger", "monitor"),
    ("site24x7", "monitor"),
    ("checkly", "monitor"),
    ("hetrixtools", "monitor"),
    ("updown.io", "monitor"),
    ("catchpoint", "monitor"),
    ("dotcom-monitor", "monitor"),
    ("gotsitemonitor", "monitor"),
    ("monitor", "monitor"),
    ("gtmetrix", "monitor"),
    ("ptst/", "monitor"),
    ("lighthouse", "monitor"),
    ("pagespeed", "monitor"),
    ("google page speed", "monitor"),
    ("dareboost", "monitor"),
    ("ghost inspector", "monitor"),
    ("thousandeyes", "monitor"),
    ("appinsights", "monitor"),
    ("elb-healthchecker", "monitor"),
    ("health-check", "monitor"),
    ("healthcheck", "monitor"),
    ("kube-probe", "monitor"),
    ("googlehc/", "monitor"),
    ("datadog", "monitor"),
    ("ruxitrecorder", "monitor"),
    ("alertsite", "monitor"),
    ("silktide", "monitor"),
    ("monsido", "monitor"),
    ("siteimprove", "monitor"),
    ("speedcurve", "monitor"),
    ("calibre", "monitor"),
    ("hardenize", "monitor"),
    ("linktiger", "monitor"),
    ("; rigor)", "monitor"),
    (" ylt ", "monitor"),
    # Look for holes.
    ("zgrab", "scanner"),
    ("nuclei", "scanner"),
    ("nikto", "scanner"),
    ("sqlmap", "scanner"),
    ("acunetix", "scanner"),
    ("netsparker", "scanner"),
    ("wpscan", "scanner"),
    ("masscan", "scanner"),
    ("nmap ", "scanner"),
    ("censys", "scanner"),
    ("l9explore", "scanner"),
    ("l9tcpid", "scanner"),
    ("foregenix", "scanner"),
    ("openvas", "scanner"),
    ("watchtowr", "scanner"),
    ("securityheaders", "scanner"),
    ("qualys", "scanner"),
    ("cookiehub", "scanner"),
    ("netcraft", "scanner"),
    # Read feeds for a subscriber.
    ("feedfetcher", "feed_reader"),
    ("feed parser", "feed_reader"),
    ("feedburner", "feed_reader"),
    ("feeder.co", "feed_reader"),
    ("newsblur", "feed_reader"),
    ("inoreader", "feed_reader"),
    ("freshrss", "feed_reader"),
    # Crawlers whose names have none of the common words.
    ("mediapartners-google", "crawler"),
    ("google-read-aloud", "crawler"),
    ("google-inspectiontool", "crawler"),
    ("google-safety", "crawler"),
    ("google-site-verification", "crawler"),
    ("google-physicalweb", "crawler"),
    ("google favicon", "crawler"),
    ("google-adwords", "crawler"),
    ("duplexweb-google", "crawler"),
    ("apis-google", "crawler"),
    ("daumoa", "crawler"),
    ("brandverity", "crawler"),
    ("ia_archiver", "crawler"),
    ("heritrix", "crawler"),
    ("webcapture", "crawler"),
    ("httrack", "crawler"),
    ("webcopier", "crawler"),
    ("webzip", "crawler"),
    ("teleport pro", "crawler"),
    ("offline explorer", "crawler"),
    ("screaming frog", "crawler"),
    ("sitebulb", "crawler"),
    ("seobility", "crawler"),
    ("datanyze", "crawler"),
    ("outbrain", "crawler"),
    ("semantic-visions", "crawler"),
    ("sv-watchagent", "crawler"),
    ("scope3", "crawler"),
    ("sindup", "crawler"),
    ("newsai/", "crawler"),
    ("nitro-", "crawler"),
    ("turingos", "crawler"),
    ("hotjar", "crawler"),
    ("marketgoo", "crawler"),
    ("miniature.io", "crawler"),
    ("collapsify", "crawler"),
    ("dlc/2", "crawler"),
    ("optimizer-agent", "crawler"),
    ("ips-agent", "crawler"),
    ("newsnow/", "crawler"),
    ("pwabuilder", "crawler"),
    ("productfinder", "crawler"),
    ("(at)", "crawler"),
    ("(java)", "library"),
    ("httpclient", "library"),
    ("winhttp", "library"),
    ("powershell", "library"),
    ("urlgrabber", "library"),
    ("privacy preserving prefetch proxy", "prefetch"),
)

# Words of bots that makers have never heard of: `bot` at the end of a word (a Cubot is a phone), and what they do.
_COMMON_WORDS = re.compile(
    r"(?<!cu)bot(?![a-z])|robot|crawl|spider|scrap[ey]|slurp|archiver|fetcher|indexer|validator|link ?check"
    r"|web ?scan|scanner|harvest|extractor|\bgoogle-[a-z]|[a-z]-google\b",
)
# A browser's maker writes no address into its agent; a bot's maker says where to complain. `bsalsa.com` made old
# browsers out of Internet Explorer and says so.
_ADDRESS = re.compile(
    r"https?:|www\.|\w@[\w-]*[a-z][\w-]*\.[a-z]|[a-z0-9]\.(?:com|org|net|io|ai|co|de|fr)(?:[/);, ]|$)"
)
_NO_ADDRESS = re.compile(r"https?://(?:www\.)?bsalsa\.com|\bcom\.[\w.]+")
_COMPATIBLE = re.compile(r"compatible[;,] *(?!msie|konqueror|windows|lotus-notes|icab|omniweb|netpositive|mac)[a-z]")
_NAME = re.compile(r"[\w.-]+")
_LONGEST_NAME = 60


class AgentTraits(msgspec.Struct, frozen=True):
    """What the versions in a browser's agent say: majors of its engine, 0 where it is another.

    `chromium_build` is the third number of its version, 0 where the browser hides it.
    """

    chromium: int = 0
    chromium_build: int = 0
    firefox: int = 0
    is_ios: bool = False


_CHROMIUM = re.compile(r"Chrom(?:e|ium)/([0-9]{1,4})(?:\.[0-9]+\.([0-9]{1,6}))?")
_FIREFOX = re.compile(r"Firefox/([0-9]{1,4})")
_OTHER_ENGINES = re.compile(r"Goanna|SeaMonkey|Servo/|Ladybird")  # name versions of browsers that they are not


def agent_traits(agent: str) -> AgentTraits:
    """What the versions in an agent say."""
    if _OTHER_ENGINES.search(agent):
        return AgentTraits()
    chromium, firefox = _CHROMIUM.search(agent), _FIREFOX.search(agent)
    return AgentTraits(
        chromium=int(chromium[1]) if chromium else 0,
        chromium_build=int(chromium[2] or 0) if chromium else 0,
        firefox=int(firefox[1]) if firefox else 0,
        is_ios="(iPhone;" in agent or "(iPad;" in agent or "(iPod" in agent,
    )


def _has_no_browsers_start(agent: str) -> bool:
    lower = agent.lower()
    return not lower.startswith(_BROWSER_STARTS) and not any(mark in lower for mark in _PHONE_MARKS)


# The reason of a form, in order; the first that fits decides. They see the whole agent, however long.
_FORMS: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("empty_agent", lambda agent: not agent.strip()),
    ("long_agent", lambda agent: len(agent) > LONGEST_AGENT),
    ("odd_agent", lambda agent: not agent.isascii() or not agent.isprintable()),
    ("mail_proxy", lambda agent: agent == "Mozilla/5.0"),  # Apple's Mail Privacy Protection says no more than this
)
_LATE_FORMS: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("crawler", lambda agent: _ADDRESS.search(_NO_ADDRESS.sub("", agent.lower())) is not None),
    ("crawler", lambda agent: _COMPATIBLE.search(agent.lower()) is not None),
    ("library", _has_no_browsers_start),
    ("short_agent", lambda agent: agent.lower().startswith("mozilla/") and len(agent) < _SHORTEST),
)


def reason_of_form(agent: str) -> str | None:
    """The reason why nothing in an agent is worth reading, or None."""
    return next((reason for reason, fits in _FORMS if fits(agent)), None)


def reason_of_words(agent: str) -> tuple[str, str | None] | None:
    """The reason why an agent is a bot's, and the word of the agent that names it; None where nothing says so."""
    lower = agent.lower()
    for word, reason in AGENT_WORDS:
        start = lower.find(word)
        if start >= 0:
            return reason, _name_at(agent, start, start + len(word))
    common = _COMMON_WORDS.search(lower)
    if common is not None:
        return "crawler", _name_at(agent, common.start(), common.end())
    late = next((reason for reason, fits in _LATE_FORMS if fits(agent)), None)
    return (late, _first_name(agent)) if late is not None else None


def _name_at(agent: str, start: int, end: int) -> str:
    """The word of an agent around a part of it, without a version."""
    for name in _NAME.finditer(agent):
        if name.end() > start:
            return agent[min(name.start(), start) : max(name.end(), end)].strip("/ ;")[:_LONGEST_NAME]
    return agent[start:end]


def _first_name(agent: str) -> str | None:
    """The name that a program begins with, or that comes after `compatible;`."""
    after = agent.partition("compatible;")[2] or agent
    name = _NAME.search(after)
    return name[0][:_LONGEST_NAME] if name and name[0] != "Mozilla" else None
