"""A form as browsers send it with files (multipart/form-data, RFC 7578), read for a worker: bytes exactly as they were sent."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from claimgraph.model.errors import BadRequest
from claimgraph.model.text import shown

MEDIA = "multipart/form-data"
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]{1,70})\"|([^\s\";,]{1,70}))", re.IGNORECASE)
_NAME = re.compile(r"""[;\s]name="([^"]*)\"""")
_FILE = re.compile(r"""[;\s]filename="([^"]*)\"""")
_MOST_PARTS = 40


@dataclass(frozen=True)
class Part:
    """A field's bytes; ``file`` is the name of an uploaded file, which is empty where none was chosen, and ``None`` for other fields."""

    data: bytes
    file: str | None


def parts_of(body: bytes, content_type: str, known: Collection[str]) -> dict[str, Part]:
    """The fields of a form by name, of which only the ``known`` ones may come, each once. Raises :class:`BadRequest`."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise BadRequest("The form names no boundary: send it as a browser does.")
    first, *pieces = (b"\r\n" + body).split(b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace"), _MOST_PARTS)
    if first or not pieces or not pieces[-1].startswith(b"--"):
        raise BadRequest("The form is not whole, or not divided as it says: send it as a browser does.")
    parts: dict[str, Part] = {}
    for piece in pieces[:-1]:
        name, part = _part(piece)
        if name not in known:
            raise BadRequest(f"'{shown(name)}' is no field of this form: it has {', '.join(known)}.")
        if name in parts:
            raise BadRequest(f"'{name}' comes more than once: send it once.")
        parts[name] = part
    return parts


def _part(piece: bytes) -> tuple[str, Part]:
    head, apart, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise BadRequest("The form's fields are not named in UTF-8: send it as a browser does.") from None
    told = next((line for line in lines if line.lower().startswith("content-disposition:")), "")
    name, file = _NAME.search(told), _FILE.search(told)
    if not apart or name is None:
        raise BadRequest("A field of the form has no name: send it as a browser does.")
    return name[1], Part(data, file[1] if file else None)


def text_of(part: Part | None, name: str) -> str:
    """A field's text, its line ends as they are written here. Raises :class:`BadRequest` for what is no UTF-8."""
    try:
        return lines_of(part.data.decode("utf-8")) if part else ""
    except UnicodeDecodeError as error:
        raise BadRequest(f"The field '{name}' is not UTF-8 (byte {error.start}): send it as a browser does.") from None


def lines_of(text: str) -> str:
    """A text with one line end: browsers write others into what they send."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
