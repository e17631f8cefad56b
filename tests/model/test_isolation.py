"""Work in a process of its own: its answer, its errors, its death, its deadline, its memory, and what it may still open."""

from __future__ import annotations

import contextlib
import errno
import mmap
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from claimgraph.model import isolation
from claimgraph.model.errors import BadDocument, ClaimgraphError, Problem
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.sandbox import address_space, no_more_files

PATIENCE = 30.0
_SLACK = 64 << 20  # bytes that the other process begins with besides


@pytest.fixture(autouse=True)
def _no_process_is_left() -> object:
    """However it ends, the process is gone afterwards."""
    yield
    assert multiprocessing.active_children() == []


def _sum(*numbers: int, times: int = 1) -> int:
    return sum(numbers) * times


def _pid() -> int:
    return os.getpid()


def _large(size: int) -> bytes:
    return b"x" * size


def _refuse() -> None:
    raise BadDocument("two things are wrong", problems=(Problem("one", "line 1"), Problem("two", "claims[0]")))


def _kill(number: int) -> None:
    os.kill(os.getpid(), number)


def _leave() -> None:
    os._exit(0)


def _die_while_answering() -> None:
    pipe = sys._getframe(1).f_locals["there"]
    os.write(pipe.fileno(), (1_000).to_bytes(4, "big") + b"a few bytes of a thousand")
    os._exit(1)


def _loop(pid_file: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pid_file.write_text(str(os.getpid()))
    while True:
        pass


def _allocate(size: int) -> int:
    return len(bytearray(size))


def _limits() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CORE)[0]


def _try_to_open(before: Path, after: Path) -> dict[str, str]:
    """What still opens once nothing more may be opened."""
    attempts: dict[str, Callable[[], object]] = {
        "file": after.open,
        "new file": lambda: (after.parent / "new").open("w"),
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "pair": socket.socketpair,
        "pipe": os.pipe,
        "copy": lambda: os.dup(0),
        "folder": lambda: list(after.parent.iterdir()),
    }
    out = {}
    with before.open() as opened:
        no_more_files()
        for name, attempt in attempts.items():
            try:
                attempt()
                out[name] = "opened"
            except OSError as error:
                out[name] = errno.errorcode[error.errno or 0]
        out["already open"] = opened.read()
    return out


def test_result() -> None:
    """The result comes back, with the arguments that were given."""
    assert run_isolated(PATIENCE, _sum, 1, 2, 3, times=4) == 24


def test_it_is_another_process() -> None:
    """The work is not done here."""
    assert run_isolated(PATIENCE, _pid) != os.getpid()


def test_large_result() -> None:
    """A result far larger than a pipe holds comes whole."""
    assert len(run_isolated(PATIENCE, _large, 20_000_000)) == 20_000_000


def test_error_passes_through() -> None:
    """What the work refuses is refused here: same kind, same sentence, all problems."""
    with pytest.raises(BadDocument, match=r"^two things are wrong$") as caught:
        run_isolated(PATIENCE, _refuse)
    assert type(caught.value) is BadDocument
    assert caught.value.problems == (Problem("one", "line 1"), Problem("two", "claims[0]"))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGTERM], ids=lambda number: number.name)
def test_death(number: int) -> None:
    """A crash of whatever kind is one error here, and only the other process dies."""
    with pytest.raises(Died):
        run_isolated(PATIENCE, _kill, number)


def test_leaving_without_an_answer() -> None:
    """So is a process that just ends."""
    with pytest.raises(Died):
        run_isolated(PATIENCE, _leave)


def test_death_while_answering() -> None:
    """So is one that dies in the middle of its answer."""
    with pytest.raises(Died):
        run_isolated(PATIENCE, _die_while_answering)


_PROGRAM = """
import os, sys
from claimgraph.model.isolation import Died, run_isolated
def fail():
    os.write(2, b"said by a library")
    sys.stdout.flush()
    raise RuntimeError("a defect")
try:
    run_isolated(30.0, fail)
except Died:
    print("died")
"""


def test_defect_in_the_work() -> None:
    """An error that is none of the program's own is no answer either, and what a dying process says on its way is not shown."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "died\n", "")


def test_died_and_took_too_long_are_for_the_caller() -> None:
    """The two ends are no sentences for a user: who calls says what was too deep, or too slow."""
    assert not issubclass(Died, ClaimgraphError)
    assert not issubclass(TookTooLong, ClaimgraphError)


def test_endless_work_ends(tmp_path: Path) -> None:
    """At its deadline the process is killed, even if it does not want to end, and is not left behind."""
    started = time.monotonic()
    with pytest.raises(TookTooLong):
        run_isolated(1.0, _loop, tmp_path / "pid")
    assert time.monotonic() - started < PATIENCE
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def _open_files() -> int:
    return sum(1 for number in range(1_000) if _is_open(number))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_nothing_stays_open() -> None:
    """Runs that end well and runs that end badly leave no pipe open in the process that must not die."""
    before = _open_files()
    for number in range(20):
        assert run_isolated(PATIENCE, _sum, number) == number
        with contextlib.suppress(Died):
            run_isolated(PATIENCE, _leave)
    assert _open_files() == before


def test_memory_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for more memory than there is for it gets none; less than that is no matter."""
    monkeypatch.setattr(isolation, "LIMITS", LIMITS.model_copy(update={"worker_bytes": 4 << 30}))
    assert run_isolated(PATIENCE, _allocate, 1 << 20) == 1 << 20
    with pytest.raises(Died):
        run_isolated(PATIENCE, _allocate, 5 << 30)


def test_limits_of_the_process() -> None:
    """The process may take the memory of the setting (or less, where less is allowed) besides what this one has already, however large that is.

    It writes no core file, and this process is left as it was.
    """
    usual, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        before = resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CORE)
        large = mmap.mmap(-1, LIMITS.worker_bytes)  # address space alone: it takes no memory until it is written to
        memory, core = run_isolated(PATIENCE, _limits)
        assert 0 < memory <= address_space() + LIMITS.worker_bytes + _SLACK
        assert run_isolated(PATIENCE, _allocate, 1 << 20) == 1 << 20
        large.close()
        assert core == 0
        assert (resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CORE)) == before
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (usual, most))


def test_no_more_files(tmp_path: Path) -> None:
    """After the call nothing can be opened: no file, no socket, no pipe; what was open stays so, and the answer still gets out."""
    for name in ("before", "after"):
        (tmp_path / name).write_text(name)
    found = run_isolated(PATIENCE, _try_to_open, tmp_path / "before", tmp_path / "after")
    assert found.pop("already open") == "before"
    assert "opened" not in found.values()
    assert found["file"] == found["socket"] == "EMFILE"
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "after").read_text() == "after"
