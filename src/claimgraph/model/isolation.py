"""Work that outside input may kill (parsers, queries) runs in a process of its own.

Nothing can stop a parser or a query engine from within: deep nesting overflows its stack, a cross product fills the memory, and
neither has a time limit. A child process has all three ends, and its death is one error here.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar, cast

from claimgraph.model.errors import ClaimgraphError
from claimgraph.model.limits import LIMITS
from claimgraph.model.sandbox import confine

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# A forked child starts in milliseconds; elsewhere than on Linux system libraries do not survive a fork.
_METHOD = "fork" if sys.platform == "linux" else "spawn"


class Died(Exception):
    """The process ended without an answer: killed by what it read, or by its memory cap."""


class TookTooLong(Exception):
    """The process was killed at its deadline."""


def run_isolated(seconds: float, function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Call ``function`` in a child process of at most ``seconds`` and ``worker_bytes`` of memory; its result must pickle.

    Raises what the function raised of :class:`ClaimgraphError`, :class:`Died` or :class:`TookTooLong`.
    """
    context = multiprocessing.get_context(_METHOD)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, function, args, kwargs), daemon=True)  # type: ignore[attr-defined]  # both contexts have it
    process.start()
    there.close()
    try:
        if not here.poll(seconds):
            raise TookTooLong
        raised, outcome = here.recv()
    except (EOFError, OSError):  # the latter if it dies while it answers
        raise Died from None
    finally:
        process.kill()
        process.join()
        here.close()
    if raised:
        kind, message, problems = outcome
        raise kind(message, problems=problems)
    return cast("Result", outcome)


def _work(there: Connection, function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    confine(LIMITS.worker_bytes)
    try:
        there.send((False, function(*args, **kwargs)))
    except ClaimgraphError as error:
        there.send((True, (type(error), str(error), error.problems)))
    except MemoryError:
        return  # the parent sees a process that ended without an answer
