"""The pages' addresses. Each asks a job for its data and shows it by a template, or gives it as it is to whoever wants data."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from claimgraph.ask.catalogue import catalogue, question_value
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.check_page import PATH as CHECK
from claimgraph.web.check_page import CheckPage
from claimgraph.web.claim_pages import ClaimPages
from claimgraph.web.entity_pages import EntityPages
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.incident_pages import IncidentPages
from claimgraph.web.list_pages import ListPages
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.question_pages import QuestionPages
from claimgraph.web.reference_pages import PATHS as REFERENCE
from claimgraph.web.reference_pages import ReferencePages
from claimgraph.web.review_pages import PATH as REVIEW
from claimgraph.web.review_pages import ReviewPages
from claimgraph.web.signing_in import PATH as SIGN_IN
from claimgraph.web.signing_in import SigningIn
from claimgraph.web.sparql import wish_of
from claimgraph.web.sparql_page import PATH, SparqlPage

_LATEST = 10  # reports on the first page
Handler = Callable[[Request], Awaitable[Response]]


def site(backend: EvidenceBackend, pages: Pages) -> APIRouter:
    """The routes of all pages."""
    routes = APIRouter()
    home, sparql, claims = Home(backend, pages), SparqlPage(backend, pages), ClaimPages(backend, pages)
    for path in ("/", "/home.json"):
        add(routes, path, home.page)
    add(routes, PATH, sparql.page, "POST")
    add(routes, f"{PATH}/terms.json", sparql.terms)
    lists, questions = ListPages(backend, pages), QuestionPages(backend, pages)
    for path in ("/reports", "/reports.json", "/reports.csv"):
        add(routes, path, lists.reports)
    for path in ("/search", "/search.json"):
        add(routes, path, lists.search)
    for path in ("/questions", "/questions.json"):
        add(routes, path, questions.index)
    add(routes, "/questions/{name}", questions.page)
    add(routes, "/reports/{name:path}", claims.report)
    add(routes, "/incidents/{key}", IncidentPages(backend, pages).incident)
    entities = EntityPages(backend, pages)
    add(routes, "/claims/{name:path}", entities.claim)
    add(routes, "/entities/{name:path}", entities.entity)
    reference = ReferencePages(pages)
    for path in REFERENCE:
        add(routes, path, reference.page)
        add(routes, f"{path}.json", reference.page)
    add(routes, CHECK, CheckPage(backend, pages).page, "POST")
    review = ReviewPages(backend, pages)
    for path in (REVIEW, f"{REVIEW}.json"):
        add(routes, path, review.listed)
    add(routes, f"{REVIEW}/{{report}}/{{claim}}", review.claim, "POST")
    signing_in = SigningIn(pages)
    add(routes, SIGN_IN, signing_in.page, "POST")
    add(routes, f"{SIGN_IN}/{{secret}}", signing_in.once)
    routes.add_route("/signout", signing_in.out, methods=["POST"], include_in_schema=False)
    return routes


def add(routes: APIRouter, path: str, handler: Handler, *methods: str) -> None:
    """A page's address; its description is the page itself."""
    routes.add_route(path, handler, methods=["GET", "HEAD", *methods], include_in_schema=False)


async def page_data(backend: EvidenceBackend, request: Request, job: str, **header: Any) -> Answered:
    """What a job gives for a page, until its client goes; the address may say ``timeout`` and ``min-commit``."""
    wish = wish_of(request, in_address(request))
    return await unless_gone(request, backend.read_once({"job": job, **header}, wish))


class Home:
    """The first page: what the store holds, and the questions."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def page(self, request: Request) -> Response:
        """Answer a request."""
        form = form_of(request)
        found = await page_data(self.backend, request, "home")
        listed = await page_data(self.backend, request, "reports", outlet="", month="", page=1, limit=_LATEST, form="json")
        disputed = await page_data(self.backend, request, "disputes", lines=LIMITS.page_claims)
        value = {
            **json.loads(found.body),
            "latest": json.loads(listed.body)["reports"],
            "disputes": json.loads(disputed.body),
            "questions": [question_value(one) for one in catalogue().values()],
        }
        if form is JSON:
            return data(value, found.commit)
        return await self.pages.show(request, "home.html", {**value, "data_forms": [_as_json("/home.json")]}, commit=found.commit)


def _as_json(href: str) -> dict[str, str]:
    return {"media": JSON.media, "href": href, "name": "JSON"}
