"""A report as somebody reads it: its text with the claims in their places, and of each claim its way to the reader and what it says.

Values are JSON; every name of an entity comes in both languages. Offsets are code points of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from claimgraph.ask import lookup
from claimgraph.ask.claim_views import Lines, Telling
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.marks import stretches
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import version_of
from claimgraph.model.document import Claim, ClaimsDocument, Report, as_json
from claimgraph.model.errors import NotFound, StoreDamaged
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, Base, ReportName
from claimgraph.model.text import shown
from claimgraph.store.archive import Archive
from claimgraph.store.index import rejected
from claimgraph.store.place import Place
from claimgraph.store.reviews import as_reviewed


def report_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The report that ``report`` names: by its id, for the version that stands, or as ``HASH/ID``. Raises :class:`NotFound`.

    A version that stands is told as it is read now, with its ``readings``; a replaced one as it was written. Claims that review rejected are
    told apart (``rejected``), and have no place in its text.
    """
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    name = name_of(store, base, header["report"])
    worker.forbid_files()
    document, stands = document_at(worker, header, store, name)
    lines = Lines(store, reference_of(worker, store), base)
    out = [claim for claim in document.claims if rejected(claim)]
    kept = document.model_copy(update={"claims": tuple(claim for claim in document.claims if not rejected(claim))})
    as_read = stands and lines.readings.exist  # else a claim is what its document says, and need not be put together again
    told = view(kept, name, lines.telling, (lambda claim: lines.claim(name, name.claim(claim.id).value)) if as_read else None)
    value = {**told, "rejected": [lines.telling.claim(claim, name, document.report.publisher) for claim in out]}
    value["report"] |= {"stands": stands, "readings": [], "commit": header["commit"]}
    if as_read:
        value["report"] |= {"publisher": lines.report(name)["publisher"], "readings": lines.part(name, name.iri)}
    data = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return {"media": "application/json"}, within(data)


def name_of(store: Store, base: Base, wanted: str) -> ReportName:
    """The report version that an id (the one that stands) or ``HASH/ID`` names. Raises :class:`NotFound`."""
    iri = f"{base.iri}v/{wanted}"
    if re.fullmatch(ID_PATTERN, wanted):
        standing = lookup.standing_version(store, base.series(wanted))
        iri = standing.value if standing is not None else ""
    name = base.report_of(iri)
    if name is not None and name.iri == iri:
        return name
    raise NotFound(f"The store has no report {shown(wanted, 200)}: the list of reports names those it has.")


def document_at(worker: Worker, header: dict[str, Any], store: Store, name: ReportName) -> tuple[ClaimsDocument, bool]:
    """The claims document of a version as reviewers left it by the commit that is shown, and whether that version stands; from the archive.

    Raises :class:`NotFound`, and :class:`StoreDamaged` where the archive's copy is not what its version was named by.
    """
    stands = any(store.quads_for_pattern(name.node, None, None, name.node))
    worker.allow_files()
    with closing(Archive(Place(Path(header["folder"])).archive, LIMITS.base, make=False)) as archive:
        stored = archive.version(name.version, name.report_id)
        document = as_reviewed(archive, stored, header["commit"]) if stored is not None else None
    if document is None:
        raise NotFound(f"The store has no version {shown(name.version, 20)} of a report {shown(name.report_id, 200)}.")
    if version_of(document) != name.version:
        raise StoreDamaged(f"The archive's copy of report {name.report_id} is not what its version was named by: restore a backup.")
    return document, stands


def view(document: ClaimsDocument, name: ReportName, telling: Telling, told: Callable[[Claim], dict[str, Any]] | None = None) -> dict[str, Any]:
    """A claims document as the pages show it: ``report``, ``stretches`` of its text with the ids of their claims, and ``claims``.

    ``told`` tells of a claim; without it claims are told as the document has them.
    """
    text = document.report.text
    spans = {claim.id: (claim.start, claim.end) for claim in document.claims}
    return {
        "report": _report(document.report, name, telling),
        "stretches": [{"text": text[one.start : one.end], "claims": list(one.marks)} for one in stretches(len(text), spans)],
        "claims": [told(claim) if told else telling.claim(claim, name, document.report.publisher) for claim in document.claims],
    }


def _report(report: Report, name: ReportName, telling: Telling) -> dict[str, Any]:
    told = {**dict.fromkeys(Report.model_fields), **as_json(ClaimsDocument(report=report))["report"]}
    del told["text"]
    publisher = telling.entity(report.publisher) if report.publisher else None
    return {**told, "iri": name.iri, "version": name.version, "publisher": publisher}
