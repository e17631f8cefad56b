"""Bodies of the media types that schemathesis does not know. The process that runs schemathesis loads this module as its hooks."""

from __future__ import annotations

import json

import schemathesis
from hypothesis import strategies as st
from pyoxigraph import Literal

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
IRIS = st.from_regex(r"urn:x:[a-z0-9]{1,8}", fullmatch=True)
STATEMENTS = st.builds("<{}> <{}> {} .\n".format, IRIS, IRIS, TEXTS.map(Literal) | IRIS.map("<{}>".format))
LINES = ("text/turtle", "application/trig", "application/n-triples", "application/n-quads")  # all of which read N-Triples
QUERIES = (
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT ?claim { ?claim a cg:Claim } ORDER BY ?claim LIMIT 3",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3",
    "DESCRIBE <sdf>",
)
NOTE = "GRAPH <workspace/dana/note> { <urn:a> <urn:b> 'نعم' }"
UPDATES = (f"INSERT DATA {{ {NOTE} }}", f"DELETE DATA {{ {NOTE} }}", "", "INSERT DATA {}", "INSERT DATA { <urn:a> <urn:b> 1 }", "CLEAR ALL")
BODIES = {
    "application/sparql-query": st.sampled_from(QUERIES) | TEXTS,
    "application/sparql-update": st.sampled_from(UPDATES) | TEXTS,
    "application/ld+json": st.dictionaries(IRIS, TEXTS, max_size=3).map(lambda node: json.dumps({"@id": "urn:x:a", **node})) | TEXTS,
    **dict.fromkeys(("text/html", "application/xhtml+xml"), TEXTS.map("<html><body><p>{}</p></body></html>".format) | TEXTS),
    **dict.fromkeys(LINES, st.lists(STATEMENTS, max_size=3).map("".join) | TEXTS),
}

for media, bodies in BODIES.items():
    schemathesis.openapi.media_type(media, bodies.map(str.encode))
