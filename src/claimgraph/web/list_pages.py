"""The pages by which things are found: the list of reports, and search."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.results import CSV
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.sparql import answered, wish_of

_FURTHEST = 10**6


class ListPages:
    """Pages of lists, on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def reports(self, request: Request) -> Response:
        """The reports, newest first: ``outlet`` and ``month`` narrow them, ``page`` goes on; ``/reports.csv`` has all of these."""
        parameters = in_address(request)
        chosen = {name: value for name in ("outlet", "month") if (value := parameters.one(name))}
        form = CSV if request.scope["path"].endswith(".csv") else form_of(request, CSV)
        page = parameters.whole("page", 1, _FURTHEST) or 1
        header = {"outlet": "", "month": "", **chosen, "page": page, "limit": LIMITS.list_rows, "form": form.extension}
        found = await self._read(request, "reports", header)
        if form is CSV:
            return answered(found)
        value = json.loads(found.body)
        if form is JSON:
            return data(value, found.commit)
        forms = [_form("/reports.json", {**chosen, "page": str(page)}, JSON.media, "JSON"), _form("/reports.csv", chosen, CSV.media, "CSV")]
        return await self.pages.show(request, "reports.html", {**value, "data_forms": forms}, commit=found.commit)

    async def search(self, request: Request) -> Response:
        """What the words in ``q`` find."""
        sought = (in_address(request).one("q") or "").strip()
        found = await self._read(request, "searched", {"sought": sought, "limit": LIMITS.list_rows})
        value = json.loads(found.body)
        if form_of(request) is JSON:
            return data(value, found.commit)
        forms = [_form("/search.json", {"q": sought}, JSON.media, "JSON")] if sought else []
        return await self.pages.show(request, "search.html", {**value, "sought": sought, "data_forms": forms}, commit=found.commit)

    async def _read(self, request: Request, job: str, header: dict[str, Any]) -> Answered:
        return await unless_gone(request, self.backend.read_once({"job": job, **header}, wish_of(request, in_address(request))))


def _form(path: str, parameters: dict[str, str], media: str, name: str) -> dict[str, str]:
    return {"href": f"{path}?{urlencode(parameters)}" if parameters else path, "media": media, "name": name}
