"""Scoring: what matches what, each figure worked out by hand, and the same figures as the annotators' own tool."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from claimgraph.extract.scoring import FIELDS, LEVELS, Comparison, Names, Tally, compare, figures, name_words, overlap, same_hop, same_name, tally
from claimgraph.model.document import ClaimsDocument, Hop
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import SKOS
from claimgraph.store.reference import Reference
from erring import figures_of_the_tool, mutated
from running import written

Value = dict[str, Any]
NAMES: Names = {"sdf": ("قوات سوريا الديمقراطية", "قسد"), "us-state-department": ("وزارة الخارجية الأميركية",), "nyt": ("The New York Times",)}
TEXT = "ا" * 400


def claim(number: int, start: int, end: int, **fields: Any) -> Value:
    """A claim of the outlet's own, an escape unless the fields say otherwise."""
    plain: Value = {"id": f"c{number:02}", "start": start, "end": end, "quote": TEXT[start:end] or "ا", "chain": [{"agent": "@publisher"}]}
    return {**plain, "polarity": "affirms", "certainty": "certain", "event": {"type": "escape"}, **fields}


def report(*claims: Value) -> ClaimsDocument:
    """A report with these claims."""
    return document_of({"report": {"id": "r", "text": TEXT}, "claims": list(claims)})


def compared(gold: list[Value], found: list[Value]) -> Comparison:
    """How two lists of claims of the same text compare."""
    return compare(report(*gold), report(*found), NAMES)


def met(one: Comparison) -> list[tuple[str, str]]:
    """Which claims match, by id."""
    return [(pair.gold.id, pair.found.id) for pair in one.pairs]


def differing(gold: Value, found: Value) -> set[str]:
    """In what two claims at the same place differ."""
    (pair,) = compared([claim(1, 0, 100, **gold)], [claim(1, 0, 100, **found)]).pairs
    return {one.name for one in pair.differences}


# --- what matches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ((0, 10), (0, 10), 1),
        ((0, 10), (0, 20), 0.5),
        ((0, 10), (5, 15), 5 / 15),
        ((0, 10), (10, 20), 0),
        ((0, 10), (300, 310), 0),
        ((5, 5), (5, 5), 0),
    ],
)
def test_overlap_is_intersection_over_union(one: tuple[int, int], other: tuple[int, int], wanted: float) -> None:
    """Two spans overlap by what they share of what they cover together; an empty one by nothing."""
    (a,), (b,) = report(claim(1, *one)).claims, report(claim(1, *other)).claims
    assert overlap(a, b) == overlap(b, a) == wanted


def test_half_is_enough_and_less_is_not() -> None:
    """An overlap of exactly a half matches, one below does not."""
    assert met(compared([claim(1, 0, 10)], [claim(7, 0, 20)])) == [("c01", "c07")]
    assert met(compared([claim(1, 0, 10)], [claim(7, 0, 21)])) == []


def test_the_best_overlap_takes_first() -> None:
    """A claim goes to the one it overlaps most, whatever their order, and each is used once."""
    one = compared([claim(1, 0, 100), claim(2, 0, 60)], [claim(3, 0, 62), claim(4, 0, 80)])
    assert met(one) == [("c01", "c04"), ("c02", "c03")]
    only = compared([claim(1, 0, 100), claim(2, 0, 60)], [claim(3, 0, 62)])
    assert met(only) == [("c02", "c03")]
    assert [c.id for c in only.missed] == ["c01"]


def test_what_has_no_counterpart_is_missed_or_invented() -> None:
    """Annotated claims that nobody proposed are missed, proposed ones that nobody annotated invented, in their order."""
    one = compared([claim(1, 0, 10), claim(2, 50, 60), claim(3, 100, 110)], [claim(4, 200, 210), claim(5, 50, 60), claim(6, 300, 310)])
    assert met(one) == [("c02", "c05")]
    assert [c.id for c in one.missed] == ["c01", "c03"]
    assert [c.id for c in one.invented] == ["c04", "c06"]


def test_no_proposal_at_all() -> None:
    """A report for which nothing was proposed has all its claims missed; figures of nothing are nought, accuracies none."""
    one = compare(report(claim(1, 0, 10)), None, NAMES)
    assert [c.id for c in one.missed] == ["c01"]
    found = figures(tally(one))
    assert [found[level]["f1"] for level in LEVELS] == [0, 0, 0]
    assert [found[name] for name in FIELDS] == [{"accuracy": None, "of": 0}] * 5


# --- what differs ---------------------------------------------------------------------------------------------------------

_SDF: Value = {"chain": [{"agent": "@publisher"}, {"agent": "sdf"}]}
_RELAYED: Value = {"chain": [{"agent": "@publisher"}, {"agent": "nyt"}, {"agent": "sdf"}]}
_ABOUT = {"approximate": True, "of": "persons", "wording": "نحو"}


def _event(**fields: Any) -> Value:
    return {"event": {"type": "escape", **fields}}


@pytest.mark.parametrize(
    ("gold", "found", "wanted"),
    [
        ({}, {}, set()),
        (_SDF, {}, {"origin", "chain"}),
        (_SDF, _RELAYED, {"chain"}),
        (_RELAYED, {"chain": _RELAYED["chain"][:2]}, {"origin", "chain"}),
        ({"polarity": "denies"}, {}, {"polarity"}),
        ({"certainty": "possible"}, {}, {"certainty"}),
        (_event(), _event(type="release"), {"type"}),
        (_event(quantity={"min": 5, "max": 7, **_ABOUT}), _event(), {"quantity"}),
        (_event(quantity={"min": 5, "max": 7, **_ABOUT}), _event(quantity={"min": 5, "max": None, **_ABOUT}), {"quantity"}),
        (_event(quantity={"min": 5, "max": 7, **_ABOUT}), _event(quantity={"min": 5, "max": 7, **_ABOUT, "of": "staff"}), set()),
        (_event(), _event(quantity={"min": 5, "max": 7, **_ABOUT}, time="2022", facility="x-prison"), set()),
        (_event(time="2022-01-24"), _event(time="2022-01"), {"time"}),
        (_event(facility="sinaa-prison"), _event(), {"facility"}),
        (_event(facility="sinaa-prison"), _event(facility="katiba-barracks"), {"facility"}),
        (_event(facility="sinaa-prison"), _event(facility="https://w3id.org/claimgraph/id/sinaa-prison"), set()),
        (_event(facility="سجن الصناعة"), _event(facility="الصناعة"), set()),
        (_event(facility="مركز القيادة"), _event(facility="مركز القيادة"), set()),
    ],
)
def test_differences(gold: Value, found: Value, wanted: set[str]) -> None:
    """Matched claims are compared in origin, polarity, type and every field that the annotation has; only what differs is told."""
    assert differing(gold, found) == wanted


def test_a_difference_tells_both_values() -> None:
    """Chains are told by who speaks, numbers by their bounds, the annotated value apart from the other."""
    source = {"anonymous": "a source", "surface": "مصدر", "kind": "anonymous"}
    gold = claim(1, 0, 9, chain=[{"agent": "@publisher"}, source], **_event(quantity={"min": 5, "max": None, **_ABOUT}))
    (pair,) = compared([gold], [claim(2, 0, 9, chain=[{"agent": "@publisher"}, {"named": "فلان"}])]).pairs
    assert {d.name: (d.gold, d.found) for d in pair.differences} == {
        "origin": ("(a source)", "فلان"),
        "chain": (["@publisher", "(a source)"], ["@publisher", "فلان"]),
        "quantity": ([5, None], [None, None]),
    }


# --- speakers -------------------------------------------------------------------------------------------------------------

_PUBLISHER, _KNOWN, _NAMED = Hop(agent="@publisher"), Hop(agent="sdf"), Hop(named="قوات سوريا الديمقراطية")
_UNNAMED, _OTHER = Hop(anonymous="one", surface="مصدر"), Hop(anonymous="another", surface="مدير السجن", kind="office")


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        (_PUBLISHER, _PUBLISHER, True),
        (_PUBLISHER, _KNOWN, False),
        (_PUBLISHER, _UNNAMED, False),
        (_UNNAMED, _OTHER, True),
        (_UNNAMED, _KNOWN, False),
        (_KNOWN, _KNOWN, True),
        (_KNOWN, Hop(agent="nyt"), False),
        (_KNOWN, _NAMED, True),
        (_NAMED, _KNOWN, True),
        (_KNOWN, Hop(named="قسد"), True),
        (_KNOWN, Hop(agent="unknown-key", surface="«قسد»"), True),
        (_KNOWN, Hop(agent="unknown-key"), False),
        (Hop(agent="unknown-key", surface="ميليشيا قسد"), Hop(named="قسد"), True),
        (Hop(named="نيد برايس"), Hop(named="برايس"), True),
        (Hop(named="نيد برايس"), Hop(named="نيد ستارك"), True),
        (Hop(named="نيد برايس"), Hop(named="نيد ستارك برايس ثالث رابع"), True),
        (Hop(named="نيد برايس أول ثان"), Hop(named="نيد ثالث رابع"), False),
        (Hop(agent="us-state-department"), Hop(named="وزارة الدفاع"), False),
    ],
)
def test_speakers_agree(gold: Hop, found: Hop, same: bool) -> None:
    """A party is itself under any of its names, a source without a name agrees with any other, the publisher with itself alone."""
    assert same_hop(gold, found, NAMES) is same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("قُوّات سُورِيَّة الدِّيمُقراطِيّة", {"سوريه", "ديمقراطيه"}),
        ("الـمـركـز الإعلامي لـقسد", {"اعلامي", "لقسد"}),
        ("المتحدّث باسم وزارة الخارجيّة", {"خارجيه"}),
        ("والمصادر بالحسكة للتنظيم", {"مصادر", "حسكه", "تنظيم"}),
        ("مؤسسة الفجر الأولى، رئيس", {"موسسه", "فجر", "اولي", "رييس"}),
        ("The SDF Media Center", {"sdf", "media", "center"}),
        ("ﷲ ﻻ", {"له", "لا"}),
        ("“ ” — .", set()),
        ("", set()),
        ("ال", set()),
        ("الف", {"الف"}),
    ],
)
def test_words_of_names(text: str, words: set[str]) -> None:
    """Diacritics, tatweel, hamza seats, final letters and the article do not count; words of many names are left out."""
    assert name_words(text) == words


def test_names_without_telling_words_are_nobodys() -> None:
    """Two names of nothing but general words do not agree."""
    assert not same_name("قوات", "القوات")
    assert not same_name("", "قسد")


# --- figures --------------------------------------------------------------------------------------------------------------


def test_figures_worked_out_by_hand() -> None:
    """Four annotated and three proposed claims of one report: every figure."""
    gold = [
        claim(1, 0, 40, **_SDF, **_event(time="2022-01-24", facility="sinaa-prison")),
        claim(2, 50, 90, polarity="denies"),
        claim(3, 100, 140),
        claim(4, 150, 190, **_RELAYED),
    ]
    found = [
        claim(1, 0, 40, **_SDF, **_event(time="2022-01-25", facility="sinaa-prison")),  # all but the time
        claim(2, 50, 90, certainty="probable"),  # the polarity, and the certainty
        claim(3, 100, 140, **_event(type="attack")),  # the type
    ]
    assert figures(tally(compared(gold, found))) == {
        "gold": 4,
        "predicted": 3,
        "span": {"precision": 1.0, "recall": 0.75, "f1": 0.857},
        "attribution": {"precision": 0.667, "recall": 0.5, "f1": 0.571},
        "frame": {"precision": 0.333, "recall": 0.25, "f1": 0.286},
        "chain": {"accuracy": 1.0, "of": 3},
        "certainty": {"accuracy": 0.667, "of": 3},
        "quantity": {"accuracy": None, "of": 0},
        "time": {"accuracy": 0.0, "of": 1},
        "facility": {"accuracy": 1.0, "of": 1},
    }


def test_reports_are_counted_together_not_averaged() -> None:
    """The figures of two reports are those of all their claims."""
    total = Tally()
    total.add(tally(compared([claim(1, 0, 10)], [claim(1, 0, 10)])))
    total.add(tally(compared([claim(n, 20 * n, 20 * n + 10) for n in range(3)], [])))
    assert figures(total)["span"] == {"precision": 1.0, "recall": 0.25, "f1": 0.4}
    assert figures(total)["chain"] == {"accuracy": 1.0, "of": 1}


# --- the annotators' tool -------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(10))
def test_the_figures_are_those_of_the_annotators_tool(
    seed: int, shared: Path, gold: dict[str, ClaimsDocument], reference: Reference, tmp_path: Path
) -> None:
    """On annotations mutated at random every figure is the tool's, of all reports together and, for some, of each."""
    names = {key: [name.value for p in (SKOS.prefLabel, SKOS.altLabel) for name in reference.values(key, p)] for key in reference.entities}  # type: ignore[attr-defined]  # names are literals
    random, total, right = Random(seed), Tally(), 0
    for path, document in zip(sorted((shared / "gold").glob("0*.json")), gold.values(), strict=True):
        found = written(tmp_path / path.name, mutated(document, random))
        counts = tally(compare(document, document_of(json.loads(found.read_text(encoding="utf-8"))), names))
        if seed < 3:
            assert figures(counts) == figures_of_the_tool(shared, path, found)
        total.add(counts)
        right += counts.right["frame"]
    assert figures(total) == figures_of_the_tool(shared, shared / "gold", tmp_path)
    assert 10 < right < total.gold, "the mutations leave something right, and something wrong"
