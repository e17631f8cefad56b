"""Whom the parts of a report mean where that was for a review to say: what is read otherwise than it is written, and what a split left open.

Reports stay as they were written (:mod:`claimgraph.store.redirects`); this tells what they are read as. Values are JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyoxigraph import NamedNode, Store

from claimgraph.model.names import Base, ReportName
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.redirects import Redirects, redirections_in
from claimgraph.store.splitting import Words, label_of_part
from claimgraph.store.standing import written_in


@dataclass(frozen=True)
class _Read:
    """What is written in a part of a report, the entity that it is counted with, and those that it is open ``between``, if it is."""

    part: NamedNode
    written: NamedNode
    read_as: NamedNode
    between: tuple[NamedNode, ...] = ()


class Readings:
    """What a snapshot has of them; ``told`` tells of an entity by its key."""

    def __init__(self, store: Store, base: Base, told: Callable[[str], dict[str, Any]]) -> None:
        self.store, self.base, self.told = store, base, told
        self._words: dict[str, Words] = {}
        self._found: dict[str, dict[str, list[_Read]]] = {}

    def of(self, name: ReportName, claim: str) -> list[dict[str, Any]]:
        """Those of a claim of a report that stands, by its IRI, the publisher's among them.

        ``words`` are the report's own, ``written`` is the key that stands there (``None`` for a name without one), ``read_as`` the entity that
        it is counted with, ``between`` those that it is open between, ``where`` the parts, as ``claimgraph entity resolve`` takes them.
        """
        found = self._in(name)
        return self._as_json(name, [one for whole in (name.iri, claim) for one in found.get(whole, ())])

    def of_report(self, name: ReportName) -> list[dict[str, Any]]:
        """Those of a report's publisher."""
        return self._as_json(name, self._in(name).get(name.iri, ()))

    def differ(self, name: ReportName) -> bool:
        """Whether anything in a report is read otherwise than it is written."""
        return any(True for _ in self.store.quads_for_pattern(None, None, None, name.redirections))

    def open_of(self, key: str, most: int) -> dict[str, Any]:
        """The claims and reports that stand in which it is open whether they mean an entity or others.

        ``total`` is how many; ``places`` are ``most`` of them, each with the address of its page and as a reading.
        """
        entity = self.base.entity(key)
        found: dict[tuple[str, str], tuple[ReportName, list[_Read]]] = {}
        for name, some in self._open.items():
            for one in some if self._stands(name) else ():
                if entity in one.between:
                    found.setdefault((name.report_id, _whole(one.part)), (name, []))[1].append(one)
        shown = [(whole, *found[report, whole]) for report, whole in sorted(found)[:most]]
        places = [{"address": _address(whole, name), **told} for whole, name, some in shown for told in self._as_json(name, some)]
        return {"total": len(found), "more": len(found) - len(shown), "places": places}

    @cached_property
    def _open(self) -> dict[ReportName, list[_Read]]:
        redirects = Redirects.of(self.store, self.base)
        found: dict[ReportName, list[_Read]] = defaultdict(list)
        for (part, written), between in redirects.left_open.items():
            if (name := self.base.report_of(part.value)) is not None:
                found[name].append(_Read(part, written, redirects.meant(part, written), between))
        return found

    def _in(self, name: ReportName) -> dict[str, list[_Read]]:
        """Those of a report, by the claim that they are in, or the report itself."""
        if name.iri not in self._found:
            redirections = redirections_in(self.store.quads_for_pattern(None, None, None, name.redirections))
            moved = (_Read(one.subject, one.written, one.read_as) for one in redirections)
            found = self._found.setdefault(name.iri, {})
            for one in (*moved, *self._open.get(name, ())):
                found.setdefault(_whole(one.part), []).append(one)
        return self._found[name.iri]

    def _stands(self, name: ReportName) -> bool:
        return any(True for _ in self.store.quads_for_pattern(name.node, RDF_TYPE, CG.Report, name.node))

    def _as_json(self, name: ReportName, found: Iterable[_Read]) -> list[dict[str, Any]]:
        alike: dict[tuple[NamedNode, NamedNode, tuple[NamedNode, ...]], list[NamedNode]] = defaultdict(list)
        for one in found:
            alike[one.written, one.read_as, one.between].append(one.part)
        return [
            {
                "words": list(dict.fromkeys(word for part in parts for word in self._words_in(name).of(part, written))),
                "written": self.base.key(written),
                "read_as": self._entity(read_as),
                "between": [self._entity(entity) for entity in between],
                "where": sorted({label_of_part(part) for part in parts}),
            }
            for (written, read_as, between), parts in sorted(alike.items(), key=str)
        ]

    def _words_in(self, name: ReportName) -> Words:
        if name.iri not in self._words:
            self._words[name.iri] = Words(written_in(self.store, name))
        return self._words[name.iri]

    def _entity(self, node: NamedNode) -> dict[str, Any]:
        return self.told(self.base.key(node) or node.value)


def _whole(part: NamedNode) -> str:
    """The claim or report that a part is one of."""
    return part.value.partition("#")[0]


def _address(whole: str, name: ReportName) -> str:
    """The page of a claim or report."""
    return f"/reports/{name.report_id}" if whole == name.iri else f"/claims/{whole.partition('/v/')[2]}"
