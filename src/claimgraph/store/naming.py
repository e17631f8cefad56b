"""Names and keys that people give to entities: what is no name is refused, what may deceive is shown and told of."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import BadEntity
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import is_key
from claimgraph.model.text import isolated, shown
from claimgraph.model.to_quads import decimal
from claimgraph.model.vocabulary import CG, ontology_quads, superclasses
from claimgraph.store.reference import Reference
from claimgraph.store.soundness import says_something, unlike

_LATITUDE, _LONGITUDE = 90.0, 180.0  # degrees, either way


def checked_key(key: str, reference: Reference) -> str:
    """A key for a new entity. Raises :class:`BadEntity` where it is none, or is taken."""
    if not is_key(key):
        raise BadEntity(f"'{shown(key)}' is no key: write small Latin letters, digits and single hyphens, such as sdf-media-center.")
    if key in reference.keys:
        raise BadEntity(
            f"The key '{key}' is taken ({reference.kind(key)}): one key is one thing; choose another, or add a name to that one with alias."
        )
    return key


def checked_name(text: str) -> str:
    """A name as it is kept: the letters as given, without space around them. Raises :class:`BadEntity` for what is no name."""
    name = text.strip()
    if not says_something(name):
        raise BadEntity(f"'{shown(text)}' is no name: it holds no letter; write the name as reports write it.")
    if len(name) > LIMITS.field_characters:
        raise BadEntity(f"The name has {len(name)} characters, more than the {LIMITS.field_characters} allowed (CLAIMGRAPH_FIELD_CHARACTERS).")
    return name


def checked_source(text: str) -> str:
    """What a name rests on. Raises :class:`BadEntity` where nothing is said."""
    if not says_something(text):
        raise BadEntity("A name needs its source: say where it is written so, as a web address or a work in words.")
    return text.strip()


def remarks_on(name: Literal, key: str, reference: Reference) -> list[str]:
    """What may deceive about a name that ``key`` shall bear: what is not what it looks like, and another's name but for look-alikes."""
    plain = fold_word(name.value)
    alike = sorted({other for other, form in _forms(reference) if other != key and form != name.value and fold_word(form) == plain})
    return [*unlike(name), *(f"the name {isolated(name.value)} reads like a name of {other} and is spelled otherwise" for other in alike)]


def _forms(reference: Reference) -> Iterable[tuple[str, str]]:
    return ((key, name.value) for key in reference.entities for name in reference.names(key))


def kinds() -> dict[str, str]:
    """The classes that an entity may have, by the word that stands for each: ``armed-group`` is ``ArmedGroup``."""
    declared = {q.subject.value for q in ontology_quads() if isinstance(q.subject, NamedNode) and q.subject.value.startswith(CG.iri)}
    names = (iri.removeprefix(CG.iri) for iri in declared if CG.Entity in superclasses(iri)[1:])
    return {_word(name): name for name in sorted(names)}


def _word(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).removeprefix("-")


def checked_kind(word: str) -> str:
    """The class for a kind as typed (``armed-group``, ``Armed group``, ``ArmedGroup``). Raises :class:`BadEntity` with those there are."""
    known = kinds()
    typed = "-".join(word.lower().split())
    name = next((name for short, name in known.items() if typed in (short, name.lower())), None)
    if name is None:
        raise BadEntity(f"'{shown(word)}' is no kind of entity: it is one of {', '.join(sorted(known))}.")
    return name


def coordinates(latitude: float, longitude: float, kind: str) -> tuple[Literal, Literal]:
    """A position in decimal degrees (WGS 84). Raises :class:`BadEntity` where there is none such, and for what is no place and no facility."""
    if not {CG.Place, CG.Facility} & set(superclasses(CG[kind].value)):
        raise BadEntity("Only places and facilities have coordinates: leave them out.")
    if not (abs(latitude) <= _LATITUDE and abs(longitude) <= _LONGITUDE):
        raise BadEntity(f"There is no place at {latitude:g}, {longitude:g}: give latitude and longitude in decimal degrees.")
    return decimal(latitude), decimal(longitude)
