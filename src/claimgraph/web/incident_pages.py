"""The page of an incident: one job gives its data; here its figures get their places."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.results import CSV
from claimgraph.model.limits import LIMITS
from claimgraph.web.axis import in_time, intervals
from claimgraph.web.backend import EvidenceBackend
from claimgraph.web.exchange import in_address, unless_gone
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.sparql import wish_of


class IncidentPages:
    """Pages of incidents, on a backend."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def incident(self, request: Request) -> Response:
        """An incident: ``/incidents/KEY``, as data with ``.json`` or ``.csv`` behind it."""
        key, _, ending = request.path_params["key"].partition(".")
        as_csv = ending == "csv" or (not ending and form_of(request, CSV) is CSV)
        named = key if ending in ("", "csv", "json") else f"{key}.{ending}"
        header = {"job": "incident", "incident": named, "lines": LIMITS.page_claims, "form": "csv" if as_csv else "json"}
        found = await unless_gone(request, self.backend.read_once(header, wish_of(request, in_address(request))))
        if as_csv:
            return Response(found.body, 200, {"X-Commit": str(found.commit), "Vary": "Accept"}, CSV.header)
        value = json.loads(found.body)
        if form_of(request) is JSON:
            return data(value, found.commit)
        forms = [{"href": f"/incidents/{key}.{form.extension}", "media": form.media, "name": form.extension.upper()} for form in (JSON, CSV)]
        return await self.pages.show(request, "incident.html", {**value, **drawn(value), "data_forms": forms}, commit=found.commit)


def drawn(value: dict[str, Any]) -> dict[str, Any]:
    """The figures of an incident: its competing numbers, those of one party alone, who held what, and what the map is drawn from."""
    groups = [{**group, "axis": intervals(group["origins"]), "rows": intervals(group["rows"])["rows"]} for group in value["numbers"]]
    for group in groups:
        group["origins"] = group["axis"]["rows"]
        of = [row["of"] for row in group["origins"]]
        group["people"] = of[0] if all(one == of[0] for one in of) else []
    groups.sort(key=lambda group: not group["disputed"])
    control = value["control"]
    return {
        "competing": [group for group in groups if group["disputed"] or group["parties"] > 1],
        "single": [group for group in groups if not group["disputed"] and group["parties"] == 1],
        "control": {**control, "time": in_time(control["rows"])} if control else None,
        "drawn": shaded(value["places"]),
    }


def shaded(places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a map is drawn from: governorates with their names and the number of claims."""
    return [{"key": row["key"], "claims": row["claims"], **{one: row["name"][one][0]["text"] for one in ("ar", "en")}} for row in places]
