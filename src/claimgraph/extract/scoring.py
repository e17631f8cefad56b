"""How well proposed claims agree with annotated ones: what matches what, and the figures that come of it.

A proposed claim matches an annotated one where their content spans overlap with intersection over union of at least a half; best
overlap first, each claim once. On that stand three levels, each with precision, recall and F1:

* ``span``: the content was found;
* ``attribution``: and it is given to the right origin (the last hop) with the right polarity;
* ``frame``: and its event has the right type.

Of the matched pairs whose annotation has the field, the share that has it right: ``chain`` (every hop), ``certainty``, ``quantity``
(both bounds), ``time`` and ``facility``. Known parties agree where they are the same, or where one name of each shares half of the
shorter one's words; sources without a name agree with each other, and so does the publisher with itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from claimgraph.model.document import PUBLISHER, Claim, ClaimsDocument, Hop, Quantity

Names = Mapping[str, Sequence[str]]
"""What the parties that hops name by a key are called."""

_SHORTEST = 2  # letters of a word without its article: a single letter is none
LEVELS = ("span", "attribution", "frame")
FIELDS = ("chain", "certainty", "quantity", "time", "facility")
ENOUGH = 0.5  # of the union of two spans

_LETTERS = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي", "ـ")
_PREFIXES = ("وال", "بال", "لل", "ال")
# Words of so many names that they tell none apart, in the form that names are compared in.
_GENERIC = frozenset(
    (
        *("من", "في", "علي", "عن", "ال", "و", "باسم", "عبد", "محمد", "احمد", "وكاله", "وزاره", "قوات", "قياده", "مركز", "صحيفه", "موقع"),
        *("متحدث", "ناطق", "the", "of", "agency", "ministry", "forces", "spokesman"),
    )
)


@dataclass(frozen=True)
class Difference:
    """What an annotated claim and the one that matches it say otherwise: ``origin``, ``polarity``, ``type`` or one of the fields."""

    name: str
    gold: Any
    found: Any


@dataclass(frozen=True)
class Pair:
    """An annotated claim and the proposed one that matches it."""

    gold: Claim
    found: Claim
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """One report: what matches, which annotated claims nobody proposed, and which proposed ones nobody annotated."""

    pairs: tuple[Pair, ...]
    missed: tuple[Claim, ...]
    invented: tuple[Claim, ...]


@dataclass
class Tally:
    """Counts of one report or of many: how many claims, how many right at each level, and right of how many in each field."""

    gold: int = 0
    predicted: int = 0
    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another report in."""
        self.gold += other.gold
        self.predicted += other.predicted
        self.right.update(other.right)
        self.of.update(other.of)


def compare(gold: ClaimsDocument, found: ClaimsDocument | None, names: Names) -> Comparison:
    """The claims of a report against those proposed for it (``None``: there are none)."""
    annotated, proposed = gold.claims, found.claims if found else ()
    matched = dict(_matches(annotated, proposed))
    used = set(matched.values())
    pairs = ((claim, proposed[matched[i]]) for i, claim in enumerate(annotated) if i in matched)
    return Comparison(
        tuple(Pair(mine, theirs, tuple(_differences(mine, theirs, names))) for mine, theirs in pairs),
        tuple(claim for i, claim in enumerate(annotated) if i not in matched),
        tuple(claim for j, claim in enumerate(proposed) if j not in used),
    )


def tally(compared: Comparison) -> Tally:
    """The counts of one report."""
    out = Tally(len(compared.pairs) + len(compared.missed), len(compared.pairs) + len(compared.invented))
    for pair in compared.pairs:
        wrong = {one.name for one in pair.differences}
        attributed = not wrong & {"origin", "polarity"}
        out.right["span"] += 1
        out.right["attribution"] += attributed
        out.right["frame"] += attributed and "type" not in wrong
        for name in _annotated_fields(pair.gold):
            out.of[name] += 1
            out.right[name] += name not in wrong
    return out


def figures(counts: Tally) -> dict[str, Any]:
    """Counts as figures, rounded to three digits; an accuracy of nothing is ``None``."""
    out: dict[str, Any] = {"gold": counts.gold, "predicted": counts.predicted}
    for level in LEVELS:
        precision = counts.right[level] / counts.predicted if counts.predicted else 0.0
        recall = counts.right[level] / counts.gold if counts.gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        out[level] = {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}
    for name in FIELDS:
        of = counts.of[name]
        out[name] = {"accuracy": round(counts.right[name] / of, 3) if of else None, "of": of}
    return out


def overlap(one: Claim, other: Claim) -> float:
    """Intersection over union of two content spans; empty ones overlap with nothing."""
    union = max(one.end, other.end) - min(one.start, other.start)
    return max(0, min(one.end, other.end) - max(one.start, other.start)) / union if union > 0 else 0.0


def _matches(annotated: Sequence[Claim], proposed: Sequence[Claim]) -> Iterator[tuple[int, int]]:
    """Which annotated claim goes with which proposed one, best overlap first; of equals the later ones."""
    scored = ((overlap(one, other), i, j) for i, one in enumerate(annotated) for j, other in enumerate(proposed))
    here: set[int] = set()
    there: set[int] = set()
    for _, i, j in sorted((row for row in scored if row[0] >= ENOUGH), reverse=True):
        if i not in here and j not in there:
            here.add(i)
            there.add(j)
            yield i, j


def _annotated_fields(gold: Claim) -> Iterator[str]:
    yield "chain"
    yield "certainty"
    yield from (name for name in ("quantity", "time", "facility") if getattr(gold.event, name))


def _differences(gold: Claim, found: Claim, names: Names) -> Iterator[Difference]:
    for name, right, mine, theirs in (
        ("origin", same_hop(gold.chain[-1], found.chain[-1], names), speaker(gold.chain[-1]), speaker(found.chain[-1])),
        ("polarity", gold.polarity == found.polarity, gold.polarity, found.polarity),
        ("type", gold.event.type == found.event.type, gold.event.type, found.event.type),
        ("chain", _same_chain(gold, found, names), [*map(speaker, gold.chain)], [*map(speaker, found.chain)]),
        ("certainty", gold.certainty == found.certainty, gold.certainty, found.certainty),
        ("quantity", _bounds(gold) == _bounds(found), _bounds(gold), _bounds(found)),
        ("time", gold.event.time == found.event.time, gold.event.time, found.event.time),
        ("facility", _same_facility(gold.event.facility, found.event.facility), gold.event.facility, found.event.facility),
    ):
        if not right and (name in ("origin", "polarity", "type") or name in _annotated_fields(gold)):
            yield Difference(name, mine, theirs)


def _bounds(claim: Claim) -> list[int | None]:
    quantity: Quantity | None = claim.event.quantity
    return [quantity.min, quantity.max] if quantity else [None, None]


def _same_facility(gold: str | None, found: str | None) -> bool:
    mine, theirs = gold or "", found or ""
    return _last(mine) == _last(theirs) or bool(name_words(mine) & name_words(theirs))


# --- hops -----------------------------------------------------------------------------------------------------------------


def _same_chain(gold: Claim, found: Claim, names: Names) -> bool:
    return len(gold.chain) == len(found.chain) and all(same_hop(one, other, names) for one, other in zip(gold.chain, found.chain, strict=True))


def same_hop(gold: Hop, found: Hop, names: Names) -> bool:
    """Whether two hops are of the same speaker."""
    if (kind := _kind(gold)) != _kind(found):
        return False
    if kind != "named" or (gold.agent and found.agent and _last(gold.agent) == _last(found.agent)):
        return True
    return any(same_name(one, other) for one in _called(gold, names) for other in _called(found, names))


def same_name(one: str, other: str) -> bool:
    """Whether two names share at least half of the words of the shorter, words of many names aside."""
    mine, theirs = name_words(one), name_words(other)
    return bool(mine and theirs) and 2 * len(mine & theirs) >= min(len(mine), len(theirs))


def speaker(hop: Hop) -> str:
    """Who speaks in a hop, in a word: a key, a name, or a source's label in brackets."""
    return f"({hop.anonymous})" if hop.anonymous else hop.agent or hop.named or ""


def _kind(hop: Hop) -> str:
    return "unnamed" if hop.anonymous else "publisher" if hop.agent == PUBLISHER else "named"


def _called(hop: Hop, names: Names) -> list[str]:
    known = names.get(_last(hop.agent), ()) if hop.agent else ()
    return [name for name in (hop.named, hop.surface, *known) if name]


def _last(value: str) -> str:
    """A key, or the last part of an IRI."""
    return re.split(r"[/#:]", value)[-1].lower()


@lru_cache(1 << 13)
def name_words(text: str) -> frozenset[str]:
    """The words by which names are compared: letters folded, marks and the article dropped, words of many names left out."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).translate(_LETTERS) if not unicodedata.combining(c))
    return frozenset(map(_without_article, re.findall(r"\w+", plain.lower()))) - _GENERIC


def _without_article(word: str) -> str:
    prefix = next((one for one in _PREFIXES if word.startswith(one) and len(word) - len(one) >= _SHORTEST), "")
    return word.removeprefix(prefix)
