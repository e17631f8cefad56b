"""Who is signed in with a browser: sessions, which begin at a one-time address or with a token, and end with the service.

A session is known by a cookie of 256 bits of chance; the service keeps its digest in memory, never the cookie. What a session may is read for every
request: that of a token ends as soon as the token is taken back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from claimgraph.model.errors import NotAllowed, NotSignedIn
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.store.tokens import Tokens

_MOST = 1_000  # sessions at a time: each is one sign-in, and the oldest makes room
_COOKIE = "claimgraph-session"


@dataclass(frozen=True)
class Session:
    """A session as a request finds it: whose it is, what it allows, and what its forms carry to show that they are ours."""

    name: str
    scopes: tuple[str, ...]
    csrf: str


@dataclass(frozen=True)
class _Held:
    """What is kept of a session; ``token`` is the digest of the token that it began with, if it did."""

    name: str
    scopes: tuple[str, ...]
    csrf: str
    until: float
    token: str | None = None


class Sessions:
    """The sessions of one service."""

    def __init__(self, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens, self._clock = tokens, clock
        self._invited: dict[str, _Held] = {}
        self._held: dict[str, _Held] = {}

    def invite(self, name: str, scopes: Iterable[str]) -> str:
        """The secret of a one-time address, at which a session under this name begins."""
        secret = secrets.token_urlsafe(32)
        self._invited[_digest(secret)] = _Held(name, tuple(scopes), "", self._clock() + LIMITS.signin_seconds)
        return secret

    def accept(self, secret: str) -> str:
        """The cookie of a session that begins at a one-time address. Raises :class:`NotSignedIn` where that was used, is too old, or never was."""
        invited = self._invited.pop(_digest(secret), None)
        if invited is None or invited.until <= self._clock():
            raise NotSignedIn(
                "This address signs nobody in: it works once, and not for long. Sign in with a token ('claimgraph token create' makes one), or start "
                "the service again, which prints another address."
            )
        return self._begin(invited.name, invited.scopes)

    def enter(self, token: str) -> str:
        """The cookie of a session that begins with a token. Raises :class:`NotSignedIn` for one that is not known."""
        found = self._tokens.of(token)
        if found is None:
            raise NotSignedIn("This token is not known, or was revoked: make one with 'claimgraph token create', and paste it whole.")
        return self._begin(found.name, found.scopes, found.digest)

    def of(self, cookie: str) -> Session | None:
        """The session of a cookie, unless it ended, or its token was taken back."""
        held = self._held.get(_digest(cookie)) if cookie else None
        if held is None:
            return None
        if held.until <= self._clock() or (held.token is not None and not self._tokens.stands(held.token)):
            self.end(cookie)
            return None
        return Session(held.name, held.scopes, held.csrf)

    def end(self, cookie: str) -> None:
        """End a session."""
        self._held.pop(_digest(cookie), None)

    def _begin(self, name: str, scopes: tuple[str, ...], token: str | None = None) -> str:
        now = self._clock()
        self._held = {digest: held for digest, held in self._held.items() if held.until > now}
        while len(self._held) >= _MOST:
            del self._held[next(iter(self._held))]
        cookie = secrets.token_urlsafe(32)
        self._held[_digest(cookie)] = _Held(name, scopes, secrets.token_urlsafe(32), now + LIMITS.session_seconds, token)
        return cookie


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def cookie_name(host: str) -> str:
    """The cookie of the service that this Host names: browsers keep cookies of all ports together, and two services may run on a machine."""
    port = host.rpartition(":")[2]
    return f"{_COOKIE}-{port}" if port.isascii() and port.isdigit() else _COOKIE


def cookie_of(request: Request) -> str:
    """The cookie that a request brings; empty if none."""
    return request.cookies.get(cookie_name(request.headers.get("host", "")), "")


def keep(request: Request, response: Response, cookie: str) -> None:
    """Have the browser keep a session's cookie: for no script, for no request that another site began, and encrypted where it came so."""
    encrypted = request.headers.get("origin", "").startswith("https://")
    name, seconds = cookie_name(request.headers["host"]), int(LIMITS.session_seconds)
    response.set_cookie(name, cookie, max_age=seconds, httponly=True, samesite="strict", secure=encrypted)


def forget(request: Request, response: Response) -> None:
    """Have the browser drop it."""
    response.delete_cookie(cookie_name(request.headers["host"]), httponly=True, samesite="strict")


def sessions_of(request: Request) -> Sessions:
    """The sessions of the service that a request came to."""
    found: Sessions = request.scope["claimgraph.sessions"]
    return found


def session_of(request: Request) -> Session | None:
    """Who is signed in with the browser that a request came from. A request with a token is a program's, and has no session."""
    found: Session | None = request.scope.get("claimgraph.session")
    return found


def refuse_elsewhere(request: Request) -> None:
    """Raise :class:`NotAllowed` for a form that was not sent from a page of this service. Browsers tell, and whoever does not is none."""
    host = request.headers["host"].lower()
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    ours = origin is not None and origin.lower() in (f"http://{host}", f"https://{host}")  # the latter where a proxy stands before us
    if (site is None and ours) or (site == "same-origin" and (ours or origin in (None, "null"))):
        return
    whose = shown(origin) if origin not in (None, "null") else "another site, or of a program"
    raise NotAllowed(f"This form is sent from its own page, not from one of {whose}: open the page here. Programs use the addresses under /api.")


def is_ours(session: Session, csrf: str) -> bool:
    """Whether a form comes from a page that this session was shown."""
    return hmac.compare_digest(session.csrf.encode(), csrf.encode("utf-8", "surrogatepass"))


def refuse_forged(session: Session, csrf: str) -> None:
    """Raise :class:`NotAllowed` for a form that comes from no page that this session was shown."""
    if not is_ours(session, csrf):
        raise NotAllowed("This form is of another sign-in than yours now: load its page again.")
