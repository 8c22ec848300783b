"""Origin sites: the hosts and apps that send visitors, each with its name and its kind; pure.

The rows are names of well-known public sites. A host that is not here is matched by the domain that it is below, so
`old.reddit.com` is Reddit. Below a search engine or a shop only its front doors are: `docs.google.com` is no search.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec

__all__ = ["APPS", "FAMILIES", "SITES", "KnownSite", "SiteKind", "site_of", "source_of"]

SiteKind = Literal["ai_assistant", "email", "search", "shopping", "social", "video"]


class KnownSite(msgspec.Struct, frozen=True):
    """A site that sends visitors."""

    name: str
    kind: SiteKind


def _rows(kind: SiteKind, text: str) -> dict[str, KnownSite]:
    """The sites of one kind: a line each, its name and its hosts."""
    sites = {}
    for line in text.strip().splitlines():
        name, _, hosts = line.strip().partition(": ")
        sites.update(dict.fromkeys(hosts.split(), KnownSite(name, kind)))
    return sites


SITES: Mapping[str, KnownSite] = {
    **_rows(
        "search",
        """
        Google: google.com
        Google Discover: discover.google.com
        Google News: news.google.com
        Bing: bing.com
        Yahoo: search.yahoo.com yahoo.com yahoo.co.jp search.yahoo.co.jp
        DuckDuckGo: duckduckgo.com
        Ecosia: ecosia.org
        Brave Search: search.brave.com
        Qwant: qwant.com
        Startpage: startpage.com
        Swisscows: swisscows.com
        Mojeek: mojeek.com mojeek.co.uk
        Kagi: kagi.com
        MetaGer: metager.de metager.org
        Marginalia: search.marginalia.nu marginalia-search.com
        Yandex: ya.ru
        Baidu: baidu.com
        Sogou: sogou.com
        360 Search: so.com
        Shenma: sm.cn
        Naver: naver.com
        Daum: daum.net
        Seznam: seznam.cz
        AOL: search.aol.com aol.com
        Ask: ask.com
        Dogpile: dogpile.com
        Lilo: lilo.org
        Presearch: presearch.com
        You.com: you.com
        T-Online: suche.t-online.de
        Coc Coc: coccoc.com
        Rambler: rambler.ru
        Mail.ru: go.mail.ru
        Petal Search: petalsearch.com
        Gibiru: gibiru.com
        Gigablast: gigablast.com
        WebCrawler: webcrawler.com
        Lycos: lycos.com
        Sapo: sapo.pt
        Virgilio: virgilio.it
        Kvasir: kvasir.no
        Onet: onet.pl
        """,
    ),
    **_rows(
        "ai_assistant",
        """
        ChatGPT: chatgpt.com chat.openai.com
        Perplexity: perplexity.ai
        Gemini: gemini.google.com bard.google.com
        NotebookLM: notebooklm.google.com
        Copilot: copilot.microsoft.com copilot.cloud.microsoft m365.cloud.microsoft edgeservices.bing.com
        Claude: claude.ai
        Meta AI: meta.ai
        Mistral: chat.mistral.ai
        DeepSeek: chat.deepseek.com deepseek.com
        Grok: grok.com
        Poe: poe.com
        Phind: phind.com
        Duck.ai: duck.ai
        Kimi: kimi.com kimi.ai kimi.moonshot.cn
        Doubao: doubao.com
        Qwen: chat.qwen.ai
        Manus: manus.im
        iAsk: iask.ai
        Andi: andisearch.com
        Felo: felo.ai
        Genspark: genspark.ai
        """,
    ),
    **_rows(
        "social",
        """
        Facebook: facebook.com fb.com fb.me messenger.com m.me
        Instagram: instagram.com
        Threads: threads.net threads.com
        X: x.com twitter.com t.co
        LinkedIn: linkedin.com lnkd.in
        Pinterest: pin.it
        Reddit: reddit.com redd.it
        TikTok: tiktok.com
        Snapchat: snapchat.com
        WhatsApp: whatsapp.com wa.me
        Telegram: telegram.org telegram.me t.me
        Discord: discord.com discordapp.com
        Slack: slack.com
        Microsoft Teams: teams.microsoft.com teams.cloud.microsoft
        Mastodon: mastodon.social mastodon.online mastodon.world mstdn.social fosstodon.org hachyderm.io
        Bluesky: bsky.app
        Lemmy: lemmy.world lemmy.ml
        Hacker News: news.ycombinator.com
        Lobsters: lobste.rs
        Product Hunt: producthunt.com
        Quora: quora.com
        Stack Overflow: stackoverflow.com
        Stack Exchange: stackexchange.com
        Tumblr: tumblr.com
        Medium: medium.com
        Substack: substack.com
        Flipboard: flipboard.com
        Nextdoor: nextdoor.com
        Xing: xing.com
        VK: vk.com vk.ru
        Odnoklassniki: ok.ru
        Weibo: weibo.com weibo.cn
        WeChat: weixin.qq.com wx.qq.com
        Xiaohongshu: xiaohongshu.com
        Zhihu: zhihu.com
        Douban: douban.com
        LINE: line.me
        KakaoTalk: kakao.com
        Digg: digg.com
        Meetup: meetup.com
        Goodreads: goodreads.com
        DeviantArt: deviantart.com
        Yammer: yammer.com
        Buffer: buffer.com
        Linktree: linktr.ee
        Tripadvisor: tripadvisor.com
        Yelp: yelp.com
        """,
    ),
    **_rows(
        "video",
        """
        YouTube: youtube.com youtu.be youtube-nocookie.com
        Vimeo: vimeo.com
        Twitch: twitch.tv
        Dailymotion: dailymotion.com
        Rumble: rumble.com
        Bilibili: bilibili.com
        Youku: youku.com
        iQIYI: iqiyi.com
        Niconico: nicovideo.jp
        Rutube: rutube.ru
        PeerTube: peertube.tv
        Wistia: wistia.com wistia.net
        Netflix: netflix.com
        """,
    ),
    **_rows(
        "email",
        """
        Gmail: mail.google.com
        Outlook: outlook.com outlook.live.com outlook.office.com outlook.office365.com hotmail.com
        Yahoo Mail: mail.yahoo.com
        Proton Mail: mail.proton.me
        Fastmail: fastmail.com
        iCloud Mail: icloud.com
        GMX: gmx.net gmx.com gmx.de
        WEB.DE: web.de
        Tuta: tuta.com
        Zoho Mail: mail.zoho.com mail.zoho.eu
        AOL Mail: mail.aol.com
        Mail.ru: e.mail.ru
        Yandex Mail: mail.yandex.ru mail.yandex.com
        Naver Mail: mail.naver.com
        QQ Mail: mail.qq.com
        163 Mail: mail.163.com
        Orange Mail: messagerie.orange.fr
        Libero Mail: mail.libero.it
        HEY: app.hey.com
        Mailchimp: campaign-archive.com mailchi.mp
        """,
    ),
    **_rows(
        "shopping",
        """
        Google Shopping: shopping.google.com
        Etsy: etsy.com
        AliExpress: aliexpress.com
        Alibaba: alibaba.com
        Taobao: taobao.com
        Temu: temu.com
        Walmart: walmart.com
        Shopify: shop.app
        Idealo: idealo.de idealo.co.uk idealo.fr idealo.it idealo.es
        PriceRunner: pricerunner.com pricerunner.dk pricerunner.se pricerunner.co.uk
        Prisjakt: prisjakt.no prisjakt.nu
        Geizhals: geizhals.de geizhals.at
        Zalando: zalando.de zalando.com
        Allegro: allegro.pl
        Mercado Libre: mercadolibre.com mercadolivre.com.br
        Rakuten: rakuten.com rakuten.co.jp
        """,
    ),
}
"""Host without `www.`: the site."""

FAMILIES: Mapping[str, KnownSite] = {
    "amazon": KnownSite("Amazon", "shopping"),
    "ebay": KnownSite("eBay", "shopping"),
    "google": KnownSite("Google", "search"),
    "pinterest": KnownSite("Pinterest", "social"),
    "yandex": KnownSite("Yandex", "search"),
}
"""Sites that have the same name in many countries."""

APPS: Mapping[str, KnownSite] = {
    "com.google.android.googlequicksearchbox": KnownSite("Google", "search"),
    "com.google.android.gm": KnownSite("Gmail", "email"),
    "com.google.android.youtube": KnownSite("YouTube", "video"),
    "com.google.android.apps.bard": KnownSite("Gemini", "ai_assistant"),
    "com.google.android.apps.messaging": KnownSite("Google Messages", "social"),
    "com.microsoft.office.outlook": KnownSite("Outlook", "email"),
    "com.microsoft.teams": KnownSite("Microsoft Teams", "social"),
    "com.microsoft.bing": KnownSite("Bing", "search"),
    "com.yahoo.mobile.client.android.mail": KnownSite("Yahoo Mail", "email"),
    "ch.protonmail.android": KnownSite("Proton Mail", "email"),
    "com.openai.chatgpt": KnownSite("ChatGPT", "ai_assistant"),
    "ai.perplexity.app.android": KnownSite("Perplexity", "ai_assistant"),
    "com.anthropic.claude": KnownSite("Claude", "ai_assistant"),
    "com.facebook.katana": KnownSite("Facebook", "social"),
    "com.facebook.orca": KnownSite("Facebook", "social"),
    "com.instagram.android": KnownSite("Instagram", "social"),
    "com.twitter.android": KnownSite("X", "social"),
    "com.linkedin.android": KnownSite("LinkedIn", "social"),
    "com.pinterest": KnownSite("Pinterest", "social"),
    "com.reddit.frontpage": KnownSite("Reddit", "social"),
    "com.slack": KnownSite("Slack", "social"),
    "com.whatsapp": KnownSite("WhatsApp", "social"),
    "org.telegram.messenger": KnownSite("Telegram", "social"),
    "com.zhiliaoapp.musically": KnownSite("TikTok", "social"),
    "com.snapchat.android": KnownSite("Snapchat", "social"),
    "com.discord": KnownSite("Discord", "social"),
}
"""Android package of `android-app://`: the site that it belongs to."""

_FRONT_DOOR = r"(?:(?:[a-z]{2}|m|mobile|images?|lite|html|wap|search|r|smile)\.)?"
_HAS_MANY_SERVICES = {"search", "shopping"}
_BEFORE = re.compile(_FRONT_DOOR)
# A country's domain of a family: `google.de`, `google.co.uk`, `google.com.br`.
_FAMILY = re.compile(rf"{_FRONT_DOOR}({'|'.join(FAMILIES)})\.(?:com?\.)?[a-z]{{2,3}}")
_NAMES = {
    **{site.name.lower(): site for site in (*FAMILIES.values(), *APPS.values(), *SITES.values())},
    **FAMILIES,
    "fb": KnownSite("Facebook", "social"),
    "ig": KnownSite("Instagram", "social"),
    "twitter": KnownSite("X", "social"),
    "openai": KnownSite("ChatGPT", "ai_assistant"),
    "adwords": KnownSite("Google", "search"),
    "yt": KnownSite("YouTube", "video"),
}


@lru_cache(maxsize=4_096)
def site_of(host: str) -> KnownSite | None:
    """The site that a host (lower case) belongs to, by the longest domain of the table, or None."""
    domain = host
    while "." in domain:
        site = SITES.get(domain)
        if site is not None:
            is_front = site.kind not in _HAS_MANY_SERVICES or _BEFORE.fullmatch(host.removesuffix(domain))
            return site if is_front else None
        domain = domain.partition(".")[2]
    family = _FAMILY.fullmatch(host)
    return FAMILIES[family[1]] if family else None


@lru_cache(maxsize=4_096)
def source_of(source: str) -> KnownSite | None:
    """The site that a campaign's source (lower case) names, by its name or a host, or None."""
    return _NAMES.get(source) or site_of(source)
