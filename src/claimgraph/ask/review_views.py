"""What a worker does for the pages of review: the list of what waits, one claim with what may be corrected, and the form that decides on it.

Values are JSON. Offsets are code points.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from claimgraph.ask.candidates import Wanted, candidates
from claimgraph.ask.claim_contexts import context_of, line_of
from claimgraph.ask.claim_views import Lines
from claimgraph.ask.form_data import lines_of
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.report_views import document_at, name_of
from claimgraph.ask.worker import Worker
from claimgraph.model.document import Claim, ClaimsDocument, as_json
from claimgraph.model.errors import BadDocument, BadRequest, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, ReportName
from claimgraph.model.reading import parse_json
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import notations
from claimgraph.store.decisions import STATES
from claimgraph.store.edits import corrected
from claimgraph.store.write_service import error_header

# What a page offers to correct, each by its path in a claim; the rest of the claim is corrected as JSON.
CHOICES = {"polarity": "polarity", "certainty": "certainty", "event.type": "event", "event.status": "status"}
WORDS = ("start", "end", "said", "incident", "event.time", "event.facility", "event.place")
# What a page may not show in a field exactly as it is: all but the letters, marks and signs that reports are written with.
_UNUSUAL = re.compile("[^\n\x20-\x7e\xa1-\xac\xae-\u02ff\u060c\u061b\u061f\u0621-\u0652\u0660-\u06d3\u2013\u2014\u2018-\u201d\u2026]")
LEADS = ("report", "list")  # where somebody goes on after a decision
_FORM = ("csrf", "version", "decision", "why", "to", "source")


def review_list(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A page of the candidates, each as a line; what is wanted as for :func:`claimgraph.ask.review_jobs.listed`."""
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    chosen = {name: header[name] for name in ("report", "least", "most", "by")}
    found = candidates(store, base, Wanted(**chosen), limit=header["limit"], cursor=header["cursor"])
    lines = Lines(store, reference_of(worker, store), base)
    value = {"chosen": chosen, "claims": [lines.line(row["iri"]) for row in found.rows], "next": found.next, "total": found.total}
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def review_claim(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The claim ``claim`` of the version that stands of ``report``: its line, its words in the text, and what it says, to be corrected.

    Raises :class:`NotFound`.
    """
    document, name, claim = _claim_of(worker, header)
    line = line_of(document, claim, name, Lines(*_lines_of(worker, header)).telling)
    value = _as_value(document, claim)
    told = {
        "claim": line,
        "context": context_of(document.report.text, line),
        "fields": _fields(value),
        "choices": {path: list(notations(scheme)) for path, scheme in CHOICES.items()},
        "source": _readable(value),
    }
    return {"media": "application/json"}, within(json.dumps(told, ensure_ascii=False).encode("utf-8"))


def deciding(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """A form that decides on the claim ``claim`` of ``report``.

    In the header are its ``csrf`` and where it leads (``to``), the ``decision`` and what was ``typed``; in the body, of an edit, what the claim
    shall say. What is wrong with that is told (``wrong``). Raises :class:`BadRequest` for what is no form of ours.
    """
    form = _form_of(body)
    decision = {
        "report": header["report"],
        "version": form.get("version", ""),
        "decision": form.get("decision", ""),
        "claims": [header["claim"]],
        "why": lines_of(form.get("why", "")).strip(),
    }
    corrections = {name: word for name, word in form.items() if name not in _FORM}
    facts: dict[str, Any] = {"csrf": form.get("csrf", ""), "to": form.get("to", ""), "decision": decision, "wrong": None}
    facts["typed"] = {"why": decision["why"], "fields": corrections, "source": form.get("source", "")}
    edited = b""
    if decision["decision"] == "edit":
        try:
            document, _, claim = _claim_of(worker, header)
            edited = json.dumps(_corrected(document, claim, form, corrections), ensure_ascii=False).encode("utf-8")
        except BadDocument as error:
            facts["wrong"] = error_header(error)
    return facts, within(edited)


def _corrected(document: ClaimsDocument, claim: Claim, form: Mapping[str, str], corrections: Mapping[str, str]) -> dict[str, Any]:
    """What a claim shall say: the JSON of the form where that was changed, and then the fields that were."""
    before = _as_value(document, claim)
    value = parse_json(form["source"]) if form.get("source", "").strip() else before
    if not isinstance(value, dict):
        raise BadDocument("The claim as JSON is no object: put it in braces.")
    was = _fields(before)
    changed = [(path, word.strip() or "null") for path, word in corrections.items() if path in was and word.strip() != was[path]]
    return corrected(value, document.report.text, changed)


def _form_of(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=len(_FORM) + 2 * len(WORDS))
    except (UnicodeError, ValueError):
        raise BadRequest("The form is not whole, or not in UTF-8: load its page again.") from None
    known = (*_FORM, *CHOICES, *WORDS)
    if any(name not in known for name, _ in pairs) or len({name for name, _ in pairs}) < len(pairs):
        raise BadRequest("The form has a field that it does not offer, or one twice: load its page again.")
    form = dict(pairs)
    if form.get("decision") not in STATES or form.get("to", "") not in ("", *LEADS):
        raise BadRequest("The form has a choice that it does not offer: load its page again.")
    return form


def _claim_of(worker: Worker, header: dict[str, Any]) -> tuple[ClaimsDocument, ReportName, Claim]:
    store = worker.open_snapshot(header["snapshot"])
    name = name_of(store, Base(LIMITS.base), header["report"])
    worker.forbid_files()
    document, _ = document_at(worker, header, store, name)
    found = next((claim for claim in document.claims if claim.id == header["claim"]), None)
    if found is None:
        raise NotFound(f"Report {name.report_id} has no claim {shown(header['claim'], 200)}: its page lists those it has.")
    return document, name, found


def _lines_of(worker: Worker, header: dict[str, Any]) -> tuple[Any, Any, Base]:
    store = worker.open_snapshot(header["snapshot"])
    return store, reference_of(worker, store), Base(LIMITS.base)


def _as_value(document: ClaimsDocument, claim: Claim) -> dict[str, Any]:
    """A claim as JSON, without what is not the reviewer's to write."""
    (value,) = as_json(document.model_copy(update={"claims": (claim,)}))["claims"]
    return {name: part for name, part in value.items() if name not in ("id", "review")}


def _readable(value: dict[str, Any]) -> str:
    """A claim as JSON in which no character acts on the text around it: those that would are written by their numbers."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _UNUSUAL.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _fields(value: dict[str, Any]) -> dict[str, str]:
    """The fields of a claim that a page offers to correct, as they are typed; a text with characters that nobody can type only as JSON."""
    found = {}
    for path in (*CHOICES, *WORDS):
        part: Any = value
        for step in path.split("."):
            part = part.get(step)
        found[path] = "" if part is None else str(part)
    found["event.status"] = found["event.status"] or "happened"
    return {path: word for path, word in found.items() if not _UNUSUAL.search(word)}


JOBS = {"review_list": review_list, "review_claim": review_claim, "deciding": deciding}
