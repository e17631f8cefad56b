"""Writing through the service that holds a folder, where one runs; else by opening the store here."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Store

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import ClaimgraphError, Problem, UnknownKey, error_of
from claimgraph.model.frames import Frames, call
from claimgraph.model.names import Base
from claimgraph.model.to_quads import to_quads
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.copies import syndicated_text
from claimgraph.store.decisions import Decided, Decision
from claimgraph.store.entities import Request
from claimgraph.store.entity_commit import Changed as EntitiesChanged
from claimgraph.store.entity_commit import changed_from
from claimgraph.store.examine import Outcome, Result
from claimgraph.store.index import Progress
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.shapes import Finding, rules
from claimgraph.store.snapshots import reading
from claimgraph.store.workspace import Edits
from claimgraph.store.write_service import socket_path


@dataclass(frozen=True)
class Changed:
    """What became of workspace edits: the commit's number, whether anything changed, and which of the graphs were there before."""

    sequence: int
    changed: bool
    there: dict[str, bool]


class WriteClient:
    """A connection to the process that writes. Each call raises what the writer raises, or :class:`Unavailable`."""

    def __init__(self, place: Place) -> None:
        """Connect. Raises :class:`OSError` where nobody listens."""
        self._frames = Frames()
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = -1
        try:
            folder = os.open(place.folder, os.O_RDONLY)
            self._channel.connect(socket_path(place, folder))
        except OSError:
            self._channel.close()
            raise
        finally:
            if folder >= 0:
                os.close(folder)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def commit(self, document: bytes, received: bytes | None, *, agent: str, reason: str = "", revise: bool = False) -> dict[str, Any]:
        """Let a report in; ``document`` is its JSON. Gives the header of the outcome."""
        header = {"agent": agent, "reason": reason, "revise": revise, "document": len(document), "received": received is not None}
        return self._call("commit", header, document + (received or b""))

    def decide(self, decision: Decision, *, agent: str) -> dict[str, Any]:
        """Take a reviewer's decision. Gives the header of the outcome."""
        header = {"agent": agent, "report": decision.report, "version": decision.version, "decision": decision.do}
        edited = json.dumps(dict(decision.edited), ensure_ascii=False).encode("utf-8") if decision.edited is not None else b""
        return self._call("decide", {**header, "claims": list(decision.claims), "why": decision.why}, edited)

    def change_workspace(self, edits: Edits, *, agent: str, reason: str = "") -> Changed:
        """Change workspace graphs."""
        added = canonical_nquads(edits.added)
        header = {"agent": agent, "reason": reason, "added": len(added), "cleared": list(edits.cleared)}
        found = self._call("workspace", header, added + canonical_nquads(edits.removed))
        return Changed(found["sequence"], found["changed"], found["there"])

    def change_entities(self, request: Request, *, agent: str, reason: str) -> EntitiesChanged:
        """Change the reference graph."""
        found = self._call("entities", {"agent": agent, "reason": reason}, request.model_dump_json().encode("utf-8"))
        return changed_from(found)

    def snapshot(self) -> tuple[str, int]:
        """Path and commit of the newest snapshot."""
        found = self._call("snapshot", {})
        return found["path"], found["sequence"]

    def _call(self, do: str, header: dict[str, Any], body: bytes = b"") -> dict[str, Any]:
        answer, _ = call(self._channel, self._frames, {"do": do, **header}, body)
        if "error" in answer:
            raise error_from(answer)
        return answer


def error_from(header: dict[str, Any]) -> ClaimgraphError:
    """The error that another process tells of."""
    problems = tuple(Problem(one["message"], one["where"]) for one in header.get("problems", ()))
    error = error_of(header["error"], header["message"], problems)
    if isinstance(error, UnknownKey):
        error.findings = findings_from(header.get("findings", ()))
    return error


def findings_from(entries: Any) -> tuple[Finding, ...]:
    """What shapes found in another process."""
    across = syndicated_text()[0]
    known = {**rules(), across.iri: across}
    return tuple(Finding(known[one["rule"]], one["focus"], one["value"], one["where"]) for one in entries)


def outcome_from(header: dict[str, Any], document: ClaimsDocument, base: Base, reference: Reference) -> Outcome:
    """What became of a document in another process."""
    document = document.model_copy(update={"report": document.report.model_copy(update={"revises": header["revises"]})})
    mapped = to_quads(document, base, reference.entities, name=base.report(header["version"], document.report.id))
    return Outcome(
        Result(header["result"]),
        document,
        header["content"],
        mapped,
        findings_from(header["findings"]),
        header["sequence"],
        tuple(header["remarks"]),
    )


class RemoteWriter:
    """A store that a service writes to, as :class:`~claimgraph.store.commit.Writer` is one that we write to ourselves."""

    def __init__(self, client: WriteClient, archive: Archive, reference: Reference, agent: str) -> None:
        self.client, self.archive, self.reference, self.agent, self.base = client, archive, reference, agent, Base(archive.base)

    def commit(self, document: ClaimsDocument, *, reason: str = "", revise: bool = False, received: bytes | None = None) -> Outcome:
        """Let a report in, or refuse it whole."""
        data = json.dumps(as_json(document), ensure_ascii=False).encode("utf-8")
        found = self.client.commit(data, received, agent=self.agent, reason=reason, revise=revise)
        return outcome_from(found, document, self.base, self.reference)

    def change_entities(self, request: Request, *, reason: str) -> EntitiesChanged:
        """Change the reference graph as asked for."""
        return self.client.change_entities(request, agent=self.agent, reason=reason)

    def decide(self, decision: Decision) -> Decided:
        """Take a reviewer's decision on claims of a report that stands."""
        found = self.client.decide(decision, agent=self.agent)
        return Decided(Result(found["result"]), found["version"], found["sequence"], findings_from(found["findings"]))


@contextmanager
def open_any_writer(place: Place, base: Base, agent: str, command: str, progress: Progress | None = None) -> Iterator[Writer | RemoteWriter]:
    """A store to write to: through the service that runs on its folder, or opened here where none does."""
    client = connected(place) if agent.strip() else None
    if client is None:
        with open_writer(place, base, agent, command, progress) as writer:
            yield writer
        return
    with closing(client), closing(Archive(place.archive, base.iri)) as archive, reading(place, base.iri) as snapshot:
        store = Store.read_only(str(snapshot.path))
        reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
        del store
        yield RemoteWriter(client, archive, reference, agent)


def connected(place: Place) -> WriteClient | None:
    """A connection to the service that writes to a folder, or ``None`` where none runs."""
    if not place.socket.exists():
        return None
    try:
        return WriteClient(place)
    except OSError:  # left behind by a service that was killed
        return None
