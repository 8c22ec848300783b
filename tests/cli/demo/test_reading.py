"""At its end the demo runs the reading commands, and advises commands for the folder and the person that it showed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.demo.test_story import collected, ordered, viewed

from footfall.cli.demo.example_files import example_file
from footfall.cli.demo.reading import show_results


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "my data"
    unplanned = {"type": "track", "event": "unplanned", "userId": "kari"}
    sign_in = {"type": "identify", "userId": "kari", "anonymousId": "b"}
    collected(folder, viewed(anonymousId="b"), sign_in, ordered(userId="kari"), stored=3).close()
    collected(folder, unplanned, unplanned, stored=0).close()
    (folder / "plan").symlink_to(example_file("tracking_plans/shop_and_gateway"))
    return folder


def test_it_shows_the_story_what_is_in_quarantine_and_what_to_try_next(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    show_results(data)

    output = capfd.readouterr().out
    assert "known to the shop as kari" in output
    assert "2 x unplanned: event unknown_event" in output
    assert f"footfall person show kari --data '{data}'" in output
    assert "the books balance" in output
