"""SPARQL 1.1 Graph Store HTTP Protocol: whole graphs, named by a parameter (indirect) or by the address itself (direct)."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import Response

from claimgraph.model.errors import BadParameter, BadRequest, WrongMethod
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.web.access import allowed
from claimgraph.web.backend import Backend
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, unless_gone
from claimgraph.web.sparql import address_of, answered, wish_of

PATH = "/graphs"
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_AS_IS = "%:/?#[]@!$&'()*+,;=~"  # what a header keeps of an IRI; other letters than ASCII's it cannot hold


class Graphs:
    """The address ``/graphs`` and those below it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        if request.method not in _METHODS:
            raise WrongMethod(f"{request.method} means nothing here: use {', '.join(_METHODS)}.", allowed=_METHODS)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(_METHODS)})
        parameters = in_address(request)
        wish = wish_of(request, parameters)
        name = self._named(request, parameters)
        if request.method in ("GET", "HEAD"):
            if name is None:
                raise BadRequest("Which graph? Add ?graph=IRI or ?default to the address.")
            return answered(await unless_gone(request, self.backend.graph(name, wish)))
        return await self._write(request, name)

    async def _write(self, request: Request, name: str | None) -> Response:
        agent = "" if self.backend.is_scratch else allowed(request, "write").name
        if name is None:
            if request.method != "POST":
                raise BadRequest("Which graph? Add ?graph=IRI to the address.")
            name = self._new(request, agent)
        is_write = request.method != "DELETE"
        media = request.headers.get("content-type", "") if is_write else ""
        if is_write:
            media_of(request)  # refuses other encodings before the body is read
        body = await body_of(request)
        wish = wish_of(request, in_address(request))
        there, commit = await self.backend.write_graph(request.method, name, body, media, wish, address_of(request), agent)
        headers = {} if commit is None else {"X-Commit": str(commit)}
        if is_write and not there:
            return Response(status_code=201, headers={**headers, "Location": quote(name, safe=_AS_IS)})
        return Response(status_code=204, headers=headers)

    def _named(self, request: Request, parameters: Parameters) -> str | None:
        """The graph that a request names; empty for the default graph, ``None`` if it names none. Raises :class:`BadRequest`."""
        path = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0].removeprefix(PATH).removeprefix("/")
        graph, default = parameters.one("graph"), parameters.one("default")
        if sum((bool(path), graph is not None, default is not None)) > 1:
            raise BadRequest("The address names two graphs: name one, by ?graph=IRI, by ?default, or by its path.")
        if default:
            raise BadParameter(f"'default' is {shown(default, 40)}: it takes no value.")
        if graph is None and not path:
            return "" if default is not None else None
        return _iri(graph if graph is not None else self._space(request) + path)

    def _space(self, request: Request) -> str:
        """What names of graphs begin with that are given by an address: ours, or in a scratch store the address's own."""
        return f"{request.url.scheme}://{request.headers['host']}{PATH}/" if self.backend.is_scratch else LIMITS.base

    def _new(self, request: Request, agent: str) -> str:
        return (self._space(request) if self.backend.is_scratch else Base(LIMITS.base).workspace(agent)) + uuid.uuid4().hex


def _iri(text: str) -> str:
    """An absolute IRI. Raises :class:`BadRequest`."""
    try:
        return NamedNode(text).value
    except ValueError:
        raise BadRequest(f"'{shown(text, 200)}' is no absolute IRI: name the graph by one, percent-encoded.") from None
