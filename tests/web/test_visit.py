"""A hit as it arrived: it pays for what is asked, and never gives one visitor two ids."""

from __future__ import annotations

import threading

from tests.web.sites import NOW, arrive, capture, ids, request, rules

from footfall.web.visit import Visit


def test_nothing_is_asked_that_nobody_needs() -> None:
    def new_id() -> str:
        raise AssertionError

    visit = Visit(request(), rules(), arrived_us=NOW, reason="static", new_id=new_id)

    assert visit.reason == "static"


def test_the_context_and_the_visitor_are_made_once() -> None:
    visit = arrive(capture(), request())

    assert visit.context is visit.context
    assert visit.anonymous_id == visit.anonymous_id


def test_two_threads_that_ask_at_once_get_one_id() -> None:
    both = threading.Barrier(2, timeout=10)
    new_id = ids()

    def slow_id() -> str:
        both.wait()  # both threads are making an id now
        return new_id()

    visit = Visit(request(), rules(), arrived_us=NOW, reason=None, new_id=slow_id)
    answers: list[str | None] = []
    threads = [threading.Thread(target=lambda: answers.append(visit.anonymous_id)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 2
    assert len(set(answers)) == 1
