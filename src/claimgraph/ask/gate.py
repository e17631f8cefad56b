"""The gate before the engine: what a query is made of, and whether the engine may see it.

The engine has neither a limit on nesting nor a switch against reaching out, and its union switch overrules ``FROM``. All three are found
out here, from the words of a query. The gate is no parser, and not what holds: behind it stands the process that a query runs in
(:mod:`claimgraph.model.sandbox`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from claimgraph.model.errors import BadQuery
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown

UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_REMEMBERED = 256
_SHORT = 20_000  # characters of a query that is worth remembering

_MARKS = r"\u00b7\u0300-\u1fff\u200c\u200d"  # the marks above and below letters, which names have and Python's \w has not
_TOKENS = re.compile(
    r"""(?P<skip>\#[^\r\n]*|<[^\x00-\x20<>"{}|^`]*>|\"{3}(?:"{0,2}(?:\\.|[^"\\]))*+\"{3}|'{3}(?:'{0,2}(?:\\.|[^'\\]))*+'{3}
      |"(?:\\[^\r\n]|[^"\\\r\n])*+"?|'(?:\\[^\r\n]|[^'\\\r\n])*+'?|\^\^)
      |(?P<name>[?$][\w]+|@[\w-]+|(?:\w[\w.-]*+)?:(?:(?![.-])(?:[\w.:%-]|\\.)*+)?)|(?P<word>\w[\w.-]*)
      |(?P<open>[{(\[]|<<(?![^\x00-\x20<>"{}|^`]*>))|(?P<close>[})\]]|>>)|(?P<operator>&&|[!|/^*+=<>-])|(?P<end>;)""".replace(
        r"[\w", rf"[\w{_MARKS}"
    ),
    re.VERBOSE | re.DOTALL,
)
# Words that add a level to the engine's plan, as an operator does.
_LEVELS = frozenset(("OPTIONAL", "MINUS", "BIND", "FILTER", "EXISTS", "GRAPH", "SELECT"))


@dataclass(frozen=True)
class Word:
    """A bare word of a query in upper case: ``depth`` counts the braces around it, ``start`` is where it stands (code points)."""

    text: str
    depth: int
    start: int


@dataclass
class Outline:
    """What a query is made of.

    ``nesting`` counts brackets of every kind; ``ends`` are where semicolons stand outside all braces; ``services`` are what stands behind
    each SERVICE: an IRI, or ``None`` for anything else.
    """

    words: list[Word] = field(default_factory=list)
    nesting: int = 0
    unions: int = 0
    operators: int = 0
    ends: list[int] = field(default_factory=list)
    services: list[str | None] = field(default_factory=list)

    @property
    def names_dataset(self) -> bool:
        """Whether the text says which graphs it is about (FROM, FROM NAMED), which only stands outside all braces."""
        return any("FROM" in word.text and word.depth == 0 for word in self.words)

    @property
    def loads(self) -> bool:
        """Whether an operation fetches data (LOAD)."""
        return any("LOAD" in word.text and word.depth == 0 for word in self.words)

    @property
    def first(self) -> str:
        """The word that says what is asked for, behind the prologue; empty if there is none."""
        return next((word.text for word in self.words if word.depth == 0 and word.text not in ("PREFIX", "BASE")), "")


def outline(query: str) -> Outline:
    """The outline of a query, or of an update; of short ones it is remembered."""
    return _remembered(query) if len(query) <= _SHORT else _outline(query)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(query: str) -> Outline:
    return _outline(query)


def _outline(query: str) -> Outline:
    """Read the words of a query; strings, IRIs, names and comments are none.

    The engine needs no space around a keyword (``SERVICE:x``, ``FROMNAMED<x>``): so a prefix that is not declared is a word, and a
    keyword is looked for within words. Where ``SERVICE:`` is declared too, ``SERVICE:x {`` calls ``:x``.
    """
    found, braces, nesting, before = Outline(), 0, 0, ""
    declared: set[str] = set()
    for token in _TOKENS.finditer(query):
        kind, text = token.lastgroup, token[0]
        bare = text if kind == "word" else _undeclared(text, before, declared) if kind == "name" else None
        if bare is not None:
            word = bare.upper()
            found.words.append(Word(word, braces, token.start()))
            found.unions += "UNION" in word
            found.operators += word in _LEVELS
            if "SERVICE" in word:
                found.services.append(_called(query, token.end()) if kind == "word" else None)
        elif kind == "name" and braces and before != "GRAPH" and _CALLS.fullmatch(text) and _GROUP.match(query, token.end()):
            found.services.append(None)
        elif kind == "open":
            nesting, braces = nesting + 1, braces + (text == "{")
            found.nesting = max(found.nesting, nesting)
        elif kind == "close":
            nesting, braces = max(0, nesting - 1), braces - (text == "}")
        elif kind == "operator":
            found.operators += 1
        elif kind == "end" and braces == 0:
            found.ends.append(token.start())
        before = text.upper() if kind == "word" else ""
    if (unsure := _UNSURE.search(query)) and _SERVICE.search(query, unsure.start()):
        found.services.append(None)
    return found


def _undeclared(name: str, before: str, declared: set[str]) -> str | None:
    """The prefix of a name if nothing declares it; ``None`` for a variable, a language tag, a declaration or a declared prefix."""
    prefix, colon, _ = name.partition(":")
    if before == "PREFIX":
        declared.add(prefix)
        return None
    return prefix if colon and name[0] not in "?$@" and prefix not in declared else None


# To the engine a comparison, where an expression stands before it: what follows is then read otherwise. IRIs of the web cannot be one.
_UNSURE = re.compile(r"""<(?!\w[\w+.-]*://)(?=[^\x00-\x20<>"{}|^`'#]*+['#])[^\x00-\x20<>"{}|^`]*+>""")
_SERVICE = re.compile("SERVICE", re.IGNORECASE)
_CALLS, _GROUP = re.compile(rf"[\w{_MARKS}.-]*SERVICE[\w{_MARKS}.-]*:.*", re.IGNORECASE | re.DOTALL), re.compile(r"(?:\s|#[^\r\n]*)*+\{")
_CALLED = re.compile(r"\s*+(?:SILENT\s*+)?<([^\s<>\"{}|^`]*)>", re.IGNORECASE)


def _called(query: str, place: int) -> str | None:
    found = _CALLED.match(query, place)
    return found[1] if found else None


def undeclared_prefixes(query: str) -> list[str]:
    """The prefixes that a query uses and does not declare, in its order and letters."""
    declared: set[str] = set()
    found: dict[str, None] = {}
    before = ""
    for token in _TOKENS.finditer(query):
        if token.lastgroup == "name" and (prefix := _undeclared(token[0], before, declared)) is not None:
            found[prefix] = None
        before = token[0].upper() if token.lastgroup == "word" else ""
    return list(found)


def words(query: str) -> Iterator[tuple[str, int]]:
    """The bare words of a query in upper case, with the depth of braces they stand at."""
    return ((word.text, word.depth) for word in outline(query).words)


def names_dataset(query: str) -> bool:
    """Whether the query text says which graphs it is about."""
    return outline(query).names_dataset


def check(query: str, services: Collection[str] = (), *, loads: bool = False) -> Outline:
    """The outline of a query or update that may go to the engine; ``services`` are the endpoints that it may ask.

    Where it ``loads`` (LOAD), who calls refuses that in words of their own.

    Raises :class:`BadQuery` for one that is too long, too deep or too wide, or that reaches out.
    """
    if len(query) > LIMITS.query_characters:
        raise BadQuery(f"The query has more than the {LIMITS.query_characters} characters allowed (CLAIMGRAPH_QUERY_CHARACTERS): shorten it.")
    found = outline(query)
    for what, count, most, setting in (
        ("levels of brackets", found.nesting, LIMITS.query_depth, "DEPTH"),
        ("UNIONs", found.unions, LIMITS.query_unions, "UNIONS"),
        ("operators and clauses", found.operators, LIMITS.query_operators, "OPERATORS"),
    ):
        if count > most:
            raise BadQuery(f"The query has {count} {what}, more than the {most} allowed (CLAIMGRAPH_QUERY_{setting}): make it simpler.")
    if refused := [called for called in found.services if called is None or called not in services]:
        named = f" ({shown(refused[0], 200)} is not on its list)" if services and refused[0] else ""
        raise BadQuery(f"SERVICE is switched off: this store asks no other service{named}. Take that part out of the query.")
    if found.loads and not loads:
        raise BadQuery("LOAD is switched off: this store fetches nothing. Put the data into the request.")
    return found
