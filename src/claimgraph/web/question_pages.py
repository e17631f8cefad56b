"""The questions as pages: ``/questions`` lists them, ``/questions/NAME`` is a form with the answer beneath.

What the form sends is what the API takes (``/api/questions/NAME``), where the answer is to be had as data.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.catalogue import NAMED, Question, catalogue, question, question_value
from claimgraph.ask.results import CSV
from claimgraph.model.errors import BadParameter, QueryStopped, error_of
from claimgraph.model.limits import LIMITS
from claimgraph.web.backend import Answered, EvidenceBackend
from claimgraph.web.errors import problem_value
from claimgraph.web.exchange import Parameters, in_address, unless_gone
from claimgraph.web.incident_pages import shaded
from claimgraph.web.pages import JSON, Pages, Reader, data, form_of
from claimgraph.web.sparql import wish_of

FEW = 100  # choices up to which a field is a list to choose from, above it one to write in
_OURS = ("lang", "theme", "limit", "cursor", "reviewed", "timeout", "min-commit")
_LABELS = ("agent", "entity", "incident", "facility", "concept")
_MOST_LABELS = 2
_BARS = 20


class QuestionPages:
    """The pages of the catalogue."""

    def __init__(self, backend: EvidenceBackend, pages: Pages) -> None:
        self.backend, self.pages = backend, pages

    async def index(self, request: Request) -> Response:
        """All questions."""
        if form_of(request) is JSON:
            return data({"questions": [question_value(one) for one in catalogue().values()]}, None)
        forms = [_form("/questions.json", JSON.media, "JSON")]
        return await self.pages.show(request, "questions.html", {"questions": list(catalogue().values()), "data_forms": forms})

    async def page(self, request: Request) -> Response:
        """One question. What its form does not take is said at the field, with the status that the API gives."""
        found = question(request.path_params["name"].removesuffix(".json"))
        parameters = in_address(request)
        given = _given(parameters)
        reviewed = _flag(parameters, "reviewed")
        header = {
            "job": "question",
            "question": found.name,
            "parameters": given,
            "reviewed": reviewed,
            "cursor": parameters.one("cursor") or None,
            "limit": parameters.whole("limit", 1, LIMITS.page_rows) or LIMITS.list_rows,
        }
        as_data = form_of(request) is JSON
        answered, stopped = await self._asked(request, header, parameters, as_data=as_data)
        value = json.loads(answered.body)
        faults = list(value["faults"].values())
        if as_data:
            if faults:
                raise error_of(faults[0]["code"], faults[0]["detail"])
            return data({**value, "question": question_value(found)}, answered.commit)
        language = Reader.of(request).language
        shown = {
            **value,
            "question": found,
            "columns": [column for column in found.columns if column.language in (None, language)],
            "fields": [_field(one.name, value["choices"][one.name], given.get(one.name), one.default) for one in found.parameters],
            "named_types": NAMED,
            "reviewed": reviewed,
            "cursor": header["cursor"],
            "stopped": stopped,
            "chart": chart(found, value["answer"]) if value["answer"] else None,
            "drawn": shaded(value["answer"]["places"]) if value["answer"] else [],
            "data_forms": _data_forms(found, given, reviewed=reviewed),
            "in_sparql": _in_sparql(found, given, value["sparql"], reviewed=reviewed),
        }
        status = stopped["status"] if stopped else faults[0]["status"] if faults else 200
        return await self.pages.show(request, "question.html", shown, status=status, commit=answered.commit)

    async def _asked(
        self, request: Request, header: dict[str, Any], parameters: Parameters, *, as_data: bool
    ) -> tuple[Answered, dict[str, Any] | None]:
        """The question's data; without an answer where that took too long, which is told besides."""
        wish = wish_of(request, parameters)
        try:
            return await unless_gone(request, self.backend.read_once({**header, "answers": True}, wish)), None
        except QueryStopped as error:
            if as_data:
                raise
            stopped = problem_value(error)
        plain = wish_of(request, Parameters(tuple(pair for pair in parameters.pairs if pair[0] != "timeout")))
        return await unless_gone(request, self.backend.read_once({**header, "answers": False}, plain)), stopped


def _given(parameters: Parameters) -> dict[str, str]:
    """The values of a question's own parameters: of boxes that are ticked, several; a field left empty says nothing."""
    values: dict[str, list[str]] = {}
    for name, value in parameters.pairs:
        if name not in _OURS and value.strip():
            values.setdefault(name, []).append(value.strip())
    return {name: ",".join(several) for name, several in values.items()}


def _flag(parameters: Parameters, name: str) -> bool:
    value = parameters.one(name)
    if value not in (None, "", "true", "false"):
        raise BadParameter(f"'{name}' takes true or false.")
    return value == "true"


def _field(name: str, choices: list[dict[str, str]], given: str | None, default: tuple[str, ...]) -> dict[str, Any]:
    """What a field shows: its choices, and what is chosen by what was given or by default; what is no choice stays as it was written."""
    words = [word.strip().removeprefix(LIMITS.base) for word in (given.split(",") if given is not None else default)]
    known = {choice["key"]: choice for choice in choices}
    return {
        "name": name,
        "choices": choices,
        "few": len(choices) <= FEW,
        "chosen": words,
        "other": ", ".join(word for word in words if word not in known and (word,) != default),
        "named": known.get(words[0]),
        "open": default == ("any",),
    }


def _form(href: str, media: str, name: str) -> dict[str, str]:
    return {"href": href, "media": media, "name": name}


def _data_forms(found: Question, given: dict[str, str], *, reviewed: bool) -> list[dict[str, str]]:
    """Where the whole answer is to be had as data: the API, with what the form says."""
    asked = {**given, **({"reviewed": "true"} if reviewed else {})}
    path = f"/api/questions/{found.name}"
    as_json = f"{path}?{urlencode(asked)}" if asked else path
    return [_form(as_json, JSON.media, "JSON"), _form(f"{path}?{urlencode({**asked, 'format': 'csv'})}", CSV.media, "CSV")]


def _in_sparql(found: Question, given: dict[str, str], query: str | None, *, reviewed: bool) -> str:
    """Where the query is to be changed: the question by its name, or as it was asked."""
    own = {one.name: ",".join(one.default) for one in found.parameters}
    if query is None or (not reviewed and all(own.get(name) == value for name, value in given.items())):
        return f"/pages/sparql?question={found.name}"
    return f"/pages/sparql?{urlencode({'query': query})}"


def chart(found: Question, answer: dict[str, Any]) -> dict[str, Any] | None:
    """The largest rows as bars, where an answer says a number of things that have names; ``None`` where it says something else."""
    place = next((number for number, column in enumerate(found.columns) if column.type == "integer"), 0)
    labels, measured = found.columns[:place], found.columns[place]
    if not 1 <= len(labels) <= _MOST_LABELS or any(column.type not in _LABELS for column in labels):
        return None
    rows = sorted((row for row in answer["rows"] if row[measured.name]), key=lambda row: -row[measured.name])[:_BARS]
    if len(rows) <= 1:
        return None
    most = rows[0][measured.name]
    bars = [
        {
            "labels": [(column, row[column.name]) for column in labels],
            "number": row[measured.name],
            "share": f"{100 * row[measured.name] / most:.4g}",
        }
        for row in rows
    ]
    return {"measured": measured, "by": labels, "bars": bars}
