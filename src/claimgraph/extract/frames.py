"""What a claim says: event type, parties, site, time and number of a clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from claimgraph.extract import triggers
from claimgraph.extract.clitics import REMEMBERED, noun_cuts
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import CIVILIANS, HELP, OF, RELATIVE, closed
from claimgraph.extract.hedging import certainty_of, is_denied
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.names import Name
from claimgraph.extract.numbers import Found
from claimgraph.extract.scene import Scene
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.sites import Sites
from claimgraph.extract.times import When
from claimgraph.extract.triggers import Head, Triggers
from claimgraph.model.document import Event, Mention, Quantity

_STILL = closed("still")
_BY = closed("by")
_ASIDE = closed("aside")
_AGAINST = closed("against")
_PRISON_EVENTS = frozenset(("escape", "release", "transfer", "smuggling", "missing", "detention"))
_ASKED = frozenset(("demand", "threat"))  # "not" in what is asked is part of it
_ROLES = ("actors", "targets", "helpers")
_BESIDE = 4  # tokens beside a word that may make its type more exact
_USUAL = 2  # the weight from which a word tells the type
_NEAR = 4  # tokens before a party that may tell its role
_GENITIVE = 6  # tokens from a noun to the party that it is of
_HEADED = 1  # words between a verb and a party that is its subject: "the cells of", "fighters of"
_STATUS_NEAR = 3  # tokens before what happens that may tell its status
_PERSONS_NEAR = 3  # tokens between "among whom" and those of whom it is said
_AGAINST_OR_OF = _AGAINST | OF
_UNSURE, _EACH = 0.3, 0.2  # how sure a type is without a word that tells it, and by how much surer with each weight of one


@dataclass(slots=True)
class Frame:
    """An event as read from a clause, with the names it was read from, how sure its type is, and the word that told it."""

    event: Event
    mentions: list[Mention]
    certainty: str
    denied: bool
    confidence: float
    head: Head | None
    standing: bool = False  # said to be still so


@dataclass(slots=True)
class _Parts:
    roles: dict[str, list[str]] = field(default_factory=lambda: {role: [] for role in _ROLES})
    mentions: list[Mention] = field(default_factory=list)


class Frames:
    """Reads the frames of one report's clauses, in order."""

    def __init__(self, scene: Scene, sites: Sites) -> None:
        self.scene = scene
        self.sites = sites

    def read(self, s: Sentence, found: Triggers, first: int, last: int, speech: str | None = None, *, binding: bool = False) -> Frame:
        """The frame of tokens ``[first, last)``.

        ``speech`` is what the act of speaking is (a demand, a threat): the type if it is ``binding`` or no word of the clause says what happens.
        """
        head = triggers.head(s, found, first, last)
        kind = self._kind(s, head, first, last, speech, binding=binding)
        parts = _Parts()
        self._parties(s, head, first, last, parts)
        quantity, breakdown = self._quantities(s, first, last, kind)
        site = self.sites.of(s, first, last, kind)
        when = self._when(s, first, last)
        parts.mentions += site.mentions
        event = Event(
            type=kind,
            status=self._status(s, head, first),
            actors=frozenset(parts.roles["actors"]),
            targets=frozenset(parts.roles["targets"]),
            helpers=frozenset(parts.roles["helpers"]),
            facility=site.facility,
            place=site.place,
            origin=site.origin,
            destination=site.destination,
            time=when.edtf if when else None,
            time_wording=s.wording(when.start, s.tokens[when.last - 1].end) if when else None,
            quantity=quantity,
            breakdown=tuple(breakdown),
        )
        weight = head.occurrence.trigger.weight if head else 0
        standing = not _STILL.isdisjoint(s.words[first:last])
        sure, denied = certainty_of(s, first, last), kind not in _ASKED and is_denied(s, head, first, last)
        return Frame(event, _unique(parts.mentions), sure, denied, _UNSURE + _EACH * weight, head, standing)

    def _kind(self, s: Sentence, head: Head | None, first: int, last: int, speech: str | None, *, binding: bool) -> str:
        """The event type of a clause."""
        if speech and (binding or head is None or head.occurrence.trigger.weight < _USUAL):
            return speech
        if head is None or head.occurrence.how == "persons":
            counted = {n.of for n in s.numbers if first <= n.first < last}
            if "bodies" in counted:
                return "killing"
        if head is None:
            return self._type_before(s, first)
        at = head.occurrence.place
        kind = _refined(head.occurrence.trigger.type, s.words[max(first, at - _BESIDE) : min(last, at + _BESIDE + 2)])
        if kind == "escape" and self._of_civilians(s, first, last):
            return "displacement"
        return kind

    @staticmethod
    def _type_before(s: Sentence, first: int) -> str:
        """The type of those whom "among whom are two" follows: the escaped, the killed."""
        before = s.before(first)
        if s.word(before) not in RELATIVE:
            return "other"
        for place in range(before - 1, max(before - 1 - _PERSONS_NEAR, -1), -1):
            persons = next((f for f in lexicon().events.nouns(s.words[place]) if f.how == "persons"), None) if s.words[place] else None
            if persons:
                return persons.entry.type
        return "other"

    @staticmethod
    def _of_civilians(s: Sentence, first: int, last: int) -> bool:
        """Whether those who flee are families, residents, civilians, a mere crowd: then it is no escape from anyone's hands."""
        if any(n.civilians or n.of in ("civilians", "children") for n in s.numbers if first <= n.first < last):
            return True
        return any(map(_is_civilian, s.words[first:last]))

    # --- parties ----------------------------------------------------------------------------------------------------------

    def _parties(self, s: Sentence, head: Head | None, first: int, last: int, parts: _Parts) -> None:
        """Note the parties that a clause names, with their roles."""
        subject_seen = False
        for name in s.names:
            if not (first <= name.first < last) or not name.is_a("Actor") or name.is_a("NewsOutlet"):
                continue
            key = self._key(name)
            role = self._role(s, head, name, first, subject_seen=subject_seen)
            if role == "actors" or (role == "targets" and head and head.occurrence.trigger.subject == "targets"):
                subject_seen = True
            self._mention(s, name, role.rstrip("s") if role in _ROLES else None, parts)
            if role in _ROLES and key and not any(key in held for held in parts.roles.values()):
                parts.roles[role].append(key)

    def _key(self, name: Name) -> str | None:
        """Whose name it is; a common noun ("the organisation") is one only once its entity was named."""
        if self.scene.names.is_generic(name) and name.known[0].key not in self.scene.met:
            return None
        return name.key

    def _role(self, s: Sentence, head: Head | None, name: Name, first: int, *, subject_seen: bool) -> str | None:
        """The part that a named party plays in what a clause that begins at ``first`` is about."""
        near = [s.words[j] for j in range(max(first, name.first - _NEAR), name.first) if s.words[j]]
        if not HELP.isdisjoint(near):
            return "helpers"
        if not _BY.isdisjoint(near[-2:]):
            return "actors"
        if head is None:
            return None
        if name.first < head.occurrence.place:
            return _role_before(head, near)
        return _role_of_noun(s, head, name, near) if head.occurrence.how == "noun" else _role_of_verb(s, head, name, near, subject_seen=subject_seen)

    def _mention(self, s: Sentence, name: Name, role: str | None, parts: _Parts) -> None:
        """Note where a party is named, in which words."""
        first, last, prefix = called(s, name)
        start, end = s.bare_span(first, last, prefix)
        key = self._key(name)
        keys = {known.key for known in name.known}
        if key is None and self.scene.names.is_generic(name):
            return
        surface = s.folded.text[start:end]
        parts.mentions.append(Mention(key=key, candidates=frozenset() if key else frozenset(keys), surface=surface, start=start, end=end, role=role))
        if key:
            self.scene.met.add(key)
            self.scene.party = name

    # --- numbers ----------------------------------------------------------------------------------------------------------

    def _quantities(self, s: Sentence, first: int, last: int, kind: str) -> tuple[Quantity | None, list[Quantity]]:
        """How many a clause speaks of, and what of them it breaks down."""
        inside = [n for n in s.numbers if first <= n.first < last and n.of]
        if not inside:
            return None, []
        whole = next((n for n in inside if not n.part), inside[0])
        rest = [n for n in inside if n is not whole and n.part and n.first > whole.first]
        return self._quantity(s, whole, kind), [self._quantity(s, n, kind) for n in rest]

    def _quantity(self, s: Sentence, n: Found, kind: str) -> Quantity:
        """A quantity with those who are counted."""
        counted = {name.key for name in s.names if n.first <= name.first <= n.last + 1 and name.is_a("Actor") and self._key(name)}
        of = str(n.of)
        if of in ("civilians", "children") or n.civilians:
            counted.add("civilians")
        if of in ("fighters", "persons") and kind in _PRISON_EVENTS and self.sites.in_prison(s):
            of = "detainees"
        return Quantity(
            min=n.low, max=n.high, approximate=n.approximate, of=of, counted=frozenset(k for k in counted if k), wording=s.wording(n.start, n.end)
        )

    # --- the rest ---------------------------------------------------------------------------------------------------------

    @staticmethod
    def _when(s: Sentence, first: int, last: int) -> When | None:
        """When it happened: a date rather than "now"; "earlier" and "later" are none."""
        inside = [w for w in s.whens if first <= w.first < last and w.kind not in ("earlier", "later")]
        return next((w for w in inside if w.kind != "now"), inside[0] if inside else None)

    @staticmethod
    def _status(s: Sentence, head: Head | None, first: int) -> str:
        """Whether it happened, goes on, was tried, is planned or intended."""
        if head is None:
            return "happened"
        if head.status:
            return head.status
        known = triggers.statuses()
        at = head.occurrence.place
        if head.occurrence.how == "present" and head.occurrence.prefix.endswith("س"):
            return "planned"
        return next((known[w] for w in s.words[max(first, at - _STATUS_NEAR) : at] if w in known), head.occurrence.trigger.status)


def _role_before(head: Head, near: Sequence[str]) -> str | None:
    """The role of a party before the word that says what happens: its subject, or that of its light verb."""
    trigger, light = head.occurrence.trigger, head.light
    if light is not None and light.light.subject == "targets":
        return "targets"
    return trigger.subject if _ASIDE.isdisjoint(near[-2:]) else None


def _role_of_noun(s: Sentence, head: Head, name: Name, near: Sequence[str]) -> str | None:
    """The role of a party behind a noun: what follows it directly is its genitive, what follows "against" its object."""
    occurrence = head.occurrence
    if _is_aside(s, occurrence.place, name):
        return None
    of_it = name.first - occurrence.place <= _GENITIVE and _AGAINST.isdisjoint(near[-1:])
    return occurrence.trigger.genitive if of_it else occurrence.trigger.object


def _role_of_verb(s: Sentence, head: Head, name: Name, near: Sequence[str], *, subject_seen: bool) -> str | None:
    """The role of a party behind a verb: the first near it is its subject, unless a preposition says otherwise."""
    occurrence = head.occurrence
    free = _AGAINST_OR_OF.isdisjoint(near[-1:]) and name.prefix not in ("ب", "ل")
    between = [
        w
        for j, w in enumerate(s.words[occurrence.last : name.first], occurrence.last)
        if w and w[0].isalpha() and not any(d.first <= j < d.last for d in s.whens)
    ]
    if not subject_seen and free and len(between) <= _HEADED and not any(w.startswith("ال") for w in between):
        return occurrence.trigger.subject
    return None if _is_aside(s, occurrence.place, name) else occurrence.trigger.object


def _is_aside(s: Sentence, place: int, name: Name) -> bool:
    """Whether a circumstance begins between what happens and a party, which then is named only in that."""
    return not _ASIDE.isdisjoint(s.words[place + 1 : name.first])


@lru_cache(REMEMBERED)
def _is_civilian(word: str) -> bool:
    """Whether a word is a noun for civilians."""
    return any(cut.core in CIVILIANS for cut in noun_cuts(word))


def _refined(kind: str, words: Sequence[str]) -> str:
    """A type made more exact by other words of the clause: an attack with aircraft is an airstrike."""
    for rule in _REFINEMENTS:
        if kind in rule["from"] and any(word in rule["words"] for word in words):
            return str(rule["to"])
    return kind


_REFINEMENTS = [
    {
        "from": rule["from"],
        "to": rule["to"],
        "words": frozenset(fold_word(p + w) for w in rule["words"] for p in ("", "ال", "و", "ب", "وال", "بال", "لل", "ل")),
    }
    for rule in data("refinements")
]


def called(s: Sentence, name: Name) -> tuple[int, int, str]:
    """The words that an actor is called by, epithets with them ("the militias of …", "… the terrorist"): first and last token, clitic."""
    first, last, prefix = name.first, name.last, name.prefix
    before = s.before(first)
    epithet = next((cut for cut in noun_cuts(s.word(before)) if cut.core in _EPITHETS and not cut.suffix), None) if before >= 0 else None
    if epithet is not None and not prefix.rstrip("و"):
        first, prefix = before, epithet.prefix
    following = s.skip_marks(last)
    if s.word(following) in _BEHIND:
        last = following + 1
    close = next((j for j in range(last, min(last + 3, len(s.words))) if s.words[j] == '"'), None)
    if close is not None and s.words[first:last].count('"') % 2:  # the name ends inside a quotation: «…»
        last = close + 1
    return first, last, prefix


_EPITHETS, _BEHIND = closed("epithets"), closed("epithets_behind")


def _unique(mentions: Sequence[Mention]) -> list[Mention]:
    seen: dict[tuple[int, int], Mention] = {}
    for mention in mentions:
        held = seen.get((mention.start, mention.end))
        if held is None or (held.role is None and mention.role):
            seen[mention.start, mention.end] = mention
    return sorted(seen.values(), key=lambda m: m.start)
