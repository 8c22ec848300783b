"""What an object has: by its class, its subclasses, its methods, code elsewhere. Each row is one small program."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import HEAD, calls, claims, scanned

CLASS_VALUES = {
    "a subclass overrides None": """
        class Base:
            event = None
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            event = "done"
        """,
    "a subclass overrides a name that is not planned": """
        class Base:
            event = "base_event"
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            event = "done"
        """,
    "a subclass of a subclass overrides": """
        class Base:
            event = ""
            def post(self):
                client.track(self.event, {"total": 1})
        class Middle(Base):
            pass
        class Form(Middle):
            event = "done"
        """,
    "a subclass overrides an abstract property": """
        from abc import ABC, abstractmethod
        class Base(ABC):
            @property
            @abstractmethod
            def event(self): ...
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            @property
            def event(self):
                return "done"
        """,
    "a subclass overrides a method that raises": """
        class Base:
            def event(self):
                raise NotImplementedError("say the event")
            def post(self):
                client.track(self.event(), {"total": 1})
        class Form(Base):
            def event(self):
                return "done"
        """,
    "a subclass of a generic class": """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Base(Generic[T]):
            event = None
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base[int]):
            event = "done"
        """,
    "a mixin takes what a sibling gives": """
        class Sends:
            def post(self):
                client.track(self.event, {"total": 1})
        class Named:
            event = "done"
        class Form(Sends, Named):
            pass
        """,
    "a class method takes what a subclass gives": """
        class Base:
            event = None
            @classmethod
            def post(cls):
                client.track(cls.event, {"total": 1})
        class Form(Base):
            event = "done"
        """,
    "a subclass fills an empty table": """
        class Base:
            names = {}
            def post(self, method):
                client.track(self.names.get(method), {"total": 1})
        class Form(Base):
            names = {"POST": "done"}
        """,
    "a subclass sets an attribute in its constructor": """
        class Base:
            event = None
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            def __init__(self):
                self.event = "done"
        """,
    "an annotated class attribute is a constant": """
        class Base:
            event: str = "done"
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "a property of a dataclass": """
        from dataclasses import dataclass
        @dataclass
        class Name:
            first: str
            @property
            def event(self):
                return f"{self.first}ne"
        NAME = Name("do")
        client.track(NAME.event, {"total": 1})
        """,
    "a field that a dataclass inherits": """
        from dataclasses import dataclass
        @dataclass
        class Base:
            first: str
        @dataclass
        class Name(Base):
            last: str = "ne"
            @property
            def event(self):
                return self.first + self.last
        client.track(Name("do").event, {"total": 1})
        """,
    "an event named after its class": """
        class done:
            pass
        class Sender:
            def post(self, event: done):
                client.track(event.__class__.__name__, {"total": 1})
        """,
    "an inherited method sends what the object was made with": """
        class Base:
            def __init__(self, event):
                self.event = event
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            pass
        Form("done")
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in CLASS_VALUES.items()])
def test_the_event_is_the_value_that_an_object_has(source: str) -> None:
    result = scanned(source)

    assert "done" in calls(result)
    assert claims(result) == []


UNKNOWN = {
    "None in a class that nobody extends": """
        class Base:
            event = None
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "an abstract property that nobody overrides": """
        from abc import ABC, abstractmethod
        class Base(ABC):
            @property
            @abstractmethod
            def event(self):
                pass
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "None until somebody sets it": """
        class Base:
            def __init__(self):
                self.event = None
            def begin(self, kind):
                self.event = kind()
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "a default that a method replaces by something unknown": """
        class Base:
            event = "done"
            def begin(self, kind):
                self.event = kind()
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "set from outside": """
        class Base:
            event = "done"
            def post(self):
                client.track(self.event, {"total": 1})
        def prepare(base: Base, kind):
            base.event = kind
        """,
    "a wrong value that is replaced from outside": """
        class Base:
            def __init__(self):
                self.event = "doen"
            def post(self):
                client.track(self.event, {"total": 1})
        base = Base()
        base.event = "done"
        base.post()
        """,
    "set from outside by setattr": """
        class Base:
            event = "done"
            def post(self):
                client.track(self.event, {"total": 1})
        def prepare(base, kind):
            setattr(base, "event", kind)
        """,
    "set by a name that is not written out": """
        class Base:
            event = "done"
            def update(self, **more):
                for name, value in more.items():
                    setattr(self, name, value)
            def post(self):
                client.track(self.event, {"total": 1})
        """,
    "the class itself is changed": """
        class Base:
            event = "done"
        def prepare(kind):
            Base.event = kind
        def post():
            client.track(Base.event, {"total": 1})
        """,
    "what the base's constructor is given through super": """
        class Base:
            def __init__(self, event):
                self.event = event
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            event = "begun"
            def __init__(self):
                super().__init__("done")
        Form().post()
        """,
    "what a subclass gives to a wrapper through super, beside another caller": """
        class Base:
            def post(self, event):
                client.track(event, {"total": 1})
        class Form(Base):
            def post(self, event):
                super().post("done")
        Base().post("done")
        """,
    "what a client's subclass gives to the client": """
        class Ours(Client):
            def track(self, event, **properties):
                super().track(event, properties)
        Ours("https://x").track("done", total=1)
        """,
    "the field of an object that is given": """
        from dataclasses import dataclass
        @dataclass
        class Base:
            event: str = "done"
        def post(base: Base):
            client.track(base.event, {"total": 1})
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in UNKNOWN.items()])
def test_the_event_is_not_known_where_something_else_may_set_it(source: str) -> None:
    result = scanned(source)

    assert "?" in calls(result)
    assert claims(result) == []


NO_CLAIM = {
    "another method adds a key": """
        class A:
            def __init__(self):
                self.p = {}
            def work(self):
                self.p["total"] = 1
            def send(self):
                client.track("done", self.p)
        """,
    "another method adds by update": """
        class A:
            def __init__(self):
                self.p = dict()
            def work(self):
                self.p.update(total=1)
            def send(self):
                client.track("done", self.p)
        """,
    "another method fills a list": """
        class A:
            def __init__(self):
                self.items = []
            def work(self):
                self.items.append("x")
            def send(self):
                client.track("done", {"total": 1, "items": self.items})
        """,
    "another method replaces a value": """
        class A:
            def __init__(self):
                self.env = "development"
            def work(self):
                self.env = "production"
            def send(self):
                client.track("done", {"total": 1, "env": self.env})
        """,
    "another method of a subclass replaces a value": """
        class A:
            env = "development"
            def send(self):
                client.track("done", {"total": 1, "env": self.env})
        class B(A):
            def work(self):
                self.env = "production"
        """,
    "another method counts": """
        class A:
            def __init__(self):
                self.total = None
            def work(self):
                self.total += 1
            def send(self):
                client.track("done", {"total": self.total})
        """,
    "another method fills a list inside a dictionary": """
        class A:
            def __init__(self):
                self.p = {"total": 1, "items": []}
            def work(self):
                self.p["items"].append("x")
            def send(self):
                client.track("done", self.p)
        """,
    "a setter binds what a property gives": """
        class A:
            def __init__(self):
                self._env = "development"
            @property
            def env(self):
                return self._env
            @env.setter
            def env(self, env):
                self._env = env
            def send(self):
                client.track("done", {"total": 1, "env": self.env})
        """,
    "other code fills a list of the class": """
        class A:
            items = []
            def send(self):
                client.track("done", {"total": 1, "items": self.items})
        def work(a: A):
            a.items.append("x")
        """,
    "other code sets a value": """
        class A:
            def __init__(self):
                self.env = "development"
            def send(self):
                client.track("done", {"total": 1, "env": self.env})
        def work(a):
            a.env = "production"
        """,
    "a subclass has other properties": """
        class A:
            properties = {}
            def send(self):
                client.track("done", self.properties)
        class B(A):
            properties = {"total": 1}
        """,
    "a subclass makes other properties": """
        class A:
            def properties(self):
                return {}
            def send(self):
                client.track("done", self.properties())
        class B(A):
            def properties(self):
                return {"total": 1}
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in NO_CLAIM.items()])
def test_nothing_is_claimed_of_what_other_code_may_change(source: str) -> None:
    result = scanned(source)

    assert calls(result) == ["done"]
    assert claims(result) == []


def test_a_subclass_in_a_file_that_sends_nothing_counts() -> None:
    result = scanned(
        {
            "base.py": HEAD + "class Base:\n    event = None\n    def post(self):\n"
            "        client.track(self.event, {'total': 1})\n",
            "form.py": "from base import Base as Parent\nclass Form(Parent):\n    event = 'done'\n",
        }
    )

    assert calls(result) == ["done"]
    assert claims(result) == []


def test_a_subclass_that_only_tests_have_does_not_count() -> None:
    result = scanned(
        {
            "base.py": HEAD + "class Base:\n    event = 'done'\n    def post(self):\n"
            "        client.track(self.event, {'total': 1})\n",
            "tests/test_base.py": "from base import Base\nclass Fake(Base):\n    event = 'fake'\n",
        }
    )

    assert calls(result) == ["done"]


def test_what_surely_is_wrong_is_still_claimed() -> None:
    result = scanned(
        """
        class A:
            env = "development"
            def __init__(self):
                self.event = "doen"
            def send(self):
                client.track("done", {"total": 1, "env": self.env})
            def send_wrong(self):
                client.track(self.event)
        """
    )

    assert claims(result) == ["unplanned_event doen", "wrong_value done.env"]


def test_a_value_that_a_constructor_replaces_where_the_scan_does_not_follow_it_is_not_claimed() -> None:
    result = scanned(
        """
        class Base:
            event = "doen"
            def __init__(self, event):
                self.event = event
            def post(self):
                client.track(self.event, {"total": 1})
        class Form(Base):
            def __init__(self):
                Base.__init__(self, "done")
        Form().post()
        """
    )

    assert claims(result) == []


def test_an_annotation_says_more_than_a_value_that_is_not_known() -> None:
    result = scanned(
        """
        class Begun:
            name = "begun"
        class Sender:
            event: Begun
            def __init__(self):
                self.event = self.make()
            def send(self):
                client.track(self.event.name)
        """
    )

    assert calls(result) == ["begun"]
