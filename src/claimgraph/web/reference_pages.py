"""The reference: ``/reference`` leads to every term of the ontology, every rule of the shapes and every question, each with what it means.

It is rendered from the files that the program reads; the examples are of the bundled samples, and a test holds them to what is answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.catalogue import Question, catalogue, question_value
from claimgraph.model.resources import folder
from claimgraph.web.pages import JSON, Pages, data, form_of
from claimgraph.web.reference_terms import ONTOLOGY_PAGE, ontology, shapes

INDEX, SHAPES_PAGE, QUESTIONS_PAGE = "/reference", "/reference/shapes", "/reference/questions"
PATHS = (INDEX, ONTOLOGY_PAGE, SHAPES_PAGE, QUESTIONS_PAGE)


class ReferencePages:
    """The pages of the reference. They ask no store, so what they say is the same in every one."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def page(self, request: Request) -> Response:
        """Answer a request for one of :data:`PATHS`, as a page or as its data (the same address with ``.json``)."""
        path = request.scope["path"].removesuffix(".json")
        template, value = _SHOWN[path]
        if form_of(request) is JSON:
            return data(value(), None)
        forms = [{"href": f"{path}.json", "media": JSON.media, "name": "JSON"}]
        return await self.pages.show(request, template, {**value(), "data_forms": forms})


def _counts() -> dict[str, Any]:
    terms = ontology()
    concepts = sum(len(scheme["concepts"]) for scheme in terms["schemes"])
    return {
        "terms": len(terms["classes"]) + len(terms["properties"]) + concepts,
        "rules": len(shapes()),
        "questions": len(catalogue()),
    }


def _shapes() -> dict[str, Any]:
    return {"rules": shapes()}


@cache
def _questions() -> dict[str, Any]:
    """Each question with an example: how it is asked of the samples, and the first rows that come."""
    examples = json.loads((folder("queries") / "examples.json").read_text(encoding="utf-8"))
    return {"questions": [{**_told(one), "example": _example(one, examples[one.name])} for one in catalogue().values()]}


def _told(one: Question) -> dict[str, Any]:
    value = question_value(one)
    for told, parameter in zip(value["parameters"], one.parameters, strict=True):
        told["description"] = dict(parameter.description)
    for told, column in zip(value["columns"], one.columns, strict=True):
        told["description"] = dict(column.description)
    return value


def _example(one: Question, example: dict[str, Any]) -> dict[str, Any]:
    given = example["parameters"]
    words = ["claimgraph", "ask", one.name, *(f"--param {name}={value}" for name, value in given.items())]
    return {**example, "command": " ".join(words), "href": f"/questions/{one.name}?{urlencode(given)}" if given else f"/questions/{one.name}"}


# The template of each page, and its data.
_SHOWN: Mapping[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    INDEX: ("reference.html", _counts),
    ONTOLOGY_PAGE: ("reference-ontology.html", ontology),
    SHAPES_PAGE: ("reference-shapes.html", _shapes),
    QUESTIONS_PAGE: ("reference-questions.html", _questions),
}
