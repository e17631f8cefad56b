"""Signing in with a browser: ``/signin`` with a token, ``/signin/SECRET`` once with what ``serve`` printed, and ``/signout``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from claimgraph.ask.results import HTML, choose
from claimgraph.model.errors import NotSignedIn, WrongMediaType
from claimgraph.web.errors import problem_value
from claimgraph.web.exchange import Parameters, body_of, in_address, media_of, parameters_of
from claimgraph.web.pages import Pages
from claimgraph.web.sessions import cookie_of, forget, keep, refuse_elsewhere, refuse_forged, session_of, sessions_of

PATH = "/signin"
_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 8 << 10  # of a form that anybody may send: a token is far shorter
_LEADS_TO = ("/", "/check", "/review")  # where somebody may want to go on


class SigningIn:
    """The pages on which somebody signs in and out."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def page(self, request: Request) -> Response:
        """The form for a token, and what becomes of it."""
        choose(request.headers.get("accept", ""), (HTML,))
        parameters = in_address(request)
        if request.method != "POST":
            return await self._form(request, _leading_to(parameters))
        form = await _form_of(request)
        if (session := session_of(request)) is not None:
            refuse_forged(session, form.one("csrf") or "")
        leading_to = _leading_to(form)
        try:
            cookie = sessions_of(request).enter((form.one("token") or "").strip())
        except NotSignedIn as error:
            return await self._form(request, leading_to, error)
        return _signed_in(request, cookie, leading_to)

    async def once(self, request: Request) -> Response:
        """The one-time address. Who looks at it beforehand (HEAD, a browser that loads what may be wanted) does not use it up."""
        if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
            return Response(status_code=204)
        try:
            cookie = sessions_of(request).accept(request.path_params["secret"])
        except NotSignedIn as error:
            return await self._form(request, "/", error)
        return _signed_in(request, cookie, "/")

    async def out(self, request: Request) -> Response:
        """Sign out, by the form that every page has."""
        form = await _form_of(request)
        if (session := session_of(request)) is not None:
            refuse_forged(session, form.one("csrf") or "")
            sessions_of(request).end(cookie_of(request))
        response = RedirectResponse("/", 303)
        forget(request, response)
        return response

    async def _form(self, request: Request, leading_to: str, error: NotSignedIn | None = None) -> Response:
        value = {"leading_to": leading_to, "wrong": problem_value(error) if error else None}
        page = await self.pages.show(request, "signin.html", value, status=error.status if error else 200)
        page.headers["Referrer-Policy"] = "same-origin"  # under which browsers tell whence a form comes
        return page


def _leading_to(parameters: Parameters) -> str:
    wanted = parameters.one("to")
    return wanted if wanted in _LEADS_TO else "/"


async def _form_of(request: Request) -> Parameters:
    """The form that was sent, from a page of ours."""
    refuse_elsewhere(request)
    if media_of(request) != _FORM:
        raise WrongMediaType(f"This address takes its own form ({_FORM}).")
    return parameters_of(await body_of(request, _MOST_BYTES))


def _signed_in(request: Request, cookie: str, leading_to: str) -> Response:
    """Lead on with the cookie of a new session; the one before it ends."""
    sessions_of(request).end(cookie_of(request))
    response = RedirectResponse(leading_to, 303, headers={"Cache-Control": "private, no-store"})
    keep(request, response, cookie)
    return response
