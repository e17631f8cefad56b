"""Review for programs: ``GET /api/review`` lists what waits, ``POST /api/review`` takes a decision."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from claimgraph.ask.candidates import ORDERS
from claimgraph.model.errors import BadParameter, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.store.decisions import Decision
from claimgraph.store.verdicts import finding_value
from claimgraph.store.write_client import findings_from
from claimgraph.web.access import allowed
from claimgraph.web.backend import EvidenceBackend
from claimgraph.web.errors import MEDIA as PROBLEM
from claimgraph.web.errors import refused_value
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, refuse_unknown, unless_gone
from claimgraph.web.sparql import answered, wish_of

PATH = "/api/review"
_KNOWN = ("report", "least", "most", "by", "limit", "cursor", "timeout", "min-commit")


class ReviewApi:
    """What the address does, on a backend."""

    def __init__(self, backend: EvidenceBackend) -> None:
        self.backend = backend

    async def listed(self, request: Request) -> Response:
        """A page of the candidates; ``next`` and the header Link lead to the one that follows."""
        parameters = in_address(request)
        refuse_unknown(parameters, _KNOWN)
        header = wanted_of(parameters)
        found = await unless_gone(request, self.backend.read({"job": "candidates", **header}, b"", wish_of(request, parameters)))
        if found.facts["next"] is None:
            return answered(found)
        kept = [(name, value) for name, value in parameters.pairs if name != "cursor"]
        return answered(found, Link=f'<{PATH}?{urlencode([*kept, ("cursor", found.facts["next"])])}>; rel="next"')

    async def decide(self, request: Request) -> Response:
        """Take a decision on claims of a report, whole or not at all; in the name of the token."""
        who = allowed(request, "review")
        parameters = in_address(request)
        refuse_unknown(parameters, ("timeout", "min-commit"))
        if media_of(request) != "application/json":
            raise WrongMediaType("A decision is JSON: send it as application/json.")
        body = await body_of(request, LIMITS.decision_bytes)
        read = await unless_gone(request, self.backend.read({"job": "decision"}, body, wish_of(request, parameters), self.backend.documents))
        decision = decision_of(read.facts["decision"], read.body)
        found = await self.backend.decide(decision, agent=who.name)
        if found["result"] == "refused":
            return Response(json.dumps(refused_value(findings_of(found)), ensure_ascii=False).encode("utf-8"), 422, media_type=PROBLEM)
        iri = f"{LIMITS.base}v/{found['version']}/{decision.report}"
        value = {**read.facts["decision"], "version": found["version"], "iri": iri, "result": found["result"], "commit": found["sequence"]}
        headers = {"X-Commit": str(found["sequence"] or found["head"]), "Location": "/id/" + iri.removeprefix(LIMITS.base)}
        return JSONResponse(value, 201 if found["version"] != decision.version else 200, headers=headers)


def decision_of(fields: dict[str, Any], edited: bytes) -> Decision:
    """A decision as a worker read it."""
    claim = json.loads(edited) if edited else None
    return Decision(fields["report"], fields["version"], fields["decision"], tuple(fields["claims"]), fields["why"], claim)


def wanted_of(parameters: Parameters) -> dict[str, Any]:
    """Which candidates an address asks for, as the job takes it. Raises :class:`BadParameter`."""
    by = parameters.one("by") or ORDERS[0]
    if by not in ORDERS:
        raise BadParameter(f"'by' is {shown(by, 40)}: send {' or '.join(ORDERS)}.")
    return {
        "report": parameters.one("report"),
        "least": parameters.number("least", 0, 1),
        "most": parameters.number("most", 0, 1),
        "by": by,
        "limit": parameters.whole("limit", 1, LIMITS.answer_rows) or LIMITS.page_rows,
        "cursor": parameters.one("cursor"),
    }


def findings_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What the shapes have against an edit, as the writer tells it."""
    return [finding_value(finding) for finding in findings_from(found["findings"]) if finding.refuses]
