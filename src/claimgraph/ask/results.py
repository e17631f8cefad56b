"""Answers in the forms of the web: SPARQL results as JSON, XML, CSV and TSV, triples and quads in the syntaxes of RDF.

Rows are written here and not by the engine, which can write only all of them: an answer ends at ``answer_rows``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring  # JSON's escaping that leaves Arabic as it is
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from claimgraph.ask.query import PREFIXES, Answer, Term
from claimgraph.model.errors import NotAcceptable
from claimgraph.model.text import shown

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no way to write
_XML_SPACE = " \t\n\r"
_XML_NAME = re.compile(r"[^\W\d][\w.\u00b7\u0300-\u1fff-]*$")  # what a property must end in to be an XML element


@dataclass(frozen=True)
class Form:
    """A form of answers: its media type, further names that clients ask for it by, and its extension in a file's name."""

    media: str
    extension: str
    aliases: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """The value of Content-Type: text says its encoding."""
        return f"{self.media}; charset=utf-8" if self.media.startswith("text/") else self.media


JSON = Form("application/sparql-results+json", "json", ("application/json",))
XML = Form("application/sparql-results+xml", "xml", ("application/xml", "text/xml"))
CSV = Form("text/csv", "csv")
TSV = Form("text/tab-separated-values", "tsv")
TURTLE = Form("text/turtle", "ttl", ("application/x-turtle", "text/n3"))
TRIG = Form("application/trig", "trig", ("application/x-trig",))
N_TRIPLES = Form("application/n-triples", "nt", ("text/plain",))
N_QUADS = Form("application/n-quads", "nq")
JSON_LD = Form("application/ld+json", "jsonld", ("application/json",))
RDF_XML = Form("application/rdf+xml", "rdf", ("application/xml", "text/xml"))
HTML = Form("text/html", "html", ("application/xhtml+xml",))
ROWS = (JSON, XML, CSV, TSV)
BOOLEANS = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, TRIG, N_TRIPLES, N_QUADS, JSON_LD, RDF_XML)
_RDF = {
    TURTLE: RdfFormat.TURTLE,
    TRIG: RdfFormat.TRIG,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    N_QUADS: RdfFormat.N_QUADS,
    JSON_LD: RdfFormat.JSON_LD,
}
_WITHOUT_GRAPHS = (TURTLE, N_TRIPLES, RDF_XML)


def choose(accept: str, offered: Sequence[Form]) -> Form:
    """The form that a client likes best of those offered, by its Accept header (RFC 9110 12.5.1); the first where it likes all.

    Raises :class:`NotAcceptable` naming what there is.
    """
    best, weight = offered[0], 0.0
    wishes = _wishes(accept)
    if not wishes:
        return best
    for form in offered:
        liked = max(_liking(wishes, form.media), *(wishes.get(alias, 0.0) for alias in form.aliases), 0.0)
        if liked > weight:
            best, weight = form, liked
    if not weight:
        raise NotAcceptable(f"This can be had as {', '.join(form.media for form in offered)}: name one of these in Accept.")
    return best


def _wishes(accept: str) -> dict[str, float]:
    wishes: dict[str, float] = {}
    for entry in accept.split(","):
        media, *parameters = (part.strip().lower() for part in entry.split(";"))
        weights = [found[1] for parameter in parameters if (found := re.fullmatch(r"q=(\d(?:\.\d{0,3})?)", parameter))]
        if media:
            wishes[media] = max(wishes.get(media, 0.0), float(weights[0]) if weights else 1.0)
    return wishes


def _liking(wishes: dict[str, float], media: str) -> float:
    """How much a media type is wished for: by its name, else by its kind, else as anything."""
    for name in (media, media.partition("/")[0] + "/*", "*/*"):
        if name in wishes:
            return wishes[name]
    return 0.0


def write(answer: Answer, accept: str) -> tuple[Form, bytes]:
    """An answer in the form that suits a client. Raises :class:`NotAcceptable`."""
    if answer.triples is not None:
        form = choose(accept, GRAPHS)
        return form, write_graph(answer.triples, form)
    form = choose(accept, ROWS if answer.boolean is None else BOOLEANS)
    return form, _WRITERS[form](answer).encode("utf-8")


def write_graph(statements: Iterable[Triple] | Iterable[Quad], form: Form) -> bytes:
    """Statements in a syntax of RDF; of quads, syntaxes without graphs have the triples. Raises :class:`NotAcceptable` where it cannot say them."""
    if form in _WITHOUT_GRAPHS:
        statements = dict.fromkeys(s.triple if isinstance(s, Quad) else s for s in statements)
    if form is RDF_XML:
        return _rdf_xml(statements)
    try:
        return serialize(statements, format=_RDF[form], prefixes=PREFIXES) or b""
    except (ValueError, OSError) as error:
        raise NotAcceptable(f"This answer cannot be written as {form.media} ({error}): ask for {TURTLE.media}.") from None


def _rdf_xml(statements: Iterable[Triple] | Iterable[Quad]) -> bytes:
    """RDF/XML, whose own limits the engine does not know: it would write what no parser of XML reads, or reads otherwise."""
    try:
        data = serialize(statements, format=RdfFormat.RDF_XML) or b""
    except (ValueError, OSError) as error:
        raise NotAcceptable(f"This answer cannot be written as {RDF_XML.media} ({error}): ask for {TURTLE.media}.") from None
    for statement in statements:
        if not _XML_NAME.search(statement.predicate.value):
            name = shown(statement.predicate.value, 200)
            raise NotAcceptable(f"RDF/XML cannot write the property {name}, which ends in no name: ask for {TURTLE.media}.")
    _refuse_no_xml(data.decode("utf-8"), TURTLE)
    return data.replace(b"\r", b"&#13;")


def sparql_json(answer: Answer) -> str:
    """SPARQL 1.1 Query Results JSON Format."""
    if answer.boolean is not None:
        return f'{{"head":{{}},"boolean":{_boolean(answer)}}}'
    written = _Cache(_json_term)
    names = [encode_basestring(name) + ":" for name in answer.columns]
    rows = ("{" + ",".join([name + written[term] for name, term in zip(names, row, strict=True) if term is not None]) + "}" for row in answer.rows)
    head = ",".join(map(encode_basestring, answer.columns))
    return f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":[{",".join(rows)}]}}}}'


class _Cache(dict[Term, str]):
    """Terms as written, each written once: answers repeat most of theirs."""

    def __init__(self, make: Callable[[Term], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, term: Term) -> str:
        self[term] = made = self.make(term)
        return made


def _json_term(term: Term) -> str:
    match term:
        case NamedNode():
            return f'{{"type":"uri","value":{encode_basestring(term.value)}}}'
        case BlankNode():
            return f'{{"type":"bnode","value":{encode_basestring(term.value)}}}'
        case Literal() if term.language:
            return f'{{"type":"literal","value":{encode_basestring(term.value)},"xml:lang":{encode_basestring(term.language)}}}'
        case Literal() if term.datatype.value != XSD_STRING:
            return f'{{"type":"literal","value":{encode_basestring(term.value)},"datatype":{encode_basestring(term.datatype.value)}}}'
        case Literal():
            return f'{{"type":"literal","value":{encode_basestring(term.value)}}}'
    raise _no_triple_terms(term)


def _no_triple_terms(term: Term) -> NotAcceptable:
    return NotAcceptable(f"The answer holds {shown(str(term), 200)}, which SPARQL 1.1 results cannot write: ask for its parts.")


def sparql_xml(answer: Answer) -> str:
    """SPARQL Query Results XML Format."""
    start = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
    if answer.boolean is not None:
        return f"{start}<head/><boolean>{_boolean(answer)}</boolean></sparql>"
    written = _Cache(_xml_term)
    names = [f"<binding name={quoteattr(name)}>" for name in answer.columns]
    rows = (
        "<result>" + "".join([name + written[term] + "</binding>" for name, term in zip(names, row, strict=True) if term is not None]) + "</result>"
        for row in answer.rows
    )
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in answer.columns)
    return f"{start}<head>{head}</head><results>{''.join(rows)}</results></sparql>"


def _xml_term(term: Term) -> str:
    match term:
        case NamedNode():
            return f"<uri>{_xml(term.value)}</uri>"
        case BlankNode():
            return f"<bnode>{_xml(term.value)}</bnode>"
        case Literal() if term.language:
            return f"<literal xml:lang={quoteattr(term.language)}>{_xml(term.value)}</literal>"
        case Literal() if term.datatype.value != XSD_STRING:
            return f"<literal datatype={quoteattr(term.datatype.value)}>{_xml(term.value)}</literal>"
        case Literal():
            return f"<literal>{_xml(term.value)}</literal>"
    raise _no_triple_terms(term)


def _xml(text: str) -> str:
    """A text as XML; white space at its ends by number, since some readers trim what is written as such."""
    _refuse_no_xml(text, JSON)
    inner = text.strip(_XML_SPACE)
    if len(inner) == len(text):
        return escape(text, {"\r": "&#13;"})
    start = len(text) - len(text.lstrip(_XML_SPACE))
    ends = ("".join(f"&#{ord(space)};" for space in part) for part in (text[:start], text[start + len(inner) :]))
    return escape(inner, {"\r": "&#13;"}).join(ends)


def _refuse_no_xml(text: str, instead: Form) -> None:
    if found := _NO_XML.search(text):
        raise NotAcceptable(f"The answer holds the character U+{ord(found[0]):04X}, which XML cannot write: ask for {instead.media}.")


def sparql_csv(answer: Answer) -> str:
    """SPARQL 1.1 Query Results CSV: values as they are, for programs; what is unbound is empty. A boolean is one line."""
    if answer.boolean is not None:
        return _boolean(answer)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows(["" if term is None else _csv_term(term) for term in row] for row in answer.rows)
    return out.getvalue()


def _csv_term(term: Term) -> str:
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def sparql_tsv(answer: Answer) -> str:
    """SPARQL 1.1 Query Results TSV: terms as in Turtle; what is unbound is empty. A boolean is one line."""
    if answer.boolean is not None:
        return _boolean(answer)
    lines = ["\t".join(f"?{name}" for name in answer.columns)]
    lines += ["\t".join(["" if term is None else str(term).replace("\t", "\\t") for term in row]) for row in answer.rows]
    return "\n".join(lines) + "\n"


def _boolean(answer: Answer) -> str:
    return "true" if answer.boolean else "false"


_WRITERS: dict[Form, Callable[[Answer], str]] = {JSON: sparql_json, XML: sparql_xml, CSV: sparql_csv, TSV: sparql_tsv}
