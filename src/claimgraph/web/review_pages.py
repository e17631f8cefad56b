"""The pages of review: ``/review`` lists what waits, ``/review/REPORT/CLAIM`` shows one claim and takes what is decided on it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from claimgraph.model.errors import ClaimgraphError, NotFound, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.store.write_client import error_from
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.errors import problem_value, refused_value
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, unless_gone
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.review_api import decision_of, findings_of, wanted_of
from claimgraph.web.sessions import is_ours, refuse_elsewhere, session_of
from claimgraph.web.sparql import wish_of

PATH = "/review"
_MEDIA = "application/x-www-form-urlencoded"
_NARROWS = ("report", "least", "most")


class ReviewPages:
    """The pages on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def listed(self, request: Request) -> Response:
        """The candidates, by report or the most confident first; ``report``, ``least`` and ``most`` narrow them, ``cursor`` goes on."""
        parameters = Parameters(
            tuple((name, value) for name, value in in_address(request).pairs if value)
        )  # a form sends fields that are left empty too
        header = {**wanted_of(parameters), "limit": parameters.whole("limit", 1, LIMITS.page_rows) or LIMITS.page_claims}
        found = await self._asked(request, {"job": "review_list", **header})
        value = json.loads(found.body)
        if form_of(request) is JSON:
            return data(value, found.commit)
        chosen = {name: word for name, word in parameters.pairs if name in (*_NARROWS, "by")}
        shown = {**value, "decided": parameters.one("decided") or "", "given": {**dict.fromkeys((*_NARROWS, "by"), ""), **chosen}}
        forms = [{"href": "/review.json" + (f"?{urlencode(chosen)}" if chosen else ""), "media": JSON.media, "name": "JSON"}]
        return await self.pages.show(
            request, "review.html", {**shown, "longest_why": LIMITS.reason_characters, "data_forms": forms}, commit=found.commit
        )

    async def claim(self, request: Request) -> Response:
        """A claim with what may be decided on it; and what becomes of a form that decides."""
        if request.method != "POST":
            return await self._show(request, {})
        refuse_elsewhere(request)
        if media_of(request) != _MEDIA:
            raise WrongMediaType(f"This page takes its own form ({_MEDIA}): send decisions of programs to /api/review.")
        body = await body_of(request, LIMITS.decision_bytes)
        session = session_of(request)
        if session is None:
            return await self._show(request, {"denied": "nobody"}, 401)
        if "review" not in session.scopes:
            return await self._show(request, {"denied": "scope"}, 403)
        read = await self._asked(request, {"job": "deciding", **request.path_params}, body)
        if not is_ours(session, read.facts["csrf"]):
            return await self._show(request, {"denied": "forged", "typed": read.facts["typed"]}, 403)
        return await self._decide(request, session.name, read)

    async def _decide(self, request: Request, who: str, read: Answered) -> Response:
        """Have the decision taken, and lead on; else the page once more, with what was typed and what is wrong."""
        facts, typed = read.facts, {"typed": read.facts["typed"]}
        try:
            if facts["wrong"] is not None:
                raise error_from(facts["wrong"])
            found = await self.backend.decide(decision_of(facts["decision"], read.body), agent=who)
        except ClaimgraphError as error:
            try:
                return await self._show(request, {**typed, "failed": problem_value(error)}, error.status)
            except NotFound:  # the version that stands now has no such claim
                raise error from None
        if found["result"] == "refused":
            return await self._show(request, {**typed, "failed": refused_value(findings_of(found))}, 422)
        report, claim = facts["decision"]["report"], facts["decision"]["claims"][0]
        commit = found["sequence"] or found["head"]
        to_list = facts["to"] == "list"
        told = urlencode({"decided": f"{report}/{claim}" if to_list else claim, "min-commit": commit})
        return RedirectResponse(f"{PATH}?{told}" if to_list else f"/reports/{report}?{told}", 303)

    async def _show(self, request: Request, value: dict[str, Any], status: int = 200) -> Response:
        found = await self._asked(request, {"job": "review_claim", **request.path_params})
        about = json.loads(found.body)
        if request.method != "POST" and form_of(request) is JSON:
            return data(about, found.commit)
        blank: dict[str, Any] = {"denied": "", "failed": None, "typed": {"why": "", "fields": {}, "source": ""}}
        told = {**about, **blank, **value, "longest_why": LIMITS.reason_characters}
        page = await self.pages.show(request, "review_claim.html", told, commit=found.commit, status=status)
        if request.method == "POST":
            page.headers["Cache-Control"] = "private, no-store"
        return page

    async def _asked(self, request: Request, header: dict[str, Any], body: bytes = b"") -> Answered:
        return await unless_gone(request, self.backend.read(header, body, wish_of(request, in_address(request))))
