"""SDKs: how each is imported and called, as a table. A new SDK, or a new version of one, is a row here.

Read from the SDKs' own sources: footfall, segment-analytics-python 2.4, rudder-sdk-python 2.1, posthog 7 (and the
order of arguments before 6.0), mixpanel 5.4, amplitude-analytics 1.3, snowplow-tracker 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

__all__ = [
    "CARRIERS", "CLASSES", "FACTORIES", "METHOD_NAMES", "MODULES", "MOST_PLACES", "ORDERED", "SDKS", "WORDS", "Carrier",
    "MessageKind", "Naming", "Sdk", "Signature", "ordered",
]  # fmt: skip

MessageKind = Literal["track", "identify", "group", "page", "screen", "alias"]


class Signature(msgspec.Struct, frozen=True):
    """One way to call a method: its parameters in order, and which of them are the event and its properties.

    At most `most` arguments may be given without a name (None: all).
    """

    kind: MessageKind
    params: tuple[str, ...]
    event: str = ""
    properties: str = ""
    most: int | None = None


class Sdk(msgspec.Struct, frozen=True):
    """An SDK: the classes whose objects send, the modules that send themselves, and its methods.

    A call takes the first of a method's signatures that its arguments fit. Keys that begin with `ignored` are the SDK's
    own and never planned.
    """

    classes: tuple[str, ...]
    methods: Mapping[str, tuple[Signature, ...]]
    modules: tuple[str, ...] = ()
    factories: tuple[str, ...] = ()
    ignored: str = ""


class Naming(msgspec.Struct, frozen=True):
    """How a name given with --client is called: like an SDK, or by `signature`."""

    sdk: str = "footfall"
    signature: Signature | None = None


MOST_PLACES: Final = 20
"""The last place that an order of arguments given with --client can name."""


def ordered(event: tuple[int, str], properties: tuple[int, str] | None) -> Signature:
    """The signature of a call with event and properties at these places, from 1, or under these names.

    The position 0 says that the argument is only given by its name.
    """
    roles = [role for role in (event, properties) if role is not None]
    names_by_position = {position: name for position, name in roles if position}
    positional = tuple(names_by_position.get(position, f" {position}") for position in range(1, MOST_PLACES + 1))
    params = (*positional, *(name for position, name in roles if not position))
    return Signature("track", params, event[1], properties[1] if properties is not None else "", MOST_PLACES)


class Carrier(msgspec.Struct, frozen=True):
    """A class whose objects carry an event to `track`: its parameters, and which are event and properties."""

    params: tuple[str, ...]
    event: str
    properties: str = ""
    fields: Mapping[str, str] = {}  # parameter -> property, for a carrier without a dictionary
    kind: MessageKind = "track"


_OURS = ("user_id", "anonymous_id", "timestamp", "context", "message_id")
_REST = ("context", "timestamp", "anonymous_id", "integrations", "message_id")

_FOOTFALL = {
    "track": (Signature("track", ("event", "properties", *_OURS), "event", "properties", 2),),
    "identify": (Signature("identify", ("user_id", "traits", *_OURS[1:]), "", "traits", 2),),
    "page": (Signature("page", ("name", "properties", "category", *_OURS), "name", "properties", 2),),
    "screen": (Signature("screen", ("name", "properties", "category", *_OURS), "name", "properties", 2),),
    "group": (Signature("group", ("group_id", "traits", *_OURS), "", "traits", 2),),
    "alias": (Signature("alias", ("previous_id", "user_id", *_OURS[2:]), most=2),),
}
_SEGMENT = {
    "track": (Signature("track", ("user_id", "event", "properties", *_REST), "event", "properties"),),
    "identify": (Signature("identify", ("user_id", "traits", *_REST), "", "traits"),),
    "page": (Signature("page", ("user_id", "category", "name", "properties", *_REST), "name", "properties"),),
    "screen": (Signature("screen", ("user_id", "category", "name", "properties", *_REST), "name", "properties"),),
    "group": (Signature("group", ("user_id", "group_id", "traits", *_REST), "", "traits"),),
    "alias": (Signature("alias", ("previous_id", "user_id", "context", "timestamp", "integrations", "message_id")),),
}
_CAPTURE = ("properties", "context", "timestamp", "uuid", "groups", "send_feature_flags", "disable_geoip")
_CAPTURED = (
    # Since 6.0 only the event is given without a name; before that, the person's id came first.
    Signature("track", ("event", "distinct_id", *_CAPTURE, "flags"), "event", "properties", 1),
    Signature("track", ("distinct_id", "event", *_CAPTURE), "event", "properties"),
)
_POSTHOG = {
    "capture": _CAPTURED,
    "capture_ai": _CAPTURED[:1],
    "identify": (Signature("identify", ("distinct_id", *_CAPTURE[:4], "disable_geoip"), "", "properties"),),
    "set": (Signature("identify", ("distinct_id", *_CAPTURE[:4], "disable_geoip"), "", "properties"),),
    "set_once": (Signature("identify", ("distinct_id", *_CAPTURE[:4], "disable_geoip"), "", "properties"),),
    "group_identify": (Signature("group", ("group_type", "group_key", *_CAPTURE, "distinct_id"), "", "properties"),),
    "alias": (Signature("alias", ("previous_id", "distinct_id", *_CAPTURE[1:])),),
}
_MIXPANEL = {
    "track": (Signature("track", ("distinct_id", "event_name", "properties", "meta"), "event_name", "properties"),),
    "import_data": (
        Signature(
            "track",
            ("api_key", "distinct_id", "event_name", "timestamp", "properties", "meta", "api_secret"),
            "event_name",
            "properties",
        ),
    ),
    "people_set": (Signature("identify", ("distinct_id", "properties", "meta"), "", "properties"),),
    "people_set_once": (Signature("identify", ("distinct_id", "properties", "meta"), "", "properties"),),
    "alias": (Signature("alias", ("alias_id", "original", "meta")),),
}
_TAIL = ("context", "tstamp", "event_subject")
_STRUCTURED = ("category", "action", "label", "property_", "value")
_SNOWPLOW = {
    "track": (Signature("track", ("event",), "event"),),
    "track_struct_event": (Signature("track", (*_STRUCTURED, *_TAIL), "action", "*structured"),),
    "track_self_describing_event": (Signature("track", ("event_json", *_TAIL), "event_json"),),
    "track_unstruct_event": (Signature("track", ("event_json", *_TAIL), "event_json"),),
    "track_page_view": (Signature("page", ("page_url", "page_title", "referrer", *_TAIL), "page_title"),),
    "track_screen_view": (Signature("screen", ("name", "id_", *_TAIL), "name"),),
}

SDKS: Final[Mapping[str, Sdk]] = {
    "footfall": Sdk(
        classes=(
            "footfall.Client", "footfall.AsyncClient", "footfall.client.Client", "footfall.client.AsyncClient",
            "footfall.client.sync.Client", "footfall.client.aio.AsyncClient", "footfall.client.calls.Calls",
        ),
        methods=_FOOTFALL,
    ),
    "segment": Sdk(
        classes=(
            "segment.analytics.Client", "segment.analytics.client.Client",
            "analytics.Client", "analytics.client.Client",
        ),
        modules=("segment.analytics", "analytics"),
        methods=_SEGMENT,
    ),
    "rudderstack": Sdk(
        classes=("rudderstack.analytics.Client", "rudderstack.analytics.client.Client", "rudder_analytics.Client"),
        modules=("rudderstack.analytics", "rudder_analytics"),
        methods=_SEGMENT,
    ),
    "posthog": Sdk(
        classes=("posthog.Posthog", "posthog.Client", "posthog.client.Client"),
        modules=("posthog",),
        methods=_POSTHOG,
        ignored="$",
    ),
    "mixpanel": Sdk(classes=("mixpanel.Mixpanel",), methods=_MIXPANEL, ignored="$"),
    "amplitude": Sdk(
        classes=("amplitude.Amplitude", "amplitude.client.Amplitude"),
        methods={"track": (Signature("track", ("event",), "event"),)},
        ignored="$",
    ),
    "snowplow": Sdk(
        classes=("snowplow_tracker.Tracker", "snowplow_tracker.tracker.Tracker"),
        factories=(
            "snowplow_tracker.Snowplow.create_tracker", "snowplow_tracker.Snowplow.get_tracker",
            "snowplow_tracker.snowplow.Snowplow.create_tracker", "snowplow_tracker.snowplow.Snowplow.get_tracker",
        ),
        methods=_SNOWPLOW,
    ),
}  # fmt: skip

STRUCTURED: Final[Mapping[str, str]] = {
    "category": "category", "label": "label", "property_": "property", "value": "value"
}  # fmt: skip

_BASE_EVENT = Carrier(
    ("event_type", "user_id", "device_id", "time", "event_properties"), "event_type", "event_properties"
)
_SELF_DESCRIBING = Carrier(("event_json", "event_subject", "context", "true_timestamp"), "event_json")
_SELF_DESCRIBING_JSON = Carrier(("schema", "data"), "schema", "data")
_STRUCTURED_EVENT = Carrier(_STRUCTURED, "action", fields=STRUCTURED)

_SNOWPLOW_EVENTS = ("snowplow_tracker", "snowplow_tracker.events")
CARRIERS: Final[Mapping[str, Carrier]] = {
    f"{module}.{name}": carrier
    for modules, name, carrier in (
        (("amplitude", "amplitude.event"), "BaseEvent", _BASE_EVENT),
        ((*_SNOWPLOW_EVENTS, "snowplow_tracker.events.self_describing"), "SelfDescribing", _SELF_DESCRIBING),
        (("snowplow_tracker", "snowplow_tracker.self_describing_json"), "SelfDescribingJson", _SELF_DESCRIBING_JSON),
        ((*_SNOWPLOW_EVENTS, "snowplow_tracker.events.structured_event"), "StructuredEvent", _STRUCTURED_EVENT),
        (_SNOWPLOW_EVENTS, "PageView", Carrier(("page_url", "page_title"), "page_title", kind="page")),
        (_SNOWPLOW_EVENTS, "ScreenView", Carrier(("id_", "name"), "name", kind="screen")),
    )
    for module in modules
}

CLASSES: Final[Mapping[str, str]] = {name: sdk for sdk, row in SDKS.items() for name in row.classes}
MODULES: Final[Mapping[str, str]] = {name: sdk for sdk, row in SDKS.items() for name in row.modules}
FACTORIES: Final[Mapping[str, str]] = {name: sdk for sdk, row in SDKS.items() for name in row.factories}

ORDERED: Final = frozenset(
    method for row in SDKS.values() for method, signatures in row.methods.items() if signatures[0].kind == "track"
)
"""The methods that send an event: a client with a `signature` takes its arguments in that order in each of them."""

METHOD_NAMES: Final = frozenset(method for row in SDKS.values() for method in row.methods)
"""Every method of the table."""

_DISTINCT = sorted(
    {method for row in SDKS.values() for method in row.methods} - {"alias", "group", "page", "screen", "set"}
)
WORDS: Final = re.compile(
    rb"\.\s*(?:" + b"|".join(method.encode() for method in _DISTINCT) + rb")\b"
    # `.group(1)` is a regular expression's; a group of users has no number written into the code.
    rb"|\.(?:alias|group|page|screen)\(\s*[^\s)0-9]"
    rb"|\b(?:footfall|segment|rudderstack|rudder_analytics|posthog|mixpanel|amplitude|snowplow_tracker)\b"
    rb"|import analytics\b"
)
"""A file whose bytes do not match this calls no method of the table, so it need not be parsed for its own calls."""
