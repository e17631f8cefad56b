"""Where it happened: facilities and places, known or as written, and which of several bearers a name means."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from claimgraph.extract.clitics import ARTICLES, REMEMBERED, noun_cuts
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import OF, PREPOSITIONS, RELATIVE, THAT, closed
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.names import Name
from claimgraph.extract.scene import Scene
from claimgraph.extract.sentence import MARKS, Sentence
from claimgraph.model.document import Mention

_NAMED = 2  # tokens of a site with a name: its kind alone names none
_TO = closed("towards")
_MOVES = frozenset(("escape", "transfer", "smuggling", "displacement", "deployment", "release"))
_INHERITS = _MOVES - {"smuggling", "displacement"} | {
    *("riot", "control", "siege", "clash", "attack", "killing", "detention", "missing", "purpose", "airstrike", "shelling", "arrest"),
}  # events that, where no site is named, happen at the one spoken of
_LONGEST = 4
_APART = 2  # tokens between a name and another one joined to it by "and": "the countryside of Idlib and Aleppo"


def _folded(name: str) -> frozenset[str]:
    return frozenset(fold_word(word) for word in data("sites")[name])


_FACILITY_HEADS, _PLACE_HEADS = _folded("facilities"), _folded("places")
_HEADS = _FACILITY_HEADS | _PLACE_HEADS
_PRISONS, _REGIONS, _PARTIES = _folded("prisons"), _folded("regions"), _folded("parties")


@dataclass(slots=True)
class Site:
    """Facility and place of a clause, each a key, the words as written, or nothing; ``explicit`` unless taken over from the report."""

    facility: str | None = None
    place: str | None = None
    origin: str | None = None
    destination: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    explicit: bool = True


class Sites:
    """Reads the sites of one report's clauses, in order."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.facilities: dict[str, int] = {}
        self._named: dict[str, Mention] = {}
        self.last_facility: str | None = None
        self.last_prison: str | None = None
        self._last_block = -1

    def survey(self, sentences: list[Sentence]) -> None:
        """Note first which facilities the whole report names beyond doubt: they decide what ambiguous names mean."""
        for s in sentences:
            for name in s.names:
                if name.is_a("Facility") and name.key:
                    self.facilities[name.key] = self.facilities.get(name.key, 0) + 1
                    self._named.setdefault(name.key, _mention(s, name, name.key, "facility"))

    def resolve(self, name: Name) -> str | None:
        """Whose name it is: its one bearer, or the one bearer that the report names elsewhere beyond doubt."""
        if name.key:
            return name.key
        named = [key for key in dict.fromkeys(known.key for known in name.known) if key in self.facilities]
        return named[0] if len(named) == 1 else None

    def in_prison(self, s: Sentence) -> bool:
        """Whether the report is about a prison so far, or this sentence names one."""
        return self.last_prison is not None or any(map(_is_prison, s.words))

    def of(self, s: Sentence, first: int, last: int, kind: str) -> Site:
        """The site of tokens ``[first, last)``."""
        site = Site()
        taken: set[int] = set()
        for name in s.names:
            if not first <= name.first < last or not (name.is_a("Facility") or (name.is_a("Place") and _is_where(s, name, kind))):
                continue
            taken.update(range(name.first, name.last))
            self._known(s, name, kind, site)
        for place in [i for i, word in enumerate(s.words[first:last], first) if _begins_site(word)]:
            if place not in taken and (end := self._unknown(s, place, last)):
                self._written(s, place, end, kind, site)
                taken.update(range(place, end))
        elsewhere = site.place is not None or site.origin is not None or site.destination is not None
        if site.facility is None and kind in _INHERITS and (not elsewhere or self._refers(s, first, last)):
            site.facility, site.explicit = self._meant(s), False
            site.mentions += [self._named[site.facility]] if site.facility in self._named else []
        if site.facility and site.explicit:
            self.last_facility, self._last_block = site.facility, s.block
        return site

    def _meant(self, s: Sentence) -> str | None:
        """The facility that a clause without one is about: one named in the same paragraph, else the one that the report names most."""
        if self.last_facility is not None and self._last_block == s.block:
            return self.last_facility
        return max(self.facilities, key=lambda key: self.facilities[key], default=self.last_facility)

    def _known(self, s: Sentence, name: Name, kind: str, site: Site) -> None:
        key = self.resolve(name)
        word = key or s.surface(name.first, name.last)
        if name.is_a("Facility"):
            role = "facility"
            if site.facility is None or (key and site.facility != key and not site.explicit):
                site.facility = word
            if name.is_a("Prison"):
                self.last_prison = word
        else:
            role = self._place_role(s, name.first, kind)
            if getattr(site, role) is None:
                setattr(site, role, word)
        site.mentions.append(_mention(s, name, key, role))

    def _place_role(self, s: Sentence, place: int, kind: str) -> str:
        if kind not in _MOVES:
            return "place"
        before = [s.words[j] for j in range(max(0, place - 3), place) if s.words[j] and s.words[j] not in MARKS]
        if any(w in _TO for w in before):
            return "destination"
        return "origin" if any(w in OF for w in before[-2:]) else "place"

    def _unknown(self, s: Sentence, place: int, last: int) -> int | None:
        """Where the name of a facility or place that the graph lacks ends, if one begins with the kind of site that stands here."""
        end = place + 1
        while end < last and end - place < _LONGEST and self._names_on(s, end):
            end += 1
        return end if end > place + 1 else None

    @staticmethod
    def _names_on(s: Sentence, place: int) -> bool:
        word = s.words[place]
        if not word or word in MARKS:
            return word in MARKS and word != "-"
        if not word[0].isalpha() or word in PREPOSITIONS or word in RELATIVE or word in THAT or place in s.dates:
            return False
        words = lexicon()
        if any(f.how != "persons" for f in words.events.verbs(word)) or words.light.verbs(word) or words.reporting.verbs(word):
            return False
        if word[:1] == "و" or any(n.first == place and (n.prefix or n.is_a("Actor")) for n in s.names):
            return False
        return not _is_dative(word)

    def _written(self, s: Sentence, first: int, last: int, kind: str, site: Site) -> None:
        while last > first and s.words[last - 1] in MARKS:
            last -= 1
        if last - first < _NAMED:
            return
        if any(core in _FACILITY_HEADS for core in _bare(s.words[first + 1])):  # "the area of the prison" names none
            return
        surface = " ".join(s.surface(first, last).split())
        for clitic in ("وب", "ب", "ل", "و"):
            bare = fold_word(surface)
            if bare.startswith(clitic) and bare[len(clitic) :].split(" ")[0] in _HEADS:
                surface = surface[len(clitic) :]
                break
        if _is_facility(s.words[first]):
            if site.facility is None:
                site.facility = surface
            if _is_prison(s.words[first]):
                self.last_prison = surface
        else:
            role = self._place_role(s, first, kind)
            if getattr(site, role) is None:
                setattr(site, role, surface)

    @staticmethod
    def _refers(s: Sentence, first: int, last: int) -> bool:
        """Whether the clause takes a facility up again: "the prison"."""
        return any(map(_is_facility, s.words[first:last]))


def _is_where(s: Sentence, name: Name, kind: str) -> bool:
    """Whether the name of a place says where, rather than naming a party by it ("with Damascus") or a region called after it ("the road to Homs")."""
    before = s.word(s.before(name.first))
    if name.prefix == "و" and (first := next((n for n in s.names if name.first - _APART <= n.last <= name.first and n.is_a("Place")), None)):
        return _is_where(s, first, kind)
    if name.prefix:
        return kind in _MOVES or not name.prefix.endswith("ل")
    return before not in _PARTIES and not any(cut.core in _REGIONS for cut in noun_cuts(before) if cut.prefix not in ARTICLES and not cut.suffix)


def _mention(s: Sentence, name: Name, key: str | None, role: str) -> Mention:
    """A site's name where it stands, without a clitic before it; one that stays open with all its bearers."""
    start, end = s.bare_span(name.first, name.last, name.prefix)
    candidates = frozenset() if key else frozenset(known.key for known in name.known)
    return Mention(key=key, candidates=candidates, surface=s.folded.text[start:end], start=start, end=end, role=role)


@lru_cache(REMEMBERED)
def _begins_site(word: str) -> bool:
    """Whether a word is a kind of site without the article: the name must follow."""
    return any(cut.core in _HEADS for cut in noun_cuts(word) if cut.prefix not in ARTICLES and not cut.suffix)


@lru_cache(REMEMBERED)
def _is_facility(word: str) -> bool:
    """Whether a word is a kind of facility, with or without clitics."""
    return not _FACILITY_HEADS.isdisjoint(_bare(word))


@lru_cache(REMEMBERED)
def _is_prison(word: str) -> bool:
    """Whether a word is a place of detention, with or without clitics."""
    return not _PRISONS.isdisjoint(_bare(word))


def _bare(word: str) -> tuple[str, ...]:
    """A word, and what is left of it without clitics but with its pronoun."""
    return (word, *(cut.core for cut in noun_cuts(word) if not cut.suffix)) if word else ()


@lru_cache(REMEMBERED)
def _is_dative(word: str) -> bool:
    """Whether a word is a common noun behind "to" or "for": it belongs to no name."""
    words = lexicon()
    prefixes = (
        [f.prefix for f in words.sources.nouns(word)] + [f.prefix for f in words.events.nouns(word)] + [f.prefix for f in words.bodies.nouns(word)]
    )
    return any(prefix.startswith("ل") for prefix in prefixes)
