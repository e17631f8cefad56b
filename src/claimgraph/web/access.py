"""Who may ask for what: names that the service answers to, tokens and their scopes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from claimgraph.model.errors import Misuse, NotAllowed, NotSignedIn, WrongHost
from claimgraph.model.text import shown
from claimgraph.store.tokens import Tokens
from claimgraph.web.sessions import Session, Sessions

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_OPEN = ("/health", "/signin")  # what says nothing about the store
_OPEN_FOLDERS = ("/assets/", "/signin/")
_PROGRAMS = "/api"  # whose addresses know no browser's session
_WRITE, _WRITTEN = ("POST", "PUT", "DELETE"), ("/sparql", "/graphs", "/api/reports")
_REVIEWED = "/api/review"
_PORT = re.compile(r":[0-9]{1,5}$")
_ORIGIN = re.compile(r"https?://([a-z0-9_.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Who:
    """Who asks, and what they may."""

    name: str
    scopes: tuple[str, ...]


NOBODY = Who("", ("read",))


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def origins_of(given: Iterable[str]) -> frozenset[str]:
    """Origins as browsers send them. Raises :class:`Misuse` for what is none: ``*`` and ``null`` would be everybody."""
    found = frozenset(given)
    if wrong := sorted(origin for origin in found if not _ORIGIN.fullmatch(origin)):
        raise Misuse(f"'{shown(wrong[0])}' is no origin: give --origin a scheme, a host and perhaps a port in lower case, as in https://example.org.")
    return found


class Access:
    """The rules of one service. Reading is open to everybody only where nobody but this machine gets in."""

    def __init__(self, host: str, names: Iterable[str] = (), tokens: Tokens | None = None) -> None:
        """Rules for listening on ``host`` under further ``names``. Raises :class:`Misuse` where reading would be open to the world."""
        self.tokens = tokens
        self.sessions = Sessions(tokens) if tokens is not None else None
        self.reading_is_open = is_loopback(host)
        if not self.reading_is_open and (tokens is None or not tokens.any_standing()):
            raise Misuse(
                f"On {shown(host)} others than this machine could read the store: make tokens first, with "
                "'claimgraph token create NAME --scope read', or listen on 127.0.0.1."
            )
        listening = f"[{host}]" if ":" in host and not host.startswith("[") else host
        self._names = {name.lower() for name in (listening, *names, *(LOOPBACK if self.reading_is_open else ()))}

    def check_host(self, header: str) -> None:
        """Raise :class:`WrongHost` for a name that is not this service's: a page elsewhere may have led a browser here by one (DNS rebinding)."""
        if _PORT.sub("", header.lower()) not in self._names:
            raise WrongHost(f"This service does not answer to the name '{shown(header)}': name it with 'claimgraph serve --name'.")

    def who(self, authorization: str | None) -> Who:
        """Who sends a request with this header. Raises :class:`NotSignedIn` for a token that is not known, whatever is asked."""
        if authorization is None or self.tokens is None:
            return NOBODY if self.reading_is_open else Who("", ())
        kind, _, secret = authorization.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise NotSignedIn(
                "There is no token in 'Authorization': send 'Authorization: Bearer TOKEN', with one that 'claimgraph token create' made."
            )
        token = self.tokens.of(secret.strip())
        if token is None:
            raise NotSignedIn(
                "This token is not known, or was revoked: make one with 'claimgraph token create', and send 'Authorization: Bearer TOKEN' (on the "
                "command line: set CLAIMGRAPH_TOKEN)."
            )
        return Who(token.name, (*NOBODY.scopes, *token.scopes) if self.reading_is_open else token.scopes)

    def session(self, cookie: str, path: str) -> Session | None:
        """The session of a browser that asks for an address. Addresses of programs take tokens alone: no page can act there for its reader."""
        if self.sessions is None or path == _PROGRAMS or path.startswith(f"{_PROGRAMS}/"):
            return None
        return self.sessions.of(cookie)

    def reader(self, session: Session) -> Who:
        """Who asks with a session: somebody who reads at most. What a page's own form changes, the page allows by the session itself."""
        return Who(session.name, NOBODY.scopes if self.reading_is_open or "read" in session.scopes else ())


def refuse_stranger(who: Who, method: str, path: str) -> None:
    """Raise where somebody may not even read, unless they write: what writes asks for its own scope (:func:`allowed`)."""
    writes = "write" in who.scopes and method in _WRITE and (path in _WRITTEN or path.startswith("/graphs/"))
    writes = writes or ("review" in who.scopes and method in _WRITE and path == _REVIEWED)
    if not (writes or path in _OPEN or path.startswith(_OPEN_FOLDERS)):
        refuse_reader(who)


def refuse_reader(who: Who) -> None:
    """Raise for somebody who may not read."""
    if "read" not in who.scopes:
        _refuse(who, "read")


def allowed(request: Request, scope: str) -> Who:
    """Who asks, if they may. Raises :class:`NotSignedIn` or :class:`NotAllowed`."""
    who: Who = request.scope["claimgraph.who"]
    if scope not in who.scopes or not who.name:
        _refuse(who, scope)
    return who


def _refuse(who: Who, scope: str) -> None:
    if not who.name:
        raise NotSignedIn(f"This needs a token with the scope '{scope}': send 'Authorization: Bearer …' ('claimgraph token create' makes one).")
    raise NotAllowed(f"The token of {who.name} has not the scope '{scope}': make one that has it with 'claimgraph token create'.")
