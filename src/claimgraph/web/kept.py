"""Answers that are kept as long as nothing newer is stored: what a page shows of a commit does not change, and may take seconds to count.

A page that several ask for at once is made once for all of them. When the last of them goes, so does the work.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class Dated(Protocol):
    """An answer: its bytes, and the commit that it is as of."""

    @property
    def body(self) -> bytes:
        """Its bytes."""

    @property
    def commit(self) -> int | None:
        """The commit that it is as of."""


T = TypeVar("T", bound=Dated)


@dataclass
class _Making(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = field(default=0)


class Kept(Generic[T]):
    """The answers of the newest commit that anybody was shown, at most so many bytes of them: the last ones asked for."""

    def __init__(self, most: int) -> None:
        self._most, self._commit = most, 0
        self._answers: OrderedDict[str, T] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[str, int, float], _Making[T]] = {}

    async def of(self, key: str, commit: int, seconds: float, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The answer for a key, as of ``commit`` or later; made where it is not there, which may take ``seconds``. Raises what making it raises."""
        if commit <= self._commit and (found := self._answers.get(key)) is not None:
            self._answers.move_to_end(key)
            return found
        wanted = key, commit, seconds
        making = self._making.get(wanted)
        if making is None:
            making = self._making[wanted] = _Making(asyncio.ensure_future(make()))
            making.task.add_done_callback(lambda task: self._made(wanted, task))
        making.waiting += 1
        try:
            return await asyncio.shield(making.task)
        finally:
            making.waiting -= 1
            if not making.waiting:
                making.task.cancel()  # which one that is done does not notice

    def _made(self, wanted: tuple[str, int, float], task: asyncio.Task[T]) -> None:
        del self._making[wanted]
        if not task.cancelled() and task.exception() is None:
            self._keep(wanted[0], task.result())

    def _keep(self, key: str, answer: T) -> None:
        commit = answer.commit or 0
        if commit > self._commit:  # whoever is shown that is not shown anything older any more
            self._commit, self._bytes = commit, 0
            self._answers.clear()
        if commit < self._commit or len(answer.body) > self._most:
            return
        before = self._answers.pop(key, None)
        self._answers[key] = answer
        self._bytes += len(answer.body) - (len(before.body) if before is not None else 0)
        while self._bytes > self._most:
            self._bytes -= len(self._answers.popitem(last=False)[1].body)
