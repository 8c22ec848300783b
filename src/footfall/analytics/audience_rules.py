"""Audience rules: of whom a message is by its marks, and a person by their traits, and why."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from footfall.plan.model import Plan, Staff
from footfall.web.bots import judge
from footfall.web.proxies import cut_address

__all__ = ["AUDIENCES", "STAFF_REASONS", "Audience", "AudienceVerdict", "MarkRule", "TraitRule", "names_agent"]

Audience = Literal["people", "bot", "staff"]

AUDIENCES: tuple[Audience, ...] = ("people", "bot", "staff")
"""Each by its number in a column."""

STAFF_REASONS: Mapping[str, str] = {
    "email_domains": "The person's e-mail address is of one of the plan's `staff.email_domains`.",
    "marked": "The message is marked as that of own people, as the site or a signed link does.",
    "networks": "The message came from one of the plan's `staff.networks`.",
    "traits": "The person has one of the plan's `staff.traits`.",
}
"""Each reason why a message is of own people, and one plain sentence."""

# What only the moment showed, and no list can judge again.
_OF_THE_MOMENT = ("burst",)


class AudienceVerdict(NamedTuple):
    """Of whom a message is, and why: a name of BOT_REASONS or STAFF_REASONS, "marked" of a bot for another mark."""

    audience: Audience
    reason: str = ""


class _Marks(msgspec.Struct):
    userAgent: Any = None  # noqa: N815 - as the wire has it
    http: Any = None
    bot: Any = None
    staff: Any = None
    ip: Any = None


_read_marks = msgspec.json.Decoder(_Marks).decode
_read_traits = msgspec.json.Decoder(dict[str, Any]).decode
_PEOPLE = AudienceVerdict("people")


def names_agent(marks: str) -> bool:
    """Whether the marks of a message have a user agent."""
    return marks.startswith('{"userAgent"')


class MarkRule:
    """Judges what a message says of who sent it: its column `marks` (see `footfall.storage.part.MEMBERS`)."""

    def __init__(self, staff: Staff) -> None:
        self._networks = [ipaddress.ip_network(text, strict=False) for text in staff.networks]

    def judged(self, text: str) -> AudienceVerdict:
        """Of whom a message with these marks is."""
        marks = _read_marks(text)
        if marks.staff is True:
            return AudienceVerdict("staff", "marked")
        if _is_within(marks.ip, self._networks):
            return AudienceVerdict("staff", "networks")
        mark = _verdict_of_mark(marks.bot)
        if not isinstance(marks.userAgent, str):
            return mark
        http = marks.http if isinstance(marks.http, dict) else {}
        http = {name: text for name, text in http.items() if isinstance(text, str)}
        verdict = judge(marks.userAgent, http)
        if verdict is not None:
            return AudienceVerdict("bot", verdict.reason)
        # Without its headers, a message says less than the mark that it got when they were there.
        return mark if not http or mark.reason in _OF_THE_MOMENT else _PEOPLE


class TraitRule(NamedTuple):
    """Which traits of a user say that they are of the team, by their names on the wire.

    `emails` are the names of those with an address, `domains` are in lower case.
    """

    traits: Sequence[tuple[str, Sequence[object]]]
    emails: frozenset[str]
    domains: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, staff: Staff) -> TraitRule:
        """The rule of a plan."""
        names = {trait.name: trait.wire_name or trait.name for trait in plan.traits.get("user", ())}
        return cls(
            [(names.get(name, name), values) for name, values in staff.traits.items()],
            _emails_of(plan),
            frozenset(domain.lower().removeprefix("@") for domain in staff.email_domains),
        )

    def judged(self, text: str | None) -> AudienceVerdict | None:
        """Why somebody with these traits, in JSON, is of the team; None where nothing says so."""
        if text is None:
            return None
        traits = _read_traits(text)
        if any(_is_one_of(traits.get(name), values) for name, values in self.traits):
            return AudienceVerdict("staff", "traits")
        addresses = (traits.get(name) for name in self.emails)
        is_ours = any(isinstance(text, str) and _domain(text) in self.domains for text in addresses)
        return AudienceVerdict("staff", "email_domains") if is_ours else None


def _verdict_of_mark(bot: object) -> AudienceVerdict:
    if bot is None or bot is False:
        return _PEOPLE
    reason = bot.get("reason") if isinstance(bot, dict) else None
    return AudienceVerdict("bot", reason if isinstance(reason, str) else "marked")


def _emails_of(plan: Plan) -> frozenset[str]:
    """Under which names a user's traits have an e-mail address: `email`, and those whose format is one."""
    traits = plan.traits.get("user", ())
    return frozenset(["email", *(trait.wire_name or trait.name for trait in traits if trait.format == "email")])


def _is_within(address: object, networks: Sequence[Any]) -> bool:
    if not networks or not isinstance(address, str):
        return False
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    # Of an address whose last part was cut off it is known in which /24 or /48 it was, and not where in there.
    bits = ip.max_prefixlen if cut_address(address) != str(ip) else 24 if ip.version == 4 else 48
    return any(ip.version == network.version and network.prefixlen <= bits and ip in network for network in networks)


def _is_one_of(value: object, values: Iterable[object]) -> bool:
    return any(type(value) is type(each) and value == each for each in values)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().lower()
