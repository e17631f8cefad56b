"""SPARQL 1.1 Protocol: queries and updates over HTTP, and the description of the service where nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from claimgraph.ask.query import Dataset
from claimgraph.ask.results import GRAPHS, HTML, choose, write_graph
from claimgraph.model.errors import BadRequest, WrongMediaType, WrongMethod
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.web.access import allowed, refuse_reader
from claimgraph.web.backend import Answered, Backend, Wish
from claimgraph.web.description import describe
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, parameters_of, unless_gone

_QUERY, _UPDATE, _FORM = "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LATEST_COMMIT = 2**53
LONGEST_TIMEOUT = 86_400


@dataclass(frozen=True)
class _Operation:
    """What a request asks for: a query or an update, or the description of the service if neither (of a browser: the page)."""

    query: bytes | None
    update: bytes | None
    parameters: Parameters


class Sparql:
    """The address ``/sparql``."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        if request.method not in _METHODS:
            raise WrongMethod(f"{request.method} means nothing here: use GET or POST.", allowed=_METHODS)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(_METHODS)})
        operation = await _operation(request)
        if operation.update is None:
            refuse_reader(request.scope["claimgraph.who"])
        wish = wish_of(request, operation.parameters)
        if operation.update is not None:
            return await self._update(request, operation.update, operation.parameters, wish)
        if operation.query is None:
            if not self.backend.is_scratch and choose(wish.accept, (*GRAPHS, HTML)) is HTML:
                return RedirectResponse("/pages/sparql", 303, headers={"Vary": "Accept"})
            return await self._description(request, wish)
        dataset = Dataset(operation.parameters.all("default-graph-uri"), operation.parameters.all("named-graph-uri"))
        return answered(await unless_gone(request, self.backend.query(operation.query, dataset, wish, address_of(request))))

    async def _update(self, request: Request, update: bytes, parameters: Parameters, wish: Wish) -> Response:
        dataset = Dataset(parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri"))
        agent = "" if self.backend.is_scratch else allowed(request, "write").name
        commit = await self.backend.update(update, dataset, wish, address_of(request), agent)
        return Response(status_code=204, headers={} if commit is None else {"X-Commit": str(commit)})

    async def _description(self, request: Request, wish: Wish) -> Response:
        form = choose(wish.accept, GRAPHS)
        counts = await unless_gone(request, self.backend.counts(wish))
        triples = describe(address_of(request), counts, updates=self.backend.is_scratch)
        return Response(write_graph(triples, form), media_type=form.header, headers={"Vary": "Accept"})


async def _operation(request: Request) -> _Operation:
    parameters = in_address(request)
    if request.method != "POST":
        if parameters.all("update"):
            raise BadRequest("An update changes the store, so it is sent with POST.")
        query = parameters.one("query")
        return _Operation(None if query is None else query.encode("utf-8"), None, parameters)
    media = media_of(request)
    if media not in (_QUERY, _UPDATE, _FORM):
        raise WrongMediaType(f"'{shown(media)}' is not read here: send {_QUERY}, {_UPDATE} or {_FORM}, named in Content-Type.")
    body = await body_of(request)
    if media != _FORM:
        if parameters.all("query") or parameters.all("update"):
            raise BadRequest("The body has a query or update, and the address another: send one.")
        return _Operation(body if media == _QUERY else None, body if media == _UPDATE else None, parameters)
    form = Parameters((*parameters.pairs, *parameters_of(body).pairs))
    query, update = form.one("query"), form.one("update")
    if (query is None) == (update is None):
        raise BadRequest("A form has either 'query' or 'update', once: send one of the two.")
    return _Operation(None if query is None else query.encode("utf-8"), None if update is None else update.encode("utf-8"), form)


def wish_of(request: Request, parameters: Parameters, *, most: float | None = None) -> Wish:
    """What a request wants besides its answer: ``timeout`` (seconds) below the limit is honoured, ``min-commit`` must be shown."""
    limit = LIMITS.query_seconds if most is None else most
    timeout = parameters.number("timeout", LIMITS.deadline_seconds, LONGEST_TIMEOUT)
    seconds = limit if timeout is None else min(timeout, limit)
    return Wish(request.headers.get("accept", ""), seconds, parameters.whole("min-commit", 0, LATEST_COMMIT))


def address_of(request: Request) -> str:
    """The address as the client wrote it, without its parameters."""
    return f"{request.url.scheme}://{request.headers['host']}{request.url.path}"


def answered(found: Answered, **more: str) -> Response:
    """An answer with what its header tells: the commit it is as of, and whether there was more."""
    headers = {"Vary": "Accept", **more}
    if found.commit is not None:
        headers["X-Commit"] = str(found.commit)
    if found.facts.get("truncated"):
        headers["X-Truncated"] = "true"
    return Response(found.body, headers=headers, media_type=found.media)
