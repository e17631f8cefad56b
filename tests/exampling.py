"""The examples of the reference: what the bundled samples state with each term, and what each question answers of them.

``python tests/exampling.py`` writes them anew after a change of the samples, the ontology or a question; a test holds the files to it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.query import PREFIXES, run
from claimgraph.model.names import Base
from claimgraph.model.reading import read_claims_file
from claimgraph.model.resources import folder
from claimgraph.model.vocabulary import ontology_quads
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.snapshots import reading

BASE = Base("https://w3id.org/claimgraph/id/")
ROOT = Path(__file__).resolve().parent.parent
ROWS, LONGEST = 3, 80
Statement = list[str]


def short(iri: str) -> str:
    """An IRI as examples have it: ours without the version, a term with its prefix."""
    if iri.startswith(BASE.iri):
        return unquote(re.sub(r"^v/[0-9a-f]{12}/", "", iri.removeprefix(BASE.iri)))
    return next((f"{prefix}:{iri.removeprefix(start)}" for prefix, start in PREFIXES.items() if iri.startswith(start)), iri)


def _text(term: object) -> str:
    if isinstance(term, NamedNode):
        return short(term.value)
    words = " ".join(term.value.split()) if isinstance(term, Literal) else str(term)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def term_examples(statements: Iterable[Quad]) -> dict[str, Statement]:
    """For each term that the ontology declares, the first statement (by its text) whose property or value it is."""
    declared = {q.subject.value for q in ontology_quads() if isinstance(q.subject, NamedNode)}
    found: dict[str, Statement] = {}
    for triple in sorted({tuple(map(_text, (q.subject, q.predicate, q.object))) for q in statements}):
        for term in triple[1:]:
            found.setdefault(term, list(triple))
    return {name: found[name] for name in sorted(map(short, declared)) if name in found}


def question_examples(store: Path) -> dict[str, dict[str, Any]]:
    """For each question, what it is asked with, its first rows and how many there are, over the samples."""
    reference = Reference(bundled(BASE), BASE)
    found = {}
    with reading(Place(store), BASE.iri) as snapshot:
        for name, asked in catalogue().items():
            rows = records(asked, run(snapshot.path, asked.sparql({}, BASE, reference)))
            given = {p.name: ",".join(p.default) for p in asked.parameters}
            shown = [[_plain(value) for value in row.values()] for row in rows[:ROWS]]
            found[name] = {"parameters": given, "total": len(rows), "rows": shown}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return short(value) if isinstance(value, str) else value


def sample_statements(store: Path) -> list[Quad]:
    """What is stated of the samples and in the reference graph; not the ontology, the fingerprints of texts, nor who brought them when."""
    with reading(Place(store), BASE.iri) as snapshot:
        held = list(Store.read_only(str(snapshot.path)))
    own, commits = {q.graph_name for q in ontology_quads()} | {BASE.shingles}, f"{BASE.iri}commit/"
    named = [q for q in held if q.graph_name not in own and isinstance(q.subject, NamedNode) and q.subject.value.startswith(BASE.iri)]
    return [q for q in named if not any(isinstance(one, NamedNode) and one.value.startswith(commits) for one in (q.subject, q.object))]


def written(value: object) -> str:
    """A file of examples: an entry a line."""
    assert isinstance(value, dict)
    entries = (f" {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}" for name, one in value.items())
    return "{\n" + ",\n".join(entries) + "\n}\n"


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as where:
        store = Path(where) / "store"
        with open_writer(Place(store), BASE, "the examples", "test") as writer:
            for path in sorted((folder("graph") / "samples").glob("*.json")):
                for one in read_claims_file(path):
                    assert one.document
                    writer.commit(one.document)
        (ROOT / "ontology" / "examples.json").write_text(written(term_examples(sample_statements(store))), encoding="utf-8")
        (ROOT / "queries" / "examples.json").write_text(written(question_examples(store)), encoding="utf-8")


if __name__ == "__main__":
    main()
