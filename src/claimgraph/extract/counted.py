"""What is counted: the nouns of ``lexicon/units.yaml`` in every form, duals, and single persons joined by "and"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from claimgraph.extract.clitics import REMEMBERED
from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.spelled import Value, spelled
from claimgraph.extract.tokens import Token
from claimgraph.model.errors import ResourceError
from claimgraph.model.vocabulary import notations

_PARTICLE, _ROOT = 2, 4  # letters up to which a word is a particle, or too short to end as a people's name does
_SINGULAR = range(11, 100)  # after these, in the last two digits, Arabic counts in the singular
_MARKS = frozenset(('"', "'", "(", ")", "[", "]"))
_PRONOUNS = ("ه", "ها", "هم", "هما", "هن", "نا", "كم")
_CLITICS = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل")
_SECTIONS: dict[str, str | None] = {"groups": None, "forces": "fighters"}  # of units.yaml that are no kinds
_SKIPPED = 3  # words such as "senior", "most dangerous" on the way to the noun


class Noun(NamedTuple):
    """A noun that can be counted: its singular as folded, its kind (``None`` for groups), and what the lexicon says of it."""

    lemma: str
    of: str | None
    civilians: bool = False
    toll: bool = False
    person: bool = True
    measure: bool = False
    known: bool = True


class Near(NamedTuple):
    """The noun that follows a number, at tokens ``[first, last)``; ``through`` whether "of" stands between."""

    noun: Noun
    first: int
    last: int
    through: bool


class Counted:
    """Reads what numbers count. Built once from the lexicon."""

    def __init__(self) -> None:
        held = data("numbers")
        self.closed = frozenset(map(fold_word, held["closed"]))
        self._graders = frozenset(map(fold_word, held["graders"]))
        self._not_people = frozenset(map(fold_word, held["not_people"]))
        self._measures = frozenset(map(fold_word, held["measures"]))
        self._forms: dict[str, Noun] = {}
        self._singles: dict[str, Noun] = {}
        self._duals: dict[str, Noun] = {}
        self._plurals: dict[str, Noun] = {}
        self._spelled = spelled()
        self._lemmas: dict[str, Noun] = {}
        self._forces: dict[str, Noun] = {}
        for noun, entry, section in _nouns():
            if section == "forces":
                self._forces |= {fold_word(form): noun for form, _ in _forms(entry)}
                continue
            self._lemmas[noun.lemma] = noun
            for form, number in _forms(entry):
                folded = fold_word(form)
                self._forms.setdefault(folded, noun)
                {"one": self._singles, "two": self._duals, "many": self._plurals}[number].setdefault(folded, noun)
        self._dual_of = lru_cache(REMEMBERED)(self._read_dual)
        self._them = frozenset(map(fold_word, ("منهم", "منهن", "بينهم", "ممن", "الذين")))
        self._one = frozenset(map(fold_word, ("أحد", "إحدى")))
        self._single = frozenset(map(fold_word, ("واحد", "واحدة", "واحدا")))
        self._both = frozenset(map(fold_word, ("اثنان", "اثنين", "اثنتان", "اثنتين")))

    def _read_dual(self, text: str) -> tuple[Noun | None, int]:
        """The noun of a dual, and the length of the clitics before it."""
        return _cut(self._duals, text, ("", *_CLITICS, "ال", "وال", "بال"))

    @property
    def surfaces(self) -> Iterable[str]:
        """The words a quantity without a number may begin with."""
        pairs = (form for form in self._plurals if form.endswith("ين"))  # "مدنيين اثنين"
        for form in (*self._duals, *self._singles, *self._one, *pairs):
            yield form
            yield from (clitic + form for clitic in _CLITICS)
        for form in self._duals:
            yield from (article + form for article in ("ال", "وال", "بال"))

    def lemma(self, lemma: str) -> Noun | None:
        """The noun of a folded singular."""
        return self._lemmas.get(lemma)

    def noun(self, text: str) -> Noun | None:
        """The noun of a word that may bear an article, a preposition and "and"."""
        for prefix in ("", "ال", "وال", "لل", "و", "بال", "ل", "ب"):
            if text.startswith(prefix) and (noun := self._forms.get(text[len(prefix) :])):
                return noun
        return None

    def several(self, text: str) -> Noun | None:
        """The noun of a definite plural: with the article, or with a pronoun."""
        for prefix in ("", "و", "ب", "ل"):
            rest = text.removeprefix(prefix)
            if text.startswith(prefix) and rest not in self._forms and (noun := self._noun_of(rest)):
                return noun
        return None

    # --- after a number -----------------------------------------------------------------------------------------------------

    def after(self, tokens: Sequence[Token], value: Value) -> Near | None:
        """The noun after a number, directly or behind "of" and words such as "senior"."""
        step = self._skip_marks(tokens, value.last)
        if step >= len(tokens) or not tokens[step].is_word:
            return None
        if tokens[step].text == "بين":  # "200 dead and wounded" is written "between dead and wounded"
            toll = self._forms.get(tokens[step + 1].text) if step + 1 < len(tokens) else None
            return Near(toll, value.last, value.last, through=True) if toll and toll.toll else None
        if tokens[step].text != "من":
            return self._direct(tokens, value, step)
        return self._through(tokens, value, self._skip_marks(tokens, step + 1))

    def _through(self, tokens: Sequence[Token], value: Value, step: int) -> Near | None:
        """The noun behind "of": "20 of the most dangerous prisoners", "20 of a total of 300 prisoners"."""
        for _ in range(_SKIPPED + 1):
            if step >= len(tokens):
                return None
            total = self._spelled.read(tokens, step)
            if total is not None:
                at = self._skip_marks(tokens, total.last)
                found = self._direct(tokens, total, at) if at < len(tokens) and tokens[at].is_word else None
                return found._replace(first=value.last, last=value.last, through=True) if found else None
            text = tokens[step].text
            bare = text.removeprefix("ال")
            noun = self._noun_of(text) or self._forces.get(bare)
            if noun is None and bare != text and bare.endswith("ين") and bare not in self._not_people:
                noun = Noun(bare, None, known=False, person=False)
            if noun or (text not in self._graders and bare not in self._graders):
                return Near(noun, step, step + 1, through=True) if noun else None
            step = self._skip_marks(tokens, step + 1)
        return None

    def _direct(self, tokens: Sequence[Token], value: Value, step: int) -> Near | None:
        text = tokens[step].text
        bare = text.removeprefix("ال")
        noun = self._forms.get(text) or self._forms.get(bare)
        if noun:
            last = step + 1
            if last < len(tokens) and tokens[last].text in self._both | self._single and value.last == value.first:
                last += 1
            return Near(noun, step, last, through=False)
        if text in self._measures or bare in self._measures:
            return Near(Noun(bare, None, measure=True), step, step + 1, through=False)
        if text in self.closed or not "\u0600" <= text[0] <= "\u06ff" or len(text) <= _PARTICLE:
            return None
        return Near(Noun(text, None, known=False, person=False), step, step + 1, through=False) if self._may_be_counted(value, text) else None

    @staticmethod
    def _may_be_counted(value: Value, text: str) -> bool:
        """Whether a word that the lexicon lacks has the ending that the grammar asks for after such a number."""
        if text.endswith("وا") or text.startswith(("و", "ب", "لل")) or (text.startswith("ال") and (value.definite or not value.vague)):
            return False
        tail = value.high % 100
        if not value.vague and tail in _SINGULAR:
            return text[-1] in "اه"
        return True

    def _noun_of(self, text: str) -> Noun | None:
        """The noun after "of": with the article, before a pronoun, or before what it belongs to."""
        noun = self._forms.get(text) or (self._forms.get(text[2:]) if text.startswith("ال") else None)
        if noun:
            return noun
        for pronoun in _PRONOUNS:
            stem = text[: -len(pronoun)]
            if text.endswith(pronoun) and (noun := self._plurals.get(stem) or (self._plurals.get(stem[:-1] + "ي") if stem.endswith("ا") else None)):
                return noun
        return None

    def kind(self, tokens: Sequence[Token], place: int, near: Near | None, *, casualty: bool, person: bool) -> tuple[str | None, str | None, bool]:
        """Kind, noun and whether civilians, of what a number that ends at ``place`` counts."""
        if near is None:
            return ("persons" if casualty or person or self._of_them(tokens, place) else None), None, False
        noun = near.noun
        if not noun.known:
            people = _looks_human(noun.lemma) and noun.lemma not in self._not_people
            return ("persons" if person or people else None), noun.lemma, False
        if noun.toll:
            more = self._more_closely(tokens, near.last)
            if more:
                return more.of, noun.lemma, more.civilians
        return noun.of, noun.lemma, noun.civilians

    def _of_them(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether "of them", "who", or a verb in the plural follows: said of people."""
        return place < len(tokens) and (tokens[place].text in self._them or tokens[place].text.endswith("وا"))

    def _more_closely(self, tokens: Sequence[Token], place: int) -> Noun | None:
        """Who the killed, the wounded, the persons are: "of the civilians", "civilian"."""
        step = self._skip_marks(tokens, place)
        if step >= len(tokens):
            return None
        if tokens[step].text == "من" and step + 1 < len(tokens):
            noun = self._noun_of(tokens[self._skip_marks(tokens, step + 1)].text) if self._skip_marks(tokens, step + 1) < len(tokens) else None
            return noun if noun and not noun.toll and noun.of and noun.person else None
        noun = self._forms.get(tokens[step].text)
        return noun if noun and noun.civilians and noun.of == "civilians" else None

    @staticmethod
    def _skip_marks(tokens: Sequence[Token], place: int) -> int:
        while place < len(tokens) and tokens[place].text in _MARKS:
            place += 1
        return place

    # --- without a number ---------------------------------------------------------------------------------------------------

    def alone(self, tokens: Sequence[Token], place: int, *, casualty: bool) -> tuple[Noun, int, int, int] | None:
        """A dual, "one of the …", or single persons joined by "and": noun, how many, where it ends, the length of the clitic."""
        return self._one_of(tokens, place) or self._joined(tokens, place, casualty=casualty) or self._two(tokens, place)

    def _two(self, tokens: Sequence[Token], place: int) -> tuple[Noun, int, int, int] | None:
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        noun, cut = self._dual_of(tokens[place].text)
        if noun is not None and after not in self._single:
            return noun, 2, place + (2 if after in self._both else 1), cut
        if after not in self._both and after not in self._single:
            return None
        noun, cut = _cut(self._forms, tokens[place].text, ("", *_CLITICS))
        if noun is not None:
            return noun, 2 if after in self._both else 1, place + 2, cut
        return None

    def _one_of(self, tokens: Sequence[Token], place: int) -> tuple[Noun, int, int, int] | None:
        """One of several: "one of the leaders"."""
        text = tokens[place].text
        cut = 0 if text in self._one else 1 if text[1:] in self._one else 2 if text[2:] in self._one else -1
        if cut < 0:
            return None
        step = place + 1
        for _ in range(_SKIPPED):
            if step >= len(tokens):
                return None
            noun = self._noun_plural(tokens[step].text)
            if noun:
                return noun, 1, step + 1, cut
            if tokens[step].text not in self._graders and tokens[step].text not in _MARKS:
                return None
            step += 1
        return None

    def _noun_plural(self, text: str) -> Noun | None:
        noun = self._plurals.get(text) or (self._plurals.get(text[2:]) if text.startswith("ال") else None)
        return noun or (self._noun_of(text) if text[-1] in "همان" and text not in self._singles else None)

    def _joined(self, tokens: Sequence[Token], place: int, *, casualty: bool) -> tuple[Noun, int, int, int] | None:
        """Single persons joined by "and" behind what befalls people: "a woman and a young man"."""
        first, cut = self._person(tokens[place].text, ("", "ب", "ل"))
        if not casualty or first is None:
            return None
        nouns, total, step = [first[0]], first[1], place + 1
        while True:
            at = step
            if at + 1 < len(tokens) and tokens[at].is_word and not tokens[at].text.startswith("و") and tokens[at].text not in self.closed:
                at += 1  # "an old woman and a young man"
            if at + 1 < len(tokens) and tokens[at].text == "و":
                one, _ = self._person(tokens[at + 1].text, ("",))
                at += 1
            else:
                one, _ = self._person(tokens[at].text, ("و",)) if at < len(tokens) else (None, 0)
            if one is None:
                break
            nouns.append(one[0])
            total, step = total + one[1], at + 1
        if len(nouns) == 1:
            return None
        kinds = {noun.of for noun in nouns}
        of = kinds.pop() if len(kinds) == 1 else "civilians" if all(noun.civilians for noun in nouns) else "persons"
        return first[0]._replace(of=of, civilians=all(noun.civilians for noun in nouns)), total, step, cut

    def _person(self, text: str, prefixes: Sequence[str]) -> tuple[tuple[Noun, int] | None, int]:
        for table, number in ((self._singles, 1), (self._duals, 2)):
            noun, cut = _cut(table, text, prefixes)
            if noun and noun.person and noun.of:
                return (noun, number), cut
        return None, 0


def _cut(table: dict[str, Noun], text: str, prefixes: Sequence[str]) -> tuple[Noun | None, int]:
    for prefix in prefixes:
        if text.startswith(prefix) and (noun := table.get(text[len(prefix) :])):
            return noun, len(prefix)
    return None, 0


def _looks_human(word: str) -> bool:
    """Whether a word ends as names of people's groups do: "سوريين", "15 إيرانيا", "200 سوري"."""
    return len(word) > _ROOT and word.endswith(("ين", "ون", "يا", "ي"))


def _nouns() -> Iterator[tuple[Noun, dict[str, Any], str]]:
    """Every noun with its entry and the section of ``units.yaml`` that it stands in."""
    for section, entries in data("units").items():
        of = _SECTIONS.get(section, section)
        if of is not None and of not in notations("counts"):
            raise ResourceError(f"The extractor's word list units.yaml counts {of}, which is none of {', '.join(notations('counts'))}.")
        for entry in entries:
            said = {name: bool(entry.get(name)) for name in ("civilians", "toll")}
            yield Noun(fold_word(entry["one"]), of, person=bool(entry.get("person", True)), **said), entry, section


def _forms(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every form of a noun with its number: one, two, many.

    The dual in ين is written like the sound plural ("مدنيين"), so that it says two only of nouns that have none.
    """
    one, sound = entry["one"], bool(entry.get("sound"))
    yield one, "one"
    if not one.endswith(("ة", "ى")):
        yield one + "ا", "one"
        yield one + "ان", "two"
        yield one + "ين", "many" if sound else "two"
    if sound:
        yield from ((one + ending, "many") for ending in ("ون", "و", "ي"))
    if one.endswith("ة") or entry.get("feminine"):
        stem = one.removesuffix("ة")
        yield stem + "ة", "one"
        yield from ((stem + ending, "two") for ending in ("تان", "تين", "تا", "تي"))
        yield stem + "ات", "many"
    yield from ((form, "many") for form in entry.get("many") or ())
