"""A table of small sources and what the scan says of each; then the rules that hold for any source."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.disk import SystemDisk
from footfall.plan.model import Alias, Deprecation, Event, Plan, Property, Rule, Source
from footfall.plan.scan import Gates, Library, Naming, Scan, find_python, open_library, scan

ORDER = Event(
    name="order_completed",
    wire_name="order_completed",
    owner="checkout",
    sources=("shop",),
    aliases=(Alias(name="purchase"),),
    properties=(
        Property(name="total", type="decimal", required=True, min=Decimal(0), scale=2),
        Property(name="currency", type="string", required=True, enum=("EUR", "USD")),
        Property(name="coupon", type="string", nullable=True, pattern="^[A-Z]+$"),
        Property(name="channel", type="string", enum=("web", "app"), open=True),
        Property(name="gift", type="boolean"),
        Property(name="item_count", wire_name="itemCount", type="integer"),
    ),
    rules=(Rule(id="gift_costs", check="gift is None or not gift or total > 0"),),
)
SIGNED_UP = Event(
    name="signed_up",
    wire_name="Signed Up",
    owner="growth",
    properties=(Property(name="method", type="string", required=True, enum=("password", "google")),),
)
PLAN = Plan(
    id="shop",
    sources={
        "shop": Source(name="shop", paths=("services/**",)),
        "gateway": Source(name="gateway", paths=("gateway/**",)),
    },
    events={
        "order_completed": ORDER,
        "signed_up": SIGNED_UP,
        "paired": Event(name="paired", wire_name="paired", owner="devices", sources=("gateway",)),
        "old": Event(name="old", wire_name="old", status="deprecated", deprecated=Deprecation(replaced_by="signed_up")),
        "idea": Event(name="idea", wire_name="idea", status="draft"),
    },
    traits={"user": (Property(name="age", type="integer"),)},
)
GOOD = '{"total": "1.50", "currency": "EUR"}'
HEAD = "from footfall import Client\nclient = Client('https://x', write_key='k')\n"


def scanned(
    files: Mapping[str, str] | str, clients: Mapping[str, Naming] | None = None, gates: Gates | None = None
) -> Scan:
    held = {"services/app.py": files} if isinstance(files, str) else files
    return scan(PLAN, Library(held, lambda path: held[path].encode()), clients=clients, gates=gates)


def told(found: Scan) -> list[str]:
    """The findings about calls as `code where`."""
    return [f"{p.code} {p.where}".strip() for p in found.problems if p.code not in {"never_sent", "coverage_too_low"}]


def planned(found: Scan) -> list[str]:
    return sorted(v.event.name for v in found.verdicts if v.event is not None and v.resolved)


@pytest.mark.parametrize(
    ("source", "events", "findings"),
    [
        pytest.param(f"client.track('order_completed', {GOOD})", ["order_completed"], [], id="a planned call"),
        pytest.param("client.track('purchase', " + GOOD + ")", ["order_completed"], [], id="an alias"),
        pytest.param("client.track('Signed Up', {'method': 'google'})", ["signed_up"], [], id="a wire name"),
        pytest.param("client.track('order_complete')", [], ["unplanned_event order_complete"], id="a slip"),
        pytest.param(
            "client.track('order_completed')",
            ["order_completed"],
            ["missing_property order_completed.total", "missing_property order_completed.currency"],
            id="without properties",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 1, 'currency': 'EUR', 'totl': 2})",
            ["order_completed"],
            ["unknown_property order_completed.totl"],
            id="an unknown property",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 'much', 'currency': 'SEK', 'coupon': 'x', 'gift': 1})",
            ["order_completed"],
            [f"wrong_value order_completed.{name}" for name in ("total", "currency", "coupon", "gift")],
            id="wrong literals",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 1, 'currency': 'EUR', 'channel': 'fax'})",
            ["order_completed"],
            ["new_enum_value order_completed.channel"],
            id="a new value of an open enum",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 0, 'currency': 'EUR', 'gift': True})",
            ["order_completed"],
            ["wrong_value order_completed.gift_costs"],
            id="a rule over literals",
        ),
        pytest.param(
            "client.track('order_completed', {'total': total(), 'currency': x.currency, 'gift': f'{x}'})",
            ["order_completed"],
            ["wrong_value order_completed.gift"],
            id="a value of a known type",
        ),
        pytest.param("client.track(event=NAME)\nNAME = 1", [], ["unresolved_call"], id="a name that is not bound yet"),
        pytest.param("client.track(f'order_{kind()}')", [], ["unresolved_call"], id="an f-string with an unknown part"),
        pytest.param(
            "KIND = 'completed'\nclient.track(f'order_{KIND}', " + GOOD + ")", ["order_completed"], [], id="an f-string"
        ),
        pytest.param("client.track('pai' + 'red')", ["paired"], ["wrong_source paired"], id="a sum, of another source"),
        pytest.param("client.track('%s_up' % 'signed', {'method': 'google'})", [], ["unresolved_call"], id="percent"),
        pytest.param("client.track('{}_up'.format('signed'))", [], ["unresolved_call"], id="format"),
        pytest.param("client.track('_'.join(['signed', 'up']))", [], ["unresolved_call"], id="join"),
        pytest.param(
            "client.track('signed_up' if x else 'order_completed', dict(method='google'))",
            ["order_completed", "signed_up"], [], id="both values of a condition, of which one fits",
        ),
        pytest.param(
            "client.track('signed_up' if x else 'order_completed', {'method': 'fax'})",
            ["order_completed", "signed_up"], ["wrong_value signed_up.method"],
            id="both values of a condition, of which none fits",
        ),
        pytest.param(
            "base = {'total': 1}\nclient.track('order_completed', {**base, 'currency': 'EUR'})",
            ["order_completed"], [], id="a spread dictionary",
        ),
        pytest.param(
            "p = dict(total=1)\np['currency'] = 'EUR'\np['gift'] = 'no'\nclient.track('order_completed', p)",
            ["order_completed"], ["wrong_value order_completed.gift"], id="assignments of keys",
        ),
        pytest.param(
            "p = {'total': 1}\nif x:\n    p['currency'] = 'EUR'\nclient.track('order_completed', p)",
            ["order_completed"], ["maybe_missing_property order_completed.currency"], id="a key on one way only",
        ),
        pytest.param(
            "p = {'total': 1}\nenrich(p)\nclient.track('order_completed', p)",
            ["order_completed"], [], id="a dictionary that was handed on",
        ),
        pytest.param(
            "p = {}\nfor k in ks():\n    p[k] = 1\nclient.track('order_completed', p)",
            ["order_completed"], [], id="a dictionary filled in a loop",
        ),
        pytest.param(
            "for n in ('signed_up', 'idea'):\n    client.track(n, {'method': 'google'})",
            ["idea", "signed_up"], ["unknown_property idea.method"], id="a loop over constants",
        ),
        pytest.param("client.track('order_completed', props())", ["order_completed"],
                     ["unresolved_call order_completed"], id="unknown properties"),
        pytest.param(
            "client.track('signed_up', {'method': 'google'} if x else {})",
            ["signed_up"], ["missing_property signed_up.method"], id="one of two dictionaries",
        ),
        pytest.param(
            "if x:\n    n, p = 'signed_up', {'method': 'google'}\nelse:\n    n, p = 'idea', {}\nclient.track(n, p)",
            ["idea", "signed_up"], [], id="two events with a dictionary each",
        ),
        pytest.param("client.track('old')", ["old"], ["deprecated_event_sent old"], id="a deprecated event"),
        pytest.param("client.identify('u', {'age': 'old'})", [], ["wrong_value traits.user.age"], id="a trait"),
        pytest.param("other.track('order_completed')", [], ["unresolved_call order_completed"], id="no known client"),
        pytest.param("other.track('lorry')", [], [], id="a method of something else"),
        pytest.param(
            "import functools\nsend = functools.partial(client.track, 'signed_up')\nsend({'method': 'fax'})",
            ["signed_up"], [], id="a partial, of which the rest is not known",
        ),
        pytest.param(
            "pool.submit(client.track, 'signed_up', {'method': 'fax'})",
            ["signed_up"], ["wrong_value signed_up.method"], id="handed to an executor",
        ),
        pytest.param("run(client.track)", [], ["unresolved_call"], id="handed to something unknown"),
    ],
)  # fmt: skip
def test_a_source_is_told_as_it_is(source: str, events: list[str], findings: list[str]) -> None:
    found = scanned(HEAD + source)

    assert planned(found) == events
    assert sorted(told(found)) == sorted(findings)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import segment.analytics as analytics\nanalytics.track('u', 'signed_up', {P})", id="segment"),
        pytest.param(
            "from segment.analytics import track\ntrack(event='signed_up', properties={P})", id="segment bare"
        ),
        pytest.param("from rudderstack import analytics\nanalytics.track('u', 'signed_up', {P})", id="rudderstack"),
        pytest.param("import posthog\nposthog.capture('u', 'signed_up', {P})", id="posthog before 6"),
        pytest.param("import posthog\nposthog.capture('u', event='signed_up', properties={P})", id="posthog mixed"),
        pytest.param(
            "from posthog import Posthog\nPosthog('k').capture('signed_up', distinct_id='u', properties={P})",
            id="posthog",
        ),
        pytest.param("from mixpanel import Mixpanel\nm = Mixpanel('t')\nm.track('u', 'signed_up', {P})", id="mixpanel"),
        pytest.param(
            "from amplitude import Amplitude, BaseEvent\nc = Amplitude('k')\n"
            "c.track(BaseEvent(event_type='signed_up', user_id='u', event_properties={P}))",
            id="amplitude",
        ),
        pytest.param(
            "from snowplow_tracker import Snowplow, SelfDescribing, SelfDescribingJson\n"
            "t = Snowplow.create_tracker('ns', endpoint='e')\n"
            "t.track(SelfDescribing(SelfDescribingJson('iglu:com.acme/signed_up/jsonschema/1-0-0', {P})))",
            id="snowplow",
        ),
        pytest.param(
            "from snowplow_tracker import Tracker, SelfDescribingJson\n"
            "Tracker('ns', []).track_self_describing_event("
            "SelfDescribingJson('iglu:com.acme/signed_up/jsonschema/1-0-0', {P}))",
            id="snowplow before 1.0",
        ),
    ],
)
def test_each_sdk_is_known_by_its_own_shape(source: str) -> None:
    right = scanned(source.replace("{P}", "{'method': 'google'}"))
    wrong = scanned(source.replace("{P}", "{'method': 'fax', 'x': 1}"))

    assert planned(right) == ["signed_up"]
    assert told(right) == []
    assert told(wrong) == ["wrong_value signed_up.method", "unknown_property signed_up.x"]


def test_a_structured_event_of_snowplow_is_its_action() -> None:
    found = scanned(
        "from snowplow_tracker import Tracker\nTracker('n', []).track_struct_event('shop', 'idea', label='x')"
    )

    assert planned(found) == ["idea"]
    assert told(found) == ["unknown_property idea.category", "unknown_property idea.label"]


def test_a_wrapper_is_judged_where_it_is_called() -> None:
    found = scanned(
        {
            "services/tracking.py": HEAD
            + "def emit(name, props=None, **more):\n    if props is None:\n        props = {}\n"
            + "    client.track(name, {**props, **more})\n"
            + "def twice(name):\n    emit(name, method='google')\n",
            "services/views.py": "from services.tracking import emit as send, twice\n"
            "send('signed_up', method='fax')\nsend('order_completd')\n\ntwice('signed_up')\ntwice(name())\n",
        }
    )

    assert [(p.file, p.line, p.code) for p in found.problems if p.code != "never_sent"] == [
        ("services/views.py", 2, "wrong_value"),
        ("services/views.py", 3, "unplanned_event"),
        ("services/views.py", 6, "unresolved_call"),
    ]
    assert found.events["signed_up"].places == ("services/views.py:2", "services/views.py:5")


def test_a_client_comes_by_argument_attribute_annotation_and_factory() -> None:
    found = scanned(
        {
            "services/a.py": HEAD + "from services.b import Shop, note\nShop(client).done()\nnote(client)\n",
            "services/b.py": "class Shop:\n    def __init__(self, sender):\n        self._sender = sender\n"
            "    def done(self):\n        self._sender.track('signed_up', {'method': 'google'})\n"
            "def note(sender):\n    sender.track('idea')\n",
            "services/c.py": "from footfall import Client\ndef view(c: 'Client | None', x):\n    c.track('old')\n"
            "def make() -> Client:\n    return Client('u')\ndef other():\n    make().track('paired')\n",
        }
    )

    assert planned(found) == ["idea", "old", "paired", "signed_up"]


def test_constants_enums_and_generated_classes_are_followed_across_files() -> None:
    found = scanned(
        {
            "services/names.py": "import enum\nSIGNED = 'signed_up'\nclass Events(enum.Enum):\n    IDEA = 'idea'\n"
            "class Text(enum.StrEnum):\n    OLD = enum.auto()\nclass Plain:\n    PAIRED = 'paired'\n",
            "services/generated.py": "from typing import ClassVar\nfrom msgspec import UNSET, Struct\n"
            "class OrderCompleted(Struct, kw_only=True):\n    __footfall_event__: ClassVar[str] = 'order_completed'\n"
            "    total: str\n    currency: str\n    item_count: int = UNSET\n",
            "services/a.py": HEAD + "from .names import SIGNED, Events, Text, Plain\nfrom . import generated\n"
            "client.track(SIGNED, {'method': 'google'})\nclient.track(Events.IDEA.value)\nclient.track(Text.OLD)\n"
            "client.track(Plain.PAIRED)\n"
            "client.track(generated.OrderCompleted(total='1', currency='EUR', item_count='many'))\n",
        }
    )

    assert planned(found) == ["idea", "old", "order_completed", "paired", "signed_up"]
    assert [p.where for p in found.problems if p.code == "wrong_value"] == ["order_completed.itemCount"]


def test_a_name_given_with_client_sends() -> None:
    source = "from acme.tracking import tracker, emit\ntracker.track('idea')\nemit('signed_up', {'method': 'google'})\n"

    assert planned(scanned(source)) == []
    assert planned(scanned(source, clients={"tracker": Naming(), "acme.tracking.emit": Naming()})) == [
        "idea",
        "signed_up",
    ]


def test_files_that_do_not_parse_are_findings() -> None:
    texts = {
        "a.py": b"def (:\n",
        "b.py": b"# coding: no-such\nimport footfall",
        "c.py": b"footfall\0",
        "d.py": b"footfall \xff",
    }
    found = scan(PLAN, Library(texts, lambda path: texts[path].replace(b"def", b"footfall")))

    assert [(p.code, p.file) for p in found.problems if p.file] == [("source_not_python", path) for path in texts]


def test_coverage_counts_active_events_by_team_and_source() -> None:
    gates = Gates(Fraction(90), {"growth": Fraction(100)}, {"gateway": Fraction(100), "shop": Fraction(100)})
    found = scanned(HEAD + f"client.track('order_completed', {GOOD})\nclient.track('paired')", gates=gates)

    assert str(found.coverage) == "2 of 3 (67 %)"
    assert found.coverage.never == ("signed_up",)
    # `paired` is sent, but from no file of the gateway.
    assert [p.where for p in found.problems if p.code == "coverage_too_low"] == ["", "growth", "gateway"]


def standard_library() -> list[tuple[str, Path]]:
    folder = Path(sysconfig.get_path("stdlib"))
    return [(shown, path) for shown, path in find_python([folder], SystemDisk()) if path.stat().st_size < 60_000]


FILES = standard_library()


@settings(max_examples=60)
@given(st.sampled_from(FILES))
def test_any_file_of_the_standard_library_is_followed_without_an_exception(file: tuple[str, Path]) -> None:
    found = scan(PLAN, open_library([file], SystemDisk()), clients={"self": Naming(), "append": Naming()})

    assert found.followed.files == 1


def test_the_sample_of_the_standard_library_holds_the_hard_cases() -> None:
    text = b"".join(path.read_bytes() for _, path in FILES)

    assert all(
        word in text for word in (b"match ", b"global ", b"lambda", b":=", b"super()", b"import *", b"async for")
    )
