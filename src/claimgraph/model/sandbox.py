"""What a process that works on outside input takes away from itself: the network, and files.

On Linux a seccomp filter refuses new sockets, ``io_uring`` (which opens sockets by another way) and new programs, for good. Everywhere
descriptors are limited while a query runs: to none where there is no filter, else to what the store may need, since a large one opens
most of its files only then. Either is enough to keep a query from reaching out.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import os
import platform
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path

# Numbers of the system calls prctl and seccomp, and of the steps of a BPF program.
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000  # calls of x86-64's 32-bit ABI have other numbers from here on
# The architecture's name in audit.h, and its numbers of socket, connect, execve, execveat and io_uring_setup.
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 425)),
}


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def forbid_network() -> bool:
    """Refuse this process, for good, new sockets, connections and programs; whether that could be had and holds.

    The filter is for the calling thread and those it starts, so call it before any other thread is there.
    """
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return False
    program = _filter(*_CALLS[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    found = _Program(len(program) // 8, ctypes.addressof(buffer))
    return libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(found), 0, 0) == 0 and not _can_open_socket()


def _filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """The filter in classic BPF: another architecture's calls end the process, those named are refused with EPERM."""
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    tests = [(_AT_LEAST, _X32), *((_EQUAL, call) for call in calls)]
    steps += [(test, len(tests) - place, 0, value) for place, (test, value) in enumerate(tests)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _can_open_socket() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def no_more_files() -> bool:
    """Forbid this process to open anything more: no file, and no socket either; whether that holds. What is open stays open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    return not _can_open_socket()


def few_more_files(number: int) -> None:
    """Limit this process to ``number`` more open files than it has, for a store that opens some of its own only when it needs them.

    Sockets are among them, so this is for a process that :func:`forbid_network` holds.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(filter(_is_open, (int(entry.name) for entry in list(Path("/proc/self/fd").iterdir()))))  # the list was open while it was read
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, highest + 1 + number), hard))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def files_again() -> None:
    """Take :func:`no_more_files` or :func:`few_more_files` back, between two pieces of work."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def confine(memory: int) -> None:
    """Let the address space grow by ``memory`` bytes, leave no core files, and be silent in dying: what a dying parser says is nobody's answer.

    What there is already does not count: one that was forked from a large process has all of that one's.
    """
    most = address_space() + memory
    with suppress(ValueError):  # a lower limit is already set: it stands
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def address_space() -> int:
    """Bytes of address space that this process has now (Linux; elsewhere it is not known, and 0)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends, however that ends (Linux; elsewhere nothing).

    Of several from one fork server that is the fork server, which ends with the service once none of them keeps its pipe open.
    """
    server = getattr(forkserver, "_forkserver", None)
    pipe = getattr(server, "_forkserver_alive_fd", None)
    if server is not None and pipe is not None:
        os.close(pipe)
        server._forkserver_alive_fd = None  # noqa: SLF001  # there is no other way to let go of it
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
