"""The API for pages and programs: questions, checks, reports, resources. FastAPI describes it; the work is done by workers and the writer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from claimgraph.ask.catalogue import catalogue, question, question_value
from claimgraph.ask.document_jobs import MEDIA, over_http
from claimgraph.ask.results import CSV, HTML, JSON, TURTLE, Form, choose
from claimgraph.model.errors import BadParameter, VersionConflict, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.web.access import allowed
from claimgraph.web.backend import EvidenceBackend
from claimgraph.web.errors import MEDIA as PROBLEM
from claimgraph.web.errors import refused_value
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, refuse_unknown, unless_gone
from claimgraph.web.openapi import DESCRIBED, question_described
from claimgraph.web.pages import Pages, knows
from claimgraph.web.review_api import PATH as REVIEW
from claimgraph.web.review_api import ReviewApi
from claimgraph.web.sparql import answered, wish_of

_OURS = ("format", "limit", "cursor", "reviewed", "timeout", "min-commit")
_FIELDS = ("id", "title", "url", "publisher", "published", "retrieved")
_VERDICT = Form("application/json", "json", ("application/problem+json",))


def router(backend: EvidenceBackend, pages: Pages) -> APIRouter:
    """The routes of the API on a backend; an IRI of ours has a page too."""
    routes = APIRouter()
    api = Api(backend, pages)

    def add(path: str, method: str, endpoint: Callable[..., Awaitable[Response]], name: str, **described: Any) -> None:
        routes.add_api_route(path, endpoint, methods=[method], response_model=None, response_class=Response, name=name, **described)
        if method == "GET":
            routes.add_api_route(path, endpoint, methods=["HEAD"], response_model=None, include_in_schema=False)

    add("/api/questions", "GET", api.questions, "questions", **DESCRIBED["questions"])
    add("/api/validate", "POST", api.validate, "validate", **DESCRIBED["validate"])
    add("/api/reports", "POST", api.report, "reports", **DESCRIBED["reports"])
    review = ReviewApi(backend)
    add(REVIEW, "GET", review.listed, "candidates", **DESCRIBED["candidates"])
    add(REVIEW, "POST", review.decide, "decide", **DESCRIBED["decide"])
    for found in catalogue().values():
        add(f"/api/questions/{found.name}", "GET", api.answer, found.name, **question_described(found))
    add("/api/questions/{name}", "GET", api.answer, "question", include_in_schema=False)
    add("/id/{path:path}", "GET", api.resource, "resource", **DESCRIBED["resource"])
    return routes


class Api:
    """What the routes do."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def questions(self, request: Request) -> Response:
        """The questions of the catalogue, each with its parameters and columns in both languages."""
        refuse_unknown(in_address(request), ())
        return JSONResponse([question_value(found) for found in catalogue().values()])

    async def answer(self, request: Request) -> Response:
        """A page of a question's answer; further parameters are the question's own."""
        found = question(request.scope["path"].rpartition("/")[2])
        parameters = in_address(request)
        values = {name: parameters.one(name) or "" for name, _ in parameters.pairs if name not in _OURS}
        form = _form_of(request, parameters)
        header = {
            "job": "asked",
            "question": found.name,
            "parameters": values,
            "reviewed": _flag(parameters, "reviewed"),
            "form": form,
            "limit": parameters.whole("limit", 1, LIMITS.answer_rows) or LIMITS.page_rows,
            "cursor": parameters.one("cursor"),
        }
        page = await unless_gone(request, self.backend.read(header, b"", wish_of(request, parameters)))
        more = page.facts.get("next")
        if more is None:
            return answered(page)
        kept = [(name, value) for name, value in parameters.pairs if name != "cursor"]
        link = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in [*kept, ("cursor", more)])
        return answered(page, Link=f'<{request.scope["path"]}?{link}>; rel="next"')

    async def validate(self, request: Request) -> Response:
        """What the extractor found in a report, and what the shapes say of it; nothing is written."""
        form = _form_of_verdict(request)
        _, verdict, _, shapes, commit = await self._judged(request)
        if form is TURTLE:
            return Response(shapes, media_type=form.header, headers={"Vary": "Accept", "X-Commit": str(commit)})
        return Response(verdict, media_type="application/json", headers={"Vary": "Accept", "X-Commit": str(commit)})

    async def report(self, request: Request) -> Response:
        """Let a report in, whole or not at all."""
        who = allowed(request, "write")
        parameters, form = in_address(request), _form_of_verdict(request)
        reason, revise = _reason_of(parameters), _flag(parameters, "revise")
        facts, verdict, document, shapes, _ = await self._judged(request)
        if facts["result"] == "refused":
            return _refused(form, verdict, shapes)
        received = request.state.received if facts["raw"] else None
        try:
            outcome = await self.backend.commit(document, received, agent=who.name, reason=reason, revise=revise)
        except VersionConflict as error:  # with what came in meanwhile
            raise VersionConflict(over_http(str(error))) from None
        iri = f"{LIMITS.base}v/{outcome['version']}/{facts['iri'].rpartition('/')[2]}"
        value = {**json.loads(verdict), "result": outcome["result"], "iri": iri, "version": outcome["version"], "commit": outcome["sequence"]}
        if outcome["result"] == "refused":  # by what came in meanwhile
            return _refused(form, json.dumps(value).encode(), shapes)
        made = outcome["result"] == "committed"
        headers = {"X-Commit": str(outcome["sequence"] or outcome["head"]), "Location": "/id/" + iri.removeprefix(LIMITS.base)}
        return JSONResponse(value, 201 if made else 200, headers=headers)

    async def resource(self, request: Request) -> Response:
        """Everything that is stated of an IRI of ours, with the graph of each statement where the form can name it."""
        path = request.scope.get("raw_path", b"").decode("ascii", "replace").removeprefix("/id/")
        wish = wish_of(request, in_address(request))
        header = {"job": "resource", "iri": LIMITS.base + path, "accept": wish.accept or "*/*"}
        found = await unless_gone(request, self.backend.read(header, b"", wish))
        if "see" in found.facts:
            return RedirectResponse("/id/" + found.facts["see"].removeprefix(LIMITS.base), 303, headers={"Vary": "Accept"})
        if found.facts["media"] == HTML.header:
            value = {**json.loads(found.body), "stands": found.facts.get("stands", True)}
            return await self.pages.show(request, "id.html", value, commit=found.commit)
        etag = f'"{found.facts["etag"]}"'
        if knows(request, etag):
            return Response(status_code=304, headers={"ETag": etag, "Vary": "Accept", "X-Commit": str(found.commit)})
        return answered(found, ETag=etag)

    async def _judged(self, request: Request) -> tuple[dict[str, Any], bytes, bytes, bytes, int | None]:
        """A worker's judgement of a request's report: facts, verdict (JSON), document (JSON), validation report (Turtle), commit."""
        parameters = in_address(request)
        refuse_unknown(parameters, (*_FIELDS, "revise", "reason", "min-commit", "timeout"))
        media = media_of(request)
        if media not in MEDIA:
            raise WrongMediaType(f"'{shown(media)}' is not read here: send {', '.join(MEDIA)}, named in Content-Type.")
        fields = {name: value for name in _FIELDS if (value := parameters.one(name))}
        wish = wish_of(request, parameters, most=LIMITS.extract_seconds)
        header = {"job": "judge", "media": media, "fields": fields, "revise": _flag(parameters, "revise")}
        body = await body_of(request)
        request.state.received = body
        found = await unless_gone(request, self.backend.read(header, body, wish, self.backend.documents))
        first, second = found.facts["verdict"], found.facts["verdict"] + found.facts["document"]
        return found.facts, found.body[:first], found.body[first:second], found.body[second:], found.commit


def _form_of_verdict(request: Request) -> Form:
    """Whether a client likes JSON or a validation report better. Raises :class:`~claimgraph.model.errors.NotAcceptable` where it takes neither."""
    return choose(request.headers.get("accept", ""), (_VERDICT, TURTLE))


def _refused(form: Form, verdict: bytes, shapes: bytes) -> Response:
    """The answer to a report that its shapes refuse: problem details with what they found, or their validation report."""
    if form is TURTLE:
        return Response(shapes, 422, media_type=form.header)
    entry = json.loads(verdict)
    value = {**refused_value(entry["findings"]), "remarks": entry["remarks"]}
    return Response(json.dumps(value, ensure_ascii=False).encode("utf-8"), 422, media_type=PROBLEM)


def _reason_of(parameters: Parameters) -> str:
    reason = parameters.one("reason") or ""
    if len(reason) > LIMITS.reason_characters or "\0" in reason:
        raise BadParameter(f"'reason' is no sentence: send at most {LIMITS.reason_characters} characters, and no U+0000.")
    return reason


def _flag(parameters: Parameters, name: str) -> bool:
    value = parameters.one(name)
    if value not in (None, "true", "false"):
        raise BadParameter(f"'{name}' is {shown(str(value), 40)}: send true or false.")
    return value == "true"


def _form_of(request: Request, parameters: Parameters) -> str:
    named = parameters.one("format")
    if named is not None and named not in ("json", "csv"):
        raise BadParameter(f"'format' is {shown(named, 40)}: send json or csv.")
    return named or choose(request.headers.get("accept", ""), (JSON, CSV)).extension
