"""The page on which a report is checked and let in, ``/check``: a form that works without scripts and keeps what was typed until it is right."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from claimgraph.ask.check_jobs import FIELDS
from claimgraph.ask.form_data import MEDIA
from claimgraph.model.errors import BadParameter, ClaimgraphError, Unavailable, VersionConflict, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.claim_pages import in_text
from claimgraph.web.errors import problem_value
from claimgraph.web.exchange import body_of, in_address, media_of, unless_gone
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.sessions import Session, is_ours, refuse_elsewhere, session_of
from claimgraph.web.sparql import wish_of

PATH = "/check"
_EMPTY = {"text": "", "as": "auto", "kept": "", "reason": "", "revise": False, **dict.fromkeys(FIELDS, "")}
_STATUS = {"conflict": 409, "refused": 422, "unreadable": 422}


class CheckPage:
    """The page on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def page(self, request: Request) -> Response:
        """The form; what is found in a report that was sent by it; its document as a file; or the way to the report once it is let in."""
        wants_data = form_of(request) is JSON
        if request.method != "POST":
            found = await self._asked(request, {"job": "check_form"}, b"")
            value = {**json.loads(found.body), "form": _EMPTY, "result": ""}
            return data(value, found.commit) if wants_data else await self._show(request, value, found.commit)
        found = await self._judged(request)
        facts, value = found.facts, json.loads(found.body[: found.facts["value"]])
        rest = found.body[facts["value"] :]
        document, received = rest[: facts["document"]], rest[facts["document"] :] if facts["received"] else None
        if facts["do"] == "document" and document:
            return _as_file(document)
        status = 200
        if facts["do"] == "commit":
            response, status = await self._commit(request, value, facts, document, received)
            if response is not None:
                return response
        return data(value, found.commit) if wants_data else await self._show(request, value, found.commit, status)

    async def _judged(self, request: Request) -> Answered:
        refuse_elsewhere(request)
        if media_of(request) != MEDIA:
            raise WrongMediaType(f"This page takes its own form ({MEDIA}): send reports of programs to /api/validate and /api/reports.")
        body = await body_of(request)
        return await self._asked(request, {"job": "checked", "content_type": request.headers["content-type"]}, body)

    async def _asked(self, request: Request, header: dict[str, Any], body: bytes) -> Answered:
        wish = wish_of(request, in_address(request), most=LIMITS.extract_seconds)
        return await unless_gone(request, self.backend.read(header, body, wish, self.backend.documents))

    async def _commit(
        self, request: Request, value: dict[str, Any], facts: dict[str, Any], document: bytes, received: bytes | None
    ) -> tuple[Response | None, int]:
        """Let a report in for whoever is signed in, and lead to its page; else what keeps it out is put in the page, with the status."""
        session = session_of(request)
        if session is None or (status := _denied(session, facts["csrf"], value)):
            return None, status if session is not None else _unsigned(value)
        if value["result"] not in ("valid", "unchanged"):
            return None, value["wrong"]["status"] if value["wrong"] else _STATUS[value["result"]]
        if len(facts["reason"]) > LIMITS.reason_characters or "\0" in facts["reason"]:
            raise BadParameter(f"'reason' is no sentence: send at most {LIMITS.reason_characters} characters, and no U+0000.")
        try:
            outcome = await self.backend.commit(document, received, agent=session.name, reason=facts["reason"], revise=facts["revise"])
            if outcome["result"] == "refused":
                raise Unavailable("What came in meanwhile changes what the shapes say: check it again.")
        except ClaimgraphError as error:
            value["failed"] = problem_value(error)
            if isinstance(error, VersionConflict):
                value |= {"result": "conflict", "standing": {"id": value["view"]["report"]["id"], "version": ""}}
            return None, error.status
        if outcome["result"] == "unchanged":
            value["result"] = "unchanged"
            return None, 200
        return RedirectResponse(f"/reports/{value['view']['report']['id']}?min-commit={outcome['sequence']}", 303), 303

    async def _show(self, request: Request, value: dict[str, Any], commit: int | None, status: int = 200) -> Response:
        text: list[dict[str, Any]] = []
        if view := value.get("view"):
            text = in_text(view["stretches"], {claim["id"]: claim for claim in view["claims"]})
        base: dict[str, Any] = {"view": None, "denied": "", "failed": None}
        told = {**base, **value, "text": text, "longest_reason": LIMITS.reason_characters}
        page = await self.pages.show(request, "check.html", told, commit=commit, status=status)
        page.headers["Referrer-Policy"] = "same-origin"  # under which browsers tell whence a form comes
        if request.method == "POST":
            page.headers["Cache-Control"] = "private, no-store"
        return page


def _unsigned(value: dict[str, Any]) -> int:
    value["denied"] = "nobody"
    return 401


def _denied(session: Session, csrf: str, value: dict[str, Any]) -> int:
    """The status for somebody who may not write, or whose form is not of this sign-in; 0 for whoever may."""
    value["denied"] = "scope" if "write" not in session.scopes else "" if is_ours(session, csrf) else "forged"
    return 403 if value["denied"] else 0


def _as_file(document: bytes) -> Response:
    """A claims document to be kept, and corrected by hand."""
    value = json.loads(document)
    headers = {"Content-Disposition": f'attachment; filename="{value["report"]["id"]}.json"', "Cache-Control": "private, no-store"}
    return Response(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"), headers=headers, media_type=JSON.media)
