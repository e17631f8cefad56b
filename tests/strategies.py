"""Generated claims documents: any field of the guidelines, valid ones, and ones broken in a known way."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import notations

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
    low, high = sorted((draw(st.integers(0, 10**12)), draw(st.integers(0, 10**12))))
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
                quantity=quantities(),
                breakdown=st.lists(quantities(), max_size=3),
            ),
        )
    )


@st.composite
def claims(draw: Any, text: str, claim_id: str, earlier: list[str]) -> dict[str, Any]:
    """A claim; ``earlier`` are ids that it may repeat."""
    span = _ranged(draw, text)
    mentions = []
    for _ in range(draw(st.integers(0, 2))):
        where = _ranged(draw, text)
        mentions.append(
            {
                "key": draw(st.sampled_from((*ACTORS, *FACILITIES))),
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
def documents(draw: Any) -> ClaimsDocument:
    """Any claims document that the shapes let in (warnings apart): every field, in any combination."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200))
    ids = draw(st.lists(identifiers, max_size=4, unique=True))
    drawn: list[dict[str, Any]] = []
    for claim_id in ids:
        originals = [c["id"] for c in drawn if "repeats" not in c]
        drawn.append(draw(claims(text, claim_id, originals)))
    report = draw(
        _merged(
            st.fixed_dictionaries({"id": identifiers, "text": st.just(text), "language": st.sampled_from(["ar", "en", "ar-sy"])}),
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
                source_sha256=st.just("0" * 64),
                revises=st.from_regex("[0-9a-f]{12}", fullmatch=True),
            ),
            st.sampled_from([{"published": "2022-01-31"}, {"published": "2022-01-31T09:36:00+02:00"}]),
        )
    )
    return document_of({"report": report, "claims": drawn})
