"""A report that somebody checks on a page: what the extractor finds in it, in place, and what the shapes say, each with the place it is about.

The form is read here, in a worker, and goes back with the answer to be corrected. Nothing is written. Values are JSON; offsets are code points.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pyoxigraph import Literal

from claimgraph.ask.check_findings import NOWHERE, Finder
from claimgraph.ask.claim_views import Telling, names_in
from claimgraph.ask.document_jobs import read_document
from claimgraph.ask.form_data import Part, lines_of, parts_of, text_of
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.report_views import view
from claimgraph.ask.worker import Worker
from claimgraph.extract.decoding import decoded
from claimgraph.extract.remarks import remarks
from claimgraph.model.canonical import version_of
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import BadRequest, ClaimgraphError, NoText, UnknownKey, VersionConflict
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import FIRST_STRONG_ISOLATE, POP_ISOLATE
from claimgraph.model.vocabulary import CG, SKOS
from claimgraph.store.archive import Archive
from claimgraph.store.examine import Outcome, Surroundings, examine
from claimgraph.store.place import Place
from claimgraph.store.raw import report_id_of
from claimgraph.store.reference import Reference
from claimgraph.store.verdicts import entry_of_error, entry_of_outcome

# What a form may be read as, and the media type that says so; TriG reads Turtle too.
KINDS = {"text": "text/plain", "html": "text/html", "json": "application/json", "turtle": "application/trig"}
_RAW = ("text", "html")
_ANY = "auto"  # whatever it looks like
_SUFFIXES = {".txt": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".json": "json"}
_SUFFIXES |= dict.fromkeys((".ttl", ".trig", ".nt", ".nq"), "turtle")
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_TURTLE = re.compile(rb"(?:\s|#[^\n]{0,500}\n)*(?:@?prefix\s|@?base\s|<https?://)", re.IGNORECASE)
FIELDS = ("id", "title", "url", "publisher", "published", "retrieved")
DOINGS = ("check", "version", "commit", "document", "edit")
_KNOWN = ("text", "file", "as", *FIELDS, "reason", "revise", "kept", "csrf", "do")
_HEAD = 4096


@dataclass(frozen=True)
class Given:
    """What a form gives: the bytes to be read, as what, the particulars of a raw report, and the bytes that came as a file or were pasted first."""

    source: bytes
    kind: str
    fields: dict[str, str]
    kept: bytes
    shown: str
    chosen: str
    do: str
    csrf: str
    reason: str
    revise: bool

    @property
    def is_raw(self) -> bool:
        """Whether it is a report as published, in which claims are yet to be found."""
        return self.kind in _RAW

    def as_json(self) -> dict[str, Any]:
        """The form as the page shows it again."""
        told = {**dict.fromkeys(FIELDS, ""), **self.fields}
        kept = base64.b64encode(self.kept).decode("ascii")
        return {**told, "text": self.shown, "as": self.chosen, "kept": kept, "reason": self.reason, "revise": self.revise}


def blank(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What the empty form offers: the outlets that the reference graph knows."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    value = {"outlets": outlets(reference_of(worker, store))}
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def outlets(reference: Reference) -> list[dict[str, str]]:
    """The outlets of the reference graph with their names in both languages, by their Arabic name."""
    found = []
    for key in reference.entities - reference.merged.keys():
        if CG.NewsOutlet in reference.types(key):
            names = {one.language: one.value for one in reference.values(key, SKOS.prefLabel) if isinstance(one, Literal)}
            found.append({"key": key, "ar": names.get("ar", key), "en": names.get("en", key)})
    return sorted(found, key=lambda one: (one["ar"], one["key"]))


def checked(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """A form, judged. ``content_type`` is that of the form, which is the body.

    The answer's body is the page's data as JSON, then, ``document`` bytes long, the claims document, if there is one, then the bytes it was cut
    from. Raises :class:`BadRequest` for what is no form of ours; what is wrong with the report is told in the data.
    """
    given = _given(parts_of(body, header["content_type"], _KNOWN))
    store = worker.open_snapshot(header["snapshot"])
    worker.allow_files()
    base = Base(LIMITS.base)
    with closing(Archive(Place(Path(header["folder"])).archive, base.iri, make=False)) as archive:
        reference = reference_of(worker, store)
        judging = Judging(Surroundings(base, reference, store, archive), given)
        try:
            if not given.source.strip():
                raise NoText("There is nothing to check: paste a text, or choose a file.")
            document, _ = read_document(worker, KINDS[given.kind], given.fields if given.is_raw else {}, given.source, reference, archive)
            judging.judge(document)
        except ClaimgraphError as error:
            judging.refuse(error)
    if given.do == "edit" and judging.document is not None:
        shown = json.dumps(as_json(judging.document), ensure_ascii=False, indent=1)
        given = replace(given, shown=shown, chosen=_ANY)
    value = {**judging.value, "form": given.as_json(), "read_as": given.kind, "raw": given.is_raw, "outlets": outlets(reference)}
    told = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    data = json.dumps(as_json(judging.document), ensure_ascii=False).encode("utf-8") if judging.document else b""
    received = _received(judging.document, given)
    facts = {"do": given.do, "csrf": given.csrf, "reason": given.reason, "revise": given.revise, "result": judging.value["result"]}
    return {**facts, "value": len(told), "document": len(data), "received": received is not None}, within(told + data + (received or b""))


class Judging:
    """What comes of a document: ``value`` for the page, and the document as far as there is one."""

    def __init__(self, around: Surroundings, given: Given) -> None:
        self.around, self.given = around, given
        self.document: ClaimsDocument | None = None
        self.finder: Finder | None = None
        self.value: dict[str, Any] = {"result": "unreadable", "wrong": None, "standing": None, "findings": [], "remarks": [], "view": None}

    def judge(self, document: ClaimsDocument) -> None:
        """Examine a document. Raises what reading and examining raise, but a conflict of versions."""
        self.document, self.finder = document, Finder(document)
        try:
            outcome = examine(document, self.around, revise=self.given.revise)
        except VersionConflict:
            outcome = examine(document, self.around, revise=True)
            self.value["standing"] = self._standing(document)
        entry = entry_of_outcome("", outcome, "valid")
        self.value["result"] = "conflict" if self.value["standing"] and entry["result"] == "valid" else entry["result"]
        self.value["remarks"] = self._remarks(outcome)
        names = [dict(finding.rule.names) for finding in outcome.findings]
        self._show(document, self.finder, zip(entry["findings"], names, strict=True))

    def refuse(self, error: ClaimgraphError) -> None:
        """Tell of an error that came before the shapes, and of what they say besides."""
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, BadRequest):  # not the report's fault
            raise error
        entry = entry_of_error("", error)
        problems = [{**one, **self._place(one["where"] or one["message"])} for one in entry["problems"][: LIMITS.problems]]
        wrong = {"code": error.code, "status": error.status, "detail": str(error), "problems": problems}
        self.value |= {"result": "refused" if self.document else "unreadable", "wrong": wrong}
        if self.document is not None and self.finder is not None and isinstance(error, UnknownKey):
            self._show(self.document, self.finder, zip(entry["findings"], (dict(one.rule.names) for one in error.findings), strict=True))

    def _show(self, document: ClaimsDocument, finder: Finder, findings: Iterable[tuple[dict[str, Any], dict[str, str]]]) -> None:
        name = self.around.base.report(version_of(document), document.report.id)
        self.value["findings"] = [
            {**finding, "hint": _unisolated(finding["hint"]), "name": called, **finder.place(finding["where"], finding["shape"])}
            for finding, called in findings
        ]
        shown = view(document, name, Telling(names_in(self.around.reference)))
        self.value["view"] = {**shown, "stretches": finder.stretches()}

    def _place(self, where: str) -> dict[str, Any]:
        """The claim and the field that a problem is about, and the line of what was typed, where it names one."""
        found = self.finder.place(where, "") if self.finder is not None else NOWHERE
        line = re.search(r"\bline (\d{1,9})\b", where)
        lines = self.given.shown.split("\n")
        excerpt = lines[int(line[1]) - 1][:200] if line and 0 < int(line[1]) <= len(lines) else None
        return {**found, "line": int(line[1]) if line else None, "excerpt": excerpt}

    def _standing(self, document: ClaimsDocument) -> dict[str, str]:
        current = self.around.current(document.report.id)
        return {"id": document.report.id, "version": current.version if current else ""}

    def _remarks(self, outcome: Outcome) -> list[str]:
        return [*map(_unisolated, remarks(outcome.document) if self.given.is_raw else ()), *outcome.remarks]


def _unisolated(sentence: str) -> str:
    """A sentence of ours without the characters that set words apart on a terminal; a page has elements for that."""
    return sentence.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")


def _given(parts: dict[str, Part]) -> Given:
    words = {name: text_of(parts.get(name), name).strip() for name in (*FIELDS, "as", "reason", "revise", "csrf", "do")}
    file, text, kept = parts.get("file"), text_of(parts.get("text"), "text"), _kept(text_of(parts.get("kept"), "kept"))
    uploaded = file is not None and bool(file.data)
    if uploaded and file is not None:
        source, shown = file.data, _readable(file.data)
    else:
        source, shown = (kept if kept and text == _readable(kept) else text.encode("utf-8")), text
    suffix = Path(file.file or "").suffix.lower() if uploaded and file is not None else ""
    kind = words["as"] if words["as"] in KINDS else _SUFFIXES.get(suffix) or _guessed(source)
    if words["as"] not in ("", _ANY, *KINDS) or words["do"] not in ("", *DOINGS) or words["revise"] not in ("", "true"):
        raise BadRequest("The form has a choice that it does not offer: load its page again.")
    stem = Path(file.file or "").stem if uploaded and file is not None else ""
    fields = {name: words[name] for name in FIELDS if words[name]}
    if kind in _RAW and source.strip():
        fields.setdefault("id", report_id_of(stem) if stem else f"report-{hashlib.sha256(source).hexdigest()[:8]}")
    return Given(
        source=source,
        kind=kind,
        fields=fields,
        kept=source if kind in _RAW else kept,
        shown=shown,
        chosen=words["as"] or _ANY,
        do=words["do"] or "check",
        csrf=words["csrf"],
        reason=words["reason"],
        revise=words["revise"] == "true" or words["do"] == "version",
    )


def _kept(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise BadRequest("The bytes that the form kept are damaged: choose the file again.") from None


def _readable(data: bytes) -> str:
    """Bytes as they can be corrected in a form; what is in no encoding that can be told is empty there, and is kept as it came."""
    try:
        return lines_of(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        return lines_of(decoded(data).text)
    except ClaimgraphError:
        return ""


def _guessed(source: bytes) -> str:
    head = source[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if head.lstrip()[:1] in (b"{", b"["):
        return "json"
    return "html" if _PAGE.match(head) else "turtle" if _TURTLE.match(head) else "text"


def _received(document: ClaimsDocument | None, given: Given) -> bytes | None:
    """The bytes that a document was cut from, where the form has them."""
    digest = hashlib.sha256(given.kept).hexdigest() if given.kept else None
    return given.kept if document is not None and digest is not None and digest == document.report.source_sha256 else None
