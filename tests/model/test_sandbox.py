"""What a process takes away from itself: the network and other programs for good, files for a time, and its life with its parent's."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import multiprocessing
import os
import platform
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from claimgraph.model import sandbox
from claimgraph.model.isolation import Died, run_isolated
from claimgraph.model.sandbox import end_with_parent, few_more_files, files_again, forbid_network, no_more_files

PATIENCE = 30.0
HAS_FILTER = sys.platform == "linux" and platform.machine() in sandbox._CALLS
filtered = pytest.mark.skipif(not HAS_FILTER, reason="there is no seccomp filter for this system")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")


def told(attempt: Callable[[], object]) -> str:
    """What comes of an attempt: ``done``, or the name of its error. What it opened is closed again."""
    try:
        found = attempt()
        for one in found if isinstance(found, tuple) else (found,):
            os.close(one) if isinstance(one, int) else one.close() if hasattr(one, "close") else None
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def call(number: int, *arguments: int) -> str:
    """What comes of a system call."""
    libc = ctypes.CDLL(None, use_errno=True)
    return "done" if libc.syscall(number, *arguments) >= 0 else errno.errorcode[ctypes.get_errno()]


def in_thread(attempt: Callable[[], str]) -> str:
    """What comes of an attempt in a thread of its own."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(attempt()))
    thread.start()
    thread.join()
    return found[0]


def in_child(attempt: Callable[[], str]) -> str:
    """What comes of an attempt in a forked process."""
    read, write = os.pipe()
    if not (pid := os.fork()):
        os.write(write, attempt().encode())
        os._exit(0)
    os.close(write)  # else nobody would see that it says nothing
    os.waitpid(pid, 0)
    return os.read(read, 100).decode()


# --- the network ----------------------------------------------------------------------------------------------------------


def _attempts(port: int, inherited: socket.socket, dgram: socket.socket) -> dict[str, str]:
    """What a process may still do of the things by which one reaches out."""
    calls = sandbox._CALLS[platform.machine()][1]
    attempts: dict[str, Callable[[], str]] = {
        "tcp": lambda: told(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "tcp over IPv6": lambda: told(lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM)),
        "udp": lambda: told(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        "unix": lambda: told(lambda: socket.socket(socket.AF_UNIX)),
        "netlink": lambda: told(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
        "connect": lambda: told(lambda: inherited.connect(("127.0.0.1", port))),
        "connect a datagram socket": lambda: told(lambda: dgram.connect(("127.0.0.1", port))),
        "io_uring": lambda: call(calls[-1], 1, 0),
        "exec": lambda: in_child(lambda: told(lambda: os.execv("/bin/true", ["true"]))),  # noqa: S606  # that it cannot is what is tested
        "run": lambda: told(lambda: subprocess.run(["/bin/true"], check=True)),
        "a thread's socket": lambda: in_thread(lambda: told(lambda: socket.socket(socket.AF_INET))),
        "a child's socket": lambda: in_child(lambda: told(lambda: socket.socket(socket.AF_INET))),
    }
    return {name: attempt() for name, attempt in attempts.items()}


def _forbidden(port: int, inherited: socket.socket, dgram: socket.socket) -> tuple[bool, dict[str, str]]:
    holds = forbid_network()
    return holds, _attempts(port, inherited, dgram)


@filtered
def test_who_forbids_itself_the_network_reaches_nobody() -> None:
    """No socket of any kind, no connection on one it has, no ring, no program, in threads and children neither; without, most of it works."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as dgram:
        port = server.getsockname()[1]
        holds, found = run_isolated(PATIENCE, _forbidden, port, stream, dgram)
        assert holds
        assert found == dict.fromkeys(found, "EPERM")
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
        free = run_isolated(PATIENCE, _attempts, port, stream, dgram)
        assert {name for name, said in free.items() if said == "EPERM"} <= {"io_uring"}
        assert {"tcp", "udp", "unix", "connect", "run"} <= {name for name, said in free.items() if said == "done"}


def _still_works(path: Path, talking: socket.socket) -> list[object]:
    forbid_network()
    talking.sendall(b"over what is connected")
    one, other = os.pipe()
    return [path.read_text(), forbid_network(), in_child(lambda: "forked"), in_thread(lambda: "started"), other > one]


@filtered
def test_what_a_worker_needs_still_works(tmp_path: Path) -> None:
    """Files, pipes, threads, forks and the channel that is open are left; asked for again, the filter still holds."""
    (tmp_path / "file").write_text("read")
    here, there = socket.socketpair()
    with here, there:
        assert run_isolated(PATIENCE, _still_works, tmp_path / "file", there) == ["read", True, "forked", "started", True]
        assert here.recv(100) == b"over what is connected"


def _by_another_number() -> str:
    forbid_network()
    return call(0x40000000 | 39)


def _as_32_bits(forbid: Callable[[], object]) -> int:
    """Ask for the process's number as a 32-bit program does."""
    forbid()
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))())


@filtered
@pytest.mark.skipif(platform.machine() != "x86_64", reason="other processors have no second set of numbers")
def test_no_other_numbers_of_calls_lead_around_the_filter() -> None:
    """The calls of x32 are refused, and a call as of a 32-bit program ends the process."""
    assert run_isolated(PATIENCE, _by_another_number) == "EPERM"
    with contextlib.suppress(Died):  # a kernel that has no 32-bit programs
        assert run_isolated(PATIENCE, _as_32_bits, bool) > 0
    with pytest.raises(Died):
        run_isolated(PATIENCE, _as_32_bits, forbid_network)


def test_where_there_is_no_filter_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor or a system whose calls are not known nothing is promised."""
    with monkeypatch.context() as patch:
        patch.setattr(platform, "machine", lambda: "riscv64")
        assert run_isolated(PATIENCE, forbid_network) is False
    with monkeypatch.context() as patch:
        patch.setattr(sandbox.sys, "platform", "darwin")
        assert forbid_network() is False


# --- files ----------------------------------------------------------------------------------------------------------------


def _limited(path: Path) -> list[object]:
    kept = path.open()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    holds = no_more_files()
    within = told(path.open), told(os.pipe), told(socket.socket), told(lambda: os.dup(0)), kept.read()
    files_again()
    after = told(path.open), told(os.pipe), resource.getrlimit(resource.RLIMIT_NOFILE) == (before, before)
    again = no_more_files(), told(path.open)
    return [holds, within, after, again]


def test_files_are_forbidden_and_allowed_again(tmp_path: Path) -> None:
    """Between the two calls nothing opens and what is open is read; afterwards everything opens, and it can be forbidden anew."""
    (tmp_path / "file").write_text("text")
    found = run_isolated(PATIENCE, _limited, tmp_path / "file")
    assert found == [True, ("EMFILE", "EMFILE", "EMFILE", "EINVAL", "text"), ("done", "done", True), (True, "EMFILE")]


def _a_few(path: Path, number: int) -> tuple[int, str, str]:
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    while os.dup(0) < highest:  # numbers below the highest that are free would come on top
        pass
    few_more_files(number)
    opened: list[int] = []
    with contextlib.suppress(OSError):
        while True:
            opened.append(os.open(path, os.O_RDONLY))
    full = told(path.open)
    for one in opened[:1]:
        os.close(one)
    room = told(path.open)
    files_again()
    return len(opened), f"{full} {room}", told(path.open)


@on_linux
@pytest.mark.parametrize("number", [0, 1, 5])
def test_a_few_files_are_what_was_said(tmp_path: Path, number: int) -> None:
    """So many files open beside those that are open, and no more until one is closed or files are allowed again."""
    (tmp_path / "file").write_text("text")
    opened, said, after = run_isolated(PATIENCE, _a_few, tmp_path / "file", number)
    assert opened == number
    assert said == ("EMFILE done" if number else "EMFILE EMFILE")
    assert after == "done"


# --- the end --------------------------------------------------------------------------------------------------------------


def _parent(line: int, prepare: Callable[[], object]) -> None:
    """Start a process that holds a line and does nothing, and wait."""
    if not os.fork():
        prepare()
        os.write(line, str(os.getpid()).encode().ljust(10))
    while True:
        signal.pause()


@contextlib.contextmanager
def _orphan(prepare: Callable[[], object]) -> object:
    """The line of a process whose parent has just been killed."""
    read, write = os.pipe()
    started = multiprocessing.get_context("fork").Process(target=_parent, args=(write, prepare))
    started.start()
    os.close(write)
    orphan = int(os.read(read, 10))
    started.kill()
    started.join()
    try:
        yield read
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGKILL)
        os.close(read)


def _ended(line: int, seconds: float) -> bool:
    return bool(select.select([line], [], [], seconds)[0]) and os.read(line, 1) == b""


@on_linux
def test_a_process_ends_with_its_parent() -> None:
    """Whoever asked for it is gone as soon as the parent was killed; whoever did not goes on."""
    with _orphan(end_with_parent) as line:
        assert _ended(line, PATIENCE)
    with _orphan(bool) as line:
        assert not _ended(line, 0.3)
