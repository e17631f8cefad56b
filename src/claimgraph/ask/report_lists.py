"""The reports of a store as a list: newest first, of one outlet or one month where that is asked for, a page at a time.

What a list needs of every report is read once for each snapshot. How many claims a report has is counted only for the reports that are shown.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.answers import cell
from claimgraph.ask.claim_views import names_in
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, ReportName
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE
from claimgraph.store.reference import Reference

UNKNOWN = "unknown"  # as an outlet: of reports whose publisher is not known
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_FIELDS = ("id", "title", "language", "outlet", "published", "published_basis", "claims", "candidates")


@dataclass(frozen=True)
class Listed:
    """A report that stands, as a list needs it: ``day`` is the first on which it may have been published, ``outlet`` a key or nothing."""

    name: ReportName
    title: str
    language: str
    outlet: str
    published: str
    day: str
    inferred: bool


def reports_of(worker: Worker, store: Store) -> list[Listed]:
    """All reports of the open snapshot, newest first; those without a date come last."""
    found: list[Listed] = worker.keep("reports", lambda: _read(store, Base(LIMITS.base)))
    return found


def _read(store: Store, base: Base) -> list[Listed]:
    names: dict[NamedNode, ReportName] = {}
    for quad in store.quads_for_pattern(None, RDF_TYPE, CG.Report, None):
        if isinstance(quad.subject, NamedNode) and quad.graph_name == quad.subject and (name := base.report_of(quad.subject.value)) is not None:
            names[quad.subject] = name
    stated = {predicate: _stated(store, predicate, names) for predicate in (DCTERMS.title, DCTERMS.language, CG.published, CG.publishedFirstDay)}
    outlets, bases = _stated(store, CG.publisher, names), _stated(store, CG.publishedBasis, names)

    def text(predicate: NamedNode, node: NamedNode) -> str:
        value = stated[predicate].get(node)
        return value.value if isinstance(value, Literal) else ""

    found = [
        Listed(
            name,
            text(DCTERMS.title, node),
            text(DCTERMS.language, node),
            base.key(outlets.get(node)) or "",
            text(CG.published, node),
            text(CG.publishedFirstDay, node),
            bases.get(node) == CG["basis-inferred"],
        )
        for node, name in names.items()
    ]
    found.sort(key=lambda one: one.name.report_id)
    found.sort(key=lambda one: one.day, reverse=True)
    return found


def _stated(store: Store, predicate: NamedNode, names: dict[NamedNode, ReportName]) -> dict[NamedNode, object]:
    """What the reports' own graphs say of them by one property."""
    return {
        quad.subject: quad.object
        for quad in store.quads_for_pattern(None, predicate, None, None)
        if isinstance(quad.subject, NamedNode) and quad.subject in names and quad.graph_name == quad.subject
    }


def report_list(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """Page ``page`` of the reports of ``outlet`` (a key, or ``unknown``) and ``month`` (``YYYY-MM``), ``limit`` on each; as CSV all of them.

    Raises :class:`BadParameter` for what is no month, and :class:`NotFound` for an outlet or a page that is not there.
    """
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    reference, every = reference_of(worker, store), reports_of(worker, store)
    outlet, month, page, limit = header["outlet"], header["month"], header["page"], header["limit"]
    _check(outlet, month, reference)
    wanted = [one for one in every if (not outlet or (one.outlet or UNKNOWN) == outlet) and (not month or one.day[:7] == month)]
    if header["form"] == "csv":
        facts = {"media": "text/csv; charset=utf-8", "truncated": len(wanted) > LIMITS.answer_rows}
        return facts, within(_csv(store, wanted[: LIMITS.answer_rows]))
    pages = max(1, -(-len(wanted) // limit))
    if page > pages:
        raise NotFound(f"The list of these reports has no page {page}: its last is {pages}.")
    value = {
        "reports": [{**told(one, reference), **_counted(store, one)} for one in wanted[(page - 1) * limit : page * limit]],
        "total": len(wanted),
        "page": page,
        "pages": pages,
        "outlet": outlet,
        "month": month,
        "outlets": _outlets(every, reference),
        "months": sorted({one.day[:7] for one in every if one.day}, reverse=True),
    }
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def _check(outlet: str, month: str, reference: Reference) -> None:
    if outlet and outlet != UNKNOWN and outlet not in reference.actors:
        raise NotFound(f"The reference graph has no outlet {shown(outlet, 200)}: leave 'outlet' out, and the list offers those whose reports it has.")
    if month and not _MONTH.fullmatch(month):
        raise BadParameter(f"'month' is {shown(month, 40)}: send a year and a month, such as 2022-01.")


def told(one: Listed, reference: Reference) -> dict[str, Any]:
    """A report as a list shows it, with both names of its outlet."""
    return {
        "id": one.name.report_id,
        "iri": one.name.iri,
        "version": one.name.version,
        "title": one.title,
        "language": one.language,
        "published": one.published,
        "published_basis": "inferred" if one.inferred else "stated" if one.published else None,
        "outlet": {"key": one.outlet, **both_names(one.outlet, reference)} if one.outlet else None,
    }


def both_names(key: str, reference: Reference) -> dict[str, str]:
    """The preferred names of an entity in both languages, and where its page is; its key where it has none."""
    names = names_in(reference)(key) or {}
    page = f"/incidents/{key}" if key in reference.incidents else f"/entities/{key}"
    return {"ar": names.get("ar", ""), "en": names.get("en", "") or ("" if names.get("ar") else key), "href": page}


def named_keys(keys: Iterable[str], reference: Reference) -> list[dict[str, str]]:
    """Entities to choose from, each with its ``key`` and names, by name; of very many the first (``CLAIMGRAPH_PAGE_ROWS``)."""
    named = [{"key": key, **both_names(key, reference)} for key in keys]
    return sorted(named, key=lambda one: (one["ar"] or one["en"], one["key"]))[: LIMITS.page_rows]


def _counted(store: Store, one: Listed) -> dict[str, int]:
    """How many claims a report has, and how many of these nobody has reviewed."""
    node = one.name.node
    return {
        "claims": sum(1 for _ in store.quads_for_pattern(None, RDF_TYPE, CG.Claim, node)),
        "candidates": sum(1 for _ in store.quads_for_pattern(None, CG.reviewState, CG["review-candidate"], node)),
    }


def _outlets(every: Iterable[Listed], reference: Reference) -> list[dict[str, Any]]:
    """Whose reports there are, those with most first."""
    counts = Counter(one.outlet for one in every)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"key": key or UNKNOWN, **(both_names(key, reference) if key else {"ar": "", "en": ""}), "reports": count} for key, count in ranked]


def _csv(store: Store, wanted: Iterable[Listed]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    for one in wanted:
        row = {
            "id": one.name.report_id,
            "title": one.title,
            "language": one.language,
            "outlet": one.outlet,
            "published": one.published,
            "published_basis": ("inferred" if one.inferred else "stated") if one.published else None,
            **_counted(store, one),
        }
        writer.writerow([cell(row[name]) for name in _FIELDS])
    return out.getvalue().encode("utf-8")
