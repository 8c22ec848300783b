"""Recognises the tense of the action in an event's name, and spells the past of a verb."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

__all__ = ["IRREGULAR", "is_action", "is_past", "last_action", "past_of"]

# The forms that do not end in -ed: base form, then past and participle. Written from the common irregular verbs that
# a plan may need; where both forms are used as a name (`went_offline`, `order_gone`), both count as past.
_FORMS = """
arise arose arisen; awake awoke awoken; be was were been; bear bore borne; beat beat beaten; become became become
begin began begun; bend bent; bet bet; bid bid bidden; bind bound; bite bit bitten; blow blew blown; break broke broken
bring brought; broadcast broadcast; build built; burn burnt; burst burst; buy bought; cast cast; catch caught
choose chose chosen; cling clung; come came come; cost cost; creep crept; cut cut; deal dealt; dig dug; do did done
draw drew drawn; dream dreamt; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed
feel felt; fight fought; find found; fit fit; flee fled; fly flew flown; forbid forbade forbidden; forecast forecast
forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten; give gave given; go went gone
grind ground; grow grew grown; hang hung; have had; hear heard; hide hid hidden; hit hit; hold held; hurt hurt
keep kept; know knew known; lay laid; lead led; learn learnt; leave left; lend lent; let let; lie lay lain; light lit
lose lost; make made; mean meant; meet met; mislead misled; mistake mistook mistaken; offset offset; outbid outbid
outgrow outgrew outgrown; override overrode overridden; overrun overran; oversee oversaw overseen
overtake overtook overtaken; overwrite overwrote overwritten; pay paid; prove proved proven; put put; quit quit
read read; rebuild rebuilt
redo redid redone; redraw redrew redrawn; remake remade; repay repaid; reread reread; rerun reran; resell resold
resend resent; reset reset; rethink rethought; retake retook retaken; rewind rewound; rewrite rewrote rewritten
ride rode ridden; ring rang rung; rise rose risen; run ran; saw sawn; say said; see saw seen; seek sought; sell sold
send sent; set set; sew sewn; shake shook shaken; shed shed; shine shone; shoot shot; show shown; shrink shrank shrunk
shut shut; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid; speak spoke spoken; speed sped; spell spelt
spend spent; spill spilt; spin spun; split split; spoil spoilt; spread spread; spring sprang sprung; stand stood
steal stole stolen; stick stuck; sting stung; strike struck stricken; string strung; swear swore sworn; sweep swept
swell swollen; swim swam swum; swing swung; take took taken; teach taught; tear tore torn; tell told; think thought
throw threw thrown; understand understood; undergo underwent undergone; undertake undertook undertaken
undo undid undone
unwind unwound; uphold upheld; upset upset; wake woke woken; wear wore worn; weave wove woven; win won; wind wound
withdraw withdrew withdrawn; withhold withheld; write wrote written; rebind rebound; unbind unbound; input input
output output; proofread proofread; typeset typeset; unset unset; preset preset
"""
IRREGULAR: Final[Mapping[str, tuple[str, ...]]] = {
    base: tuple(past) for base, *past in (entry.split() for entry in re.split(r"[;\n]", _FORMS) if entry.strip())
}
_PAST: Final = frozenset(form for forms in IRREGULAR.values() for form in forms)

# Words in -ed that are no past: nouns, adjectives, and verbs whose base form ends so.
_NOT_PAST: Final = frozenset(
    """
    aged bed bleed breed deed embed exceed feed greed hundred indeed kindred naked need newsfeed proceed red
    sacred seed sled speed steed succeed weed wicked wretched
    """.split()  # noqa: SIM905 - a list of words is read as one
)

# Verbs whose base form events are named after, so that one in the wrong tense or place is known to be an action.
_VERBS: Final = frozenset(
    """
    abandon abort accept access acknowledge activate add adjust agree allow answer append apply approve archive
    ask assign attach authenticate authorize back ban block bookmark book browse call cancel capture change
    charge check checkout choose clear click clone close collapse collect comment commit compare complete
    confirm connect consent consume contact continue convert copy create deactivate decline decrease dismiss
    delete deliver deny deploy deposit detach detect disable disconnect discard display dispute download
    downgrade drag drop duplicate earn edit email enable end engage enroll enter error evaluate execute expand
    expire export extend fail favorite favourite fetch filter finish fill flag focus follow fulfill generate
    generate grant guess handle hover identify ignore impress import improve increase initiate initialize
    install interact invite invoice issue join like link list listen load lock login log logout mark measure
    mention merge message migrate minimize modify monitor mount move mute navigate notify offer open opt
    optimize order pair park pause perform pick pin place play post prefer prepare press preview print process
    promote prompt provision publish pull purchase push qualify query queue rate reach react receive recharge
    recommend reconnect record recover redeem redirect refer refresh refund register reject release reload
    remind remove rename render renew reopen reorder repeat replace reply report request require reschedule
    reserve resize resolve respond restart restore resume retry return reveal review revoke rotate sample save
    scan schedule scroll search select share ship sign signin signout signup skip snooze sort start stop store
    stream submit subscribe suspend swap swipe switch sync tag tap test toggle track transfer translate trigger
    try type unblock unfollow uninstall unlock unmount unsubscribe update upgrade upload use validate verify
    view visit vote wait warn watch zoom
    """.split()  # noqa: SIM905 - a list of words is read as one
) | frozenset(IRREGULAR)

# What may follow the verb: `signed_in`, `gateway_went_offline`, `payment_failed_again`.
_PARTICLES: Final = frozenset(
    "in out up off on down over back away offline online through again around together into ahead apart along".split()  # noqa: SIM905 - as above
)


def is_past(word: str, exceptions: Collection[str] = ()) -> bool:
    """Whether a word is a verb's past or participle: regular (-ed), irregular, or one of the plan's exceptions."""
    if word in _PAST or word in exceptions:
        return True
    return len(word) > 3 and word.endswith("ed") and word not in _NOT_PAST


def is_action(word: str, exceptions: Collection[str] = ()) -> bool:
    """Whether a word is a form of a verb that is known: its base, its past, its third person, its -ing form."""
    if is_past(word, exceptions) or word in _VERBS:
        return True
    third = word.endswith("s") and (word[:-1] in _VERBS or word[:-2] in _VERBS or f"{word[:-3]}y" in _VERBS)
    return third or (word.endswith("ing") and (word[:-3] in _VERBS or f"{word[:-3]}e" in _VERBS))


def last_action(words: Sequence[str]) -> str:
    """The action in an object_action name: the last word that is no particle, adverb or number."""
    rest = list(words)
    while len(rest) > 1 and (rest[-1] in _PARTICLES or rest[-1].endswith("ly") or rest[-1].isdigit()):
        rest.pop()
    return rest[-1] if rest else ""


_CONSONANT_Y = re.compile(r".*[^aeiou]y")
# One syllable that ends in consonant, vowel, consonant doubles its last letter: tap, tapped.
_DOUBLES = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
_BY_HAND: Final[Mapping[str, str]] = {
    "login": "logged_in", "logout": "logged_out", "signin": "signed_in", "signup": "signed_up", "signout": "signed_out",
    "checkout": "checked_out", "submit": "submitted", "refer": "referred", "prefer": "preferred",
    "transfer": "transferred", "commit": "committed",
}  # fmt: skip


def past_of(word: str) -> str:
    """The past participle of an English verb, for a proposal: view, viewed; buy, bought; login, logged_in."""
    base = _base(word)
    if base in _BY_HAND:
        return _BY_HAND[base]
    if base in IRREGULAR:
        return IRREGULAR[base][-1]
    if base.endswith("e"):
        return f"{base}d"
    if _CONSONANT_Y.fullmatch(base):
        return f"{base[:-1]}ied"
    return f"{base}{base[-1]}ed" if _DOUBLES.fullmatch(base) else f"{base}ed"


def _base(word: str) -> str:
    candidates = [word]
    if word.endswith("s"):
        candidates += [word[:-1], word[:-2], f"{word[:-3]}y"]
    if word.endswith("ing"):
        candidates += [word[:-3], f"{word[:-3]}e", word[:-4]]
    return next((candidate for candidate in candidates if candidate in _VERBS), word)
