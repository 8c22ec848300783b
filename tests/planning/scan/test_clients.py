"""Which values are clients: by the table of SDKs, by inheritance, by --client."""

from __future__ import annotations

from tests.planning.scan import small_code
from tests.planning.scan.shop_code import HEAD, planned, scanned

from footfall.planning.scan import Naming
from footfall.planning.scan.clients import Clients, method_of
from footfall.planning.scan.sdks import ordered
from footfall.planning.scan.values import Action, Const, External, SdkClient


def test_a_client_comes_by_argument_attribute_annotation_and_factory() -> None:
    result = scanned(
        {
            "services/a.py": HEAD + "from services.b import Shop, note\nShop(client).done()\nnote(client)\n",
            "services/b.py": "class Shop:\n    def __init__(self, sender):\n        self._sender = sender\n"
            "    def done(self):\n        self._sender.track('signed_up', {'method': 'google'})\n"
            "def note(sender):\n    sender.track('idea')\n",
            "services/c.py": "from footfall import Client\ndef view(c: 'Client | None', x):\n    c.track('old')\n"
            "def make() -> Client:\n    return Client('u')\ndef other():\n    make().track('paired')\n",
        }
    )

    assert planned(result) == ["idea", "old", "paired", "signed_up"]


def test_a_name_given_with_client_sends() -> None:
    source = "from acme.tracking import tracker, emit\ntracker.track('idea')\nemit('signed_up', {'method': 'google'})\n"

    assert planned(scanned(source)) == []
    assert planned(scanned(source, clients={"tracker": Naming(), "acme.tracking.emit": Naming()})) == [
        "idea",
        "signed_up",
    ]


def test_a_class_of_an_sdk_makes_a_client() -> None:
    assert Clients({}).made_by(External("posthog.Posthog")) == SdkClient("posthog")


def test_a_factory_of_an_sdk_makes_a_client() -> None:
    assert Clients({}).made_by(External("snowplow_tracker.Snowplow.create_tracker")) == SdkClient("snowplow")


def test_another_class_makes_no_client() -> None:
    assert Clients({}).made_by(External("acme.Client")) is None


def test_a_name_given_with_client_keeps_its_order_of_arguments() -> None:
    signature = ordered((2, "event"), None)
    clients = Clients({"acme.send": Naming("footfall", signature)})

    assert clients.given("send", External("acme.send")) == SdkClient("footfall", signature)
    assert clients.given("send", Const(1)) == Const(1)


def test_a_client_with_its_own_order_takes_it_in_every_method_that_sends_an_event() -> None:
    signature = ordered((2, "event"), None)

    assert method_of(SdkClient("footfall", signature), "capture") == Action("footfall", "capture", signature)
    assert method_of(SdkClient("footfall"), "capture") is None


def test_a_client_with_methods_of_the_application_is_followed_through_them() -> None:
    source = """
    class Tracker(Client):
        def send(self, event):
            self.track(event, {"total": 1})
    Tracker("https://x").send("done")
    """

    assert small_code.calls(small_code.scanned(source)) == ["done"]
