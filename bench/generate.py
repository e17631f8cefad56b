"""Claims documents as many as wanted, always the same for the same seed, with the proportions of the annotated real reports.

    python bench/generate.py --count 1000 --seed 1 > reports.jsonl

``--statistics`` prints what came out instead. Text is prose-like Arabic from the lists in ``words.py``; names of parties and places
come from the bundled reference graph. A stated share of the reports copies the text and claims of an earlier one; the others
have no eight words in a row in common worth speaking of, as the annotated reports have none.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar, cast

from pyoxigraph import Literal

import measured as m
import words
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import to_quads
from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference, bundled

# Share of reports that copy another one's text (each gives a warning, SyndicatedText). Chosen, not measured: of five reports none does.
COPIED = 0.05
T = TypeVar("T")


@cache
def reference() -> Reference:
    """The reference graph that generated reports name things from."""
    base = Base(LIMITS.base)
    return Reference(bundled(base), base)


@cache
def _label(key: str) -> str:
    return next(name.value for name in reference().names(key) if name.language == "ar")


@cache
def _of_class(name: str) -> tuple[str, ...]:
    """The keys of a class, its subclasses' too, in one order."""
    return tuple(sorted(key for key in reference().keys if CG[name] in reference().types(key)))


@cache
def _incident(key: str) -> tuple[str, date, date]:
    """Facility, first and last day of an incident."""
    facts = {quad.predicate: quad.object for quad in reference().quads if quad.subject == reference().base.entity(key)}
    first, last = (date.fromisoformat(cast("Literal", facts[p]).value) for p in (CG.firstDay, CG.lastDay))
    return str(reference().base.key(facts[CG.facility])), first, last


def documents(count: int, seed: int = 1, copied: float = COPIED) -> Iterator[ClaimsDocument]:
    """``count`` reports; the first of them are the same whatever the count. ``copied`` is the share that copies another's text."""
    recent: list[ClaimsDocument] = []
    for number in range(count):
        random = Random(f"claimgraph {seed} {number}")
        report_id = f"bench-{seed}-{number:06d}"
        if recent and random.random() < copied:
            yield _copy(random.choice(recent), report_id, random)
            continue
        document = document_of(_Report(random, report_id).value())
        recent = [*recent[-49:], document]
        yield document


def _copy(original: ClaimsDocument, report_id: str, random: Random) -> ClaimsDocument:
    value = as_json(original)
    outlets = [key for key in _of_class("NewsOutlet") if key != original.report.publisher]
    return document_of({**value, "report": {**value["report"], "id": report_id, "publisher": random.choice(outlets)}})


class _Report:
    """One report in the making: its text grows sentence by sentence, and claims take their spans from it."""

    def __init__(self, random: Random, report_id: str) -> None:
        self.random, self.id = random, report_id
        self.incident = self.pick(m.INCIDENT_OF_REPORT)
        self.facility, self.first, last = _incident(self.incident)
        self.published = self.first + timedelta(days=random.randint(1, (last - self.first).days + 10))
        self.last = min(last, self.published)
        self.publisher = random.choice(_of_class("NewsOutlet")) if random.random() < m.PUBLISHER_KNOWN else None
        self.sources = [self.source(number) for number in range(1, random.choice(m.SOURCES_PER_REPORT) + 1)]
        self.text = ""
        self.claims: list[dict[str, Any]] = []

    def value(self) -> dict[str, Any]:
        count = round(self.random.triangular(*m.CLAIMS))
        low, high = m.CHARACTERS
        length = min(high, max(low, count * self.random.uniform(*m.CHARACTERS_PER_CLAIM)))
        self.say(self.prose(60))
        for number in range(1, count + 1):
            self.claim(f"c{number:02d}")
            while len(self.text) < length * number / count:
                self.say(self.prose(self.random.randint(30, 90)))
        report = {
            "id": self.id,
            "text": self.text,
            "language": "ar",
            "published": self.published.isoformat()
            + (f"T{self.random.randint(6, 21):02d}:30:00+02:00" if self.chance(m.PUBLISHED_WITH_TIME) else ""),
            "published_basis": self.random.choice(("stated", "inferred")),
            **({"publisher": self.publisher} if self.publisher else {}),
            **({"title": self.prose(self.random.randint(50, 90))} if self.chance(m.TITLED) else {}),
        }
        return {"report": report, "claims": self.claims}

    # --- chance -----------------------------------------------------------------------------------------------------------

    def pick(self, weights: Mapping[T, float]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self) -> date:
        return self.first + timedelta(days=self.random.randint(0, (self.last - self.first).days))

    # --- words ------------------------------------------------------------------------------------------------------------

    def prose(self, length: int) -> str:
        """Words for about ``length`` characters. Nearly every one is drawn from dozens, so that no two texts meet by chance."""
        drawn: list[str] = []
        while sum(map(len, drawn)) + len(drawn) <= length:
            drawn += [self.random.choice(kind) for kind in (words.VERBS, words.NOUNS, words.ADJECTIVES, words.JOINTS, words.NOUNS)]
            drawn += [self.random.choice(kind) for kind in (words.ADJECTIVES, words.LINKS)]
        while len(drawn) > 1 and sum(map(len, drawn)) + len(drawn) > length:
            drawn.pop()
        return " ".join(drawn)

    def say(self, sentence: str) -> int:
        """Add a sentence to the text; where it begins."""
        start = len(self.text)
        self.text += sentence + ".\n"
        return start

    # --- claims -----------------------------------------------------------------------------------------------------------

    def claim(self, claim_id: str) -> None:
        polarity = "denies" if self.chance(m.DENIES) else "affirms"
        chain = self.chain()
        event, core = self.event()
        quote = f"{core} {self.prose(self.span_length() - len(core) - 1)}".rstrip()
        verb = self.random.choice(words.DENIES if polarity == "denies" else words.SAYS)
        lead = f"{verb} {chain[-1].get('surface') or _label(chain[-1]['agent'])} " if len(chain) > 1 else ""
        start = self.say(lead + quote) + len(lead)
        claim: dict[str, Any] = {"id": claim_id, "start": start, "end": start + len(quote), "quote": quote, "chain": chain}
        claim |= {"polarity": polarity, "certainty": self.pick(m.CERTAINTIES), "event": event}
        if self.chance(m.HAS_INCIDENT):
            claim["incident"] = self.incident
        if self.chance(m.SAID):
            claim["said"] = str(self.day())
        if originals := [c["id"] for c in self.claims if "repeats" not in c]:
            claim |= {"repeats": self.random.choice(originals)} if self.chance(m.REPEATS) else {}
        self.claims.append(claim)

    def span_length(self) -> int:
        step = self.random.randrange(len(m.SPAN_DECILES) - 1)
        return self.random.randint(m.SPAN_DECILES[step], m.SPAN_DECILES[step + 1]) if step < 9 else int(self.random.triangular(202, 482, 202))

    def source(self, number: int) -> dict[str, Any]:
        kind, tie = self.pick(m.SOURCE_KINDS), self.pick(m.SOURCE_TIES)
        hop = {"anonymous": f"source-{number}", "kind": kind, "surface": self.random.choice(words.SOURCES[kind])}
        return hop | ({tie: self.pick(m.ROLE_PARTIES["actors"])} if tie else {})

    def chain(self) -> list[dict[str, Any]]:
        hops = self.pick(m.HOPS)
        chain: list[dict[str, Any]] = [{"agent": "@publisher"}]
        if hops == 3:
            chain.append({"agent": self.random.choice([key for key in _of_class("NewsOutlet") if key != self.publisher])})
        if hops > 1:
            unnamed = self.chance(m.ORIGIN_UNNAMED)
            chain.append(self.random.choice(self.sources) if unnamed else {"agent": self.random.choice(_of_class(self.pick(m.ORIGIN_CLASSES)))})
        return chain

    def event(self) -> tuple[dict[str, Any], str]:
        """What a claim says, and the words of it that must stand in its span."""
        event: dict[str, Any] = {"type": self.pick(m.EVENT_TYPES), "status": self.pick(m.STATUSES)}
        if self.chance(m.ALTERNATIVE):
            event["or"] = sorted({self.pick(m.EVENT_TYPES)} - {event["type"]})
        for role, sizes in m.ROLE_SIZES.items():
            event[role] = sorted({self.pick(m.ROLE_PARTIES[role]) for _ in range(self.pick(sizes))})
        if self.chance(m.FACILITY):
            event["facility"] = self.facility
        for field, share in (("place", m.PLACE), ("origin", m.ORIGIN), ("destination", m.DESTINATION)):
            if self.chance(share):
                event[field] = self.random.choice(_of_class("Place"))
        if time := self.time():
            event["time"] = time
        parts = self.pick(m.PARTS)
        quantities = [self.quantity() for _ in range(parts + self.chance(m.QUANTITY))]
        if parts:
            event["breakdown"] = quantities[:parts]
        if quantities[parts:]:
            event["quantity"] = quantities[parts]
        return event, " ".join([words.EVENTS[event["type"]], *(q["wording"] for q in quantities)])

    def time(self) -> str | None:
        day = self.day()
        return {None: None, "day": str(day), "month": f"{day:%Y-%m}", "interval": f"{self.first}/{day}"}[self.pick(m.TIMES)]

    def quantity(self) -> dict[str, Any]:
        of, bounds, whose = self.pick(m.COUNTED_OF), self.pick(m.BOUNDS), self.pick(m.COUNTED_WHOSE)
        number = round(4_000 ** self.random.random())
        low, high = words.VAGUE.get(bounds, (number, number))
        count = {"min": low} if bounds == "more than" else {"min": low, "max": high}
        wording = f"{words.LEADS[bounds]} {'' if bounds in words.VAGUE else number} {words.COUNTED[of]}"
        approximate = bounds in words.VAGUE or bounds == "about"
        return {**count, "approximate": approximate, "of": of, "counted": [whose] if whose else [], "wording": " ".join(wording.split())}


def summary(found: Iterable[ClaimsDocument]) -> dict[str, str]:
    """What reports have, as mean (least to most) of each."""
    counts: dict[str, list[int]] = defaultdict(list)
    for one in found:
        counts["claims"].append(len(one.claims))
        counts["characters"].append(one.report.characters)
        counts["hops"].append(sum(len(claim.chain) for claim in one.claims))
        counts["quantities"].append(sum((claim.event.quantity is not None) + len(claim.event.breakdown) for claim in one.claims))
        counts["quads"].append(len(to_quads(one, reference().base, reference().entities).quads))
        counts["bytes of JSON"].append(len(json.dumps(as_json(one), ensure_ascii=False).encode()))
    return {name: f"{statistics.mean(each):.1f} ({min(each)} to {max(each)})" for name, each in counts.items()}


def main() -> None:
    """Write JSON Lines, or statistics."""
    parser = argparse.ArgumentParser(description="Claims documents with the proportions of the annotated reports, as JSON Lines.")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copied", type=float, default=COPIED, help=f"share that copies another report's text (default {COPIED})")
    parser.add_argument("--statistics", action="store_true", help="print what came out instead")
    options = parser.parse_args()
    found = documents(options.count, options.seed, options.copied)
    if options.statistics:
        print("\n".join(f"{name}: {value}" for name, value in summary(found).items()))
        return
    for document in found:
        sys.stdout.write(json.dumps(as_json(document), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
