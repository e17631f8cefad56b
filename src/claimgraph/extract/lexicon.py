"""The rules' words: read from ``lexicon/*.yaml``, checked, and indexed by every form they can take in a text.

The files are data that an Arabic speaker edits without Python; each explains its fields at its head. A file that does not hold what
it must is a broken installation and says which entry is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import yaml

from claimgraph.extract.clitics import ARTICLES, REMEMBERED, Cut, noun_cuts, verb_cuts
from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import ResourceError

_FOLDER = Path(__file__).parent / "lexicon"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PRESENT_ONLY = frozenset(("present",))
_NOMINAL = frozenset(("noun", "persons"))


@cache
def data(name: str) -> Any:
    """What ``lexicon/<name>.yaml`` holds, read once. Raises :class:`ResourceError` if it is missing or no YAML."""
    return _read(name)


def _read(name: str) -> Any:
    """What a file holds, read anew: of the largest, which only :class:`Lexicon` reads, nothing is kept but what that makes of it."""
    path = _FOLDER / f"{name}.yaml"
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # a safe loader, in C where there is one
    except (OSError, yaml.YAMLError) as error:
        raise ResourceError(f"The extractor's word list {path.name} cannot be read: {error}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Verb:
    """A verb of reporting."""

    lemma: str
    stance: str
    certainty: str
    takes: frozenset[str]
    prepositions: frozenset[str]
    distance: bool = False
    event: str | None = None
    addresses: bool = False
    weak: bool = False
    objects: Mapping[str, str | None] = field(default_factory=dict)
    source_after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """A word or phrase that says what happens."""

    type: str
    weight: int
    subject: str | None
    object: str | None
    genitive: str | None
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """A verb that adds manner to what another word says happens: manage to, begin to, be exposed to."""

    lemma: str
    status: str | None
    subject: str | None
    causes: bool
    passes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A noun for a source without a name, or a person's title."""

    head: str
    kind: str
    speaks: bool
    person: bool
    carries: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A noun that begins the name of an organisation."""

    head: str
    outlet: bool


Entry = TypeVar("Entry")


class Form(NamedTuple, Generic[Entry]):
    """A reading of a word: the entry, how it stands (tense, noun …), its agreement (m, f, d, df, mp, fp, sp or nothing), its clitics."""

    entry: Entry
    how: str
    agree: str
    prefix: str
    suffix: str

    @property
    def definite(self) -> bool:
        """Whether it bears the article."""
        return self.prefix in ARTICLES


class _Cuts:
    """The ways to read a word that leave a form which one of the tables has: of most words, none does."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.verb = lru_cache(REMEMBERED)(self._verb)
        self.noun = lru_cache(REMEMBERED)(self._noun)

    def _verb(self, word: str) -> tuple[tuple[Cut, bool], ...]:
        forms = self.forms
        return tuple(pair for pair in verb_cuts(word) if pair[0].core in forms)

    def _noun(self, word: str) -> tuple[Cut, ...]:
        forms = self.forms
        return tuple(cut for cut in noun_cuts(word) if cut.core in forms or (cut.core[-1] == "ا" and cut.core[:-1] in forms))


class _Table(Generic[Entry]):
    """Entries by folded form; ``cuts`` are the ways to read words that all tables share."""

    def __init__(self, cuts: _Cuts) -> None:
        self._cuts = cuts
        self._forms: dict[str, list[tuple[Entry, str, str]]] = defaultdict(list)
        self.verbs = lru_cache(REMEMBERED)(self._verbs)
        self.nouns = lru_cache(REMEMBERED)(self._nouns)

    def entries(self) -> Iterator[Entry]:
        """All entries, each as often as it has forms."""
        return (entry for some in self._forms.values() for entry, _, _ in some)

    def add(self, entry: Entry, how: str, agree: str, form: str) -> None:
        """Enter a form; several words make no single form and are left to phrases."""
        folded = fold_word(form)
        self._cuts.forms.add(folded)
        if (entry, how, agree) not in self._forms[folded]:
            self._forms[folded].append((entry, how, agree))

    def _verbs(self, word: str) -> tuple[Form[Entry], ...]:
        """The word read as a verb; a reading without clitics shuts out those with."""
        for cut, present in self._cuts.verb(word):
            found = tuple(
                Form(entry, how, agree, cut.prefix, cut.suffix)
                for entry, how, agree in self._forms.get(cut.core, ())
                if how not in _NOMINAL and (not present or how in _PRESENT_ONLY)
            )
            if found:
                return found
        return ()

    def _nouns(self, word: str) -> tuple[Form[Entry], ...]:
        for cut in self._cuts.noun(word):
            found = tuple(
                Form(entry, how, agree, cut.prefix, cut.suffix)
                for entry, how, agree in (*self._forms.get(cut.core, ()), *(self._forms.get(cut.core[:-1], ()) if cut.core.endswith("ا") else ()))
                if how in ("noun", "persons", "head")
            )
            if found:
                return found
        return ()


def _agreeing(forms: Any) -> Iterator[tuple[str, str]]:
    """(agreement, form) pairs of a mapping by agreement, a list, or one word."""
    if isinstance(forms, str):
        yield "", forms
    elif isinstance(forms, Mapping):
        for agree, some in forms.items():
            yield from ((agree, form) for form in ([some] if isinstance(some, str) else some or ()))
    else:
        yield from (("", form) for form in forms or ())


def _enter(table: _Table[Entry], entry: Entry, fields: Mapping[str, Any], names: Iterable[str]) -> None:
    for how in names:
        for agree, form in _agreeing(fields.get(how)):
            table.add(entry, how, "" if agree == "more" else agree, form)


class Lexicon:
    """All word lists. Immutable once read; readings of words are remembered."""

    def __init__(self) -> None:
        cuts = _Cuts()
        self.reporting: _Table[Verb] = _Table(cuts)
        self.events: _Table[Trigger] = _Table(cuts)
        self.light: _Table[Light] = _Table(cuts)
        self.sources: _Table[Source] = _Table(cuts)
        self.bodies: _Table[Body] = _Table(cuts)
        self.phrases: dict[str, list[tuple[Trigger, tuple[frozenset[str], ...], int, frozenset[str]]]] = defaultdict(list)
        self._read_verbs()
        self._read_events()
        self._read_light()
        self._read_sources()

    def _read_verbs(self) -> None:
        for e in _entries("verbs"):
            verb = Verb(
                e["lemma"], e["stance"], e["certainty"], frozenset(e["takes"]), frozenset(map(fold_word, e.get("with") or ())),
                bool(e.get("distance")), e.get("event"), bool(e.get("addresses")), bool(e.get("weak")),
                {fold_word(noun): event for noun, event in (e.get("objects") or {}).items()}, frozenset(map(fold_word, e.get("source_after") or ())),
            )  # fmt: skip
            _enter(self.reporting, verb, e, ("past", "present", "participle", "passive", "noun"))

    def _read_events(self) -> None:
        for e in _entries("events"):
            trigger = Trigger(
                e["type"], e.get("weight", 2), e.get("subject"), e.get("object"), e.get("genitive"), e.get("status") or "happened"
            )  # fmt: skip
            if "phrase" in e:
                self._enter_phrase(trigger, e)
            else:
                _enter(self.events, trigger, e, ("past", "present", "passive", "noun", "persons"))

    def _enter_phrase(self, trigger: Trigger, e: Mapping[str, Any]) -> None:
        steps = tuple(frozenset(map(fold_word, [step] if isinstance(step, str) else step)) for step in e["phrase"])
        nouns = frozenset(map(fold_word, e.get("noun_forms") or ()))
        for first in steps[0]:
            self.phrases[first].append((trigger, steps, e.get("gap", 0), nouns))

    def _read_light(self) -> None:
        for e in data("light")["verbs"]:
            light = Light(e["lemma"], e.get("status"), e.get("subject"), bool(e.get("causes")), frozenset(map(fold_word, e.get("passes") or ())))
            _enter(self.light, light, e, ("past", "present", "passive", "noun"))

    def _read_sources(self) -> None:
        held = data("sources")
        for e in held["sources"]:
            source = Source(e["head"], e["kind"], bool(e.get("speaks")), bool(e.get("person")), bool(e.get("carries")))
            for agree, form in _agreeing(e["forms"]):
                self.sources.add(source, "head", agree, form)
        for e in held["bodies"]:
            body = Body(e["head"], bool(e.get("outlet")))
            for form in e.get("forms") or [e["head"]]:
                self.bodies.add(body, "head", e.get("gender") or e.get("agree") or "m", form)


def _entries(name: str) -> list[dict[str, Any]]:
    held = _read(name)
    entries = held if isinstance(held, list) else held[name]
    for entry in entries:
        if not isinstance(entry, dict):
            raise ResourceError(f"The extractor's word list {name}.yaml holds {entry!r}, which is no entry.")
    return entries


@cache
def lexicon() -> Lexicon:
    """The word lists that come with the program. Raises :class:`ResourceError` if they are broken."""
    try:
        return Lexicon()
    except (KeyError, TypeError) as error:
        raise ResourceError(f"The extractor's word lists are not whole ({type(error).__name__}: {error}): install claimgraph again.") from None
