"""Pages: how a reader wants them, and templates rendered from data that a worker gave. Nothing here reads what came from outside but as text."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.results import HTML, Form, choose
from claimgraph.model.errors import BadRequest, ClaimgraphError, NotAcceptable
from claimgraph.model.vocabulary import label
from claimgraph.web.assets import Assets
from claimgraph.web.deceiving import marked, plainly
from claimgraph.web.errors import MEDIA as PROBLEM
from claimgraph.web.errors import problem, problem_value
from claimgraph.web.exchange import in_address
from claimgraph.web.messages import DIRECTIONS, LANGUAGES, Messages, grouped
from claimgraph.web.sessions import session_of

JSON = Form("application/json", "json")
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
THEMES = ("light", "dark")
VARY = "Accept, Accept-Language, Cookie"
# The pages that every page leads to: the key of the name, and the address.
NAVIGATION = (
    ("nav.home", "/"),
    ("nav.reports", "/reports"),
    ("nav.questions", "/questions"),
    ("nav.sparql", "/pages/sparql"),
    ("nav.check", "/check"),
    ("nav.review", "/review"),
    ("nav.api", "/docs"),
)
_PROGRAMS = ("sparql", "graphs", "api", "assets", "metrics", "health", "openapi.json")  # addresses where nobody wants a page
_COOKIE = "claimgraph-"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Reader:
    """How somebody reads: language, theme (empty: as the system is), and which of them the address has just chosen."""

    language: str
    theme: str
    chosen: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> Reader:
        """What a request tells: the address first (``?lang=en&theme=dark``), then the cookie, then Accept-Language; Arabic where nothing does."""
        try:
            asked = dict(in_address(request).pairs)
        except ClaimgraphError:  # an address that cannot be read is told of elsewhere
            asked = {}
        offered = {"lang": LANGUAGES, "theme": (*THEMES, "auto")}
        chosen = {name: asked[name] for name, values in offered.items() if asked.get(name) in values}
        kept = {name: chosen.get(name) or request.cookies.get(_COOKIE + name, "") for name in offered}
        language = kept["lang"] if kept["lang"] in LANGUAGES else _preferred(request.headers.get("accept-language", ""))
        return cls(language, kept["theme"] if kept["theme"] in THEMES else "", chosen)

    def remember(self, response: Response) -> None:
        """Have the browser keep what the address chose."""
        for name, value in self.chosen.items():
            response.set_cookie(_COOKIE + name, value, max_age=_YEAR, httponly=True, samesite="lax")


def _preferred(accepted: str) -> str:
    """The language of ours that a browser likes best (RFC 9110 12.5.4)."""
    best, weight = LANGUAGES[0], 0.0
    for part in accepted.split(","):
        name, _, quality = part.strip().lower().partition(";")
        language = name.strip().partition("-")[0]
        try:
            liked = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and liked > weight:
            best, weight = language, liked
    return best


class Pages:
    """The templates with what all of them use."""

    def __init__(self, assets: Assets | None = None) -> None:
        self.assets = assets or Assets()
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finished,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals.update(assets=self.assets, navigation=NAVIGATION, label=label)
        self._templates.filters.update(marked=marked, grouped=grouped)

    def render(self, request: Request, template: str, data: Mapping[str, Any]) -> str:
        """A template with data, as this reader wants it. ``t`` in it are the messages, ``lang``, ``dir`` and ``theme`` what their names say."""
        reader = Reader.of(request)
        spoken = Messages(reader.language)
        # Macros are imported with the context, so that they speak the reader's language.
        return self._templates.get_template(template).render(
            {
                "t": spoken,
                "lang": reader.language,
                "dir": DIRECTIONS[reader.language],
                "theme": reader.theme,
                "other": next(one for one in LANGUAGES if one != reader.language),
                "here": request.scope["path"],
                "address": lambda **changes: _address(request, changes),
                "data_forms": (),
                "signs_in": request.scope.get("claimgraph.sessions") is not None,
                "session": session_of(request),
                **data,
            }
        )

    async def show(
        self, request: Request, template: str, data: Mapping[str, Any], *, status: int = 200, policy: str = POLICY, commit: int | None = None
    ) -> Response:
        """A page; in a thread, since a long one takes a while. ``commit`` is what its data is as of. Who has it already is told so (304)."""
        text = await asyncio.to_thread(self.render, request, template, {"commit": commit, **data})
        body = text.encode("utf-8")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        # The policy stands on a 304 too: browsers put the headers of that on the page they have.
        headers = {"Vary": VARY, "ETag": tag, "Content-Security-Policy": policy} | ({} if commit is None else {"X-Commit": str(commit)})
        if status == HTTPStatus.OK and knows(request, tag):
            response = Response(status_code=304, headers=headers)
        else:
            response = Response(body, status, headers, HTML.header)
        Reader.of(request).remember(response)
        return response

    async def told(self, request: Request, error: ClaimgraphError) -> Response:
        """An error: as a page where a browser asks for one, else as problem details."""
        plain = problem(error)
        if not _wants_a_page(request):
            return plain
        value = problem_value(error)
        page = await self.show(request, "error.html", {"problem": value}, status=error.status)
        for name, held in plain.headers.items():
            if name not in ("content-type", "content-length"):
                page.headers[name] = held
        return page


def knows(request: Request, tag: str) -> bool:
    """Whether a client says that it has the answer with this tag."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return known == ["*"] or tag in known


def form_of(request: Request, *more: Form) -> Form:
    """What a client likes best: the page, its data (``application/json``, or an address that ends so), or one of ``more``.

    Raises :class:`NotAcceptable`.
    """
    if request.scope["path"].endswith(".json"):
        return JSON
    return choose(request.headers.get("accept", ""), (HTML, JSON, *more))


def data(value: Mapping[str, Any], commit: int | None) -> Response:
    """A page's data form."""
    headers = {"Vary": VARY} | ({} if commit is None else {"X-Commit": str(commit)})
    return Response(json.dumps({**value, "commit": commit}, ensure_ascii=False).encode("utf-8"), 200, headers, JSON.media)


def _wants_a_page(request: Request) -> bool:
    """Whether somebody reads what comes back: a browser that goes to an address of the pages, and not a program that asks one of its own."""
    if request.scope["path"][1:].partition("/")[0] in _PROGRAMS:
        return False
    try:
        return choose(request.headers.get("accept", ""), (Form(PROBLEM, "json", ("application/json",)), HTML)) is HTML
    except NotAcceptable:
        return False


def _finished(value: object) -> object:
    """Whatever a template writes: what would act on the text around it is written by its number, should the template not mark it."""
    return plainly(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _address(request: Request, changes: Mapping[str, str]) -> str:
    """The address of this page with other parameters; of a page that came for a form, its own."""
    try:
        pairs = [] if request.method == "POST" else [(name, value) for name, value in in_address(request).pairs if name not in changes]
    except BadRequest:
        pairs = []
    return "?" + urlencode([*pairs, *changes.items()])
