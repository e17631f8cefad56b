"""The catalogue over the bundled samples and a report of rare cases, against answers worked out here from JSON in plain Python.

The yardstick reads no claim as RDF and shares nothing with the questions but their names; so a stranger's clone, which has no annotated
reports, still finds a question that answers wrongly.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse, serialize
from rdflib import Graph, URIRef

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue, question
from claimgraph.ask.query import Answer, Term, run
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.resources import folder
from claimgraph.model.vocabulary import XSD_INTEGER
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import Snapshot, reading
from running import SAMPLES, small
from working_out import (
    ESCAPEES,
    carried_by,
    claims_between,
    presupposes_denied,
    reports_on,
    resting_on,
    rival_holders,
    said_over_time,
    single_party_claims,
)

Claim = dict[str, Any]
ID = "https://w3id.org/claimgraph/id/"
_PART_OF = NamedNode("https://w3id.org/claimgraph/ontology#partOf")
# Departures are ways in which detainees come to be gone; states hold at a time and may be over later.
_DEPARTURES = {"escape", "release", "transfer", "smuggling"}
_STATES = {"control", "siege", "detention", "missing", "clash"}
# Words of attribution that keep a distance, among those that stand in the reports here, and the verbs they are of.
_DISTANCING = {
    **dict.fromkeys(("زعم", "زعمت", "وزعموا", "زاعمةً", "على حد زعمها", "بمزاعمهم", "allegedly"), "allege"),
    **dict.fromkeys(("ادّعى", "وسيدعي", "بادعائه"), "claim"),
    **dict.fromkeys(("متذرعًا بـ", "بذريعة"), "pretext"),
    "فأشـاعت": "rumour",
}
# Names with loaded words in them, among those that stand in the reports here.
_LOADED = {
    **dict.fromkeys(("داعش", "تنظيم “داعش”", "«داعـش»"), ("daesh",)),
    **dict.fromkeys(("جيش الاحتلال الأميركي", "الاحتلال الأمريكيّ"), ("occupation", "us-occupation")),
    "مِيلِيشيا «قسد» الإنفصالية": ("militia", "sdf-militia", "separatist"),
    "الميليشيات": ("militia",),
}


class Yardstick:
    """Answers from the samples' JSON. Claims are named ``<report>/<claim>``, sources without a name ``unnamed:<report>/<label>``."""

    def __init__(self, documents: Iterable[dict[str, Any]]) -> None:
        self.claims: list[Claim] = []
        for document in documents:
            report = document["report"]
            standing = [claim for claim in document["claims"] if claim.get("review", {}).get("state") != "rejected"]
            self.claims += [{**claim, "name": f"{report['id']}/{claim['id']}", "report": report} for claim in standing]

    @cached_property
    def wholes(self) -> dict[str, str]:
        """What each entity is part of."""
        quads = (quad for path in folder("graph").glob("*.ttl") for quad in parse(path=str(path), format=RdfFormat.TURTLE))
        return {q.subject.value.removeprefix(ID): q.object.value.removeprefix(ID) for q in quads if q.predicate == _PART_OF}  # type: ignore[union-attr]  # all are named

    def is_part(self, one: str | None, whole: str) -> bool:
        """Whether an entity is another one, or part of it at any depth."""
        while one is not None and one != whole:
            one = self.wholes.get(one)
        return one is not None

    def top(self, one: str) -> str:
        """The whole that an entity is part of in the end."""
        while one in self.wholes:
            one = self.wholes[one]
        return one

    @staticmethod
    def speaker(claim: Claim, hop: dict[str, Any]) -> str:
        """Who speaks in a hop."""
        report = claim["report"]
        if "anonymous" in hop:
            return f"unnamed:{report['id']}/{hop['anonymous']}"
        if hop.get("agent") == "@publisher":
            return report.get("publisher") or f"publisher-of:{report['id']}"
        return str(hop.get("agent") or f"{report['id']}/name/{quote(hop['named'])}")

    def chain(self, claim: Claim) -> list[str]:
        """All speakers, outermost first."""
        return [self.speaker(claim, hop) for hop in claim["chain"]]

    def origin(self, claim: Claim) -> str:
        """The last speaker."""
        return self.chain(claim)[-1]

    def party(self, claim: Claim) -> str:
        """The side that stands behind a claim."""
        return self.top(claim["chain"][-1].get("speaks_for") or self.origin(claim))

    @staticmethod
    def involved(claim: Claim) -> set[str]:
        """Everybody whom a claim's content names."""
        event = claim["event"]
        quantities = [q for q in (event.get("quantity"), *event.get("breakdown", ())) if q]
        roles = (event.get(role, ()) for role in ("actors", "targets", "helpers"))
        return {key for keys in (*roles, *(q.get("counted", ()) for q in quantities)) for key in keys}

    @staticmethod
    def happened(claim: Claim) -> bool:
        """Whether a claim says, for the first time in its report, that something did happen."""
        return claim["polarity"] == "affirms" and claim["event"].get("status", "happened") == "happened" and "repeats" not in claim

    @staticmethod
    def day(claim: Claim) -> str:
        """The first day that a claim's event, its telling or its report has."""
        when = claim["event"].get("time") or claim.get("said") or claim["report"]["published"][:10]
        return str(next(day for day in when.split("/") if day != ".."))

    @staticmethod
    def number(claim: Claim) -> tuple[int | None, int | None] | None:
        """How many people a claim counts."""
        quantity = claim["event"].get("quantity")
        return (quantity.get("min"), quantity.get("max")) if quantity and quantity["of"] != "vehicles" else None

    def named(self, *rules: Callable[[Claim], bool]) -> list[dict[str, Any]]:
        """Claims that fit all rules."""
        return [{"claim": claim["name"]} for claim in self.claims if all(rule(claim) for rule in rules)]

    # --- questions --------------------------------------------------------------------------------------------------------

    def about(self, agent: str) -> list[dict[str, Any]]:
        """The answer to who-claims-what-about."""
        return self.named(lambda claim: any(self.is_part(one, agent) for one in self.involved(claim)))

    def said_by(self, claim: Claim, agent: str) -> bool:
        """Whether an agent, a part of it, or one who speaks for these, is a claim's origin."""
        return self.is_part(self.origin(claim), agent) or self.is_part(claim["chain"][-1].get("speaks_for"), agent)

    def disputed(self, incident: str, types: str) -> list[dict[str, Any]]:
        """The answer to disputed-quantities."""
        found = []
        for claim in self.claims:
            event = claim["event"]
            if claim.get("incident") == incident and event["type"] in types.split(",") and self.number(claim):
                q = event["quantity"]
                row = {"claim": claim["name"], "origin": self.origin(claim), "polarity": claim["polarity"], "type": event["type"]}
                row |= {"min": q.get("min"), "max": q.get("max"), "approximate": q["approximate"], "of": q["of"]}
                found.append(row | {"counted": sorted(q.get("counted", ())), "wording": q["wording"]})
        return found

    def relation(self, denial: Claim, other: Claim) -> str | None:
        """How a denial bears on an affirmation."""
        mine, theirs = denial["event"]["type"], other["event"]["type"]
        if mine != theirs:
            return "kin" if {mine, theirs} <= _DEPARTURES else None
        if self.number(denial) == self.number(other):
            return "same"
        return "other-number" if self.number(denial) else "general"

    def denials(self) -> list[dict[str, Any]]:
        """The answer to denials."""
        rows: list[dict[str, Any]] = []
        for denial in (claim for claim in self.claims if claim["polarity"] == "denies"):
            met = [
                {"denial": denial["name"], "affirmed": other["name"], "relation": self.relation(denial, other)}
                for other in filter(self.happened, self.claims)
                if denial.get("incident")
                and other.get("incident") == denial["incident"]
                and self.party(other) != self.party(denial)
                and other["event"].get("facility") == denial["event"].get("facility")
                and set(other["event"].get("actors", ())) == set(denial["event"].get("actors", ()))
                and not (denial["event"]["type"] in _STATES and self.day(other) > self.day(denial))
                and self.relation(denial, other)
            ]
            rows += met or [{"denial": denial["name"], "affirmed": None, "relation": None}]
        return rows

    def helping(self, agent: str) -> list[dict[str, Any]]:
        """The answer to who-is-said-to-help."""
        rows = set()
        for claim in (claim for claim in self.claims if claim["polarity"] == "affirms"):
            actors, targets, helpers = (claim["event"].get(role, []) for role in ("actors", "targets", "helpers"))
            accused: set[str] = set()
            if claim["event"]["type"] in {*_DEPARTURES, "support"} and any(self.is_part(one, agent) for one in targets):
                accused |= {*actors, *helpers}
            if actors and all(self.is_part(one, agent) for one in actors):
                accused |= set(helpers)
            rows |= {(one, claim["name"]) for one in accused if not self.is_part(one, agent) and not self.said_by(claim, one)}
        return [{"accused": one, "claim": claim} for one, claim in rows]

    def control(self, facility: str) -> list[dict[str, Any]]:
        """The answer to control-timeline, in order of days and names."""
        rows = [claim for claim in self.claims if claim["event"]["type"] == "control" and claim["event"].get("facility") == facility]
        return [
            {
                "claim": claim["name"],
                "time": claim["event"].get("time"),
                "holders": sorted(claim["event"].get("actors", ())),
                "polarity": claim["polarity"],
                "origin": self.origin(claim),
            }
            for claim in sorted(rows, key=lambda claim: (self.day(claim), claim["name"]))
        ]

    def distancing(self, by: str | None = None, about: str | None = None) -> list[dict[str, Any]]:
        """The answer to distancing."""
        rows = []
        for claim in self.claims:
            speakers = self.chain(claim)
            for place, hop in enumerate(claim["chain"]):
                lemma = _DISTANCING.get(hop.get("verb", ""))
                reported = (speakers[place], hop.get("speaks_for"))
                if lemma and (not by or self.is_part(speakers[place - 1], by)) and (not about or any(self.is_part(one, about) for one in reported)):
                    row = {"claim": claim["name"], "reporter": speakers[place - 1], "speaker": speakers[place]}
                    rows.append(row | {"verb": hop["verb"], "lemma": lemma})
        return rows

    @cached_property
    def wordings(self) -> dict[str, dict[str, list[str]]]:
        """Whose each loaded wording is: actors, and words in each language."""
        found: dict[str, dict[str, list[str]]] = {}
        for quad in (quad for path in folder("graph").glob("*.ttl") for quad in parse(path=str(path), format=RdfFormat.TURTLE)):
            key, predicate = quad.subject.value.removeprefix(ID), quad.predicate.value.rpartition("#")[2]  # type: ignore[union-attr]  # all are named
            users = found.setdefault(key, {"whose": [], "en": [], "ar": []})
            if predicate == "wordingOf":
                users["whose"].append(quad.object.value.removeprefix(ID))  # type: ignore[union-attr]  # likewise
            elif predicate == "wordingUsers":
                users[quad.object.language].append(quad.object.value)  # type: ignore[union-attr, index]  # a text with a language
        return found

    def calling(self, by: str | None = None, about: str | None = None) -> list[dict[str, Any]]:
        """The answer to who-calls-whom-what."""
        places: dict[tuple[str, str, str, str], set[tuple[str, int]]] = {}
        for claim in self.claims:
            publisher, last = self.chain(claim)[0], claim["chain"][-1]
            for name in (one for one in claim.get("mentions", ()) if "key" in one):
                within = claim["start"] <= name["start"] and name["end"] <= claim["end"]
                caller = self.origin(claim) if within else publisher
                voices = (caller, publisher, last.get("speaks_for") if within else None)
                if (not about or self.is_part(name["key"], about)) and (not by or any(self.is_part(voice, by) for voice in voices)):
                    places.setdefault((caller, publisher, name["key"], name["surface"]), set()).add((claim["report"]["id"], name["start"]))
        return [self._called(row, found) for row, found in places.items()]

    def _called(self, row: tuple[str, str, str, str], places: set[tuple[str, int]]) -> dict[str, Any]:
        loaded = [f"wording-{name}" for name in _LOADED.get(row[3], ())]
        users = {name: sorted({user for one in loaded for user in self.wordings[one][name]}) for name in ("whose", "en", "ar")}
        found: dict[str, Any] = dict(zip(("caller", "publisher", "called", "words"), row, strict=True))
        found |= {"times": len(places), "reports": sorted({report for report, _ in places}), "loaded": sorted(loaded)}
        return found | {"whose": users["whose"], "users_en": users["en"], "users_ar": users["ar"]}

    def coverage(self) -> list[dict[str, Any]]:
        """The answer to coverage."""
        groups: dict[tuple[str, str], list[Claim]] = {}
        for claim in filter(self.happened, self.claims):
            if claim.get("incident"):
                groups.setdefault((claim["incident"], claim["event"]["type"]), []).append(claim)
        return [
            {
                "incident": incident,
                "type": kind,
                "claims": len(claims),
                "reports": len({claim["report"]["id"] for claim in claims}),
                "outlets": len({self.chain(claim)[0] for claim in claims}),
                "parties": len(behind := {self.party(claim) for claim in claims}),
                "unnamed": sum(party.startswith("unnamed:") for party in behind),
                "interested": sorted(behind & {self.top(one) for claim in claims for one in self.involved(claim)}),
            }
            for (incident, kind), claims in groups.items()
        ]


def rare_cases() -> dict[str, Any]:
    """A report with a known publisher whose claims have what the samples have not."""
    value = small("قال متحدث إن أحداً لم يفر.", "rare-cases", publisher="athr-press", published="2022-02-05")
    (plain,) = value["claims"]
    plain |= {"polarity": "affirms", "incident": "sinaa-2022-01"}
    people = {"min": 3, "max": 3, "approximate": False, "of": "persons", "counted": ["mahmoud-barkhudan"], "wording": "ثلاثة"}
    unnamed = {"surface": "مصدر", "kind": "collective"}
    cases: list[dict[str, Any]] = [
        {"event": {"type": "escape", "actors": ["nowruz-hamad"], "facility": "sinaa-prison"}},  # a part of a part
        {"event": {"type": "killing", "targets": ["civilians"], "breakdown": [people, {**people, "counted": ["civilians"]}]}},
        {"event": {"type": "transfer", "targets": ["isis"], "quantity": {**people, "of": "vehicles", "counted": []}}},
        {"event": {"type": "escape", "actors": ["isis"], "facility": "sinaa-prison", "status": "planned", "quantity": {**people, "min": None}}},
        {"event": {"type": "attack", "actors": ["isis"], "facility": "sinaa-prison", "time": "../2022-01-23"}, "repeats": "e00"},
        {"event": {"type": "control", "actors": ["isis", "sdf"], "facility": "sinaa-prison", "time": "../2022-01-23"}, "polarity": "denies"},
        {"event": {"type": "control", "actors": ["isis", "sdf"], "facility": "sinaa-prison", "time": "2022-01-24/.."}},
        {"event": {"type": "control", "facility": "sinaa-prison"}, "said": "2022-01-19", "chain": [{"named": "فلان"}]},
        {"event": {"type": "control", "facility": "katiba-prison"}, "review": {"state": "rejected"}},
        {"event": {"type": "siege", "actors": ["sdf"]}, "polarity": "denies", "incident": None},
        {"event": {"type": "escape", "actors": ["isis"]}, "chain": [{"anonymous": "x", **unnamed, "speaks_for": "ned-price"}]},
        {"event": {"type": "escape", "actors": ["isis"]}, "chain": [{"anonymous": "x", **unnamed, "affiliation": "sdf"}], "polarity": "denies"},
        {"event": {"type": "release", "actors": ["sdf"], "targets": ["isis"], "helpers": ["us-forces"]}, "chain": [{"agent": "ned-price"}]},
        {"event": {"type": "attack", "actors": ["amaq"], "helpers": ["syrian-army", "isis"]}, "certainty": "possible"},
        {"event": {"type": "attack", "actors": ["isis", "sdf"], "helpers": ["syrian-army"]}},
        {"event": {"type": "support", "actors": ["coalition"], "targets": ["mazloum-abdi"], "or": ["transfer"]}},
        {"event": {"type": "killing", "facility": "سجن لا يعرفه أحد", "actors": ["جماعة لا يعرفها أحد"]}, "polarity": "denies"},
        {"event": {"type": "attack", "actors": ["isis"]}, "chain": [{"agent": "alhal-net"}, {"agent": "athr-press"}]},
    ]
    value["claims"] = [
        {**plain, "id": f"e{number:02}", **{k: v for k, v in case.items() if v is not None}, "chain": [*plain["chain"], *case.get("chain", ())]}
        for number, case in enumerate(cases)
    ]
    for claim, case in zip(value["claims"], cases, strict=True):
        if "incident" in case:
            del claim["incident"]
    return value


_WORDS = """زاعمةً أن مِيلِيشيا «قسد» الإنفصالية تراجعت أمام «داعـش» في الحسكة.
وزعموا، متذرعًا بـ أقوال الاحتلال الأمريكيّ، أن الميليشيات باقية، بينما الاحتلالية شيء آخر.
بذريعة الأمن أغلقت قسد الطريق، وقسد لم تعلق، وسيدعي، ادّعى، بادعائه، على حد زعمها، بمزاعمهم، فأشـاعت، المدعي، دعا إلى ذلك، allegedly."""


def words_report(report_id: str, *numbers: int) -> dict[str, Any]:
    """A report in which names and verbs stand in many spellings, with some of its claims."""
    value = small(_WORDS, report_id, publisher="athr-press", published="2022-02-06")
    (plain,) = value["claims"]
    first, second, third = _WORDS.split("\n")
    claims = [
        _worded(plain, first, ("sdf", "مِيلِيشيا «قسد» الإنفصالية"), ("isis", "«داعـش»"), ("hasakah-city", "الحسكة"), chain=["زاعمةً"]),
        # the same words at the same place, by the same; the names beside the claim's own words are the outlet's
        _worded(plain, "تراجعت أمام «داعـش»", ("sdf", "مِيلِيشيا «قسد» الإنفصالية"), ("isis", "«داعـش»"), chain=["زاعمةً"]),
        _worded(plain, "أن الميليشيات باقية", ("us-forces", "الاحتلال الأمريكيّ"), ("sdf", "الميليشيات"), chain=["قال", "وزعموا", "متذرعًا بـ"]),
        _worded(plain, second, ("isis", "الاحتلالية"), chain=["المدعي"]),
        _worded(plain, third, ("sdf", "قسد"), ("sdf", "وقسد"), chain=["بذريعة"], speaks_for="mazloum-abdi"),
        *(_worded(plain, third, chain=[verb]) for verb in ("وسيدعي", "ادّعى", "بادعائه", "على حد زعمها", "بمزاعمهم", "فأشـاعت", "دعا", "allegedly")),
    ]
    claims[1]["mentions"].append({"candidates": ["sinaa-prison", "katiba-prison"], "surface": "الطريق", **_place("الطريق")})
    value["claims"] = [{**claim, "id": f"w{number:02}"} for number, claim in enumerate(claims) if not numbers or number in numbers]
    return value


def _place(words: str) -> dict[str, int]:
    return {"start": _WORDS.index(words), "end": _WORDS.index(words) + len(words)}


def _worded(plain: Claim, quote: str, *names: tuple[str, str], chain: list[str], **source: str) -> Claim:
    """A claim with names in it, told by unnamed sources of which each has a verb."""
    hops = [{"anonymous": f"x{number}", "surface": "مصدر", "kind": "anonymous", "verb": verb, **source} for number, verb in enumerate(chain)]
    mentions = [{"key": key, "surface": surface, **_place(surface)} for key, surface in names]
    return {**plain, "polarity": "affirms", "quote": quote, **_place(quote), "chain": [*plain["chain"], *hops], "mentions": mentions}


def further_cases() -> dict[str, Any]:
    """A report whose claims have what further questions must not trip over: open times, ends, plans, mixed voices, what is denied of escapees."""
    text = "قالت قسد إن الهاربين أُمسكوا وإن الفارون كثر، ونفت فرار أحد."
    value = small(text, "further-cases", publisher="athr-press", published="2022-07-01")
    (plain,) = value["claims"]
    plain |= {"polarity": "affirms", "incident": "raqqa-2022-06"}
    control = {"type": "control", "facility": "katiba-prison"}
    named, sdf = [{"named": "فلان"}], [{"agent": "sdf"}]
    unnamed = {"anonymous": "x", "surface": "مصدر", "kind": "anonymous"}
    escapees = {"min": 5, "max": None, "approximate": False, "of": "escapees", "counted": ["isis"], "wording": "خمسة"}
    cases: list[dict[str, Any]] = [
        {"event": {**control, "actors": ["us-forces"], "time": "2022-06-01"}},
        {"event": {**control, "actors": ["us"], "time": "2022-06-01"}, "chain": named},  # the same whole: no rival
        {"event": {**control, "actors": ["sdf", "isis"], "time": "2022-06-01/2022-06-03"}, "chain": [unnamed]},  # ends
        {"event": {**control, "actors": ["sdf-media-center"], "time": "../2022-06-10"}, "chain": sdf},  # has always been so
        {"event": {**control, "actors": ["syrian-army"], "time": "2022-06-02/.."}, "chain": [{"agent": "isis"}]},
        {"event": {**control, "actors": ["syrian-army"], "time": "2022-06-04"}, "chain": [{"agent": "us"}], "polarity": "denies"},
        {"event": {**control, "actors": ["us"], "time": "2022-06-05", "status": "planned"}},
        {"event": {**control, "time": "2022-06-05"}, "chain": [{"agent": "alhal-net"}]},  # nobody named: nobody's rival
        {"event": {**control, "actors": ["coalition"], "time": "2022-06"}, "chain": [{"agent": "alwatan"}, {**unnamed, "speaks_for": "coalition"}]},
        {"event": {"type": "arrest", "actors": ["sdf"], "quantity": escapees}, "chain": [{"agent": "mazloum-abdi"}], "polarity": "denies"},
        {"event": {"type": "escape", "actors": ["isis"]}, "chain": [{**unnamed, "kind": "collective", "speaks_for": "sdf"}], "quote": "نفت فرار أحد"},
        {"event": {"type": "escape", "actors": ["isis"], "status": "attempted"}, "chain": sdf, "quote": "نفت فرار أحد"},  # nobody got away
        {"event": {"type": "escape", "actors": ["isis"], "quantity": escapees}, "chain": [{"agent": "us"}], "polarity": "denies"},
        {"event": {"type": "killing", "targets": ["isis"], "breakdown": [escapees]}, "chain": [{"agent": "ned-price"}], "quote": "نفت فرار أحد"},
        {"event": {"type": "injury", "targets": ["isis"], "time": "2022-06-19"}, "chain": sdf, "said": "2022-06-20", "quote": "نفت فرار أحد"},
        {
            "event": {"type": "injury", "targets": ["isis"], "facility": "katiba-prison"},
            "chain": [{"agent": "sdf-media-center"}],
            "said": "2022-06-21",
        },
        {"event": {"type": "riot"}, "chain": [{"agent": "syria-tv"}, {"agent": "athr-press"}, {**unnamed, "kind": "office", "affiliation": "sdf"}]},
        {"event": {"type": "riot", "status": "intended"}, "chain": [{"agent": "syria-tv"}, *named]},
        {"event": {"type": "siege", "actors": ["sdf"]}, "chain": [{**unnamed, "kind": "own-reporter", "speaks_for": "athr-press"}], "repeats": "f15"},
    ]
    value["claims"] = [_further(plain, text, number, case) for number, case in enumerate(cases)]
    return value


def _further(plain: Claim, text: str, number: int, case: dict[str, Any]) -> Claim:
    quote = case.get("quote", text)
    start = text.index(quote)
    return {
        **plain,
        **case,
        "id": f"f{number:02}",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "chain": [*plain["chain"], *case.get("chain", ())],
    }


def added() -> list[dict[str, Any]]:
    """The documents that are measured beside the samples."""
    return [rare_cases(), words_report("words-one"), words_report("words-two", 0, 2), further_cases()]


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    """The samples, the rare cases and the reports full of names and verbs as JSON."""
    return Yardstick([*(json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.json"))), *added()])


@pytest.fixture(scope="module")
def snapshot(sampled: Path, base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The same in a store."""
    place = Place(Path(shutil.copytree(sampled, tmp_path_factory.mktemp("rare") / "store")))
    with open_writer(place, base, "a test", "test") as writer:
        assert all(writer.commit(document_of(value)).result is Result.COMMITTED for value in added())
    with reading(place, base.iri) as found:
        yield found


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask(snapshot: Snapshot, base: Base, reference: Reference) -> Ask:
    """A function that asks a question and gives its rows with the yardstick's names for IRIs."""

    def rows_of(name: str, **values: str) -> list[dict[str, Any]]:
        asked = question(name)
        answer = run(snapshot.path, asked.sparql(values, base, reference))
        return [{column: called(value, base) for column, value in row.items()} for row in records(asked, answer)]

    return rows_of


def called(value: Any, base: Base) -> Any:
    """The yardstick's name for an IRI."""
    if isinstance(value, list):
        return [called(one, base) for one in value]
    if not isinstance(value, str) or not value.startswith(base.iri):
        return value
    report = base.report_of(value)
    if report is None:
        return value.removeprefix(base.iri)
    if value == report.iri:
        return report.report_id
    rest = value.removeprefix(report.iri + "/")
    if rest == "source/@publisher":
        return f"publisher-of:{report.report_id}"
    return f"unnamed:{report.report_id}/{rest.removeprefix('source/')}" if rest.startswith("source/") else f"{report.report_id}/{rest}"


def same(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    """Whether two answers have the same rows with the same columns; there are some."""
    assert wanted
    assert Counter(json.dumps(row, sort_keys=True) for row in found) == Counter(json.dumps(row, sort_keys=True) for row in wanted)


@pytest.mark.parametrize("agent", ["sdf", "us", "us-forces", "coalition", "isis", "autonomous-administration", "firas-allawi"])
def test_who_claims_what_about(ask: Ask, yardstick: Yardstick, agent: str) -> None:
    """Claims whose content names an actor or a part of it, in any role or as those counted."""
    same(ask("who-claims-what-about", about=agent), yardstick.about(agent))


@pytest.mark.parametrize("agent", ["sdf", "isis", "sputnik", "coalition", "autonomous-administration", "alwatan", "athr-press"])
def test_claims_by(ask: Ask, yardstick: Yardstick, agent: str) -> None:
    """Claims whose origin is an actor, a part of it, or a source that speaks for these; who merely belongs to it does not count."""
    same(ask("claims-by", claimant=agent), yardstick.named(lambda claim: yardstick.said_by(claim, agent)))


def test_claims_by_those_who_only_belong(ask: Ask, yardstick: Yardstick) -> None:
    """The senior official who belongs to the United States does not speak for them; the spokesman does."""
    belonging = [c["name"] for c in yardstick.claims if c["chain"][-1].get("affiliation") == "us"]
    found = [row["claim"] for row in ask("claims-by", claimant="us")]
    assert belonging
    assert not set(belonging) & set(found)
    assert "sample-08-coalition-support/c04" in found


def test_denials(ask: Ask, yardstick: Yardstick) -> None:
    """Each denial beside what it contradicts, and how."""
    same(ask("denials"), yardstick.denials())


@pytest.mark.parametrize(
    ("incident", "types"),
    [("sinaa-2022-01", "escape,release,transfer"), ("sinaa-2022-01", "killing"), ("raqqa-2022-06", "smuggling,escape"), ("sinaa-2022-01", "injury")],
)
def test_disputed_quantities(ask: Ask, yardstick: Yardstick, incident: str, types: str) -> None:
    """All numbers of people that claims of an incident give for some types of event, with every column."""
    same(ask("disputed-quantities", incident=incident, types=types), yardstick.disputed(incident, types))


def test_unnamed_sources(ask: Ask, yardstick: Yardstick) -> None:
    """Claims whose origin is anonymous or a collective."""
    same(ask("unnamed-sources"), yardstick.named(lambda claim: claim["chain"][-1].get("kind") in ("anonymous", "collective")))


def test_relayed_twice_or_more(ask: Ask, yardstick: Yardstick) -> None:
    """Claims that came through three mouths or more, and whose these were, outermost first."""
    wanted = [{"claim": claim["name"], "chain": yardstick.chain(claim)} for claim in yardstick.claims if len(claim["chain"]) >= 3]
    same(ask("relayed-twice-or-more"), wanted)


@pytest.mark.parametrize("agent", ["isis", "sdf"])
def test_who_is_said_to_help(ask: Ask, yardstick: Yardstick, agent: str) -> None:
    """Whom others name as helping an actor."""
    same(ask("who-is-said-to-help", helped=agent), yardstick.helping(agent))


def test_control_timeline(ask: Ask, yardstick: Yardstick) -> None:
    """Who is said to hold a facility, in order of days."""
    found = ask("control-timeline", facility="sinaa-prison")
    assert found == yardstick.control("sinaa-prison")
    assert len(found) > 5


def test_hedged(ask: Ask, yardstick: Yardstick) -> None:
    """Claims that are not certain, and how sure they are."""
    wanted = [{"claim": claim["name"], "certainty": claim["certainty"]} for claim in yardstick.claims if claim["certainty"] != "certain"]
    same(ask("hedged"), wanted)


def test_own_voice(ask: Ask, yardstick: Yardstick) -> None:
    """Claims that an outlet makes itself."""
    same(ask("own-voice"), yardstick.named(lambda claim: len(claim["chain"]) == 1))


def test_coverage(ask: Ask, yardstick: Yardstick) -> None:
    """How many claims, reports, outlets and parties stand behind each type of event of an incident."""
    same(ask("coverage"), yardstick.coverage())


def test_claims_per_origin(ask: Ask, yardstick: Yardstick) -> None:
    """How many claims go back to each origin; the numbers add up to all claims."""
    counts = Counter(map(yardstick.origin, yardstick.claims))
    found = ask("claims-per-origin")
    same(found, [{"origin": origin, "claims": count} for origin, count in counts.items()])
    assert sum(row["claims"] for row in found) == len(yardstick.claims)


@pytest.mark.parametrize(
    "values", [{}, {"by": "alwatan"}, {"by": "athr-press"}, {"about": "sdf"}, {"about": "isis"}, {"by": "alwatan", "about": "sdf"}], ids=str
)
def test_distancing(ask: Ask, yardstick: Yardstick, values: dict[str, str]) -> None:
    """Claims told with a verb that keeps its distance, in any spelling and with whatever is written together with it; no other verb."""
    same(ask("distancing", **values), yardstick.distancing(**values))


def test_every_distancing_verb_is_met(yardstick: Yardstick) -> None:
    """The list of words above, by which the question is measured, stands in the reports."""
    assert {row["verb"] for row in yardstick.distancing()} == set(_DISTANCING)
    assert {row["words"] for row in yardstick.calling() if row["loaded"]} == set(_LOADED)


@pytest.mark.parametrize(
    "values",
    [
        *({}, {"by": "alwatan"}, {"by": "athr-press"}, {"by": "sdf"}, {"by": "isis"}, {"by": "alwatan", "about": "isis"}),
        *({"about": "sdf"}, {"about": "us"}, {"about": "hasakah-governorate"}),
    ],
    ids=str,
)
def test_who_calls_whom_what(ask: Ask, yardstick: Yardstick, values: dict[str, str]) -> None:
    """Who names whom how, how often and where; names within a claim are its origin's, others the outlet's; loaded words with whose they are."""
    found = [{**row, "reports": sorted(row["reports"])} for row in ask("who-calls-whom-what", **values)]
    same(found, yardstick.calling(**values))


@pytest.mark.parametrize("name", ["distancing", "who-calls-whom-what"])
@pytest.mark.parametrize("values", [{}, {"about": "sdf"}], ids=str)
def test_both_engines_answer_alike(snapshot: Snapshot, base: Base, reference: Reference, name: str, values: dict[str, str]) -> None:
    """What folds words and leaves parameters open means the same to rdflib: the same rows, in the same order."""
    asked = question(name)
    query = asked.sparql(values, base, reference)
    graph = Graph().parse(data=(serialize((q.triple for q in Store.read_only(str(snapshot.path))), format=RdfFormat.N_TRIPLES) or b"").decode())
    theirs = Answer(tuple(map(str, (found := graph.query(query)).vars or ())), tuple(tuple(map(_term, row)) for row in found))  # type: ignore[arg-type]  # rows of terms
    assert records(asked, theirs) == records(asked, run(snapshot.path, query))


def _term(term: object) -> Term:
    """A term of rdflib as one of pyoxigraph."""
    if term is None:
        return None
    return NamedNode(str(term)) if isinstance(term, URIRef) else Literal(str(term), datatype=XSD_INTEGER if str(term).isdigit() else None)


@pytest.mark.parametrize("outlet", ["sputnik", "athr-press", "nyt", "amaq", "alhal-net", "syria-tv", "al-araby-al-jadeed"])
def test_carried_by(ask: Ask, yardstick: Yardstick, outlet: str) -> None:
    """Claims that came through an outlet, at its place nearest to the reader; who speaks for it counts as the outlet."""
    same(ask("carried-by", outlet=outlet), list(carried_by(yardstick, outlet)))


@pytest.mark.parametrize(
    "values",
    [{"claimant": "sdf"}, {"claimant": "us"}, {"claimant": "sdf", "types": "killing,arrest"}, {"claimant": "sdf", "incident": "raqqa-2022-06"}],
    ids=str,
)
def test_said_over_time(ask: Ask, yardstick: Yardstick, values: dict[str, str]) -> None:
    """Claims of a party in the order in which they were made, with the day they are dated by and their numbers."""
    found = ask("said-over-time", **values)
    same(found, list(said_over_time(yardstick, **values)))
    assert [row["day"] for row in found] == sorted(row["day"] for row in found)


@pytest.mark.parametrize("incident", ["sinaa-2022-01", "raqqa-2022-06"])
def test_reports_on(ask: Ask, yardstick: Yardstick, incident: str) -> None:
    """Reports on an incident with how much each tells, in whose voice and from how many parties."""
    same(ask("reports-on", incident=incident), list(reports_on(yardstick, incident)))


@pytest.mark.parametrize(
    ("period", "asked"),
    [
        (("2022-01-20", "2022-01-23"), {}),
        (("2022-01-25", "2022-01-25"), {}),
        (("2022-02-05", "2022-06-20"), {"basis": "event"}),
        (("2022-01-01", "2022-06-30"), {"basis": "said,published", "incident": "sinaa-2022-01"}),
        (("2022-06-04", "2022-06-21"), {"types": "control,injury"}),
    ],
    ids=str,
)
def test_claims_between(ask: Ask, yardstick: Yardstick, period: tuple[str, str], asked: dict[str, str]) -> None:
    """Claims whose days meet those asked for: the event's, else those of saying, else that of publication; open ends are open."""
    same(ask("claims-between", **{"from": period[0], "until": period[1]}, **asked), list(claims_between(yardstick, period, **asked)))


@pytest.mark.parametrize(
    "values",
    [
        *({"kind": kind} for kind in ("anonymous", "collective,document", "office", "own-reporter", "named-party", "own-voice")),
        *({"kind": "anonymous,named-party,own-voice", "incident": "raqqa-2022-06"},),
    ],
    ids=str,
)
def test_resting_on(ask: Ask, yardstick: Yardstick, values: dict[str, str]) -> None:
    """Claims by the kind of their origin, with the report's words for it, for whom it speaks and through whom it is known."""
    same(ask("resting-on", **values), list(resting_on(yardstick, values["kind"], values.get("incident"))))


@pytest.mark.parametrize("incident", ["sinaa-2022-01", "raqqa-2022-06"])
def test_single_party_claims(ask: Ask, yardstick: Yardstick, incident: str) -> None:
    """Claims that no claim of another party goes with, as far as both say who did what to whom and where."""
    same(ask("single-party-claims", incident=incident), list(single_party_claims(yardstick, incident)))


@pytest.mark.parametrize(
    ("facility", "day"),
    [
        *(("sinaa-prison", day) for day in ("2022-01-20", "2022-01-23", "2022-01-26", "2022-01-29", "2022-02-28")),
        *(("katiba-prison", day) for day in ("2022-01-15", "2022-06-01", "2022-06-03", "2022-06-04", "2022-06-05", "2022-06-10", "2022-07-02")),
    ],
)
def test_rival_holders(ask: Ask, yardstick: Yardstick, facility: str, day: str) -> None:
    """What each party said last of who holds a facility, as far as it goes on, and who says otherwise."""
    found = [{**row, "against": sorted(row["against"])} for row in ask("rival-holders", facility=facility, day=day)]
    same(found, list(rival_holders(yardstick, facility, day)))
    assert [row["since"] for row in found] == sorted(row["since"] for row in found)


@pytest.mark.parametrize("values", [{"claimant": "sdf"}, {"claimant": "us"}, {"claimant": "sdf", "incident": "raqqa-2022-06"}], ids=str)
def test_presupposes_denied(ask: Ask, yardstick: Yardstick, values: dict[str, str]) -> None:
    """Claims of a party that speak of escapees, by a word, a number or outright, where it denies an escape in the same incident."""
    same(ask("presupposes-denied", **values), list(presupposes_denied(yardstick, **values)))


def test_every_word_for_escapees_is_met(ask: Ask, yardstick: Yardstick) -> None:
    """The words by which the question is measured stand in the reports; it is met with and without a word, with and without a count."""
    assert all(any(word in claim["quote"] for claim in yardstick.claims) for word in ESCAPEES if word != "فارّين")
    found = [row for party in ("sdf", "us") for row in ask("presupposes-denied", claimant=party)]
    assert {(row["word"] is None, row["counted"]) for row in found} == {(True, True), (False, True), (False, False), (True, False)}
    assert {row["number_only"] for row in found} == {True, False}


@pytest.mark.parametrize("facility", ["sinaa-prison", "raqqa-central-prison", "katiba-prison"])
def test_at_facility(ask: Ask, yardstick: Yardstick, facility: str) -> None:
    """Claims about what happened at a facility."""
    same(ask("at-facility", facility=facility), yardstick.named(lambda claim: claim["event"].get("facility") == facility))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("who-claims-what-about", {"about": "nyt"}),
        ("claims-by", {"claimant": "syrian-army"}),
        ("disputed-quantities", {"incident": "sinaa-2020-03"}),
        ("at-facility", {"facility": "hasakah-central-prison"}),
        ("control-timeline", {"facility": "raqqa-central-prison"}),
        ("who-is-said-to-help", {"helped": "nyt"}),
        ("said-over-time", {"claimant": "syrian-army"}),
        ("reports-on", {"incident": "sinaa-2020-03"}),
        ("single-party-claims", {"incident": "sinaa-2020-03"}),
        ("rival-holders", {"facility": "raqqa-central-prison", "day": "2022-06-19"}),
        ("presupposes-denied", {"claimant": "isis"}),
        ("claims-between", {"incident": "sinaa-2020-03"}),
        ("resting-on", {"incident": "sinaa-2020-03"}),
    ],
)
def test_nothing_is_an_answer(ask: Ask, name: str, values: dict[str, str]) -> None:
    """Where no claim fits, the answer has no rows."""
    assert ask(name, **values) == []


def test_every_question_is_measured_here() -> None:
    """Each question of the catalogue has its test above."""
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(catalogue()) <= tested
