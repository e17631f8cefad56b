"""The pages of reports, incidents and claims: each asks one job, and shows what it gives or gives it as it is."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.results import HTML, TURTLE, Form, choose
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import Answered, EvidenceBackend, Wish
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.pages import JSON, Pages, data
from claimgraph.web.sparql import answered, wish_of

_AS_JSON = {".json": JSON}
_ENDINGS = {**_AS_JSON, ".ttl": TURTLE}
_OF_THE_SNAPSHOT = ("entity",)  # jobs that read nothing else; what a report's archive holds is looked at each time


class ClaimPages:
    """Pages of what is claimed, on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def report(self, request: Request) -> Response:
        """A report's text with its claims in place; ``/reports/ID`` for the version that stands, ``/reports/HASH/ID`` for any.

        ``.json`` and ``.ttl`` behind it give it as data.
        """
        found, name, form = await self._of(request, "report", "report", _ENDINGS)
        value = json.loads(found.body)
        report = value["report"]
        if form is JSON:
            return data(value, found.commit)
        if form is TURTLE:
            header = {"job": "graph", "graph": report["iri"], "accept": TURTLE.media}
            return answered(await unless_gone(request, self.backend.read(header, b"", wish_of(request, in_address(request)))))
        text = in_text(value["stretches"], {claim["id"]: claim for claim in value["claims"]})
        forms = [{"href": f"/reports/{name}.json", "media": JSON.media, "name": "JSON"}]
        if report["stands"]:
            forms.append({"href": f"/reports/{name}.ttl", "media": TURTLE.media, "name": "Turtle"})
        decided = in_address(request).one("decided") or ""
        shown = {**value, "text": text, "decided": decided, "longest_why": LIMITS.reason_characters, "data_forms": forms}
        return await self.pages.show(request, "report.html", shown, commit=found.commit)

    async def _of(self, request: Request, job: str, named: str, endings: Mapping[str, Form] = _AS_JSON, **header: Any) -> tuple[Answered, str, Form]:
        """What a job gives for what the address names, its name as in an address, and the form that is wanted: by an ending, or by Accept.

        A name may end like a form: then the page is that of the thing so named, unless another has the name without it.
        """
        name, wish = request.path_params["name"], wish_of(request, in_address(request))
        ending = next((one for one in endings if name.endswith(one)), None)
        if ending is not None:
            tried = name.removesuffix(ending)
            with suppress(NotFound):
                found = await unless_gone(request, self._asked({"job": job, named: tried, **header}, wish))
                return found, quote(tried), endings[ending]
        found = await unless_gone(request, self._asked({"job": job, named: name, **header}, wish))
        return found, quote(name), choose(request.headers.get("accept", ""), (HTML, JSON))

    def _asked(self, header: dict[str, Any], wish: Wish) -> Coroutine[Any, Any, Answered]:
        return self.backend.read_once(header, wish) if header["job"] in _OF_THE_SNAPSHOT else self.backend.read(header, b"", wish)


def in_text(stretches: list[dict[str, Any]], claims: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
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
