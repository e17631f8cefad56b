"""Answers that are kept as long as nothing newer is stored, in the event loop of a service and with answers of our own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from claimgraph.model.errors import QueryStopped
from claimgraph.web.kept import Kept

SECONDS = 5.0
MOST = 100  # bytes


@dataclass
class Answer:
    """An answer of some bytes, as of a commit."""

    body: bytes
    commit: int


class Maker:
    """Makes answers, which takes until it is let; counts how many it began, and how many were ended before they were done."""

    def __init__(self, size: int = 1) -> None:
        self.size, self.commit, self.begun, self.ended = size, 1, 0, 0
        self.let = asyncio.Event()
        self.let.set()

    async def __call__(self) -> Answer:
        """Make one."""
        self.begun += 1
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        return Answer(b"x" * self.size, self.commit)


async def asked(kept: Kept[Answer], maker: Maker, key: str = "home", commit: int = 1) -> Answer:
    """The answer for a key as of a commit."""
    return await kept.of(key, commit, SECONDS, maker)


def test_what_was_made_is_kept_until_something_is_stored() -> None:
    """The same answer is given for as long as nobody is shown a newer commit; then another is made."""

    async def run() -> None:
        kept, maker = Kept[Answer](MOST), Maker()
        first = await asked(kept, maker)
        assert await asked(kept, maker) is first
        assert maker.begun == 1
        maker.commit = 2
        second = await asked(kept, maker, commit=2)
        assert (second.commit, maker.begun) == (2, 2)
        assert await asked(kept, maker, commit=1) is second

    asyncio.run(run())


def test_what_is_newer_makes_all_else_old() -> None:
    """Once anybody was shown something newer, what was kept of another page before is made anew."""

    async def run() -> None:
        kept, maker = Kept[Answer](MOST), Maker()
        await asked(kept, maker, "reports")
        maker.commit = 2
        await asked(kept, maker, "home", commit=2)
        assert (await asked(kept, maker, "reports", commit=2)).commit == 2
        assert maker.begun == 3

    asyncio.run(run())


def test_those_who_ask_at_once_wait_for_one() -> None:
    """Ten who ask for the same get one answer; one who goes takes nothing from the others, and when all are gone the work ends."""

    async def run() -> None:
        kept, maker = Kept[Answer](MOST), Maker()
        maker.let.clear()
        tasks = [asyncio.ensure_future(asked(kept, maker)) for _ in range(10)]
        await asyncio.sleep(0.01)
        tasks[0].cancel()
        await asyncio.sleep(0.01)
        assert (maker.begun, maker.ended) == (1, 0)
        maker.let.set()
        answers = await asyncio.gather(*tasks[1:])
        assert all(one is answers[0] for one in answers)
        maker.let.clear()
        going = [asyncio.ensure_future(asked(kept, maker, "report")) for _ in range(3)]
        await asyncio.sleep(0.01)
        for one in going:
            one.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        await asyncio.sleep(0.01)
        assert (maker.begun, maker.ended) == (2, 1)

    asyncio.run(run())


def test_what_failed_is_told_to_all_and_not_kept() -> None:
    """Whoever waited for it gets the error; who asks afterwards has it tried again."""

    async def run() -> None:
        kept, maker, failed = Kept[Answer](MOST), Maker(), 0

        async def failing() -> Answer:
            nonlocal failed
            await asyncio.sleep(0.01)
            failed += 1
            raise QueryStopped("Too long.")

        got = await asyncio.gather(*(kept.of("home", 1, SECONDS, failing) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in got] == [QueryStopped] * 3
        assert failed == 1
        assert (await asked(kept, maker)).commit == 1

    asyncio.run(run())


def test_only_so_many_bytes_are_kept() -> None:
    """Those asked for last; what is larger than all that may be kept is given and not kept."""

    async def run() -> None:
        kept, maker = Kept[Answer](MOST), Maker(40)
        for key in ("a", "b", "a", "c", "a", "b"):  # c takes the place of b, then b that of c
            await asked(kept, maker, key)
        assert maker.begun == 4
        await asked(kept, maker, "a")
        assert maker.begun == 4
        large = Maker(MOST + 1)
        for _ in range(2):
            await asked(kept, large, "large")
        assert large.begun == 2
        await asked(kept, maker, "b")
        assert maker.begun == 4

    asyncio.run(run())


def test_what_is_older_takes_no_place() -> None:
    """An answer of an older commit that comes late is given to who asked, and kept for nobody."""

    async def run() -> None:
        kept, late, maker = Kept[Answer](MOST), Maker(), Maker()
        late.let.clear()
        waiting = asyncio.ensure_future(asked(kept, late))
        await asyncio.sleep(0.01)
        maker.commit = 2
        newer = await asked(kept, maker, commit=2)
        late.let.set()
        assert (await waiting).commit == 1
        assert await asked(kept, maker, commit=1) is newer

    asyncio.run(run())
