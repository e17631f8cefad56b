"""The page for queries, ``/pages/sparql``: a form that works without scripts, which a script makes an editor with tabs.

``?question=NAME`` fills in a question of the catalogue, ``?query=…`` a query; ``run=true`` runs it and shows a table, as the form does. The answers
as data are at ``/sparql``, whose protocol this page leaves alone.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.catalogue import catalogue, question
from claimgraph.ask.results import HTML, choose
from claimgraph.model.errors import BadRequest, ClaimgraphError, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import EvidenceBackend
from claimgraph.web.deceiving import names
from claimgraph.web.errors import problem_value
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, parameters_of, unless_gone
from claimgraph.web.pages import JSON, POLICY, Pages, data
from claimgraph.web.sparql import wish_of

PATH = "/pages/sparql"
# The editor sizes itself by styles in its elements, and draws its marks as images of its own.
_POLICY = f"{POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_FORM = "application/x-www-form-urlencoded"
_FIRST = """PREFIX cg: <https://w3id.org/claimgraph/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

# Who denies what, in which words?
SELECT ?origin ?type ?words WHERE {
  ?claim cg:polarity cg:polarity-denies ; cg:claimant ?origin ;
    cg:content/cg:eventType/skos:notation ?type ;
    cg:span/oa:hasSelector/oa:exact ?words .
}
LIMIT 20
"""


class SparqlPage:
    """The page and what it loads."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def page(self, request: Request) -> Response:
        """The form, filled in as the address or the form itself says; and the answer where it is to be run."""
        choose(request.headers.get("accept", ""), (HTML,))
        parameters = in_address(request)
        if request.method == "POST":
            if media_of(request) != _FORM:
                raise WrongMediaType(f"This address takes its own form ({_FORM}): send queries of programs to /sparql.")
            parameters = Parameters((*parameters.pairs, *parameters_of(await body_of(request)).pairs))
        given = parameters.one("query")
        named = parameters.one("question")
        if given is not None and named is not None:
            raise BadRequest("The address has a query and the name of a question: send one of the two.")
        query = question(named).query if named is not None else given if given is not None else _FIRST
        runs = given is not None and (request.method == "POST" or parameters.one("run") == "true")
        answer, wrong, commit = await self._run(request, query, parameters) if runs else (None, None, None)
        value = {
            "query": query,
            "given": given is not None or named is not None,
            "named": question(named) if named is not None else None,
            "timeout": parameters.one("timeout") or "",
            "seconds": f"{LIMITS.query_seconds:g}",
            "base": LIMITS.base,
            "questions": list(catalogue().values()),
            "answer": answer,
            "wrong": wrong,
        }
        status = wrong["status"] if wrong else 200
        return await self.pages.show(request, "sparql.html", value, policy=_POLICY, commit=commit, status=status)

    async def _run(self, request: Request, query: str, parameters: Parameters) -> tuple[dict[str, Any] | None, dict[str, Any] | None, int | None]:
        """The answer to a query as terms, or what is wrong with it; and the commit it is as of."""
        kept = Parameters(tuple(pair for pair in parameters.pairs if pair != ("timeout", "")))  # a field that was left empty
        try:
            found = await unless_gone(request, self.backend.read({"job": "queried"}, query.encode("utf-8"), wish_of(request, kept)))
        except ClaimgraphError as error:
            return None, problem_value(error), None
        return json.loads(found.body), None, found.commit

    async def terms(self, request: Request) -> Response:
        """What the editor completes: prefixes, classes and properties; the places that a map knows; and the names of what is not seen."""
        found = await unless_gone(request, self.backend.read({"job": "terms"}, b"", wish_of(request, in_address(request))))
        choose(request.headers.get("accept", ""), (JSON,))
        return data({**json.loads(found.body), "unseen": dict(names())}, found.commit)
