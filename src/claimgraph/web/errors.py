"""One shape for everything that goes wrong over HTTP: problem details (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from claimgraph.model.errors import ClaimgraphError, NotSignedIn, UnknownKey, WrongMethod
from claimgraph.store.shapes import VIOLATION
from claimgraph.store.verdicts import entry_of_error

MEDIA = "application/problem+json"


class ClientGone(Exception):
    """Nobody waits for the answer any more; there is nobody to tell."""


class Defect(ClaimgraphError):
    """What no layer foresaw: told without its insides."""

    code = "defect"


class HeadTooLarge(ClaimgraphError):
    """A request whose line and headers are longer than any that this service needs."""

    code = "head-too-large"
    status = 431


class NothingHere(ClaimgraphError):
    """An address that this service does not have."""

    code = "no-such-address"
    status = 404


def defect() -> Defect:
    """What is told of it."""
    return Defect("This is a defect of the service: please report what you asked. Nothing was written by it.")


def problem_value(error: ClaimgraphError) -> dict[str, Any]:
    """Problem details: ``code`` is the kind of error for programs, ``detail`` the sentence for people, ``problems`` the single findings."""
    value: dict[str, Any] = {
        "type": f"https://w3id.org/claimgraph/errors#{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": str(error),
        "code": error.code,
    }
    if error.problems:
        value["problems"] = [{"where": problem.where, "message": problem.message} for problem in error.problems]
    if isinstance(error, UnknownKey):
        value["findings"] = entry_of_error("", error)["findings"]
    return value


def problem(error: ClaimgraphError, **more: Any) -> Response:
    """The answer that tells of an error."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="claimgraph"'
    elif isinstance(error, WrongMethod):
        headers["Allow"] = ", ".join(error.allowed)
    return Response(json.dumps({**problem_value(error), **more}, ensure_ascii=False).encode(), error.status, headers, MEDIA)


def refused_value(findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Problem details of what the shapes refuse: ``findings`` are all that they found, as :mod:`claimgraph.store.verdicts` tells them."""
    broken = [finding for finding in findings if finding["severity"] == VIOLATION]
    count = "1 violation" if len(broken) == 1 else f"{len(broken)} violations"
    where = f": {count}, the first at {broken[0]['where'] or 'the report'}: {broken[0]['message'].get('en', '')}" if broken else "."
    return {
        "type": "https://w3id.org/claimgraph/errors#refused",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": f"The shapes refuse this report{where}",
        "code": "refused",
        "findings": findings,
    }
