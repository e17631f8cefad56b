"""Which words of a sentence say what happens, and which of them a clause is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

from claimgraph.extract.clitics import REMEMBERED, cores
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import HELP, PREPOSITIONS, RELATIVE, STOPS, THAT, closed
from claimgraph.extract.lexicon import Form, Light, Trigger, data, lexicon
from claimgraph.extract.sentence import Sentence

FINITE = frozenset(("past", "present", "passive"))
_PHRASE_GAP = 6
_NEAR = 9  # tokens between a light verb and the noun it passes on to
_RELATIVE_NEAR = 12  # tokens between a relative pronoun and a word of its clause
_TOO_WEAK = 1
_SURE = 3
_WANT_NOUN = closed("want_noun")
_ADVERBS = closed("between")
_PRISONS = frozenset(fold_word(word) for word in data("sites")["prisons"])
_DESCRIBES = closed("describes")
_CLAUSE_ENDS = STOPS | THAT
_HAPPENS = frozenset(data("light")["happens"])
_PREFIXES = ("", "و", "ف", "س", "ب", "ل", "ال", "وب", "ول", "وال", "ك")


class Occurrence(NamedTuple):
    """A word or phrase at ``[place, last)`` that says what happens. ``how`` is past, present, passive, noun or persons."""

    place: int
    last: int
    trigger: Trigger
    how: str
    prefix: str
    suffix: str
    agree: str = ""

    @property
    def finite(self) -> bool:
        """Whether it is a verb in a tense."""
        return self.how in FINITE


class _Beginning(NamedTuple):
    """A phrase that a word may begin: the clitic before it, how it stands, what it says, its further steps, the gap between them."""

    prefix: str
    how: str
    trigger: Trigger
    steps: tuple[frozenset[str], ...]
    gap: int


class LightVerb(NamedTuple):
    """A verb at ``place`` that adds manner or a status to what follows."""

    place: int
    light: Light
    prefix: str


class Head(NamedTuple):
    """What a clause is about, and the status that its light verb or a word beside it gives."""

    occurrence: Occurrence
    status: str | None
    light: LightVerb | None


@dataclass(slots=True)
class Triggers:
    """All occurrences of a sentence, in order."""

    events: list[Occurrence]
    lights: list[LightVerb]


def find(s: Sentence) -> Triggers:
    """The occurrences in a sentence; words inside known names say nothing else."""
    events: list[Occurrence] = []
    lights: list[LightVerb] = []
    known = s.named | s.titles
    present: frozenset[str] | None = None
    for place, facts in enumerate(map(_facts, s.words)):
        if facts is None or place in known:
            continue
        if facts.light is not None:
            lights.append(LightVerb(place, facts.light.entry, facts.light.prefix))
        if facts.phrases:
            if present is None:
                present = frozenset().union(*map(_readings, s.words))
            if phrase := _phrase(s, place, facts.phrases, present):
                events.append(phrase)
                continue
        occurrence = _single(s, place, facts)
        if occurrence and not (facts.light and occurrence.finite and occurrence.trigger.weight < _SURE):
            events.append(occurrence)
    return Triggers(events, lights)


class _Facts(NamedTuple):
    """What the lexicon knows of a word, whatever stands around it."""

    light: Form[Light] | None
    verbs: tuple[Form[Trigger], ...]
    nouns: tuple[Form[Trigger], ...]
    phrases: tuple[_Beginning, ...]


@lru_cache(REMEMBERED)
def _facts(word: str) -> _Facts | None:
    if not word or not word[0].isalpha():
        return None
    held = lexicon()
    light, verbs, nouns = held.light.verbs(word), held.events.verbs(word), held.events.nouns(word)
    if verbs and verbs[0].suffix and nouns and not nouns[0].suffix:  # سيطرة is a noun, not "he controlled it"
        verbs = ()
    phrases = _beginning(word)
    return _Facts(light[0] if light else None, verbs, nouns, phrases) if light or verbs or nouns or phrases else None


def _single(s: Sentence, place: int, facts: _Facts) -> Occurrence | None:
    """A word that says what happens by itself."""
    verbs, nouns = facts.verbs, facts.nouns
    if verbs and nouns:
        previous = s.word(s.before(place))
        if previous in PREPOSITIONS or _reads_as_noun(s, place, previous, nouns[0].prefix):  # after a preposition no verb can stand
            verbs = ()
    best = max(verbs or nouns, key=lambda form: (form.how != "persons", form.entry.weight), default=None)
    if best is None:
        return None
    trigger = _weak(best.entry) if best.how == "persons" else best.entry
    return Occurrence(place, place + 1, trigger, best.how, best.prefix, best.suffix, best.agree)


@cache
def _weak(trigger: Trigger) -> Trigger:
    """What the noun for those concerned says: the same, but weakly."""
    return replace(trigger, weight=_TOO_WEAK)


def _reads_as_noun(s: Sentence, place: int, previous: str, prefix: str) -> bool:
    """Whether a spelling that is a verb and a noun (قتل, قصف, هجر) is the noun here: it bears the article, or follows a verb that wants one."""
    if prefix.lstrip("وف"):
        return True
    light = lexicon().light.verbs(previous)
    return bool(light) or previous in _WANT_NOUN or (previous in _ADVERBS and bool(lexicon().light.verbs(s.word(s.before(s.before(place))))))


def _phrase(s: Sentence, place: int, beginning: tuple[_Beginning, ...], present: frozenset[str]) -> Occurrence | None:
    """A phrase of several words that begins here, with few words between its steps; ``present`` are the readings of the sentence's words."""
    best: Occurrence | None = None
    for prefix, how, trigger, steps, gap in beginning:
        if steps and steps[-1].isdisjoint(present):
            continue
        last = _follow(s, place + 1, steps, gap)
        if last is not None and (best is None or trigger.weight > best.trigger.weight):
            best = Occurrence(place, last, trigger, how, prefix, "")
    return best


def _beginning(word: str) -> tuple[_Beginning, ...]:
    """The phrases that a word may begin."""
    held = lexicon()
    found = []
    for prefix in _PREFIXES:
        if not word.startswith(prefix):
            continue
        core = word[len(prefix) :]
        if len(core) > 1:
            for trigger, steps, gap, nouns in held.phrases.get(core, ()):
                how = "noun" if core in nouns and not (held.light.verbs(core) or held.events.verbs(core)) else "past"
                found.append(_Beginning(prefix, how, trigger, steps[1:], min(gap, _PHRASE_GAP)))
    return tuple(found)


def _follow(s: Sentence, place: int, steps: tuple[frozenset[str], ...], gap: int) -> int | None:
    """Where the further steps of a phrase end that begin at ``place``, each at most ``gap`` words behind the one before."""
    for step in steps:
        for ahead in range(place, min(place + gap + 1, len(s.words))):
            word = s.words[ahead]
            if word in STOPS:
                return None
            if not step.isdisjoint(_readings(word)):
                place = ahead + 1
                break
        else:
            return None
    return place


@lru_cache(REMEMBERED)
def _readings(word: str) -> tuple[str, ...]:
    """A word of a phrase as written, after "and" or "with", and without a pronoun behind it: فرض سيطرته."""
    found = {word, word[1:]} if word[:1] in ("و", "ب") else {word}
    for pronoun in ("ه", "ها", "هم", "هما"):
        if word.endswith(pronoun):
            core = word[: -len(pronoun)]
            found |= {core, core[:-1] + "ه"} if core.endswith("ت") else {core}
    return tuple(found)


# --- what a clause is about ---------------------------------------------------------------------------------------------------


def head(s: Sentence, found: Triggers, first: int, last: int) -> Head | None:
    """The occurrence that tokens ``[first, last)`` are about: the main verb, the noun that a light verb passes on to, or the first noun."""
    events = [e for e in found.events if first <= e.place < last]
    light = next((v for v in found.lights if first <= v.place < last and not _subordinate(s, v.place, first)), None)
    if not events:
        return None
    main = [e for e in events if not _subordinate(s, e.place, first)]
    verb = next((e for e in main if e.finite and e.trigger.weight > _TOO_WEAK), None)
    noun = next((e for e in main if e.how == "noun" and e.trigger.weight > _TOO_WEAK), None)
    if light is not None and (verb is None or light.place < verb.place):
        led = _of_light(s, light, events, noun, verb)
        if led is not None:
            return Head(led, light.light.status, light)
    start = s.skip_marks(first)
    if noun is not None and noun.place == start and _is_subject(s, noun, verb):
        return Head(noun, None, None)
    chosen = verb or noun or _strongest(s, main, events, start)
    return Head(chosen, None, None) if chosen else None


def _of_light(s: Sentence, light: LightVerb, events: list[Occurrence], noun: Occurrence | None, verb: Occurrence | None) -> Occurrence | None:
    """What a clause with a light verb is about: the noun before a verb of happening, what the verb passes on to, the noun before."""
    before = noun if noun is not None and noun.place < light.place else None
    if before is not None and light.light.lemma in _HAPPENS:
        return before
    return _passed_on(s, light, events) or (before if verb is None else None)


def _passed_on(s: Sentence, light: LightVerb, events: list[Occurrence]) -> Occurrence | None:
    """The event that a light verb passes on to; of one that causes, the result behind its preposition: what comes first is the cause."""
    if light.light.causes:
        passes = light.light.passes
        results = (e for e in events if e.place > light.place and (s.word(e.place - 1) in passes or e.prefix[-1:] in passes))
        result = next((e for e in results if s.words[e.place] not in HELP), None)
        if result is not None:
            return result
    near = (e for e in events if light.place < e.place <= light.place + _NEAR and e.trigger.weight > _TOO_WEAK)
    return next((e for e in near if _passed(s, light, e)), None)


def _passed(s: Sentence, light: LightVerb, event: Occurrence) -> bool:
    """Whether a light verb passes on to this event: no other clause begins between."""
    return not any(w in RELATIVE or w == ";" for w in s.words[light.place + 1 : event.place])


def _is_subject(s: Sentence, noun: Occurrence, verb: Occurrence | None) -> bool:
    """Whether a noun at the clause's head is what the clause is about: no verb is said of it ("the operation aims at")."""
    if verb is None:
        return True
    return verb.place >= noun.place and any(w in RELATIVE for w in s.words[noun.last : verb.place])


def _strongest(s: Sentence, main: list[Occurrence], events: list[Occurrence], start: int) -> Occurrence | None:
    """Where neither a verb nor a noun says plainly what happens, the strongest word, but none that only names where or with whom."""
    free = [e for e in main if e.place == start or (s.word(s.before(e.place)) not in PREPOSITIONS and not _is_site(s.words[e.place]))]
    some = free or [e for e in events if e.trigger.weight > _TOO_WEAK]
    return max(some, key=lambda e: (e.how != "persons", e.trigger.weight, -e.place), default=None)


def _is_site(word: str) -> bool:
    """Whether a word only names where: a prison is mentioned in many a clause that is not about detention."""
    return not _PRISONS.isdisjoint(cores(word))


def _subordinate(s: Sentence, place: int, first: int) -> bool:
    """Whether a word stands in a relative clause: a relative pronoun before it, with no comma between."""
    words = s.words
    for j in range(place - 1, max(first, place - _RELATIVE_NEAR) - 1, -1):
        word = words[j]
        if word in _CLAUSE_ENDS:
            return False
        if word in _DESCRIBES:
            return j > first
    return False


@cache
def statuses() -> dict[str, str]:
    """Words beside a clause's head that give its status: planned, ongoing, attempted, intended."""
    return {fold_word(word): status for status, words in data("light")["status"].items() for word in words}
