"""Generated claims documents: any field of the guidelines, valid ones, and ones broken in a known way."""

from __future__ import annotations

from collections.abc import Container
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.model.vocabulary import CG, DCTERMS, OA, RDF_TYPE, SKOS, XSD_BOOLEAN, XSD_DATE, XSD_DECIMAL, XSD_INTEGER, concept, notations

ACTORS = ("isis", "sdf", "us", "us-forces", "coalition", "sputnik", "amaq", "nyt", "syria-tv", "mazloum-abdi", "ned-price")
FACILITIES = ("sinaa-prison", "raqqa-central-prison", "katiba-prison")
PLACES = ("hasakah-city", "ghweran", "raqqa", "deir-ez-zor-desert")
PARTIES = (*ACTORS, "civilians", "مجلس محلي لا يعرفه المرجع")

# Letters that break naive programs: presentation forms, combining marks, controls, astral letters, quotes, escapes.
words = st.text(
    st.one_of(
        st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهوي ًُِّـ٠١٢۳“”«»\"'\\\n\t\r\u200f\u202e\u2066\ufeffﷺﻻ😀𐎠é<>{}|^`%#/@"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    min_size=1,
    max_size=30,
)
identifiers = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
days = st.dates(min_value=date(2022, 1, 1), max_value=date(2022, 1, 28)).map(str)
edtf_before_report = st.one_of(days, st.just("2022-01"), st.just("../2022-01-20"), days.map(lambda d: f"2021-12-30/{d}"), days.map(lambda d: d + "~"))


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


def _merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def _concept(scheme: str) -> st.SearchStrategy[str]:
    return st.sampled_from(notations(scheme))


def _ranged(draw: Any, text: str) -> dict[str, int]:
    start = draw(st.integers(0, len(text) - 1))
    return {"start": start, "end": draw(st.integers(start + 1, len(text)))}


@st.composite
def hops(draw: Any, text: str) -> dict[str, Any]:
    """A hop after the publisher's."""
    who = draw(
        st.one_of(
            st.fixed_dictionaries({"agent": st.sampled_from(ACTORS)}, optional={"surface": words}),
            st.fixed_dictionaries({"named": words}, optional={"surface": words}),
            _merged(
                st.fixed_dictionaries({"anonymous": words, "surface": words, "kind": _concept("source")}),
                st.one_of(
                    st.just({}),
                    st.fixed_dictionaries({"speaks_for": st.sampled_from(ACTORS)}),
                    st.fixed_dictionaries({"affiliation": st.sampled_from(ACTORS)}),
                ),
            ),
        )
    )
    return {**who, **draw(optional(verb=words)), **(_ranged(draw, text) if draw(st.booleans()) else {})}


@st.composite
def quantities(draw: Any) -> dict[str, Any]:
    """A number as claimed, with one bound at least and the lesser one first."""
    low, high = sorted((draw(st.integers(0, 10**12 - 1)), draw(st.integers(0, 10**12 - 1))))
    bounds = draw(st.sampled_from([{"min": low, "max": high}, {"min": low}, {"max": high}, {"min": low, "max": low}]))
    return {
        **bounds,
        "approximate": draw(st.booleans()),
        "of": draw(_concept("counts")),
        "counted": draw(st.lists(st.sampled_from(PARTIES), max_size=3, unique=True)),
        "wording": draw(words),
    }


@st.composite
def events(draw: Any) -> dict[str, Any]:
    """What a claim says."""
    roles = {role: st.lists(st.sampled_from(PARTIES), max_size=3, unique=True) for role in ("actors", "targets", "helpers")}
    where = {field: st.sampled_from((*PLACES, *FACILITIES, "قرية لا يعرفها المرجع")) for field in ("place", "origin", "destination")}
    return draw(
        _merged(
            st.fixed_dictionaries({"type": _concept("event")}),
            optional(
                **roles,
                **where,
                **{"or": st.lists(_concept("event"), max_size=2, unique=True)},
                facility=st.sampled_from(FACILITIES),
                status=_concept("status"),
                time=edtf_before_report,
                time_wording=words,
                quantity=quantities(),
                breakdown=st.lists(quantities(), max_size=3),
            ),
        )
    )


@st.composite
def claims(draw: Any, text: str, claim_id: str, earlier: list[str]) -> dict[str, Any]:
    """A claim; ``earlier`` are ids that it may repeat."""
    span = _ranged(draw, text)
    bearers = st.sampled_from((*ACTORS, *FACILITIES))
    named = st.one_of(
        st.fixed_dictionaries({"key": bearers}), st.fixed_dictionaries({"candidates": st.lists(bearers, min_size=1, max_size=3, unique=True)})
    )
    mentions = []
    for _ in range(draw(st.integers(0, 2))):
        where = _ranged(draw, text)
        mentions.append(
            {
                **draw(named),
                "surface": text[where["start"] : where["end"]],
                **where,
                **draw(optional(role=words)),
            }
        )
    return {
        "id": claim_id,
        **span,
        "quote": text[span["start"] : span["end"]],
        "chain": [{"agent": "@publisher", **draw(optional(surface=words, verb=words))}, *draw(st.lists(hops(text), max_size=3))],
        "polarity": draw(_concept("polarity")),
        "certainty": draw(_concept("certainty")),
        "event": draw(events()),
        "mentions": mentions,
        **draw(
            optional(
                said=edtf_before_report,
                said_wording=words,
                channel=_concept("channel"),
                confidence=st.integers(0, 10**6).map(lambda n: n / 10**6),
                rule=words,
                review=_merged(st.fixed_dictionaries({"state": _concept("review")}), optional(by=words, at=days, why=words)),
            )
        ),
        **({"incident": "sinaa-2022-01"} if draw(st.booleans()) else {}),
        **({"repeats": draw(st.sampled_from(earlier))} if earlier and draw(st.booleans()) else {}),
    }


@st.composite
def proposals(draw: Any, key: str, ids: list[str]) -> dict[str, Any]:
    """An incident that an extractor proposes for some of a report's claims."""
    begin, end = sorted((draw(days), draw(days)))
    return {
        "key": key,
        "claims": draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)),
        **draw(st.sampled_from([{"begin": begin, "end": end}, {"begin": begin}, {"end": end}, {"begin": "2022-01", "end": begin}, {}])),
        **draw(
            optional(
                facility=st.sampled_from((*FACILITIES, "سجن لا يعرفه المرجع")),
                place=st.sampled_from((*PLACES, *FACILITIES, "قرية لا يعرفها المرجع")),
                wording=words,
            )
        ),
    }


@st.composite
def documents(draw: Any, most_claims: int = 4) -> ClaimsDocument:
    """Any claims document that the shapes let in (warnings apart): every field, in any combination."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200))
    ids = draw(st.lists(identifiers, max_size=most_claims, unique=True))
    drawn: list[dict[str, Any]] = []
    for claim_id in ids:
        originals = [c["id"] for c in drawn if "repeats" not in c]
        drawn.append(draw(claims(text, claim_id, originals)))
    keys = draw(st.lists(st.from_regex(r"[a-z]{1,8}-20[0-9]{2}", fullmatch=True), max_size=2, unique=True)) if ids else []
    report = draw(
        _merged(
            st.fixed_dictionaries({"id": identifiers, "text": st.just(text), "language": st.sampled_from(["ar", "en", "ar-sy"])}),
            st.fixed_dictionaries({"proposals": st.tuples(*(proposals(key, ids) for key in keys)).map(list)}),
            optional(
                title=words,
                publisher=st.sampled_from(("syria-tv", "alwatan", "athr-press")),
                publisher_basis=_concept("basis"),
                publisher_note=words,
                published_basis=_concept("basis"),
                published_note=words,
                note=words,
                url=st.just("https://example.org/a?b=c#d"),
                archived_url=st.just("http://example.org/"),
                retrieved=st.sampled_from(["2022-02-01", "2022-02-01T10:00:00Z"]),
                retrieved_by=words,
                author=words,
                media_type=st.just("text/html"),
                revises=st.from_regex("[0-9a-f]{12}", fullmatch=True),
            ),
            st.sampled_from([{"published": "2022-01-31"}, {"published": "2022-01-31T09:36:00+02:00"}]),
            st.sampled_from([{}, {"source_sha256": "0" * 64}, {"source_sha256": "0" * 64, "cut_by": "a cutter 1.0"}]),
        )
    )
    return document_of({"report": report, "claims": drawn})


# --- broken reports -------------------------------------------------------------------------------------------------------

_FACILITY_FOR_AN_ACTOR, _PLACE_FOR_A_FACILITY = "katiba-prison", "raqqa"
_NO_EDTF = ("soon", "2022-13-45", "../..", "24/1/2022", " 2022-01-24")
_ELSEWHEN = (*_NO_EDTF, "2022-02-15", "2023", "2020-03-29", "1999-01-01/..", "../1999", "2022-01-20/2022-01-10")
_NO_URL = ("ftp://example.org/", "example.org", "https://example.org/a b", "https://example.org/\n", "http://")


def _spoil_report(draw: Any, report: dict[str, Any]) -> None:
    """One fault in what is told of the report itself."""
    field, value = draw(
        st.one_of(
            st.tuples(st.sampled_from(["published", "retrieved"]), st.sampled_from(_ELSEWHEN)),
            st.tuples(st.sampled_from(["url", "archived_url"]), st.sampled_from(_NO_URL)),
            st.tuples(st.just("media_type"), st.sampled_from(["html", "text/", "TEXT/html", "text/html; charset=utf-8"])),
            st.tuples(st.just("publisher"), st.sampled_from([_FACILITY_FOR_AN_ACTOR, "sinaa-2022-01", "nobody"])),
            st.tuples(st.just("language"), st.none()),
            st.tuples(st.just("published"), st.none()),
            st.tuples(st.just("cut_by"), st.just("a cutter 1.0")),
        )
    )
    report[field] = value
    if value is None:
        del report[field]
    if field == "language":
        report.pop("title", None)  # a title without a language is a fault of quads, see below


def _spoil_proposal(draw: Any, proposal: dict[str, Any]) -> None:
    """One fault in a proposed incident: a date that is none or beyond the other, a place of the wrong kind, no claim or one that is not there."""
    field, value = draw(
        st.one_of(
            st.tuples(st.sampled_from(["begin", "end"]), st.sampled_from(_ELSEWHEN)),
            st.tuples(st.just("facility"), st.sampled_from([_PLACE_FOR_A_FACILITY, "sdf"])),
            st.tuples(st.just("place"), st.just("sdf")),
            st.tuples(st.just("claims"), st.sampled_from([[], ["no-such-claim"]])),
        )
    )
    proposal[field] = value


def _spoil_offsets(draw: Any, ranged: dict[str, Any]) -> None:
    """Start or end off by one, far out, or the wrong way round; the words stay as they are."""
    if ranged.get("start") is None:
        return
    start, end = ranged["start"], ranged["end"]
    pairs = [
        (start + 1, end),
        (max(0, start - 1), end),
        (start, end + 1),
        (start, max(0, end - 1)),
        (end, start),
        (start, start),
        (start, end + 10_000),
    ]
    ranged["start"], ranged["end"] = draw(st.sampled_from(pairs))


def _spoil_hop(draw: Any, chain: list[dict[str, Any]]) -> None:
    """One fault in a chain: another mouth first, a source without words or kind, with two patrons, or one that is no actor."""
    hop = draw(st.sampled_from(chain))
    hop.pop(draw(st.sampled_from(["surface", "kind", "verb"])), None)
    if hop.get("anonymous"):
        hop.update(draw(optional(speaks_for=st.sampled_from(["sdf", _FACILITY_FOR_AN_ACTOR]), affiliation=st.sampled_from(["isis", "nobody"]))))
    elif draw(st.booleans()):
        chain[0] = draw(st.sampled_from([{"agent": "sdf"}, {"agent": _FACILITY_FOR_AN_ACTOR}, {"named": "فلان"}, {"agent": "isis", "surface": "x"}]))


def _spoil_mention(draw: Any, mention: dict[str, Any]) -> None:
    """One fault in a mention: other words, an entity or a candidate that is none, another stretch of the text."""
    who = draw(st.sampled_from([None, {"key": "nobody"}, {"key": "sinaa-2022-01"}, {"candidates": ["isis", "nobody"]}]))
    if who is None:
        mention["surface"] += "x"
    else:
        mention.pop("key", None)
        mention.pop("candidates", None)
        mention.update(who)
    _spoil_offsets(draw, mention)


def _spoil_event(draw: Any, event: dict[str, Any]) -> None:
    """One fault in what a claim says: a time that is none or elsewhen, parties of the wrong kind, bounds crossed or missing."""
    field, value = draw(
        st.one_of(
            st.tuples(st.just("time"), st.sampled_from(_ELSEWHEN)),
            st.tuples(st.sampled_from(["actors", "targets", "helpers"]), st.just([_FACILITY_FOR_AN_ACTOR, "sdf"])),
            st.tuples(st.just("facility"), st.sampled_from([_PLACE_FOR_A_FACILITY, "sdf", "فرع الشدادي"])),
            st.tuples(st.sampled_from(["place", "origin", "destination"]), st.sampled_from(["sdf", "سجن غويران"])),
            st.tuples(st.just("quantity"), quantities().map(_crossed)),
            st.tuples(st.just("breakdown"), st.lists(quantities().map(_crossed), min_size=1, max_size=2)),
        )
    )
    event[field] = value


def _crossed(quantity: dict[str, Any]) -> dict[str, Any]:
    """A quantity whose minimum is above its maximum, or that has neither."""
    if "min" not in quantity or "max" not in quantity:
        return {k: v for k, v in quantity.items() if k not in ("min", "max")}
    return {**quantity, "min": quantity["max"] + 1}


def _spoil_claim(draw: Any, claim: dict[str, Any], text: str, ids: list[str]) -> None:
    """One fault in a claim."""
    kind = draw(st.sampled_from(["offsets", "quote", "hop", "hop offsets", "event", "said", "incident", "repeats", "mention"]))
    if kind == "offsets":
        _spoil_offsets(draw, claim)
    elif kind == "quote":
        claim["quote"] = draw(st.sampled_from([claim["quote"] + "x", claim["quote"][1:] or "x", claim["quote"][::-1], text + "x"]))
    elif kind == "hop":
        _spoil_hop(draw, claim["chain"])
    elif kind == "hop offsets":
        _spoil_offsets(draw, draw(st.sampled_from(claim["chain"])))
    elif kind == "event":
        _spoil_event(draw, claim["event"])
    elif kind == "said":
        claim["said"] = draw(st.sampled_from(_ELSEWHEN))
    elif kind == "incident":
        claim["incident"] = draw(st.sampled_from(["sinaa-2020-03", "raqqa-2022-06", "sdf", "nothing-2022"]))
        claim["event"]["time"] = draw(st.sampled_from(["2022-01-21", "2021-11-30/2021-12-01", "2022-03-02/..", "../2019"]))
    elif kind == "repeats":
        claim["repeats"] = draw(st.sampled_from([*ids, "no-such-claim"]))
    elif claim.get("mentions"):
        _spoil_mention(draw, draw(st.sampled_from(claim["mentions"])))


@st.composite
def broken_documents(draw: Any, whole: st.SearchStrategy[ClaimsDocument] | None = None) -> ClaimsDocument:
    """Documents of the right form that say what a good report may not: one to three faults. A fault may turn out harmless."""
    value = deepcopy(as_json(draw(documents() if whole is None else whole)))
    report, claims_ = value["report"], value["claims"]
    for _ in range(draw(st.integers(1, 3))):
        if claims_ and draw(st.integers(0, 3)):
            _spoil_claim(draw, draw(st.sampled_from(claims_)), report["text"], [c["id"] for c in claims_])
        elif report.get("proposals") and draw(st.booleans()):
            _spoil_proposal(draw, draw(st.sampled_from(report["proposals"])))
        else:
            _spoil_report(draw, report)
    return document_of(value)


# Values that a property may not have, or may have once only. Left out is what one engine or the other cannot judge, and no document
# can bring: literals that are none of their datatype ("x"^^xsd:integer), numbers beyond 64 bits, and dates with a zone.
_INTEGERS = ("0", "1", "2", "7", "-1", "1000000000000", "007")
_DATES = ("2022-01-01", "2022-01-31", "2022-12-31", "1999-01-01")
_OTHERS = (
    Literal(""), Literal("x"), Literal("a b\n"), Literal("فلان"), Literal("x", language="ar"), Literal("x", language="en"), Literal("soon"),
    Literal("true", datatype=XSD_BOOLEAN), Literal("0.5", datatype=XSD_DECIMAL), Literal("1.5", datatype=XSD_DECIMAL),
    Literal("-0.1", datatype=XSD_DECIMAL), Literal("0" * 64), Literal("https://example.org/\n"),
)  # fmt: skip
_LITERALS = (
    *(Literal(value, datatype=XSD_INTEGER) for value in _INTEGERS),
    *(Literal(value, datatype=XSD_DATE) for value in _DATES),
    *_OTHERS,
)
_CLASSES = (
    CG.Report, CG.Claim, CG.Attribution, CG.UnnamedSource, CG.NamedMention, CG.UnknownPublisher, CG.ClaimedEvent, CG.Quantity, CG.Mention,
    CG.ProposedIncident, CG.Annotation, CG.Extraction, CG.Actor, CG.Incident, CG.Population, CG.LoadedWording, OA.SpecificResource,
    OA.TextPositionSelector, OA.TextQuoteSelector, SKOS.Concept, NamedNode("https://example.org/Class"),
)  # fmt: skip
_PREDICATES = (
    CG.text, CG.cutBy, CG.report, CG.attribution, CG.relays, CG.speaker, CG.claimant, CG.surface, CG.repeats, CG.span, CG.position, CG.firstDay,
    CG.lastDay, CG.publishedLastDay, CG.speaksFor, CG.affiliatedWith, CG.incident, CG.proposal, CG.proposedFor, CG.begin, CG.end, CG.content,
    CG.timeWording, CG.refersTo, CG.candidate, CG.minimum, CG.maximum, OA.hasSelector, OA.hasSource, OA.start, OA.end, OA.exact, DCTERMS.title,
    SKOS.prefLabel, NamedNode("https://example.org/property"),
)  # fmt: skip
_CONCEPTS = (
    ("event", "escape"),
    ("polarity", "denies"),
    ("certainty", "possible"),
    ("status", "planned"),
    ("counts", "persons"),
    ("source", "office"),
)


@st.composite
def _terms(draw: Any, quads: list[Quad], base: Base) -> NamedNode | Literal:
    """A value to put in the place of another: one of the report's own, of the reference graph, of the ontology, or an odd literal."""
    nodes = sorted({quad.subject.value for quad in quads})
    iris = st.one_of(
        st.sampled_from(nodes),
        st.sampled_from([base.entity(key).value for key in ("sdf", "civilians", "sinaa-prison", "raqqa", "sinaa-2022-01", "nobody")]),
        st.sampled_from([concept(*one).value for one in _CONCEPTS]),
    )
    return draw(st.one_of(iris.map(NamedNode), st.sampled_from(_LITERALS)))


def _drop(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A statement is missing."""
    quads.remove(draw(st.sampled_from(quads)))


def _drop_node(draw: Any, quads: list[Quad], _base: Base) -> None:
    """All that is said of a node is missing, but not what refers to it."""
    subject = draw(st.sampled_from(quads)).subject
    if subject != quads[0].graph_name:
        quads[:] = [quad for quad in quads if quad.subject != subject]


def _second_value(draw: Any, quads: list[Quad], base: Base) -> None:
    """A property has another value too."""
    old = draw(st.sampled_from(quads))
    quads.append(Quad(old.subject, old.predicate, draw(_terms(quads, base)), old.graph_name))


def _other_value(draw: Any, quads: list[Quad], base: Base) -> None:
    """A property has another value instead."""
    place = draw(st.integers(0, len(quads) - 1))
    old = quads[place]
    quads[place] = Quad(old.subject, old.predicate, draw(_terms(quads, base)), old.graph_name)


def _like_value(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A literal is replaced by another of its own datatype."""
    places = [i for i, quad in enumerate(quads) if isinstance(quad.object, Literal)]
    place = draw(st.sampled_from(places))
    old = quads[place]
    alike = [one for one in _LITERALS if one.datatype == old.object.datatype]
    if alike:
        quads[place] = Quad(old.subject, old.predicate, draw(st.sampled_from(alike)), old.graph_name)


def _off_by_one(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A number (position, offset, bound, length) is one too high or too low."""
    places = [
        i for i, quad in enumerate(quads) if isinstance(quad.object, Literal) and quad.object.datatype == XSD_INTEGER and quad.object.value.isdigit()
    ]
    if not places:
        return
    place = draw(st.sampled_from(places))
    old = quads[place]
    value = int(old.object.value) + draw(st.sampled_from([-1, 1]))
    quads[place] = Quad(old.subject, old.predicate, Literal(str(value), datatype=XSD_INTEGER), old.graph_name)


def _swap(draw: Any, quads: list[Quad], _base: Base) -> None:
    """Two statements have each other's values; most often two of one property."""
    one = draw(st.integers(0, len(quads) - 1))
    alike = [i for i, quad in enumerate(quads) if quad.predicate == quads[one].predicate]
    other = draw(st.one_of(st.sampled_from(alike), st.integers(0, len(quads) - 1)))
    first, second = quads[one], quads[other]
    quads[one] = Quad(first.subject, first.predicate, second.object, first.graph_name)
    quads[other] = Quad(second.subject, second.predicate, first.object, second.graph_name)


def _retype(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A node is of another class, or of a second one."""
    place = draw(st.sampled_from([i for i, quad in enumerate(quads) if quad.predicate == RDF_TYPE] or [0]))
    old = quads[place]
    new = Quad(old.subject, RDF_TYPE, draw(st.sampled_from(_CLASSES)), old.graph_name)
    if draw(st.booleans()):
        quads.append(new)
    else:
        quads[place] = new


def _foreign(draw: Any, quads: list[Quad], base: Base) -> None:
    """A statement about something that is not the report's own, or with a property from elsewhere."""
    graph = quads[0].graph_name
    own = draw(st.sampled_from(quads)).subject
    subject = draw(st.sampled_from([own, base.entity("sdf"), base.entity("sinaa-2022-01"), NamedNode("https://example.org/thing"), CG.Claim]))
    predicate = draw(st.one_of(st.sampled_from(_PREDICATES), st.just(RDF_TYPE)))
    value = draw(st.sampled_from(_CLASSES)) if predicate == RDF_TYPE else draw(_terms(quads, base))
    quads.append(Quad(subject, predicate, value, graph))


def _relay(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A hop relays another one: itself, an earlier one, one of another claim."""
    hops_ = [quad.subject for quad in quads if quad.predicate == RDF_TYPE and quad.object == CG.Attribution]
    if hops_:
        quads.append(Quad(draw(st.sampled_from(hops_)), CG.relays, draw(st.sampled_from(hops_)), quads[0].graph_name))


def _repeat(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A claim repeats another one, or itself."""
    claims_ = [quad.subject for quad in quads if quad.predicate == RDF_TYPE and quad.object == CG.Claim]
    if claims_:
        quads.append(Quad(draw(st.sampled_from(claims_)), CG.repeats, draw(st.sampled_from(claims_)), quads[0].graph_name))


def _untagged(_draw: Any, quads: list[Quad], _base: Base) -> None:
    """The title has no language."""
    report = quads[0].graph_name
    quads[:] = [quad for quad in quads if quad.predicate != DCTERMS.title]
    quads.append(Quad(report, DCTERMS.title, Literal("عنوان"), report))


def _rename(draw: Any, quads: list[Quad], _base: Base) -> None:
    """A node goes by another name wherever it is spoken of, but not where it speaks."""
    old = draw(st.sampled_from(quads)).subject
    new = NamedNode(old.value + "-else")
    quads[:] = [Quad(quad.subject, quad.predicate, new, quad.graph_name) if quad.object == old else quad for quad in quads]


SPOILERS = (
    _drop, _drop_node, _second_value, _other_value, _like_value, _off_by_one, _swap, _retype, _foreign, _relay, _repeat, _untagged, _rename
)  # fmt: skip


@st.composite
def broken_quads(draw: Any, base: Base, known: Container[str], whole: st.SearchStrategy[ClaimsDocument] | None = None) -> MappedReport:
    """Reports as quads with one to four faults that no document can have, on top of those that one can."""
    document = draw(st.one_of(documents() if whole is None else whole, broken_documents(whole)))
    mapped = to_quads(document, base, known)
    before = set(mapped.quads)
    for spoil in draw(st.lists(st.sampled_from(SPOILERS), min_size=1, max_size=4)):
        note(f"{spoil.__doc__}")
        spoil(draw, mapped.quads, base)
    mapped.quads = list(dict.fromkeys(mapped.quads))
    for sign, changed in (("-", before - set(mapped.quads)), ("+", set(mapped.quads) - before)):
        for quad in changed:
            note(f"{sign} {quad.subject} {quad.predicate} {quad.object}")
    return mapped
