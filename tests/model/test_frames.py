"""Messages between our own processes: whole however they arrive, and nothing taken that none of ours would send."""

from __future__ import annotations

import itertools
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.model.errors import Unavailable
from claimgraph.model.frames import Frame, Frames, call, pack, receive, send

_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(st.characters())),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(st.characters()), inner, max_size=3)),
    max_leaves=8,
)
_MESSAGES = st.tuples(st.dictionaries(st.text(st.characters()), _VALUES, max_size=4), st.binary(max_size=300))
HEADER = {"do": "commit", "agent": "دانة \U0001f54a \ud800"}


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends that are connected."""
    here, there = socket.socketpair()
    with closing(here), closing(there):
        for end in (here, there):
            end.settimeout(5)
        yield here, there


def fed(frames: Frames, data: bytes, pieces: list[int]) -> list[Frame]:
    """What comes of bytes that arrive cut at some places."""
    cuts = [0, *sorted(min(piece, len(data)) for piece in pieces), len(data)]
    return [frame for start, end in itertools.pairwise(cuts) for frame in frames.feed(data[start:end])]


@given(st.lists(_MESSAGES, max_size=4), st.lists(st.integers(0, 1_000), max_size=6))
def test_messages_are_whole_however_the_stream_is_cut(messages: list[tuple[dict[str, Any], bytes]], pieces: list[int]) -> None:
    """Several in one piece, one in many, cut within lengths or headers: each comes once, in order, with all that JSON and bytes can say."""
    data = b"".join(pack(header, body) for header, body in messages)
    assert fed(Frames(), data, pieces) == messages
    assert fed(Frames(), data, list(range(len(data)))) == messages


def test_a_message_that_is_not_whole_is_none() -> None:
    """Up to its last byte there is no message, and then there is one, with what follows kept for the next."""
    frames, data = Frames(), pack(HEADER, b"body")
    assert [list(frames.feed(data[n : n + 1])) for n in range(len(data) - 1)] == [[]] * (len(data) - 1)
    assert list(frames.feed(data[-1:] + data[:3])) == [(HEADER, b"body")]
    assert list(frames.feed(data[3:])) == [(HEADER, b"body")]


@pytest.mark.parametrize("lengths", [(2**32 - 1, 0), ((64 << 20) + 1, 0), (2, (1 << 32) + 1), (2, 2**64 - 1)])
def test_a_length_that_none_of_ours_has_is_refused_before_anything_is_kept(lengths: tuple[int, int]) -> None:
    """What announces more than any message of ours is no message: nobody waits, and keeps memory, for it."""
    with pytest.raises(ValueError, match="longer than any of ours"):
        list(Frames().feed(struct.pack(">IQ", *lengths)))


@pytest.mark.parametrize("head", [b"", b"{", b"{} {}", b"\xff\xff", b"nonsense"])
def test_a_header_that_is_no_json_is_refused(head: bytes) -> None:
    """It is the same error as for a length."""
    with pytest.raises(ValueError):  # noqa: PT011  # whichever kind of it json raises
        list(Frames().feed(struct.pack(">IQ", len(head), 0) + head))


def test_no_pickle_is_read() -> None:
    """A header is JSON on the wire, so that nothing but values can come out of it."""
    data = pack({"a": "ب"}, b"\x80\x04\x95")
    assert json.loads(data[12 : 12 + len('{"a":"ب"}'.encode())]) == {"a": "ب"}
    assert list(Frames().feed(data)) == [({"a": "ب"}, b"\x80\x04\x95")]


def test_a_large_message_goes_over_a_socket(line: tuple[socket.socket, socket.socket]) -> None:
    """Far more than a socket holds at once is sent and received whole."""
    here, there = line
    body = bytes(range(256)) * 80_000
    sending = threading.Thread(target=send, args=(there, HEADER, body))
    sending.start()
    assert receive(here, Frames()) == (HEADER, body)
    sending.join()


def test_messages_that_came_together_are_received_one_after_the_other(line: tuple[socket.socket, socket.socket]) -> None:
    """What is there already is not waited for."""
    here, there = line
    frames = Frames()
    there.sendall(pack({"n": 1}) + pack({"n": 2}, b"two") + pack({"n": 3})[:5])
    assert receive(here, frames) == ({"n": 1}, b"")
    assert receive(here, frames) == ({"n": 2}, b"two")
    there.sendall(pack({"n": 3})[5:])
    assert receive(here, frames) == ({"n": 3}, b"")


@pytest.mark.parametrize("said", [b"", pack(HEADER, b"body")[:20]])
def test_the_end_of_a_stream_is_told(line: tuple[socket.socket, socket.socket], said: bytes) -> None:
    """Where the other side is gone, before a message or within one, there is none."""
    here, there = line
    there.sendall(said)
    there.close()
    with pytest.raises(EOFError):
        receive(here, Frames())


def test_a_call_has_its_answer(line: tuple[socket.socket, socket.socket]) -> None:
    """A message is answered by the next one that comes back."""
    here, there = line
    send(there, {"found": True}, b"body")
    assert call(here, Frames(), {"do": "head"}, b"asked") == ({"found": True}, b"body")
    assert receive(there, Frames()) == ({"do": "head"}, b"asked")


@pytest.mark.parametrize("said", [b"", b"\xff" * 12, pack(HEADER)[:-1], struct.pack(">IQ", 1, 0) + b"x"])
def test_a_call_without_an_answer_is_unavailable(line: tuple[socket.socket, socket.socket], said: bytes) -> None:
    """A side that is gone, goes within its answer or talks nonsense gives one sentence for a user."""
    here, there = line
    there.sendall(said)
    there.shutdown(socket.SHUT_WR)
    with pytest.raises(Unavailable, match="does not answer: try again"):
        call(here, Frames(), {"do": "head"})


def test_a_call_to_nobody_is_unavailable(line: tuple[socket.socket, socket.socket]) -> None:
    """So is a side that hung up before it was asked."""
    here, there = line
    there.close()
    with pytest.raises(Unavailable):
        call(here, Frames(), {"do": "head"}, b"x" * 1_000_000)
