"""All that a store has on an entity: its names and where they are from, what it is part of, what was merged, who changed it when and why."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode

from claimgraph.model.vocabulary import CG, DCTERMS, SKOS, WGS84
from claimgraph.store.archive import Archive
from claimgraph.store.entities import names_of
from claimgraph.store.redirects import digest_of
from claimgraph.store.splitting import label_of_part
from claimgraph.store.standing import Standing

_KINDS = {SKOS.prefLabel: "preferred", SKOS.altLabel: "other", CG.ambiguousLabel: "ambiguous"}


def story(key: str, now: Standing, archive: Archive) -> dict[str, Any]:
    """What is known of an entity, as JSON values; for a key that was merged, that and its history."""
    reference, entity = now.reference, now.base.entity(key)
    using = [quad for quad in now.store.quads_for_pattern(None, None, entity, None) if _is_of_report(quad.graph_name, now)]
    parts = {quad.subject.value for quad in using if isinstance(quad.subject, NamedNode)}
    return {
        "key": key,
        "kind": reference.kind(key),
        "merged_into": reference.merged.get(key),
        "merged_here": sorted(one for one, into in reference.merged.items() if into == key),
        "names": names(key, now),
        "sources": [value.value for value in reference.values(key, DCTERMS.source) if isinstance(value, Literal | NamedNode)],
        "position": [float(value.value) for p in (WGS84.lat, WGS84.long) for value in reference.values(key, p) if isinstance(value, Literal)],
        "part_of": [whole for value in reference.values(key, CG.partOf) if (whole := now.base.key(value)) is not None],
        "parts": sorted(part for part in reference.entities if entity in reference.values(part, CG.partOf)),
        "claims": len({part.partition("#")[0] for part in parts if "/" in label_of_part(NamedNode(part))}),
        "reports": len({quad.graph_name for quad in using}),
        "open": sorted(map(label_of_part, now.open_to(key))),
        "history": history(key, now, archive),
    }


def _is_of_report(graph: object, now: Standing) -> bool:
    name = now.base.report_of(graph.value) if isinstance(graph, NamedNode) else None
    return name is not None and name.node == graph


def names(key: str, now: Standing) -> list[dict[str, Any]]:
    """The names of an entity: each with its language, what kind of name it is, who else bears it, and its source where one was given."""
    found = []
    for quad in names_of(key, now.reference):
        if isinstance(quad.object, Literal):
            others = sorted(now.reference.bearers(quad.object.value) - {key})
            found.append(
                {
                    "text": quad.object.value,
                    "language": quad.object.language,
                    "kind": _KINDS[quad.predicate],
                    "source": source_of(quad.object, key, now),
                    "others": others,
                }
            )
    return sorted(found, key=lambda name: (list(_KINDS.values()).index(name["kind"]), name["language"], name["text"]))


def source_of(form: Literal, key: str, now: Standing) -> str | None:
    """What a name of an entity rests on: of the name itself, or of what was merged into the entity."""
    bearers = (key, *(one for one, into in now.reference.merged.items() if into == key))
    nodes = (now.base.sourced_name(digest_of(one, form)) for one in bearers)
    found = (quad.object for node in nodes for quad in now.store.quads_for_pattern(node, DCTERMS.source, None, now.base.reference))
    return next((source.value for source in found if isinstance(source, Literal)), None)


def history(key: str, now: Standing, archive: Archive) -> list[dict[str, Any]]:
    """The commits that changed what is said of an entity, the newest first: number, time, who, what, why."""
    named = f"<{now.base.entity(key).value}>".encode()
    commits = []
    for commit in archive.commits(kind="reference", newest_first=True):
        change = archive.change(commit.sequence)
        if change is not None and named in change.added + change.removed:
            commits.append({field: getattr(commit, field) for field in ("sequence", "at", "agent", "subject", "reason")})
    return commits
