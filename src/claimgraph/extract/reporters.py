"""Who is the subject of a verb of reporting: named behind it or before it, or left out because they spoke last."""

from __future__ import annotations

from dataclasses import replace

from claimgraph.extract.grammar import ABOUT_WHOM, PREPOSITIONS, RELATIVE, SHIFTS, THAT, closed
from claimgraph.extract.lexicon import Form, Verb, lexicon
from claimgraph.extract.scene import Speaker
from claimgraph.extract.sentence import MARKS, Sentence
from claimgraph.extract.speakers import Speakers

_EXCEPT = closed("except")
_IN_IT = closed("in_it")
_SHORT_SUBJECT = 3
_NESTED = 9  # tokens of a subject within what is reported
_SUBJECT = 6  # tokens of a sentence's subject, the verb before it aside
_NO_ROOM, _DATE = 3, 2  # tokens between a verb and what it reports in which no subject stands, and how many a date may add
_FEMININE = frozenset(("f", "df", "fp"))
_WE = "sp"  # agreement of the first person plural
_WHOLE = ("ون", "ين", "ات")  # ends of plurals that no noun follows in a name
_BREAKS = frozenset((",", ";", ":", "/", "|"))


def names_reporter(word: str) -> bool:
    """Whether a word begins the name of a source or a body."""
    words = lexicon()
    return bool(words.sources.nouns(word) or words.bodies.nouns(word))


class Reporters:
    """Finds the subjects of verbs of reporting in one report."""

    def __init__(self, speakers: Speakers) -> None:
        self.speakers = speakers
        self.scene = speakers.scene

    def of(
        self, s: Sentence, place: int, region_end: int, form: Form[Verb], antecedent: Speaker | None, current: Speaker | None, content: int
    ) -> tuple[Speaker | None, int]:
        """Who is the subject of the verb at ``place`` and where the words of attribution begin.

        ``region_end`` is where the words that may name them end. ``antecedent`` is whom a relative clause describes ("who said"),
        ``current`` who spoke last in the sentence, with ``content`` as the beginning of what they say.
        """
        if antecedent is not None:
            return antecedent, s.before(place)
        gender = "f" if form.agree in _FEMININE else "m" if form.agree else ""
        if form.how == "participle":
            named = self._after(s, place, region_end, form, gender) or current or self._subject(s, place, gender)
            return named or self.scene.last(gender), place
        start = _start(s, place, form)
        if current is not None and start <= content < place and (nested := self._nested(s, content, place, gender)):
            return replace(nested, hops=(*current.hops, *nested.hops)), content
        found = self._after(s, place, region_end, form, gender) or self._before(s, start, place, gender)
        if found is not None:
            return found, start
        hedged = form.how == "present" and form.entry.certainty != "certain"  # "it is thought that": nobody's
        left_out = not hedged and _leaves_no_room(s, place, region_end)
        return (self._left_out(s, place, start, form, gender, current) if left_out else None), start

    def _nested(self, s: Sentence, content: int, place: int, gender: str) -> Speaker | None:
        """Who says something within what is reported: "the paper wrote that an official confirmed"."""
        if (
            place - content > _NESTED
            or any(w in (",", ";") for w in s.words[content:place])
            or not self._may_be_subject(s, s.skip_marks(content), place)
        ):
            return None
        return self.speakers.read(s, content, place, gender)

    def _subject(self, s: Sentence, place: int, gender: str) -> Speaker | None:
        """The subject of the sentence that a participle goes with: "the envoy arrived, confirming that"."""
        for first in (0, 1):
            if first < place and (names_reporter(s.words[first]) or any(n.first == first and n.is_a("Actor") for n in s.names)):
                return self.speakers.read(s, first, min(place, first + _SUBJECT), gender)
        return None

    def _left_out(self, s: Sentence, place: int, start: int, form: Form[Verb], gender: str, current: Speaker | None) -> Speaker | None:
        """A verb without a subject: who spoke last, if the verb begins its clause."""
        before = (i for i in range(start, place) if s.words[i] and s.words[i][0].isalpha() and s.words[i] not in SHIFTS)
        if any(not any(when.first <= i < when.last for when in s.whens) for i in before) or form.agree == _WE:
            return None
        return self.scene.last(gender) or current

    def _after(self, s: Sentence, place: int, region_end: int, form: Form[Verb], gender: str) -> Speaker | None:
        """A subject behind the verb, dates and words such as "also" aside, or behind its "from"."""
        first = place + 1
        while first < region_end and (s.words[first] in MARKS or s.words[first] == "," or first in s.dates or s.words[first] in SHIFTS):
            first = s.dates[first].last if first in s.dates else first + 1
        if first < region_end and s.words[first] in form.entry.source_after:  # "quoted from", "came in"
            return self.speakers.read(s, first + 1, region_end, gender)
        if form.entry.addresses:
            region_end = _before_addressed(s, first, region_end)
        if first >= region_end or s.words[first] in PREPOSITIONS:
            return self._past_adjunct(s, first, region_end, gender)
        relayed = not ABOUT_WHOM.isdisjoint(form.entry.source_after)
        return self.speakers.read(s, first, region_end, gender, relayed=relayed)

    def _past_adjunct(self, s: Sentence, first: int, region_end: int, gender: str) -> Speaker | None:
        """After "in a statement," the speaker may still follow."""
        comma = next((j for j in range(first, region_end) if s.words[j] == ","), None)
        if comma is None or comma + 1 >= region_end:
            return None
        follow = s.skip_marks(comma + 1, region_end)
        if follow >= region_end or s.words[follow] in PREPOSITIONS:
            return None
        return self.speakers.read(s, follow, region_end, gender)

    def _before(self, s: Sentence, start: int, place: int, gender: str) -> Speaker | None:
        """A subject before the verb, at the head of its clause."""
        first = s.skip_marks(start, place)
        while first < place and (s.words[first] in SHIFTS or (s.words[first] in _EXCEPT and s.word(first + 1) in THAT)):
            first = s.skip_marks(first + (2 if s.words[first] in _EXCEPT else 1), place)
        if s.word(place + 1) in _IN_IT:  # "issued a statement in which it said"
            return self.speakers.read(s, first + 1, place, gender)
        if first >= place or s.words[first] in PREPOSITIONS or s.words[first] in RELATIVE or not self._may_be_subject(s, first, place):
            return None
        return self.speakers.read(s, first, place, gender)

    def _may_be_subject(self, s: Sentence, first: int, place: int) -> bool:
        """Whether the words before a verb can name who says it: a party, a source, a person, or a few words with the article."""
        if any(first <= n.first <= first + 1 and n.is_a("Actor") for n in s.names) or names_reporter(s.words[first]):
            return True
        return self.speakers.persons.begins(s, first) or (place - first <= _SHORT_SUBJECT and s.words[first].startswith("ال"))


def _start(s: Sentence, place: int, form: Form[Verb]) -> int:
    """Where the words of attribution around a verb begin: at its own "and", or after the last comma that opens no relative clause."""
    if form.prefix[:1] in ("و", "ف"):
        start = place
    else:
        breaks = (j + 1 for j in range(place - 1, -1, -1) if s.words[j] in _BREAKS and not any(w in RELATIVE for w in s.words[j + 1 : place]))
        start = next(breaks, 0)
    before = s.before(place)
    return max(start, before - 2) if s.word(before) in RELATIVE else start  # "at the time when …"


def _before_addressed(s: Sentence, first: int, region_end: int) -> int:
    """Where those whom a verb addresses begin ("the UN asked the SDF to"): a party behind a subject that is already whole."""
    for name in s.names:
        before = s.before(name.first)
        whole = before >= first and (s.words[before].startswith("ال") or s.words[before].endswith(_WHOLE))
        if whole and name.first < region_end and name.is_a("Actor"):
            return name.first
    return region_end


def _leaves_no_room(s: Sentence, place: int, region_end: int) -> bool:
    """Whether no subject can stand between a verb and what it reports: hardly a word does, or only adjuncts."""
    if region_end - place <= _NO_ROOM + _DATE * any(place < w.first < region_end for w in s.whens):
        return True
    first = s.skip_marks(place + 1, region_end)
    return first >= region_end or s.words[first] in PREPOSITIONS or s.words[first] == "," or first in s.dates
