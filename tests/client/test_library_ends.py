"""The ends of children that libraries make: in each that lets anything run, what was accepted is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.client.ending import FORKS, events

METHODS = [method for method in ("fork", "spawn", "forkserver") if FORKS or method == "spawn"]


@pytest.mark.parametrize("method", METHODS)
def test_a_child_of_multiprocessing_sends_before_it_ends(method: str, tmp_path: Path) -> None:
    code = f"""
    if __name__ == "__main__":
        process = multiprocessing.get_context({method!r}).Process(target=child)
        process.start()
        process.join()
        assert process.exitcode == 0
    """

    assert events(tmp_path, code) == ["child"]


@pytest.mark.skipif(not FORKS, reason="this platform does not fork")
def test_a_child_of_billiard_sends_before_it_ends(tmp_path: Path) -> None:
    pytest.importorskip("billiard", reason="billiard, which Celery starts its workers with, is not installed")
    code = """
    if __name__ == "__main__":
        import billiard
        process = billiard.Process(target=child)
        process.start()
        process.join()
    """

    assert events(tmp_path, code) == ["child"]


@pytest.mark.skipif(not FORKS, reason="this platform does not fork")
@pytest.mark.parametrize("tasks", [1, None])
@pytest.mark.slow
def test_every_worker_of_a_pool_of_billiard_sends_before_it_ends(tasks: int | None, tmp_path: Path) -> None:
    pytest.importorskip("billiard", reason="billiard, which Celery starts its workers with, is not installed")
    code = f"""
    if __name__ == "__main__":
        import billiard
        pool = billiard.Pool(2, maxtasksperchild={tasks})
        pool.map(child, range(4), chunksize=1)
        pool.close()
        pool.join()
    """

    assert events(tmp_path, code) == ["child"] * 4


@pytest.mark.parametrize("method", METHODS)
def test_a_client_that_is_made_in_a_child_sends_too(method: str, tmp_path: Path) -> None:
    code = f"""
    def make_and_track(path):
        footfall.Client(FileTransport(path)).track("made in the child", user_id="ann")

    if __name__ == "__main__":
        process = multiprocessing.get_context({method!r}).Process(target=make_and_track, args=sys.argv[1:])
        process.start()
        process.join()
    """

    assert events(tmp_path, code) == ["made in the child"]


@pytest.mark.parametrize("method", METHODS)
def test_what_a_child_tracks_as_its_last_finalizer_is_sent(method: str, tmp_path: Path) -> None:
    code = f"""
    import multiprocessing.util

    def finalized():
        multiprocessing.util.Finalize(None, child, exitpriority=-10)

    if __name__ == "__main__":
        process = multiprocessing.get_context({method!r}).Process(target=finalized)
        process.start()
        process.join()
    """

    assert events(tmp_path, code) == ["child"]


@pytest.mark.parametrize("method", METHODS)
def test_the_workers_of_a_pool_send_before_they_end(method: str, tmp_path: Path) -> None:
    code = f"""
    if __name__ == "__main__":
        with multiprocessing.get_context({method!r}).Pool(2) as pool:
            pool.map(child, range(6))
            pool.close()
            pool.join()
    """

    assert events(tmp_path, code) == ["child"] * 6


@pytest.mark.parametrize("method", METHODS)
def test_the_workers_of_an_executor_send_before_they_end(method: str, tmp_path: Path) -> None:
    code = f"""
    if __name__ == "__main__":
        context = multiprocessing.get_context({method!r})
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            list(pool.map(child, range(6)))
    """

    assert events(tmp_path, code) == ["child"] * 6


def test_no_library_is_loaded_to_hear_of_an_end() -> None:
    code = (
        "import sys, footfall; footfall.Client('http://127.0.0.1:1', write_key='key')\n"
        "assert not {'multiprocessing', 'billiard', 'celery'} & set(sys.modules)"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert (ran.returncode, ran.stderr) == (0, "")
