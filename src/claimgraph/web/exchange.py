"""What every address does alike: reading a request's parameters and body within limits, and ending work whose client is gone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from claimgraph.model.errors import BadParameter, BadRequest, TooLarge, TooSlow, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.web.errors import ClientGone

T = TypeVar("T")
_PATIENCE = 0.05  # seconds before a client is watched for leaving: most work is done by then
_FIELDS = 2_000
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,30})?(e-?[0-9]{1,2})?", re.IGNORECASE)  # float() reads other digits, spaces and underscores too


@dataclass(frozen=True)
class Parameters:
    """Names and values of an address or a form, in order; a name may come more than once."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a name."""
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, name: str) -> str | None:
        """The value of a name that may come once. Raises :class:`BadRequest` if it comes twice."""
        found = self.all(name)
        if len(found) > 1:
            raise BadRequest(f"'{name}' comes {len(found)} times: send it once.")
        return found[0] if found else None

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number within bounds. Raises :class:`BadParameter`."""
        text = self.one(name)
        if text is None:
            return None
        if not (_NUMBER.fullmatch(text) and least <= float(text) <= most):
            raise BadParameter(f"'{name}' is {shown(text, 40)}: send a number from {least:g} to {most:g}.")
        return float(text)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds. Raises :class:`BadParameter`."""
        text = self.one(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise BadParameter(f"'{name}' is {shown(text, 40)}: send a whole number from {least} to {most}.")
        return int(text)


def parameters_of(data: bytes) -> Parameters:
    """The parameters in a query string or a form's body. Raises :class:`BadRequest` for what is no UTF-8, or too much."""
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS)
    except UnicodeError:
        raise BadRequest("The parameters are not percent-encoded UTF-8: encode them anew.") from None
    except ValueError:
        raise BadRequest(f"There are more than {_FIELDS} parameters: send fewer.") from None
    return Parameters(tuple(pairs))


def in_address(request: Request) -> Parameters:
    """The parameters of a request's address."""
    return parameters_of(request.scope["query_string"])


def refuse_unknown(parameters: Parameters, known: tuple[str, ...]) -> None:
    """Raise :class:`BadParameter` for a parameter that says nothing here: it may be a mistyped one that would."""
    for name, _ in parameters.pairs:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise BadParameter(f"'{shown(name)}' is no parameter of this address: {takes}.")


def media_of(request: Request) -> str:
    """The media type of a request's body, in lower case without parameters; empty if it is not told. Raises :class:`WrongMediaType`."""
    media, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((value.strip("\"'") for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"), "utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii") and media not in (
        "text/html",
        "text/plain",
    ):  # of pages, the bytes are kept and decoded with care
        raise WrongMediaType(f"The body is said to be in {shown(charset)}: send UTF-8.")
    return media


async def body_of(request: Request, most: int | None = None) -> bytes:
    """A request's body, of at most ``most`` bytes (``document_bytes``).

    Raises :class:`TooLarge`, :class:`TooSlow`, :class:`WrongMediaType` for one that is packed, :class:`ClientGone`.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("Packed bodies are not read: send it without Content-Encoding.")
    most = LIMITS.document_bytes if most is None else most
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    chunks, size = [], 0
    try:
        async with asyncio.timeout(LIMITS.receive_seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except TimeoutError:
        raise too_slow() from None
    except ClientDisconnect:
        raise ClientGone from None
    return b"".join(chunks)


def too_slow() -> TooSlow:
    """What a client is told that takes too long over its request."""
    return TooSlow(f"The request took longer than {LIMITS.receive_seconds:g} s to arrive (CLAIMGRAPH_RECEIVE_SECONDS): send it again.")


def _too_large(most: int) -> TooLarge:
    setting = " (CLAIMGRAPH_DOCUMENT_BYTES)" if most == LIMITS.document_bytes else ""
    return TooLarge(f"The body has more than the {most} bytes allowed{setting}: send less.")


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of some work, which ends when the client goes; its body must have been read. Raises :class:`ClientGone`."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        if not done:
            await _watched(request, task)
        return await task
    finally:
        task.cancel()


async def _watched(request: Request, task: Awaitable[Any]) -> None:
    gone = asyncio.ensure_future(_gone(request))
    try:
        done, _ = await asyncio.wait({asyncio.ensure_future(task), gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
    if gone in done:
        raise ClientGone


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
