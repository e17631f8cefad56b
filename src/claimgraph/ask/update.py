"""Updates as data: what INSERT DATA and DELETE DATA say, and graphs that come as RDF. Runs in a worker, never where the store is written.

Everything is read into an empty store, so that terms come out as the index would keep them (Oxigraph writes ``"01"^^xsd:integer`` as ``"1"``)
and what was inserted can be named again to delete it.
"""

from __future__ import annotations

from bisect import bisect_left
from email import message_from_bytes, policy
from email.message import EmailMessage

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from claimgraph.ask.gate import Outline, Word, check
from claimgraph.ask.query import PREFIXES
from claimgraph.ask.results import GRAPHS, RDF_XML, Form
from claimgraph.model.errors import BadQuery, BadRequest, NotAllowed, WrongMediaType
from claimgraph.model.text import shown

Step = tuple[bool, list[Quad]]
READ = tuple(form for form in GRAPHS if form is not RDF_XML)  # RDF/XML from outside is not read: its entities grow without end
_PARSED = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/ld+json": RdfFormat.JSON_LD,
}


def read_update(text: str, base: str) -> list[Step]:
    """The steps of an update of INSERT DATA and DELETE DATA alone: whether each adds, and what.

    Raises :class:`BadQuery` for what is no update, and :class:`NotAllowed` for any other operation.
    """
    found = check(text, loads=True)
    if found.loads:
        raise _not_possible("LOAD")
    steps: list[Step] = []
    prologue = ""
    for start, end in _operations(text, found):
        operation = next((w for w in found.words if start <= w.start < end and w.depth == 0 and w.text not in ("PREFIX", "BASE")), None)
        if operation is None:
            prologue += text[start:end]
            continue
        _refuse_other(operation, found)
        prologue += text[start : operation.start]
        body = text[operation.start + len(operation.text) : end]
        quads = _data(f"{prologue}INSERT{body}", base)
        if operation.text == "DELETE" and any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object)):
            raise BadQuery("DELETE DATA takes no blank nodes: name what is to go by its IRI.")
        steps.append((operation.text == "INSERT", quads))
    _data(f"{prologue}\nINSERT DATA {{}}", base)  # what follows the last semicolon is a prologue too, or no SPARQL
    return steps


def operating(text: str, found: Outline, base: str) -> str:
    """An update without the prologue that it may end in, which does nothing and which the engine does not read there. Raises :class:`BadQuery`."""
    start, end = _operations(text, found)[-1]
    if start == 0 or _operates(_places(found), start, end):
        return text
    _data(f"{text[start:end]}\nINSERT DATA {{}}", base)
    return text[:start]


def _operations(text: str, found: Outline) -> list[tuple[int, int]]:
    """Where each operation starts and ends; semicolons outside all braces part them. Behind the last one there may be a prologue alone.

    Raises :class:`BadQuery` for a semicolon that ends none.
    """
    starts = [0, *(end + 1 for end in found.ends)]
    pieces = list(zip(starts, [*found.ends, len(text)], strict=True))
    places = _places(found)
    if any(not _operates(places, *piece) for piece in pieces[:-1]):
        raise BadQuery("The update is no SPARQL 1.1: a semicolon ends no operation. Take it out.")
    return pieces


def _places(found: Outline) -> list[int]:
    """Where the words stand that are outside all braces and belong to no prologue."""
    return [word.start for word in found.words if word.depth == 0 and word.text not in ("PREFIX", "BASE")]


def _operates(places: list[int], start: int, end: int) -> bool:
    return bisect_left(places, end) > bisect_left(places, start)


def _refuse_other(operation: Word, found: Outline) -> None:
    following = found.words[found.words.index(operation) + 1 :][:1]
    if operation.text in ("INSERT", "DELETE") and following and following[0].text == "DATA" and following[0].depth == 0:
        return
    raise _not_possible(operation.text)


def _not_possible(operation: str) -> NotAllowed:
    return NotAllowed(
        f"{shown(operation, 40)} is not possible here: updates are INSERT DATA and DELETE DATA into workspace graphs. Reports come in with "
        "POST /api/reports, and what they say changes with a new version."
    )


def _data(operation: str, base: str) -> list[Quad]:
    store = Store()
    try:
        store.update(operation, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise BadQuery(f"The update is no SPARQL 1.1: {shown(str(error.msg), 300)}.") from None
    except (ValueError, OSError, RuntimeError) as error:
        raise BadQuery(f"The update cannot be read: {shown(str(error), 300)}.") from None
    return list(store)


def read_graph(data: bytes, content_type: str, graph: str | None, base: str) -> list[Quad]:
    """The statements of a body, all in one graph (``None``: the default graph); of a multipart body, those of all its parts.

    Raises :class:`WrongMediaType`, and :class:`BadRequest` for what cannot be parsed or names graphs of its own.
    """
    store = Store()
    node = NamedNode(graph) if graph else DefaultGraph()
    for part, media in _parts(data, content_type):
        form = next((form for form in READ if media in (form.media, *form.aliases)), None)
        if form is None:
            read = ", ".join(form.media for form in READ)
            raise WrongMediaType(f"'{shown(media)}' is not read here: send {read}, named in Content-Type.")
        store.extend(Quad(quad.subject, quad.predicate, quad.object, node) for quad in _parsed(part, form, base))
    return list(store)


def _parsed(data: bytes, form: Form, base: str) -> list[Quad]:
    try:
        quads = list(parse(data, format=_PARSED[form.media], base_iri=base))
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise BadRequest(f"The body is no {form.media}: {where}{shown(str(error.msg), 300)}.") from None
    except (ValueError, OSError, RuntimeError) as error:
        raise BadRequest(f"The body is no {form.media}: {shown(str(error), 300)}.") from None
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        raise BadRequest("The body names graphs of its own, but the address names the graph already: send triples.")
    return quads


def _parts(data: bytes, content_type: str) -> list[tuple[bytes, str]]:
    """Bodies and their media types; one, unless the body is multipart."""
    media, charset = _media(content_type)
    if media != "multipart/form-data":
        _refuse_charset(charset)
        return [(data, media)]
    message = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + data, policy=policy.HTTP)
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    if not message.is_multipart() or not parts:
        raise BadRequest("The body is not the multipart/form-data that its Content-Type announces: check its boundary.")
    return [(_payload(part), _media(str(part["Content-Type"] or ""))[0]) for part in parts]


def _payload(part: EmailMessage) -> bytes:
    _refuse_charset(_media(str(part["Content-Type"] or ""))[1])
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _media(content_type: str) -> tuple[str, str]:
    media, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    charset = next((value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"), "utf-8")
    return media, charset


def _refuse_charset(charset: str) -> None:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise WrongMediaType(f"The body is said to be in {shown(charset)}: send UTF-8.")
