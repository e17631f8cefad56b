"""A pool of workers, with real ones: each job has its own answer, and deadlines, cancellations and deaths end the work itself.

These tests need Linux: they look for processes in ``/proc``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from claimgraph.ask import pool as module
from claimgraph.ask import warm
from claimgraph.ask.pool import Crew, Pool
from claimgraph.model.errors import Busy, QueryStopped, Unavailable
from claimgraph.model.limits import LIMITS
from pooling import ENDLESS, PATIENCE, Asking, cancelled, pool, running, through, until, workers

# --- one job after another ------------------------------------------------------------------------------------------------


def test_jobs_are_answered_by_workers_that_are_held(snapshot: str) -> None:
    """Rows and errors come back; each worker says what holds it; the same worker is asked again."""

    async def test() -> None:
        async with pool(snapshot) as asking:
            assert any(asking.pool.holds.values())
            first = workers()
            await asking.is_answered()
            facts, body = await asking.ask(b"nonsense")
            assert (facts["error"], body) == ("bad-query", b"")
            assert (await asking.pool.run({"job": "nosuch"}, b"", seconds=PATIENCE))[0]["error"] == "error"
            await asking.is_answered()
            assert workers() == first
            assert asking.pool.figures == {"idle": 1, "long": 0, "waiting": 0, "killed": 0}

    through(test)


def test_jobs_at_the_same_time_are_not_mixed_up(snapshot: str) -> None:
    """Each of many gets its own answer, though few work on them."""

    async def test() -> None:
        async with pool(snapshot, 2) as asking:
            found = await asyncio.gather(*(asking.ask(f"SELECT ?n {{ BIND({n} AS ?n) }}".encode()) for n in range(50)))
            assert [body for _, body in found] == [f"n\r\n{n}\r\n".encode() for n in range(50)]

    through(test)


def test_a_crew_of_none_is_made_when_it_is_needed(snapshot: str) -> None:
    """Nothing runs before the first job; afterwards its worker stays. Workers with a network answer too."""

    async def test() -> None:
        for networked in (False, True):
            async with pool(snapshot, 0, networked=networked) as asking:
                assert not workers()
                await asyncio.gather(asking.is_answered(), asking.is_answered())
                assert len(workers()) == 1

    through(test)


# --- ends -----------------------------------------------------------------------------------------------------------------


def test_a_deadline_ends_the_work(snapshot: str) -> None:
    """At its deadline a query is refused and its process gone; another one takes its place. Time already spent counts."""

    async def test() -> None:
        async with pool(snapshot) as asking:
            first, loop = workers(), asyncio.get_running_loop()
            for more in ({"seconds": 0.3}, {"seconds": 60.3, "since": loop.time() - 60}):
                began = time.monotonic()
                with pytest.raises(QueryStopped, match=r"deadline of (0\.3|60\.3) s"):
                    await asking.ask(ENDLESS, **more)
                assert time.monotonic() - began < 5
                await asking.is_answered()
            assert not workers() & first
            assert asking.pool.figures["killed"] == 2

    through(test)


def test_who_goes_ends_the_work(snapshot: str) -> None:
    """A query whose client is gone is not worked on any more."""

    async def test() -> None:
        async with pool(snapshot) as asking:
            task = asking.begin()
            await until(lambda: bool(asking.busy), "the query is under way")
            busy = asking.busy
            await cancelled(task)
            await until(lambda: not workers() & busy, "its process is gone")
            await asking.is_answered()

    through(test)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM], ids=lambda number: number.name)
def test_the_death_of_a_worker_is_one_error_and_another_takes_its_place(snapshot: str, number: int) -> None:
    """With a job it is that job's error; without one nobody notices."""

    async def test() -> None:
        async with pool(snapshot) as asking:
            task = asking.begin()
            await until(lambda: bool(asking.busy), "the query is under way")
            await asyncio.sleep(2 * LIMITS.spare_after)
            os.kill(*asking.busy, number)
            with pytest.raises(QueryStopped, match="took its process down"):
                await task
            await asking.is_answered()
            (idle,) = workers()
            os.kill(idle, number)
            await until(lambda: not running(idle) and asking.pool._idle[0].is_gone, "the idle worker is gone")
            await asking.is_answered()

    through(test)


@pytest.mark.parametrize(("repeats", "tries"), [(True, 2), (False, 1)], ids=["repeated", "never-repeated"])
def test_a_job_whose_worker_dies_at_once_is_tried_once_more(snapshot: str, settings: Callable[..., None], repeats: bool, tries: int) -> None:
    """The death may be the doing of the job before. It is tried twice at most, and where doing it twice would do harm once."""
    settings(spare_after=PATIENCE)

    async def test() -> None:
        async with pool(snapshot, repeats=repeats) as asking:
            task, seen = asking.begin(), set[int]()
            for _ in range(tries):
                seen.add(await killed_at_work(asking, frozenset(seen)))
            with pytest.raises(QueryStopped, match="took its process down"):
                await task
            await asking.is_answered()

    through(test)


async def killed_at_work(asking: Asking, seen: frozenset[int]) -> int:
    """The process that was at work on the query, which is gone now; none of those ``seen`` before."""
    await until(lambda: any(map(at_work, asking.busy - seen)), "the query is under way in a process that it was not in before")
    (process,) = asking.busy
    os.kill(process, signal.SIGKILL)
    await until(lambda: process not in workers(), "it is gone")
    return process


def at_work(process: int) -> bool:
    """Whether a process has had a second of processor time, which only a query takes."""
    user = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])
    return user > os.sysconf("SC_CLK_TCK")


def test_a_worker_that_talks_nonsense_is_ended(snapshot: str) -> None:
    """What is no message of ours ends process and job, and only these."""

    async def test() -> None:
        async with pool(snapshot) as asking:
            task = asking.begin()
            await until(lambda: bool(asking.busy), "the query is under way")
            (talking,) = asking.pool._all
            talking.data_received(b"\xff" * 12)
            with pytest.raises(QueryStopped, match="took its process down"):
                await task
            await asking.is_answered()

    through(test)


def test_the_end_of_all_workers_at_once_is_outlived(snapshot: str) -> None:
    """Should the process end that all of them come from, they end with it, and new ones are made."""

    async def test() -> None:
        async with pool(snapshot, 2) as asking:
            task = asking.begin()
            await until(lambda: asking.pool.figures["idle"] == 1 and bool(asking.busy), "both workers are there")
            before = workers()
            await asyncio.sleep(2 * LIMITS.spare_after)
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
            with pytest.raises(QueryStopped, match="took its process down"):
                await task
            await until(lambda: not any(map(running, before)), "the workers are gone")
            async with asyncio.timeout(60):
                assert (await asking.ask())[1] == b"true"
            await until(lambda: len(workers()) == 2, "both are there again")

    through(test)


def test_a_pool_without_anything_that_holds_its_workers_does_not_start(snapshot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither a filter nor a limit could be had, no query is run at all."""

    def start(channel: Any, kind: str, *, networked: bool) -> Any:
        return original(channel, kind, networked=True)  # such a worker says that nothing holds it

    original = module.start_worker
    monkeypatch.setattr(module, "start_worker", start)

    async def test() -> None:
        made = Pool(Crew("evidence", 1))
        with pytest.raises(Unavailable, match="queries could reach out, so none is run"):
            await made.start()
        await made.close()
        await until(lambda: not workers(), "the worker is gone")

    through(test)


def test_closing_leaves_nothing(snapshot: str, settings: Callable[..., None]) -> None:
    """With jobs under way, jobs that wait and workers being made, closing ends all of them at once; nothing is taken on afterwards."""

    async def test() -> None:
        async with pool(snapshot, 1, 2) as asking:
            tasks = [asking.begin() for _ in range(5)]
            await until(lambda: len(workers()) >= 2, "some are under way")
            began = time.monotonic()
            await asking.pool.close()
            assert time.monotonic() - began < 5
            found = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(one, QueryStopped | Busy | asyncio.CancelledError) for one in found)
            await until(lambda: not workers(), "all workers are gone")
            with pytest.raises(Busy):
                await asking.ask()
        async with pool(snapshot, 3):
            pass

    through(test)


@pytest.mark.parametrize("refusals", [0, 2, 3])
def test_a_fork_server_that_is_just_ending_is_waited_for(monkeypatch: pytest.MonkeyPatch, refusals: int) -> None:
    """One that takes no connection any more has another made in its place; if none ever does, that is an error."""
    tries = []

    class Starting:
        """A process that is refused so often."""

        def __init__(self, **_: object) -> None:
            tries.append(self)

        def start(self) -> None:
            """Begin, or be refused."""
            if len(tries) <= refusals:
                raise ConnectionRefusedError

    monkeypatch.setattr(warm, "context", lambda: SimpleNamespace(Process=Starting))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if refusals < 3:
            assert warm.start_worker(theirs, "evidence", networked=False) is tries[-1]
        else:
            with pytest.raises(ConnectionRefusedError):
                warm.start_worker(theirs, "evidence", networked=False)
    assert len(tries) == min(refusals + 1, 3)
