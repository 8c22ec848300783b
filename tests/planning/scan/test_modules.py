"""What names and imports stand for, across files."""

from __future__ import annotations

import pytest
from tests.planning.scan.shop_code import HEAD, planned, scanned
from tests.planning.scan.small_code import HEAD as SMALL_HEAD
from tests.planning.scan.small_code import calls
from tests.planning.scan.small_code import scanned as small


def test_constants_enums_and_generated_classes_are_followed_across_files() -> None:
    result = scanned(
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

    assert planned(result) == ["idea", "old", "order_completed", "paired", "signed_up"]
    assert [p.where for p in result.problems if p.code == "wrong_value"] == ["order_completed.itemCount"]


@pytest.mark.parametrize(
    "taking",
    [
        "from names import *\nclient.track(BEGUN)",
        "import names\nclient.track(names.BEGUN)",
        "import names as n\nclient.track(n.BEGUN)",
        "from names import BEGUN as event\nclient.track(event)",
        "def send():\n    from names import BEGUN\n    client.track(BEGUN)",
    ],
)
def test_a_constant_may_be_imported_in_any_way(taking: str) -> None:
    scan = small({"names.py": "BEGUN = 'begun'\n", "app.py": SMALL_HEAD + taking})

    assert calls(scan) == ["begun"]


def test_names_that_are_imported_in_a_circle_are_not_known() -> None:
    scan = small(
        {"one.py": "from two import EVENT\n", "two.py": "from one import EVENT\n",
         "app.py": SMALL_HEAD + "from one import EVENT\nclient.track(EVENT)\n"}
    )  # fmt: skip

    assert calls(scan) == ["?"]


def test_what_a_function_binds_for_its_module_is_known_in_other_files() -> None:
    scan = small(
        {
            "tracking.py": "from footfall import Client\nclient = None\ndef setup():\n    global client\n"
            "    client = Client('https://x')\n",
            "app.py": "import tracking\ndef go():\n    tracking.client.track('begun')\n",
        }
    )

    assert calls(scan) == ["begun"]


def test_a_wrapper_is_followed_under_the_name_that_another_file_gives_it() -> None:
    scan = small(
        {
            "tracking.py": SMALL_HEAD + "def post(event):\n    client.track(event)\n",
            "app.py": "from tracking import post as emit\ndef go():\n    emit('begun')\n",
        }
    )

    assert calls(scan) == ["begun"]
