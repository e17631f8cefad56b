"""Who speaks: from the words between a verb of reporting and what it reports to the hops of a claim's chain."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from claimgraph.extract.clitics import REMEMBERED, cores
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import ABOUT_WHOM, ADJUNCTS, CHANNELS, PREPOSITIONS, RELATIVE, THAT, closed
from claimgraph.extract.lexicon import Form, Source, data, lexicon
from claimgraph.extract.names import Name
from claimgraph.extract.persons import Persons
from claimgraph.extract.scene import Scene, Speaker
from claimgraph.extract.sentence import MARKS, Sentence
from claimgraph.model.document import PUBLISHER, Hop

_OUTLET, _PERSON, _ACTOR = "NewsOutlet", "Person", "Actor"
_AUTHORITY = frozenset(map(fold_word, data("sources")["authority"]))
_LONGEST_NAME = 5
_FEW, _SHORTEST = 3, 3  # words of a name that nothing tells of; letters of its first
_LATTER = closed("latter")
_SAME = closed("same")
_HAS = closed("has")
_ENDINGS = frozenset((".", ",", "?", "!", "-", ""))
_QUOTING = closed("quoting")
_WITHIN = closed("within")
_OUTLETS = frozenset(data("grammar")["outlets"])
_OUR, _HIS = "نا", "ه"
_NO_PART = ADJUNCTS | _WITHIN
_KNOWN = PREPOSITIONS | ADJUNCTS | RELATIVE | THAT | closed("no_names")


class Speakers:
    """Reads speakers of one report."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.persons = Persons()
        self._words = lexicon()

    # --- the region of a speaker ------------------------------------------------------------------------------------------

    def read(self, s: Sentence, first: int, last: int, gender: str = "", *, relayed: bool = False) -> Speaker | None:
        """The speaker that tokens ``[first, last)`` name; nothing where they name none. ``relayed``: an outlet may quote a source ("from")."""
        first = s.skip_marks(first, last)
        while first < last and s.words[first] in (",", ":"):
            first = s.skip_marks(first + 1, last)
        channel = self._channel(s, first, last)
        speaker = self._relayed(s, first, last, gender, relayed=relayed) if first < last else None
        return replace(speaker, channel=channel) if speaker and channel else speaker

    @staticmethod
    def _channel(s: Sentence, first: int, last: int) -> str | None:
        """How they said it: "in a statement", "on their page"."""
        for place in range(first, last):
            channel = _channel_of(s.words[place])
            if channel and (place > first or s.words[place - 1] in PREPOSITIONS):
                return channel
        return None

    def _relayed(self, s: Sentence, first: int, last: int, gender: str, *, relayed: bool) -> Speaker | None:
        """``outlet`` from ``source``: each is a hop."""
        for place in range(first, last):
            if s.words[place] in _QUOTING or (relayed and s.words[place] in ABOUT_WHOM):
                outer = self._one(s, first, place, gender) if place > first else None
                inner = self.read(s, place + (2 if s.word(place + 1) in ABOUT_WHOM else 1), last)
                if outer and inner:
                    return Speaker((*outer.hops, *inner.hops), inner.gender, inner.heads | outer.heads)
                return inner or outer
        found = self._one(s, first, last, gender)
        if relayed and found is not None and (outlet := self._quoting(s, first, last)) is not None and outlet.key not in found.keys:
            return replace(found, hops=(Hop(agent=outlet.key, surface=s.surface(outlet.first, outlet.last)), *found.hops))
        return found

    def _quoting(self, s: Sentence, first: int, last: int) -> Name | None:
        """The outlet that begins the region of a verb of quoting, where its "from" was forgotten."""
        head = self._words.bodies.nouns(s.words[first])
        outlet = next((n for n in s.names if first <= n.first <= first + 2 and n.last < last and n.is_a(_OUTLET) and n.key), None)
        return outlet if outlet and (outlet.first == first or (head and head[0].entry.outlet)) else None

    def _one(self, s: Sentence, first: int, last: int, gender: str) -> Speaker | None:
        """The one speaker that tokens ``[first, last)`` name."""
        last = self._core_end(s, first, last)
        while last > first and (s.words[last - 1] in PREPOSITIONS or s.words[last - 1] in _ENDINGS) and (last - 1) not in s.named:
            last -= 1
        if first >= last:
            return None
        if s.words[first] in _SAME and first + 1 < last:
            first += 1
        if s.words[first] in _LATTER:
            return self._latter(s, first, gender)
        if s.skip_marks(first + 1, last) >= last and (person_before := self.scene.named(s.words[first])):
            hop = person_before.hops[-1].model_copy(update={"surface": s.bare_surface(first, last, "")})
            return replace(person_before, hops=(*person_before.hops[:-1], hop), channel=None)
        names = [n for n in s.names if first <= n.first and n.last <= last and not (n.first > first and n.prefix[-1:] == "ل" and n.is_a(_OUTLET))]
        known = next((n for n in names if n.is_a(_PERSON) and n.key and not self.scene.names.is_generic(n)), None)
        return self._known(s, known, gender, first) if known else self._by_head(s, first, last, names, gender)

    def _by_head(self, s: Sentence, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        """A speaker by the first word: a source or title, a name, a body, a person or a name that nothing tells of."""
        source = self._source_at(s, first)
        if source is not None:
            return self._of_source(s, source, first, last, names, gender)
        if names and s.skip_marks(first) >= names[0].first - 1 and names[0].first <= first + 1:
            return self._of_name(s, names[0], first, last, names, gender)
        if self._words.bodies.nouns(s.words[first]):
            return self._of_body(s, first, last, names, gender)
        return self._of_person(s, self.persons.name(s, first, last), gender) or self._of_unknown(s, first, last, names, gender)

    @staticmethod
    def _of_person(s: Sentence, place: tuple[int, int] | None, gender: str, heads: frozenset[str] = frozenset()) -> Speaker | None:
        """A person whom the graph lacks, by the tokens of the name."""
        if place is None:
            return None
        surface = s.surface(*place)
        return Speaker((Hop(named=surface, surface=surface),), gender, heads, person=True)

    def _core_end(self, s: Sentence, first: int, last: int) -> int:
        """Where the speaker's own words end: at an adjunct, at a date, at a that-word. An apposition after a comma may name a person."""
        place, depth = first, 0
        while place < last:
            word = s.words[place]
            behind = place > first and (self._is_aside(s, place) or self._addressed(s, place) or self._says(s, place))
            if word in THAT or word == ":" or behind:
                return place
            if word in _WITHIN and _channel_of(s.word(place + 1)):
                return place
            if word == ",":
                follow = s.skip_marks(place + 1, last)
                if depth or follow >= last or not self.apposed(s, follow):
                    return place
                depth += 1
            place += 1
        return last

    def _says(self, s: Sentence, place: int) -> bool:
        """Whether the speaker's verb stands here: behind "has", or behind the "so" after "as for"."""
        word = s.words[place]
        return word in _HAS or (word[:1] == "ف" and any(form.prefix == "ف" and form.how == "past" for form in self._words.reporting.verbs(word)))

    @staticmethod
    def _is_aside(s: Sentence, place: int) -> bool:
        """Whether an adjunct, a relative clause or a date begins here."""
        return place not in s.named and (s.words[place] in ADJUNCTS or s.words[place] in RELATIVE or place in s.dates)

    @staticmethod
    def _addressed(s: Sentence, place: int) -> bool:
        """Whether "to «the paper»" begins here, which names whom they spoke to."""
        if any(n.first <= place < n.last for n in s.names):
            return False
        torn = s.words[place] == "" and s.tokens[place].text in ("ل", "ول")
        named = next((n for n in s.names if place <= n.first <= place + 2 and n.prefix.endswith("ل")), None)
        return named.is_a(_OUTLET) if named else torn

    def apposed(self, s: Sentence, place: int) -> bool:
        """Whether a person's name follows the comma."""
        return any(n.first == place and n.is_a(_PERSON) for n in s.names) or self.persons.begins(s, place)

    # --- kinds of speakers ------------------------------------------------------------------------------------------------

    def _source_at(self, s: Sentence, place: int) -> Form[Source] | None:
        """A noun for a source, or a title, at a place."""
        found = self._words.sources.nouns(s.word(place))
        if not found or (place in s.named and any(n.first <= place < n.last and n.is_a("Place") for n in s.names)):
            return None
        if found[0].suffix == _HIS and s.folded.text[s.span(place, place + 1)[1] - 1] == "ة":
            return None  # folding makes a teh marbuta look like "his"
        return found[0]

    def _known(self, s: Sentence, name: Name, gender: str, first: int) -> Speaker:
        heads = {form.entry.head for form in self._words.sources.nouns(s.word(first))} | self._heads(name)
        self.scene.met.add(str(name.key))
        return Speaker(
            (Hop(agent=name.key, surface=s.bare_surface(name.first, name.last, name.prefix)),), gender, frozenset(heads), person=name.is_a(_PERSON)
        )

    def _heads(self, name: Name) -> set[str]:
        """What a known body may be called for short: the agency, the newspaper, the organisation."""
        out = set()
        for known in self.scene.names.by_key[name.known[0].key]:
            out |= {form.entry.head for form in self._words.bodies.nouns(fold_word(known.surface.split()[0]))}
        if name.is_a(_OUTLET):
            out |= _OUTLETS
        return out

    def _of_name(self, s: Sentence, name: Name, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        if name.is_a(_PERSON) or not name.is_a(_ACTOR):
            return None if not name.is_a(_ACTOR) else self._take_up_name(s, name, first, last, gender)
        if self.scene.names.is_generic(name) and name.known[0].key not in self.scene.met:
            return self._of_source_or_body(s, first, last, names, gender)
        person = self._of_person(s, self.persons.name(s, name.last, last), gender)
        if person:
            return person
        if name.key:
            return self._known(s, name, gender, first)
        return Speaker((Hop(named=s.surface(name.first, name.last), surface=s.surface(name.first, name.last)),), gender)

    def _is_bare(self, name: Name) -> bool:
        """Whether a name is only a common noun for somebody who was not named before ("the leader")."""
        return self.scene.names.is_generic(name) and name.key not in self.scene.met

    def _latter(self, s: Sentence, place: int, gender: str) -> Speaker | None:
        """The party named last before, as "the latter"."""
        name = next((n for n in reversed(s.names) if n.last <= place and n.is_a(_ACTOR) and not n.is_a(_OUTLET) and n.key), None)
        if name is not None:
            return self._known(s, name, gender, name.first)
        party = self.scene.party
        return Speaker((Hop(agent=party.key, surface=s.surface(place, place + 1)),), gender) if party else None

    def _take_up_name(self, s: Sentence, name: Name, first: int, last: int, gender: str) -> Speaker | None:
        """A name that is a common noun ("the leader") stands for the last one so called."""
        if name.key in self.scene.met:
            return self._known(s, name, gender, first)
        source = self._source_at(s, first)
        if source is not None:
            return self._of_source(s, source, first, last, [], gender)
        return None

    def _of_source_or_body(self, s: Sentence, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        source = self._source_at(s, first)
        if source is not None:
            return self._of_source(s, source, first, last, names, gender)
        return self._of_body(s, first, last, names, gender)

    def _of_source(self, s: Sentence, form: Form[Source], first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        gender = "f" if form.agree in ("f", "fp", "df") else "m" if form.agree else gender
        alone = all(not w or w in MARKS or w in _SAME or (w.startswith("ال") and not self._words.bodies.nouns(w)) for w in s.words[first + 1 : last])
        alone = alone and not any(n.first > first for n in names)
        if (form.definite or form.suffix) and alone:
            taken = self.scene.taken_up(form.entry.head, gender if form.entry.person else "") or (
                self.scene.person(gender) if form.entry.person else None
            )
            taken = taken or (self.scene.last() if form.entry.carries else None)
            if taken:
                hops = (*taken.hops[:-1], taken.hops[-1].model_copy(update={"surface": s.bare_surface(first, last, form.prefix)}))
                return replace(taken, hops=hops, channel=None)
        titled = form.entry.person or form.entry.kind == "office"
        named = (self.persons.name(s, first + 1, last) or self.persons.last_words(s, first, last)) if titled else None
        person = self._of_person(s, named, gender, frozenset((form.entry.head,)))
        if person:
            return person
        if form.entry.carries and (carried := self._carried(s, first + 1, last, names, gender)):
            return carried
        return self._unnamed(s, form, first, last, names, gender)

    def _carried(self, s: Sentence, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        """Who speaks through a statement, a video, a page: the party named after it."""
        party = next((n for n in names if n.is_a(_ACTOR) and n.key and not self.scene.names.is_generic(n)), None)
        if party is not None:
            return self._known(s, party, gender, first)
        for place in range(first, min(first + 3, last)):
            if self._words.bodies.nouns(s.words[place]) and not self._words.sources.nouns(s.words[place]):
                return self._of_body(s, place, last, names, gender)
        return None

    def _unnamed(self, s: Sentence, form: Form[Source], first: int, last: int, names: list[Name], gender: str) -> Speaker:
        surface = s.bare_surface(first, last, form.prefix)
        source = form.entry
        outlet = next((n for n in names if n.is_a(_OUTLET)), None)
        party = next((n for n in names if n.is_a(_ACTOR) and not n.is_a(_OUTLET) and n.key and not self._is_bare(n)), None)
        kind = source.kind
        relays: tuple[Hop, ...] = ()
        fields: dict[str, str] = {}
        own = source.kind == "own-reporter"
        outlet_key = outlet.key if outlet else None
        if own and outlet is None:
            outlet_key, relays = self._outlet_of_reporter(s, form, first, last)
        elif outlet is not None and outlet_key and outlet_key != self.scene.publisher and not self._is_own(outlet):
            relays = (Hop(agent=outlet_key, surface=s.surface(outlet.first, outlet.last)),)
        if own and outlet_key:
            fields["speaks_for"] = outlet_key
        elif party is not None and party.key:
            speaks = source.speaks or kind == "collective" or (kind == "anonymous" and self._military(s, first, last) and party.prefix == "")
            fields["speaks_for" if speaks else "affiliation"] = party.key
        hop = Hop(anonymous=self._label(surface), surface=surface, kind=kind, **fields)
        return Speaker((*relays, hop), gender, frozenset((source.head,)))

    def _outlet_of_reporter(self, s: Sentence, form: Form[Source], first: int, last: int) -> tuple[str | None, tuple[Hop, ...]]:
        """Whose reporter: "our reporter" is the publisher's, "the agency's reporter" that of the agency named last."""
        if form.suffix == _OUR:
            return self.scene.publisher, ()
        for place in range(first + 1, last):
            body = self._words.bodies.nouns(s.word(place))
            if body and body[0].definite and body[0].entry.outlet:
                taken = self.scene.taken_up(body[0].entry.head, "")
                if taken:
                    hop = next((h for h in taken.hops if h.agent and h.agent != PUBLISHER), None)
                    if hop is not None and hop.agent != self.scene.publisher:
                        return hop.agent, (hop,)
        return self.scene.publisher, ()

    def _is_own(self, outlet: Name) -> bool:
        return any(known.key == self.scene.publisher for known in outlet.known)

    @staticmethod
    def _military(s: Sentence, first: int, last: int) -> bool:
        """Whether the source shows itself to be an organ of the party: a military, official, security one."""
        return any(word in _AUTHORITY for word in s.words[first:last])

    @staticmethod
    def _label(surface: str) -> str:
        return " ".join(surface.split())[:200]

    def _of_body(self, s: Sentence, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        """An organisation: one that is known, one taken up again ("the agency"), or one named in full that the graph lacks."""
        body = self._words.bodies.nouns(s.words[first])
        inner = next((n for n in names if n.is_a(_ACTOR) and n.key and self._is_the_body(s, n, first)), None)
        if inner is None and (person := self._of_person(s, self.persons.name(s, first + 1, last), gender)):
            return person
        if inner is not None:
            found = self._known(s, inner, gender, first)
            return replace(found, heads=found.heads | {f.entry.head for f in body}, gender=body[0].agree if body else gender)
        if body and body[0].definite and s.skip_marks(first + 1, last) >= last:
            taken = self.scene.taken_up(body[0].entry.head, "")
            if taken:
                return taken
        end = self._name_end(s, first, last)
        surface = s.surface(first, end)
        agree = body[0].agree if body else gender
        return Speaker((Hop(named=surface, surface=surface),), agree, frozenset(f.entry.head for f in body))

    def _is_the_body(self, s: Sentence, name: Name, first: int) -> bool:
        """Whether a name is the body's own ("the agency Sputnik"), not that of whom it belongs to ("the media office of the SDF")."""
        body = self._words.bodies.nouns(s.words[first])
        if name.first == first:
            return True
        return bool(body) and name.first <= first + 2 and (body[0].entry.outlet == name.is_a(_OUTLET)) and not name.prefix

    def _of_unknown(self, s: Sentence, first: int, last: int, names: list[Name], gender: str) -> Speaker | None:
        """A name that nothing else tells of: words between quotation marks, or a short run of words."""
        if names and names[0].first <= first + 2 and names[0].key and names[0].is_a(_ACTOR):
            return self._known(s, names[0], gender, first)
        end = self._name_end(s, first, last)
        if not self._may_name(s, first, end):
            return None
        surface = s.surface(first, end)
        return Speaker((Hop(named=surface, surface=surface),), gender)

    def _may_name(self, s: Sentence, first: int, last: int) -> bool:
        """Whether unknown words can be a name: quoted, or a few that the lexicon does not know as anything else."""
        if not first < last <= first + _LONGEST_NAME + 2:
            return False
        if first and s.words[first - 1] == '"':
            return True
        words = [w for w in s.words[first:last] if w]
        if not words or len(words) > _FEW or not words[0][0].isalpha() or len(words[0]) < _SHORTEST:
            return False
        plain = self._words
        return not any(
            w in _KNOWN or plain.events.nouns(w) or plain.events.verbs(w) or plain.reporting.verbs(w) or plain.light.verbs(w) or _has_pronoun(w)
            for w in words
        )

    def _name_end(self, s: Sentence, first: int, last: int) -> int:
        """Where a body's or person's name ends: before a comma, a preposition that is none of its own, an adjunct."""
        place = first
        while place < last and s.words[place] not in (",", ":", ";") and not (place > first and s.words[place] in _NO_PART):
            place += 1
        while place > first and s.words[place - 1] in MARKS:
            place -= 1
        return place


@lru_cache(REMEMBERED)
def _channel_of(word: str) -> str | None:
    """The channel that a word names, without its clitics."""
    return next((channel for core in sorted(cores(word)) if (channel := CHANNELS.get(core))), None)


def _has_pronoun(word: str) -> bool:
    return len(word) > _SHORTEST + 1 and word.endswith(("ها", "هم", "هما", "نا"))
