"""The pages of reports, incidents and claims: each asks one job, and shows what it gives or gives it as it is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.results import HTML, TURTLE, choose
from claimgraph.model.errors import NotFound
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.pages import JSON, Pages, data
from claimgraph.web.sparql import wish_of

_SUFFIX = ".json"


class ClaimPages:
    """Pages of what is claimed, on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def report(self, request: Request) -> Response:
        """A report's text with its claims in place; ``/reports/ID`` for the version that stands, ``/reports/HASH/ID`` for any."""
        found, name, as_data = await self._of(request, "report", "report")
        value = json.loads(found.body)
        if as_data:
            return data(value, found.commit)
        report = value["report"]
        text = _in_text(value["stretches"], {claim["id"]: claim for claim in value["claims"]})
        forms = [_form(f"/reports/{name}{_SUFFIX}", JSON.media, "JSON")]
        if report["stands"]:
            forms.append(_form(f"/graphs/v/{report['version']}/{report['id']}", TURTLE.media, "Turtle"))
        return await self.pages.show(request, "report.html", {**value, "text": text, "data_forms": forms}, commit=found.commit)

    async def _of(self, request: Request, job: str, named: str, **header: Any) -> tuple[Answered, str, bool]:
        """What a job gives for what the address names, its name, and whether it is wanted as data: by ``.json`` behind it, or by Accept.

        A report's id may end so too: then the page is that of the report, unless another has the name without it.
        """
        name = request.path_params["name"]
        wish = wish_of(request, in_address(request))
        ends = name.endswith(_SUFFIX)
        try:
            tried = name.removesuffix(_SUFFIX)
            found = await unless_gone(request, self.backend.read({"job": job, named: tried, **header}, b"", wish))
        except NotFound:
            if not ends:
                raise
            ends, tried = False, name
            found = await unless_gone(request, self.backend.read({"job": job, named: name, **header}, b"", wish))
        return found, quote(tried), ends or choose(request.headers.get("accept", ""), (HTML, JSON)) is JSON


def _form(href: str, media: str, name: str) -> dict[str, str]:
    return {"href": href, "media": media, "name": name}


def _in_text(stretches: list[dict[str, Any]], claims: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The stretches of a text with how each is marked, and which claims begin there."""
    begun: set[str] = set()
    told = []
    for one in stretches:
        here = [claims[claim] for claim in one["claims"]]
        classes = dict.fromkeys(claim["polarity"] for claim in here)
        candidate = {"candidate": None} if any(claim["review"] == "candidate" for claim in here) else {}
        begins = [claim for claim in one["claims"] if claim not in begun]
        begun.update(begins)
        told.append({**one, "classes": " ".join({**classes, **candidate}), "begins": begins})
    return told
