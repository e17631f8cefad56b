"""What a verb of reporting reports: a clause, a quotation or a noun, and where it begins."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple

from claimgraph.extract.clitics import REMEMBERED, cores, noun_cuts
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import ADJUNCTS, PREPOSITIONS, RELATIVE, THAT, closed
from claimgraph.extract.lexicon import Form, Verb, data, lexicon
from claimgraph.extract.relays import Relay
from claimgraph.extract.sentence import Sentence

_UPON = closed("upon")
_FARTHEST = 45  # tokens between a verb of reporting and what it reports: appositions and adjuncts included
_FROM_NOUN = 12  # tokens between a noun that may be what is reported and a that-word that is rather so
_ABOUT_WHAT = 8  # tokens from "the news of" to what it is about
_BELIEF = 3  # tokens from "his belief" to its "that"
_USUAL = 2  # the weight from which an event's noun is what is reported
_HEADINGS = closed("headings")
_QUOTE_WORDS = 4  # a quotation shorter than that is a name or a word held at arm's length
_IN_THESE_WORDS = frozenset((",", "", "-")) | closed("in_these_words")
_NOT_THAT_AFTER = closed("no_complement_after")
_ABOUT = closed("about")
_NONE = frozenset(map(fold_word, data("negation")["noun_negators"]))  # "confirmed that none": what is reported begins there
_CONDITIONS = closed("conditions")
_ASKED = frozenset(("demand", "threat"))  # what is asked or threatened need be no event of the lists
WHOLE = frozenset(("appraisal", "support"))  # the claim is that they praised or supported: the verb is part of it
_TENSES = frozenset(("past", "present", "participle"))


class Complement(NamedTuple):
    """Where what a verb reports begins, where the words about its speaker end, and how it is joined (that, quote, noun, before, whole)."""

    content: int
    region_end: int
    kind: str


class _Step(Enum):
    """What a word tells a search when it is not what is reported."""

    ON = "on"
    END = "end"


def reporting_form(s: Sentence, place: int) -> Form[Verb] | None:
    """The word read as a verb of reporting in a tense, or as its participle; nothing within a known name."""
    form = _tensed(s.words[place])
    return None if form is None or place in s.named else form


def complement(s: Sentence, place: int, form: Form[Verb], relays: Sequence[Relay]) -> Complement | None:
    """What the verb of reporting at ``place`` reports; nothing where it reports nothing in this sentence."""
    return _Search(s, place, form, relays).run()


def object_of(verb: Verb, word: str) -> str | None:
    """The object noun that makes a verb one of reporting ("renewed its accusation"), as the lexicon has it."""
    return next((cut.core for cut in noun_cuts(word) if cut.core in verb.objects), None) if verb.objects else None


def is_empty(s: Sentence, content: int, relays: Sequence[Relay]) -> bool:
    """Whether what is announced is only a heading for it ("the toll", "details"), and no number follows."""
    if _HEADINGS.isdisjoint(cores(s.words[content])):
        return False
    end = min([len(s.words), *(r.first for r in relays if r.first > content)])
    return not any(content <= n.first < end for n in s.numbers)


def quotation(s: Sentence, content: int) -> tuple[int, int | None]:
    """Where a reported stretch begins, marks aside; one that is a quotation ends with the mark that closes it."""
    if content < len(s.words) and s.words[content] == '"':
        close = s.close_of(content)
        if close is not None and sum(1 for w in s.words[content:close] if w) >= _QUOTE_WORDS:
            return content + 1, close
    return s.skip_marks(content), None


@lru_cache(REMEMBERED)
def _tensed(word: str) -> Form[Verb] | None:
    return next((form for form in lexicon().reporting.verbs(word) if form.how in _TENSES), None)


@lru_cache(REMEMBERED)
def _is_idle(word: str) -> bool:
    """Whether a word tells no search anything, as most do: no that-word, no verb, no mark, and no noun but one that a demand may ask for."""
    if not word or word in THAT or word in _CONDITIONS or not word[0].isalpha():
        return not word
    words = lexicon()
    if _tensed(word) or _is_speech(word) or words.light.nouns(word) or words.events.nouns(word):
        return False
    return (_ABOUT | _objects()).isdisjoint(cores(word))


@cache
def _objects() -> frozenset[str]:
    """The nouns that make some verb one of reporting."""
    return frozenset(noun for verb in lexicon().reporting.entries() for noun in verb.objects)


class _Search:
    """One search, word by word, from a verb of reporting at ``verb`` to what it reports."""

    def __init__(self, s: Sentence, verb: int, form: Form[Verb], relays: Sequence[Relay]) -> None:
        self._s = s
        self._verb = verb
        self._form = form
        self._entry = form.entry
        self._stop = min([len(s.words), verb + _FARTHEST, *(r.first for r in relays if r.first > verb)])
        self._noun: int | None = None  # the first noun that may be what is reported
        self._condition = False  # whether a phrase such as "asked not to be named" runs, up to its comma
        self._theirs = False  # whether the next that-word belongs to a verb of a relative clause

    def run(self) -> Complement | None:
        """What is reported."""
        words = self._s.words
        asks = self._entry.event in _ASKED
        for place in range(self._verb + 1, self._stop):
            word = words[place]
            if _is_idle(word) and not asks:
                continue
            step = self._at(place, word) if word else _Step.ON
            if step is _Step.END:
                break
            if isinstance(step, Complement):
                return step
        return self._without_clause()

    def _at(self, place: int, word: str) -> Complement | _Step:
        if word in THAT and not (word[0] == "و" and self._is_far(place) and self._s.words[place - 1] == ","):
            return self._that(place)
        if self._condition or (word in _CONDITIONS and self._is_far(place)):
            self._condition = word != ","
            return _Step.ON
        if not word[0].isalpha():
            return self._mark(place, word)
        return self._word(place, word)

    def _is_far(self, place: int) -> bool:
        """Whether a word stands between the verb and a place."""
        return place > self._verb + 1

    def _that(self, place: int) -> Complement | _Step:
        """A that-word: what is reported follows, unless it belongs to a preposition, to a noun or to another verb."""
        previous = _plain_before(self._s, place)
        if previous in _NOT_THAT_AFTER:
            return _Step.ON
        if previous in PREPOSITIONS and previous not in self._entry.prepositions and previous not in _UPON:
            return _Step.ON
        if self._noun is not None and (place - self._noun > _FROM_NOUN or "that" not in self._entry.takes):
            return _Step.END
        if self._theirs:
            self._theirs = False
            return _Step.ON
        return Complement(place + 1, place, "that")

    def _mark(self, place: int, word: str) -> Complement | _Step:
        """A mark or number: a colon and the opening of a quotation lead to what is said."""
        if word == ":":
            return Complement(place + 1, place, "quote")
        if word == '"' and self._opens_quotation(place):
            return Complement(place, place, "quote")
        return _Step.END if word == ";" else _Step.ON

    def _word(self, place: int, word: str) -> Complement | _Step:
        """A word: the noun of what is reported, or a verb whose own what follows is."""
        s = self._s
        if (
            self._entry.source_after and self._is_far(place) and _is_speech(word)
            and s.word(place + 1) not in THAT and s.word(place + 2) not in THAT
        ):  # fmt: skip
            return Complement(s.skip_marks(place + 1), place, "noun")
        if self._noun is None and "noun" in self._entry.takes and self._is_noun(place):
            self._noun = place
        form = reporting_form(s, place) if self._is_far(place) else None
        if form is None:
            return _Step.ON
        if s.words[s.before(place)] in RELATIVE:
            self._theirs = True
            return _Step.ON
        return _Step.END if form.how != "present" and not form.entry.weak and word not in ADJUNCTS else _Step.ON

    def _opens_quotation(self, place: int) -> bool:
        """Whether a quotation mark opens what is said, rather than a name: long, and after a break or right after the verb."""
        s = self._s
        if not s.opens(place) or (s.word(s.before(place)) not in (",", ":") and self._is_far(place)):
            return False
        close = s.close_of(place)
        return close is not None and s.count(place, close) >= _QUOTE_WORDS

    # --- nouns ------------------------------------------------------------------------------------------------------------

    def _is_noun(self, place: int) -> bool:
        """Whether a noun that says what happens stands here as the verb's object."""
        s, word = self._s, self._s.words[place]
        if place in s.titles or place in s.named:
            return False
        previous = _plain_before(s, place)
        if previous in PREPOSITIONS and previous not in self._entry.prepositions:
            return False
        if self._form.how == "participle" and self._entry.stance == "denies" and not self._is_far(place) and word not in PREPOSITIONS:
            return True
        return self._asks(word, previous) or self._says(word, previous)

    def _asks(self, word: str, previous: str) -> bool:
        """Whether a noun is an object by itself: "the truth of", one that the verb's entry names, what a demand asks for."""
        if not _ABOUT.isdisjoint(cores(word)) or word in _NONE or object_of(self._entry, word) is not None:
            return True
        prepositions = self._entry.prepositions
        return self._entry.event in _ASKED and (
            previous in prepositions or any(c.prefix.lstrip("وف") in prepositions for c in noun_cuts(word) if c.prefix)
        )

    def _says(self, word: str, previous: str) -> bool:
        """Whether a noun tells of an event, and neither a source nor a body before it makes it a part of their name."""
        words = lexicon()
        sourced = _heads_another(previous)
        if not sourced and any(r.how == "noun" for r in words.light.nouns(word)):
            return True
        reading = next(
            (r for r in words.events.nouns(word) if r.how == "noun" and r.entry.weight >= (1 if previous in self._entry.prepositions else _USUAL)),
            None,
        )
        if reading is None or sourced:
            return False
        clitic = reading.prefix.lstrip("وف")[:1]
        return clitic != "ك" and (clitic not in ("ب", "ل") or clitic in self._entry.prepositions)

    # --- where no clause or quotation follows -----------------------------------------------------------------------------

    def _without_clause(self) -> Complement | None:
        """A noun, a quotation before the verb, or the verb itself where speaking is what is claimed."""
        s, place, entry = self._s, self._verb, self._entry
        if self._noun is not None:
            return Complement(_past_about(s, self._noun), self._noun, "noun")
        quoted = _quoted_before(s, place) if "quote" in entry.takes else None
        if quoted is not None:
            return Complement(quoted, self._stop, "before")
        return Complement(place, self._object_start(), "whole") if entry.event in WHOLE and not entry.weak else None

    def _object_start(self) -> int:
        """Where whom or what is praised or supported begins: the first preposition after the one who does it."""
        words = self._s.words
        objects = (j for j in range(self._verb + 2, self._stop) if words[j] in PREPOSITIONS or words[j] in (",", '"') or words[j][:1] == "ب")
        return next(objects, self._stop)


@lru_cache(REMEMBERED)
def _heads_another(word: str) -> bool:
    """Whether a source or body without the article may be the first of two nouns: in "the head of operations" the second is no object."""
    words = lexicon()
    titles = any(not form.definite and not form.suffix for form in words.sources.nouns(word))
    return titles or any(not form.definite and not form.suffix for form in words.bodies.nouns(word))


def _quoted_before(s: Sentence, place: int) -> int | None:
    """Where a long quotation begins that ends right before a verb: "…", said the mayor."""
    close = place - 1
    while close > 0 and s.words[close] in _IN_THESE_WORDS:
        close -= 1
    if close <= 0 or s.words[close] != '"' or s.opens(close):
        return None
    opening = next((j for j in range(close - 1, -1, -1) if s.words[j] == '"' and s.opens(j) and s.close_of(j) == close), None)
    if opening is None or s.count(opening, close) < _QUOTE_WORDS:
        return None
    return opening


@lru_cache(REMEMBERED)
def _is_speech(word: str) -> bool:
    """Whether a word is the noun of someone's saying: his confirmation, its statement."""
    return any(form.suffix for form in lexicon().reporting.nouns(word))


def _past_about(s: Sentence, place: int) -> int:
    """Past "the news that spoke of", "the truth of": to what they are about."""
    if _ABOUT.isdisjoint(cores(s.words[place])):
        return _past_belief(s, place)
    events = lexicon().events
    for j in range(place + 1, min(place + _ABOUT_WHAT, len(s.words))):
        if s.words[j] and any(reading.how == "noun" for reading in events.nouns(s.words[j])):
            return j
    return place


def _past_belief(s: Sentence, place: int) -> int:
    """Past "his belief that", "its confirmation that"."""
    for j in range(place + 1, min(place + _BELIEF, len(s.words))):
        if s.words[j] in THAT:
            return s.skip_marks(j + 1)
    return place


def _plain_before(s: Sentence, place: int) -> str:
    """The word before, unless it belongs to a name (the outlet أثر is spelt like "after")."""
    before = s.before(place)
    return "" if before in s.named else s.word(before)
