"""What a worker does for the pages of review: the list of what waits, one claim with what may be corrected, and the form that decides on it.

Values are JSON. Offsets are code points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from claimgraph.ask.candidates import Wanted, candidates
from claimgraph.ask.claim_contexts import context_of, line_of
from claimgraph.ask.claim_views import Lines
from claimgraph.ask.corrections import PATHS, as_typed, choices_of, fields_of, readable
from claimgraph.ask.form_data import lines_of
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.report_lists import named_keys
from claimgraph.ask.report_views import document_at, name_of
from claimgraph.ask.worker import Worker
from claimgraph.model.document import Claim, ClaimsDocument, as_json
from claimgraph.model.errors import BadDocument, BadRequest, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, ReportName
from claimgraph.model.reading import parse_json
from claimgraph.model.text import shown
from claimgraph.store.decisions import STATES
from claimgraph.store.index import rejected
from claimgraph.store.write_service import error_header

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
    """The claim ``claim`` of the version that stands of ``report``: its line as it is read, its words in the text, and what it says, to be corrected.

    That is as it is written. With the ``known`` parties, facilities and incidents to choose from. Raises :class:`NotFound`.
    """
    document, name, claim = _claim_of(worker, header)
    store = worker.open_snapshot(header["snapshot"])
    reference = reference_of(worker, store)
    lines = Lines(store, reference, Base(LIMITS.base))
    line = line_of(document, claim, name, lines.telling) if rejected(claim) else lines.line(name.claim(claim.id).value)
    value = _as_value(document, claim)
    fields, merged = fields_of(value), reference.merged.keys()
    known = {"parties": reference.actors, "facilities": reference.facilities, "incidents": reference.incidents}
    told = {
        "claim": line,
        "context": context_of(document.report.text, line),
        "fields": fields,
        "choices": choices_of(fields),
        "source": readable(value),
        "known": {name: named_keys(keys - merged, reference) for name, keys in known.items()},
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
    return as_typed(before, value, document.report.text, corrections)


def _form_of(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=len(_FORM) + len(PATHS))
    except (UnicodeError, ValueError):
        raise BadRequest("The form is not whole, or not in UTF-8: load its page again.") from None
    known = {*_FORM, *PATHS}
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


def _as_value(document: ClaimsDocument, claim: Claim) -> dict[str, Any]:
    """A claim as JSON, without what is not the reviewer's to write."""
    (value,) = as_json(document.model_copy(update={"claims": (claim,)}))["claims"]
    return {name: part for name, part in value.items() if name not in ("id", "review")}


JOBS = {"review_list": review_list, "review_claim": review_claim, "deciding": deciding}
