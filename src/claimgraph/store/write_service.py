"""The one writer as a process that others ask: over a socket of mode 0600 in the data folder.

While a service runs on a folder it holds the right to write, and whoever of the same user wants to write (the service's own HTTP side, the
command line) asks it. Requests are taken one after the other. A request is a frame (:mod:`claimgraph.model.frames`) whose header names
what to do; the answer's header has the outcome, or the error by its code.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from claimgraph.model.canonical import read_nquads
from claimgraph.model.errors import ClaimgraphError
from claimgraph.model.frames import Frame, Frames, pack
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.decisions import Decision
from claimgraph.store.entities import REQUEST
from claimgraph.store.examine import Outcome
from claimgraph.store.place import Place
from claimgraph.store.shapes import Finding
from claimgraph.store.workspace import Edits

_WAKE = 0.05  # seconds between two looks whether a reader wants a snapshot
_CHUNK = 1 << 18


def socket_path(place: Place, folder: int) -> str:
    """Where the socket is, ``folder`` being an open descriptor of the data folder: a path of any length must fit the 108 bytes of an address."""
    path = str(place.socket)
    return path if len(os.fsencode(path)) < 100 or sys.platform != "linux" else f"/proc/self/fd/{folder}/{place.socket.name}"  # noqa: PLR2004  # the kernel takes 107


def error_header(error: ClaimgraphError) -> dict[str, Any]:
    """An error as another process is told of it."""
    problems = [{"where": problem.where, "message": problem.message} for problem in error.problems]
    return {"error": error.code, "message": str(error), "problems": problems, "findings": findings_header(getattr(error, "findings", ()))}


def findings_header(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """What shapes found, for another process, which has the same rules."""
    return [{"rule": f.rule.iri, "focus": f.focus, "value": f.value, "where": f.where} for f in findings]


def outcome_header(outcome: Outcome) -> dict[str, Any]:
    """What became of a document, for another process, which has the document."""
    return {
        "result": outcome.result.value,
        "version": outcome.mapped.name.version,
        "revises": outcome.document.report.revises,
        "content": outcome.content,
        "sequence": outcome.sequence,
        "findings": findings_header(outcome.findings),
        "remarks": list(outcome.remarks),
    }


class _Desk:
    """What can be asked of the writer."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.known: dict[str, Callable[[dict[str, Any], bytes], dict[str, Any]]] = {
            "commit": self.commit,
            "decide": self.decide,
            "workspace": self.workspace,
            "entities": self.entities,
            "snapshot": self.snapshot,
            "head": self.head,
        }

    def answer(self, frame: Frame) -> bytes:
        """The answer to a request."""
        header, body = frame
        try:
            return pack(self.known[str(header["do"])](header, body))
        except ClaimgraphError as error:
            return pack(error_header(error))

    def commit(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Let a report in: the body is its document, then the bytes it was cut from."""
        length = int(header["document"])
        document = document_of(json.loads(body[:length]))
        received = body[length:] if header["received"] else None
        outcome = self.writer.commit(document, reason=header["reason"], revise=header["revise"], received=received, agent=header["agent"])
        return {**outcome_header(outcome), "head": self.writer.archive.head()}

    def decide(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Take a reviewer's decision: the body is what the edited claim shall say, where one is edited."""
        edited = json.loads(body) if body else None
        decision = Decision(header["report"], header["version"], header["decision"], tuple(header["claims"]), header["why"], edited)
        found = self.writer.decide(decision, agent=header["agent"])
        told = {"result": found.result.value, "version": found.version, "sequence": found.sequence, "findings": findings_header(found.findings)}
        return {**told, "head": self.writer.archive.head()}

    def workspace(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Change workspace graphs: the body is N-Quads to add, then to remove."""
        length = int(header["added"])
        added, removed = read_nquads(body[:length]), read_nquads(body[length:])
        edits = Edits(frozenset(added), frozenset(removed), tuple(header["cleared"]))
        before = self.writer.archive.head()
        there = {graph: self.writer.holds(graph) for graph in edits.graphs}
        sequence = self.writer.change_workspace(edits, agent=header["agent"], reason=header["reason"])
        return {"sequence": sequence, "changed": sequence > before, "there": there}

    def entities(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Change the reference graph: the body is what is asked for."""
        done = self.writer.change_entities(REQUEST.validate_json(body), reason=header["reason"], agent=header["agent"])
        return {**asdict(done), "head": self.writer.archive.head()}

    def snapshot(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:  # noqa: ARG002  # one signature for all
        """The newest snapshot."""
        found = self.writer.snapshot()
        return {"path": str(found.path), "sequence": found.sequence, "head": self.writer.archive.head()}

    def head(self, header: dict[str, Any], body: bytes) -> dict[str, Any]:  # noqa: ARG002  # one signature for all
        """The last commit."""
        return {"head": self.writer.archive.head()}


def serve_writer(folder: str, base: str, agent: str, ready: Connection, service: int) -> None:
    """Write for others until ``ready`` (the starting process's end of a pipe) is closed; for a process of its own, of the process ``service``.

    Says through ``ready`` that it listens, or the error that kept it from it. Ends between two requests, never within one.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the service as a whole, which ends us in its own time
        signal.signal(number, signal.SIG_IGN)
    place = Place(Path(folder))
    try:
        with open_writer(place, Base(base), agent, "serve", service=service) as writer:
            asyncio.run(_serve(place, _Desk(writer), ready))
    except ClaimgraphError as error:
        with suppress(OSError):  # nobody waits for it any more
            ready.send_bytes(json.dumps(error_header(error)).encode("utf-8"))


async def _serve(place: Place, desk: _Desk, ready: Connection) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    folder = os.open(place.folder, os.O_RDONLY)
    before = os.umask(0o177)
    try:
        place.socket.unlink(missing_ok=True)  # we hold the right to write, so it is nobody's
        server = await asyncio.start_unix_server(lambda r, w: _talk(r, w, desk), socket_path(place, folder))
    finally:
        os.umask(before)
        os.close(folder)
    loop.add_reader(ready.fileno(), over.set)  # readable once its other end is closed
    ready.send_bytes(b"{}")
    async with server:
        while not (over.is_set() or desk.writer.index.failed):  # another process opens the index anew
            desk.writer.answer_readers()
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _WAKE)
    place.socket.unlink(missing_ok=True)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, desk: _Desk) -> None:
    frames = Frames()
    try:
        while data := await reader.read(_CHUNK):
            for frame in frames.feed(data):
                writer.write(desk.answer(frame))
            await writer.drain()
    except (OSError, ValueError, KeyError, asyncio.CancelledError):  # gone, or no process of ours; or we end, while it is connected
        pass
    finally:
        writer.close()
