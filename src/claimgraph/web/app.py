"""The application: what answers which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from claimgraph import __version__
from claimgraph.model.errors import BadRequest, ClaimgraphError, WrongMethod
from claimgraph.web.access import Access
from claimgraph.web.api import router
from claimgraph.web.assets import ADDRESS
from claimgraph.web.backend import Backend, EvidenceBackend
from claimgraph.web.described import BEARER, schemas
from claimgraph.web.errors import NothingHere, defect
from claimgraph.web.graphs import Graphs
from claimgraph.web.guard import Guard
from claimgraph.web.openapi import addresses, others, protocols
from claimgraph.web.pages import Pages
from claimgraph.web.site import site
from claimgraph.web.sparql import Sparql
from claimgraph.web.watch import Watch

_Handler = Callable[[Request], Awaitable[Response]]
_NAMING = ("id", "graphs")  # addresses that go on with a name, percent signs and all


class Service:
    """The ASGI application of one backend: protocols are answered at once, the API by FastAPI."""

    def __init__(self, backend: Backend, watch: Watch, pages: Pages) -> None:
        self.backend, self.watch, self.pages = backend, watch, pages
        self._protocols: dict[str, _Handler] = {"sparql": Sparql(backend), "graphs": Graphs(backend)}
        self._app = self._fastapi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            first, _, rest = scope["path"][1:].partition("/")
            handler = self._protocols.get(first)
            if first not in _NAMING and (b"%2f" in scope.get("raw_path", b"").lower() or not scope["path"].isprintable()):
                raise _nothing_here()  # who stands before us takes it for another address; routes overlook a line end
            if handler is not None and (first == "graphs" or not rest):
                request = Request(scope, receive)
                await (await handler(request))(scope, receive, send)
                return
            if first == "id":  # whose route ends at a line end, which a name may hold; the name itself is read from the raw path
                scope = {**scope, "path": scope["path"].replace("\n", " ")}
        await self._app(scope, receive, send)

    def _fastapi(self) -> FastAPI:
        app = FastAPI(title="claimgraph", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
        if isinstance(self.backend, EvidenceBackend):
            app.include_router(router(self.backend, self.pages))
            app.include_router(site(self.backend, self.pages))
        app.add_route(f"{ADDRESS}{{name:path}}", self.pages.assets.file, methods=["GET", "HEAD"])
        for path, handler in (("/health", self._health), ("/metrics", self._metrics), ("/openapi.json", self._openapi), ("/docs", self._docs)):
            app.add_route(path, handler, methods=["GET", "HEAD"])
        for kind in (ClaimgraphError, HTTPException, RequestValidationError, Exception):  # of the last the guard is told too, and logs it
            app.add_exception_handler(kind, self._told)
        return app

    async def _health(self, _: Request) -> Response:
        """Whether the service answers."""
        return JSONResponse({"status": "ok"})

    async def _metrics(self, _: Request) -> Response:
        """Figures for Prometheus."""
        return Response(self.watch.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _openapi(self, _: Request) -> Response:
        """The description for programs."""
        return JSONResponse(self._described())

    async def _docs(self, request: Request) -> Response:
        """The description for people."""
        link = Markup('<a href="/openapi.json">openapi.json</a>')
        return await self.pages.show(request, "docs.html", {"addresses": addresses(self._described()), "openapi": link})

    async def _told(self, request: Request, error: Exception) -> Response:
        """An error of a route in the one shape."""
        response = await self.pages.told(request, _known(request, error))
        if request.method not in ("GET", "HEAD"):
            response.headers["Connection"] = "close"  # the body may not have been read to its end
        return response

    def _described(self) -> dict[str, Any]:
        found = get_openapi(title="claimgraph", version=__version__, routes=self._app.routes, description="Who claims what about whom.")
        found["paths"] = {**found.get("paths", {}), **protocols(scratch=self.backend.is_scratch), **others()}
        found["components"] = {"schemas": schemas(), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
        found["security"] = [{}, *BEARER]  # reading, where it is open
        return found


def _known(request: Request, error: Exception) -> ClaimgraphError:
    """An error of a route, or of finding one, as one of ours."""
    if isinstance(error, ClaimgraphError):
        return error
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = _methods(request)
        return WrongMethod(f"{request.method} means nothing here: use {' or '.join(allowed)}.", allowed=allowed)
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.NOT_FOUND:
        return _nothing_here()
    if not isinstance(error, HTTPException | RequestValidationError):
        return defect()
    return BadRequest("The request is not one that this address takes: /docs says what it takes.")


def _methods(request: Request) -> tuple[str, ...]:
    """The methods that an address takes, of all routes that it has: one for each method, where FastAPI made them."""
    here = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return tuple(sorted({method for route in here for method in getattr(route, "methods", None) or ()}))


def _nothing_here() -> NothingHere:
    return NothingHere("There is nothing at this address: /docs lists what there is.")


def application(backend: Backend, access: Access, watch: Watch, origins: Iterable[str] = ()) -> ASGIApp:
    """The whole application, guarded."""
    pages = Pages()
    return Guard(Service(backend, watch, pages), access, watch, pages, origins)
