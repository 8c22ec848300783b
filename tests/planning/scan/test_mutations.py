"""What modules and functions hold, when other code changes it: no claim; and the claims that remain."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import HEAD, calls, claims, scanned

NO_CLAIM = {
    "a list that is filled": """
        def send():
            items = []
            items.append("x")
            client.track("done", {"total": 1, "items": items})
        """,
    "a list that is filled in a loop": """
        def send(rows):
            items = []
            for row in rows:
                items.append(row)
            client.track("done", {"total": 1, "items": items})
        """,
    "a list inside a dictionary": """
        def send(row):
            p = {"total": 1, "items": []}
            p["items"].append(row)
            client.track("done", p)
        """,
    "a list that is grown by +=": """
        def send(rows):
            items = []
            items += rows
            client.track("done", {"total": 1, "items": items})
        """,
    "a list that another function fills": """
        def send(fill):
            items = []
            fill(items)
            client.track("done", {"total": 1, "items": items})
        """,
    "a key that is set on one of two dictionaries": """
        def send(x):
            p = {"env": "production"} if x else {}
            p["total"] = 1
            client.track("done", p)
        """,
    "a key that is set on something unknown": """
        def send():
            p = make()
            p["total"] = 1
            client.track("done", p)
        """,
    "a dictionary of the module that a function fills": """
        BASE = {}
        def setup():
            BASE["total"] = 1
        def send():
            client.track("done", BASE)
        """,
    "a list of the module that a function fills": """
        ITEMS = []
        def note(x):
            ITEMS.append(x)
        def send():
            client.track("done", {"total": 1, "items": ITEMS})
        """,
    "a name of the module that a function binds anew": """
        ENV = "development"
        def setup():
            global ENV
            ENV = load()
        def send():
            client.track("done", {"total": 1, "env": ENV})
        """,
    "a list inside a dictionary of the module": """
        BASE = {"total": 1, "items": []}
        def note(x):
            BASE["items"].append(x)
        def send():
            client.track("done", BASE)
        """,
    "a dictionary that a function inside fills": """
        def send(walk):
            p = {}
            def fill():
                p["total"] = 1
            walk(fill)
            client.track("done", p)
        """,
    "a name that a function inside binds anew": """
        def send(walk):
            env = "development"
            def fill():
                nonlocal env
                env = "production"
            walk(fill)
            client.track("done", {"total": 1, "env": env})
        """,
    "a default of the environment": """
        import os
        ENV = os.environ.get("ENV") or "development"
        def send():
            client.track("done", {"total": 1, "env": ENV})
        """,
    "a default of getenv": """
        import os
        def send():
            client.track("done", {"total": 1, "env": os.getenv("ENV", "development")})
        """,
    "a default of getattr": """
        from django.conf import settings
        def send():
            client.track("done", {"total": 1, "env": getattr(settings, "ENV", "development")})
        """,
    "a default of pydantic's settings": """
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            env: str = "development"
        settings = Settings()
        def send():
            client.track("done", {"total": 1, "env": settings.env})
        """,
    "a default of settings that inherit": """
        from pydantic import BaseSettings
        class Base(BaseSettings):
            env: str = "development"
        class Settings(Base):
            pass
        def send(settings: Settings):
            client.track("done", {"total": 1, "env": settings.env})
        """,
    "a module of settings that may not be there": """
        try:
            from local import ENV
        except ImportError:
            ENV = "development"
        def send():
            client.track("done", {"total": 1, "env": ENV})
        """,
    "a setting where it is there, else a default": """
        import os
        ENV = os.environ["ENV"] if "ENV" in os.environ else "development"
        def send():
            client.track("done", {"total": 1, "env": ENV})
        """,
    "an option of click": """
        import click
        @click.command()
        @click.option("--env", default="development")
        def main(env):
            client.track("done", {"total": 1, "env": env})
        """,
    "a setting that a cached function gives": """
        from functools import lru_cache
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            env: str = "development"
        @lru_cache
        def settings():
            return Settings()
        def send():
            client.track("done", {"total": 1, "env": settings().env})
        """,
    "an argument of the command line": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--env", default="development")
        args = parser.parse_args()
        def send():
            client.track("done", {"total": 1, "env": args.env})
        """,
    "what a generator gives": """
        def names():
            yield "production"
        def send():
            client.track("done", {"total": 1, "env": names()})
        """,
    "what a function that always raises gives": """
        def env():
            raise RuntimeError("no")
        def send():
            client.track("done", {"total": 1, "env": env()})
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in NO_CLAIM.items()])
def test_nothing_is_claimed_of_what_may_be_something_else(source: str) -> None:
    result = scanned(source)

    assert calls(result) == ["done"]
    assert claims(result) == []


def test_a_constant_that_another_file_sets_is_not_claimed() -> None:
    result = scanned(
        {
            "config.py": "ENV = 'development'\nBASE = {}\n",
            "app.py": HEAD
            + "import config\ndef send():\n    client.track('done', {**config.BASE, 'env': config.ENV})\n",
            "main.py": "import config\ndef main(env):\n    config.ENV = env\n    config.BASE['total'] = 1\n",
        }
    )

    assert calls(result) == ["done"]
    assert claims(result) == []


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("p = {}\np['env'] = 'x'\nclient.track('done', p)", ["missing_property done.total", "wrong_value done.env"]),
        ("client.track('done', {'total': 1, 'items': []})", ["wrong_value done.items"]),
        (
            "items = []\nitems.append(1)\nclient.track('done', {'total': 1, 'items': items})",
            ["wrong_value done.items[0]"],
        ),
        ("ENV = 'x'\ndef send():\n    client.track('done', {'total': 1, 'env': ENV})", ["wrong_value done.env"]),
        ("BASE = {}\ndef send():\n    client.track('done', BASE)", ["missing_property done.total"]),
        (
            "def send(x):\n    client.track('done', {'total': 1, 'env': 'x' if x else 'sandbox'})",
            ["wrong_value done.env"],
        ),
    ],
)
def test_what_nothing_changes_is_claimed(source: str, finding: list[str]) -> None:
    assert claims(scanned(source)) == finding
