"""The pages of single claims, and of actors, facilities, places and outlets."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from claimgraph.ask.entity_claims import KINDS
from claimgraph.ask.results import TURTLE
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.vocabulary import CG, OA
from claimgraph.web.claim_pages import ClaimPages
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.pages import JSON, data
from claimgraph.web.sparql import answered, wish_of
from claimgraph.web.time_figure import time_figure

_FURTHEST = 10**6
_OVER_TIME = ("said", "relayed", "about")
_TITLES = {
    "said": "entity.said",
    "relayed": "entity.relayed",
    "spoken": "entity.spoken",
    "about": "entity.about",
    "actor": "entity.actor",
    "target": "entity.target",
    "helper": "entity.helper",
    "facility": "entity.facility",
    "place": "entity.place",
    "origin": "entity.from",
    "destination": "entity.destination",
    "counted": "entity.people",
}
_TURTLE = ".ttl"


class EntityPages(ClaimPages):
    """These pages, on a backend."""

    async def claim(self, request: Request) -> Response:
        """A claim as a sentence, with its words in place, its way to the reader, and what stands against it; ``/claims/HASH/REPORT/CLAIM``.

        ``/claims/REPORT/CLAIM`` leads to the version that stands.
        """
        if (turtle := await self._turtle(request, f"{LIMITS.base}v/")) is not None:
            return turtle
        found, name, form = await self._of(request, "claim", "claim", lines=LIMITS.page_claims)
        if "see" in found.facts:
            return RedirectResponse(found.facts["see"] + (".json" if form is JSON else ""), 303)
        value = json.loads(found.body)
        if form is JSON:
            return data(value, found.commit)
        forms = _forms(f"/claims/{name}")
        return await self.pages.show(request, "claim.html", {**value, "data_forms": forms}, commit=found.commit)

    async def entity(self, request: Request) -> Response:
        """An actor, facility, place or outlet, ``/entities/KEY``; with ``list`` one list of its claims, by ``page``.

        What has a key and is none of these leads to its own page.
        """
        if (turtle := await self._turtle(request, LIMITS.base)) is not None:
            return turtle
        parameters = in_address(request)
        chosen, page = parameters.one("list"), parameters.whole("page", 1, _FURTHEST) or 1
        lines = LIMITS.page_claims if chosen is not None else -(-LIMITS.page_claims // 2)  # of several lists on one page the beginnings
        found, name, form = await self._of(request, "entity", "entity", list=chosen, page=page, lines=lines)
        if "see" in found.facts:
            return RedirectResponse(found.facts["see"] + (".json" if form is JSON and not found.facts["see"].startswith("/id/") else ""), 303)
        value = json.loads(found.body)
        if form is JSON:
            return data(value, found.commit)
        asked = f"?{urlencode({'list': chosen, 'page': page})}" if chosen is not None else ""
        forms = _forms(f"/entities/{name}", asked)
        value |= {"figures": {part: time_figure(value[part]["time"]["spans"]) for part in _OVER_TIME if part in value}}
        key = value["entity"]["key"]
        queries, path = _queries(value["entity"]["iri"]), f"/entities/{quote(key)}"
        shown = {**value, "titles": _TITLES, "queries": queries, "path": path, "data_forms": forms}
        return await self.pages.show(request, "entity.html", shown, commit=found.commit)

    async def _turtle(self, request: Request, space: str) -> Response | None:
        """What is stated of the thing, as Turtle, where the address ends in ``.ttl`` and there is such a thing without it."""
        name = request.path_params["name"]
        if not name.endswith(_TURTLE):
            return None
        header = {"job": "resource", "iri": space + name.removesuffix(_TURTLE), "accept": TURTLE.media}
        try:
            found = await unless_gone(request, self.backend.read(header, b"", wish_of(request, in_address(request))))
        except NotFound:
            return None
        return None if "see" in found.facts else answered(found)


def _forms(path: str, asked: str = "") -> list[dict[str, str]]:
    return [
        {"href": f"{path}.json{asked}", "media": JSON.media, "name": "JSON"},
        {"href": f"{path}{_TURTLE}", "media": TURTLE.media, "name": "Turtle"},
    ]


def _queries(iri: str) -> dict[str, Any]:
    """For each list of claims the address that asks for all of it in SPARQL."""
    return {name: f"/pages/sparql?{urlencode({'query': _query(name, iri)})}" for name in KINDS}


def _query(name: str, iri: str) -> str:
    """All claims of a kind, with what a table of them shows."""
    kind = KINDS[name]
    facts = f"?claim {CG.report} ?report ; {CG.polarity} ?polarity ; {CG.span}/{OA.hasSelector}/{OA.exact} ?words ."
    lines = [f"{{ {kind.pattern.replace('%s', f'<{iri}>')} }}", *filter(None, [kind.to_claim]), facts]
    body = "\n".join(f"  {line}" for line in lines)
    for prefix, space in (("cg", CG.iri), ("oa", OA.iri)):
        body = re.sub(f"<{re.escape(space)}([A-Za-z-]+)>", rf"{prefix}:\1", body)
    return f"SELECT DISTINCT ?claim ?report ?polarity ?words WHERE {{\n{body}\n}} LIMIT 1000"
