"""What stands before every address: the Host, the token, the headers of every answer, and an error for everything that goes wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from claimgraph.model.errors import BadRequest, ClaimgraphError, NotAllowed, Unavailable
from claimgraph.model.text import shown
from claimgraph.web.access import NOBODY, Access, refuse_stranger
from claimgraph.web.assets import ADDRESS
from claimgraph.web.errors import ClientGone, defect
from claimgraph.web.pages import Pages
from claimgraph.web.sessions import cookie_of
from claimgraph.web.watch import Watch

_GONE = 499
_SAFE = ("GET", "HEAD", "OPTIONS")
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}
_EXPOSED = "X-Commit, X-Truncated, ETag, Location, Link, Retry-After"


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, access: Access, watch: Watch, pages: Pages, origins: Iterable[str] = ()) -> None:
        self.app, self.access, self.watch, self.pages = app, access, watch, pages
        self._origins = frozenset(origins)
        self._always = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        began, status, commit = time.perf_counter(), 0, ""
        headers = Headers(scope=scope)
        origin = headers.get("origin")

        async def answer(message: Message) -> None:
            nonlocal status, commit
            if message["type"] == "http.response.start":
                status = message["status"]
                given = MutableHeaders(raw=list(message["headers"]))
                commit = given.get("x-commit", "")
                self._finish(given, origin)
                if scope.get("claimgraph.session") is not None:
                    _keep_private(given, scope["path"])
                message = {**message, "headers": given.raw}
            await send(message)

        scope["claimgraph.who"] = NOBODY
        try:
            await self._guarded(scope, receive, answer, headers)
        except ClientGone:
            status = _GONE
        except asyncio.CancelledError:  # the service ends, and has waited for this one as long as it does
            await self._tell(Unavailable("The service is ending: ask again when it runs."), scope, receive, answer, started=status > 0)
        except ClaimgraphError as error:
            await self._tell(error, scope, receive, answer, started=status > 0)
        except Exception as error:  # noqa: BLE001  # the last place where a traceback can become a sentence
            self.watch.defect(error)
            await self._tell(defect(), scope, receive, answer, started=status > 0)
        finally:
            who = scope["claimgraph.who"].name
            self.watch.request(scope["method"], scope["path"], status or _GONE, time.perf_counter() - began, who, commit)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1:
            raise BadRequest("A request names its host once.")
        self.access.check_host(hosts[0])
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers and headers.get("origin") in self._origins:
            await _preflight(send)
            return
        scope["claimgraph.who"] = self.access.who(headers.get("authorization"))
        scope["claimgraph.sessions"] = self.access.sessions
        if "authorization" not in headers and (session := self.access.session(cookie_of(Request(scope)), scope["path"])) is not None:
            scope["claimgraph.session"], scope["claimgraph.who"] = session, self.access.reader(session)
        refuse_stranger(scope["claimgraph.who"], scope["method"], scope["path"])
        if scope["method"] not in _SAFE and self.access.tokens is None:
            self._refuse_pages_elsewhere(headers.get("origin"), headers.get("sec-fetch-site", ""), hosts[0])
        await self.app(scope, receive, send)

    def _refuse_pages_elsewhere(self, origin: str | None, site: str, host: str) -> None:
        """Raise for what a browser sends for a page that is not ours: a scratch store is changed without a token, but not by any page."""
        ours = (f"http://{host.lower()}", f"https://{host.lower()}")  # the latter where a proxy stands before us
        is_elsewhere = site in ("cross-site", "same-site") if origin is None else origin not in self._origins and origin.lower() not in ours
        if is_elsewhere:
            whose = shown(origin or "another site")
            raise NotAllowed(f"A page of {whose} may not change this store: allow its origin with 'claimgraph serve --origin'.")

    async def _tell(self, error: ClaimgraphError, scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
        if started:  # too late for another status: the answer breaks off, and its length shows it
            return
        response = await self.pages.told(Request(scope), error)
        if scope["method"] not in ("GET", "HEAD"):
            response.headers["Connection"] = "close"  # the body may not have been read to its end
        await response(scope, receive, send)

    def _finish(self, headers: MutableHeaders, origin: str | None) -> None:
        given = {name for name, _ in headers.raw}
        headers.raw.extend((name, value) for name, value in self._always if name not in given)
        if self._origins:
            headers.add_vary_header("Origin")
            if origin in self._origins:
                headers["Access-Control-Allow-Origin"] = str(origin)
                headers["Access-Control-Expose-Headers"] = _EXPOSED
                headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _keep_private(headers: MutableHeaders, path: str) -> None:
    """What somebody who is signed in is shown is for nobody else; their pages have forms, whose origin the browser tells us under this policy."""
    if not path.startswith(ADDRESS):
        headers["Cache-Control"] = "private, no-store"
        headers["Referrer-Policy"] = "same-origin"


async def _preflight(send: Send) -> None:
    """What a browser asks before it sends more than a simple request from a configured origin."""
    headers = [
        (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, DELETE"),
        (b"access-control-allow-headers", b"Accept, Authorization, Content-Type"),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
