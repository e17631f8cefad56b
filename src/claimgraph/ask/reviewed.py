"""Leaving candidates out of an answer: claims that an extractor proposes and nobody has reviewed.

They are left out of the computation itself, not of the rows that come out. Every group of a question that binds a claim has a marked place,
one comment line ``# reviewed ?claim``, which is either nothing or a filter. :func:`faults` finds a claim without its place, so that a
question which forgets one is refused when the catalogue is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from pyoxigraph import NamedNode

from claimgraph.model.vocabulary import CG, ontology_quads

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"

_MARK = re.compile(r"^(?P<before>[ \t]*)# reviewed \?(?P<variable>\w+)[ \t]*$", re.MULTILINE)
_TOKEN = re.compile(
    r"""(?P<mark>(?m:^[ \t]*)\#[ ]reviewed[ ]\?(?P<marked>\w+)[ \t]*$)|(?P<skip>\#[^\n]*|<[^\s<>]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      |[?$](?P<variable>\w+)|(?P<name>\w*:[\w-]+)|(?P<word>\w+)|(?P<sign>\S)""",
    re.VERBOSE | re.MULTILINE,
)


def reviewed_only(query: str) -> str:
    """The query with a filter at each marked place, by which a candidate is no match."""
    return _MARK.sub(rf"\g<before>FILTER NOT EXISTS {{ ?\g<variable> {CG.reviewState} {CG['review-candidate']} }}", query)


def faults(query: str, claims: Iterable[str]) -> list[str]:
    """What is wrong with a query's marked places: claims without one, and places in groups that do not speak of the claim.

    ``claims`` are variables known to be claims; others are found out by the properties that only claims have.
    """
    whole = _Reading(query)
    known = frozenset(claims) | whole.claims
    return sorted({fault for group in whole.groups for fault in group.faults(known)})


@cache
def _of_claims(predicate: str) -> frozenset[str]:
    """The names of the properties whose domain, or range, is the claims."""
    return frozenset(
        f"cg:{q.subject.value.removeprefix(CG.iri)}"
        for q in ontology_quads()
        if q.predicate.value == _RDFS + predicate and q.object == CG.Claim and isinstance(q.subject, NamedNode)
    )


_NOT_JOINED = ("OPTIONAL", "EXISTS", "MINUS", "UNION")  # a group after one of these, or before the last, need not hold


@dataclass
class _Group:
    """What stands between a pair of braces: its variables and marked places, without those of the groups within."""

    outer: _Group | None
    inner: list[_Group] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    is_select: bool = False
    is_joined: bool = True

    def covered(self) -> set[str]:
        """The variables that are no candidates here: what the group gives, and in a group around this one, up to the end of a subquery."""
        around = self.outer.covered() if self.outer is not None and not self.outer.is_select else set()
        return self.given() | around

    def given(self) -> set[str]:
        """The variables that are no candidates in what the group gives: marked here, or in a subquery that is joined."""
        return self.marks | {name for group in self.inner if group.is_select and group.is_joined for part in group.inner for name in part.given()}

    def faults(self, claims: frozenset[str]) -> list[str]:
        """What is wrong here."""
        if self.is_select:  # the head of a subquery binds nothing
            return []
        lacking = [f"?{name} has no place '# reviewed ?{name}' in a group that binds it" for name in (self.variables & claims) - self.covered()]
        return lacking + [f"'# reviewed ?{name}' stands where no claim ?{name} is bound" for name in self.marks - (self.variables & claims)]


class _Reading:
    """The groups of a query, and the variables that must be claims."""

    def __init__(self, query: str) -> None:
        self.groups: list[_Group] = []
        self.claims: set[str] = set()
        self._group: _Group | None = None
        self._subject, self._start, self._before = "", True, ""
        for token in _TOKEN.finditer(query):
            if not token["skip"]:
                self._take(token)

    def _take(self, token: re.Match[str]) -> None:
        text = token[0].strip()
        if token["sign"] in ("{", "}"):
            self._brace(opens=text == "{")
        elif self._group is not None:
            self._within(token, self._group)
        if token["sign"] != "(":
            self._before = text
        self._start = token["sign"] in ("{", "}", ".", ")") or token["mark"] is not None

    def _brace(self, *, opens: bool) -> None:
        if opens:
            group = _Group(self._group, is_joined=self._before not in _NOT_JOINED)
            if self._group is not None:
                self._group.inner.append(group)
            self.groups.append(group)
            self._group = group
        elif self._group is not None:
            self._group = self._group.outer

    def _within(self, token: re.Match[str], group: _Group) -> None:
        if token["mark"]:
            group.marks.add(token["marked"])
        elif name := token["variable"]:
            group.variables.add(name)
            if self._start:
                self._subject = name
            elif self._before in _of_claims("range"):
                self.claims.add(name)
        elif token["name"]:
            first = self._before in (f"?{self._subject}", ";")
            if (first and token["name"] in _of_claims("domain")) or (self._before == "a" and token["name"] == "cg:Claim"):
                self.claims.add(self._subject)
        elif token["word"] == "SELECT":
            group.is_select = True
        elif token["word"] == "UNION" and group.inner:
            group.inner[-1].is_joined = False
