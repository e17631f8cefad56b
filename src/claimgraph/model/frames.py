"""Messages between our own processes: a JSON header and bytes, each with its length before it.

No pickle: a process that works on outside input may be anybody's by the time it answers.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from claimgraph.model.errors import Unavailable

Frame = tuple[dict[str, Any], bytes]
_LENGTHS = struct.Struct(">IQ")
_LARGEST_HEADER, _LARGEST_BODY = 64 << 20, 1 << 32
_CHUNK = 1 << 18


def pack(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A message as it goes over a stream."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _LENGTHS.pack(len(head), len(body)) + head + body


class Frames:
    """Puts the messages of a stream together again from the pieces that arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The messages that a further piece completes. Raises :class:`ValueError` for what no process of ours would send."""
        self._buffer += data
        while len(self._buffer) >= _LENGTHS.size:
            head, body = _LENGTHS.unpack_from(self._buffer)
            if head > _LARGEST_HEADER or body > _LARGEST_BODY:
                raise ValueError("a message longer than any of ours")
            end = _LENGTHS.size + head + body
            if len(self._buffer) < end:
                return
            message = bytes(self._buffer[_LENGTHS.size : end])
            del self._buffer[:end]
            yield json.loads(message[:head]), message[head:]


def send(channel: socket.socket, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Send a message, waiting until it is taken."""
    channel.sendall(pack(header, body))


def receive(channel: socket.socket, frames: Frames) -> Frame:
    """Wait for one message. Raises :class:`EOFError` where the other side is gone."""
    data = b""  # the last piece may have brought more than one
    while True:
        for frame in frames.feed(data):
            return frame
        if not (data := channel.recv(_CHUNK)):
            raise EOFError


def call(channel: socket.socket, frames: Frames, header: Mapping[str, Any], body: bytes = b"") -> Frame:
    """Send a message and wait for its answer. Raises :class:`Unavailable` where there is none."""
    try:
        send(channel, header, body)
        return receive(channel, frames)
    except (EOFError, OSError, ValueError):
        raise Unavailable("The process that writes to the store does not answer: try again in a moment.") from None
