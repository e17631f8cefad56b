"""Names and keys that people give to entities: what is no name is refused, what may deceive is shown and told of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pyoxigraph import NamedNode

from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import BadEntity
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import is_key
from claimgraph.model.text import isolated, shown
from claimgraph.model.vocabulary import CG, ontology_quads, superclasses
from claimgraph.store.reference import Reference

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "ARABIC", "HEBREW")


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
    if not any(unicodedata.category(c)[0] in "LN" for c in name):
        raise BadEntity(f"'{shown(text)}' is no name: it holds no letter; write the name as reports write it.")
    if len(name) > LIMITS.field_characters:
        raise BadEntity(f"The name has {len(name)} characters, more than the {LIMITS.field_characters} allowed (CLAIMGRAPH_FIELD_CHARACTERS).")
    return name


def checked_source(text: str) -> str:
    """What a name rests on. Raises :class:`BadEntity` where nothing is said."""
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        raise BadEntity("A name needs its source: say where it is written so, as a web address or a work in words.")
    return text.strip()


def remarks_on(name: str, key: str, reference: Reference) -> list[str]:
    """What may deceive about a name that ``key`` shall bear: controls, letters of several scripts in a word, another's name but for look-alikes."""
    seen = isolated(name)
    found = [f"the name {seen} holds {_called(c)}, which is not seen" for c in dict.fromkeys(name) if not c.isprintable()]
    for word in name.split():
        scripts = sorted({script.title() for c in word if (script := _script(c))})
        if len(scripts) > 1:
            letters = " ".join(f"U+{ord(c):04X}" for c in word if _script(c) != _script(word[0]))
            found.append(f"the word {isolated(word)} of the name {seen} mixes {' and '.join(scripts)} letters that may look alike ({letters})")
    plain = fold_word(name)
    alike = sorted({other for other, form in _forms(reference) if other != key and form != name and fold_word(form) == plain})
    return [*found, *(f"the name {seen} reads like a name of {other} and is spelled otherwise" for other in alike)]


def _forms(reference: Reference) -> Iterable[tuple[str, str]]:
    return ((key, name.value) for key in reference.entities for name in reference.names(key))


def _called(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'a control')}"


def _script(character: str) -> str | None:
    first = unicodedata.name(character, "").partition(" ")[0]
    return first if first in _SCRIPTS and character.isalpha() else None


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
