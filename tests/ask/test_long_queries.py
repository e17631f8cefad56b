"""Who waits in a pool of workers, and for how long: a bounded queue, and long queries that give way to short ones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from claimgraph.ask import pool as module
from claimgraph.ask import processes
from claimgraph.model.errors import Busy, QueryStopped
from pooling import ENDLESS, MIDDLING, SHORT, cancelled, pool, through, until, workers

# --- waiting --------------------------------------------------------------------------------------------------------------


def test_the_queue_is_bounded(snapshot: str, settings: Callable[..., None]) -> None:
    """So many wait and no more: one more is told at once to come again; whoever waits in vain, or goes, leaves the queue."""
    settings(queue=2)

    async def test() -> None:
        async with pool(snapshot) as asking:
            task = asking.begin()
            await until(lambda: bool(asking.busy), "the query is under way")
            waiting = [asking.begin(SHORT), asking.begin(SHORT, seconds=0.3)]
            await until(lambda: asking.pool.figures["waiting"] == 2, "two wait")
            began = time.monotonic()
            with pytest.raises(Busy, match="CLAIMGRAPH_QUEUE") as caught:
                await asking.ask()
            assert time.monotonic() - began < 1
            assert caught.value.retry_after
            with pytest.raises(QueryStopped, match=r"deadline of 0\.3 s"):
                await waiting[1]
            gone = asking.begin(SHORT)
            await until(lambda: asking.pool.figures["waiting"] == 2, "another waits")
            await cancelled(gone)
            assert asking.pool.figures["waiting"] == 1
            await cancelled(task)
            assert (await waiting[0])[1] == b"true"

    through(test)


# --- long queries ---------------------------------------------------------------------------------------------------------


def test_long_queries_give_way(snapshot: str, settings: Callable[..., None]) -> None:
    """With as many long ones as may be, short ones are answered by others, and one more long one is refused; the long ones have low priority."""

    async def test() -> None:
        async with pool(snapshot, 1, 2) as asking:
            tasks = [asking.begin() for _ in range(2)]
            await until(lambda: asking.pool.figures["long"] == 2 and all(p.is_lowered for p in asking.pool._long), "two are long")
            long = asking.busy
            assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in long} == {os.getpriority(os.PRIO_PROCESS, 0) + processes.LOW}
            for _ in range(5):
                await asking.is_answered()
                with pytest.raises(Busy, match=r"2 long queries run already \(CLAIMGRAPH_LONG_QUERIES\)"):
                    await asking.ask(ENDLESS)
            assert asking.busy >= long
            await cancelled(tasks[0])
            await until(lambda: asking.pool.figures["long"] == 1, "there is room for a long one")
            third = asking.begin()
            await until(lambda: asking.pool.figures["long"] == 2, "which is taken")
            await cancelled(third, tasks[1])
            await until(lambda: len(workers()) == 1, "only the ready one is left")
            assert asking.pool.figures["long"] == 0

    through(test)


def test_a_middling_query_is_answered_and_its_worker_kept_as_long_as_it_is_needed(
    snapshot: str, settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes a while without being long costs no worker and no priority; the one that was made beside it is let go of after some time."""
    settings(spare_after=0.05, long_after=60)
    monkeypatch.setattr(module, "_SWEEP_SECONDS", 0.3)

    async def test() -> None:
        async with pool(snapshot, 1, 2) as asking:
            first = workers()
            middling = asking.begin(MIDDLING)
            await until(lambda: asking.pool.figures["long"] == 1, "another is made beside it")
            await asking.is_answered()
            assert not middling.done()
            assert (await middling)[1].startswith(b"n\r\n")
            assert first <= workers()
            assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers()} == {os.getpriority(os.PRIO_PROCESS, 0)}
            await until(lambda: len(workers()) == 1, "the other is let go of")
            await asking.is_answered()
            assert asking.pool.figures["long"] == 0

    through(test)
