"""Which names stand for an entity in the reports, in whose words, and which of them are loaded; as the question ``who-calls-whom-what`` has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.claim_views import Telling, names_in
from claimgraph.ask.entity_claims import number
from claimgraph.ask.query import Term, evaluate
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, OA
from claimgraph.store.reference import Reference

_READ = 5_000  # mentions whose places are compared with those of their claims: that takes a tenth of a millisecond each
_LETTERS = 'REPLACE(REPLACE(REPLACE(STR(%s), "[\\u0640\\u064B-\\u065F\\u0670ءؤئ]", ""), "[أإآٱ]", "ا"), "ى", "ي")'
_FOLDED = f'LCASE(REPLACE(CONCAT(" ", REPLACE({_LETTERS}, "ة", "ه"), " "), "\\\\W+", " "))'


class Callings:
    """The names of one entity in the reports of a snapshot."""

    def __init__(self, store: Store, reference: Reference, base: Base, key: str) -> None:
        self.store, self.reference, self.base, self.key = store, reference, base, key
        self.telling = Telling(names_in(reference))

    def view(self, most: int) -> dict[str, Any]:
        """The names that stand in most reports; of how many in all. Names that may stand for several are ``open``."""
        rows = [row for how in (CG.refersTo, CG.candidate) for row in self._names(how)]
        rows.sort(key=lambda row: (-row["reports"], -row["mentions"], row["words"], row["open"]))
        kept, is_few = rows[:most], sum(row["mentions"] for row in rows) <= _READ
        words = [row["words"] for row in kept]
        loaded, callers = self.loaded(words), self.callers(words) if is_few else {}
        named = [{**row, "loaded": loaded.get(row["words"], []), "callers": () if row["open"] else callers.get(row["words"], ())} for row in kept]
        return {"total": len(rows), "has_callers": is_few, "names": named}

    def _names(self, how: NamedNode) -> Iterable[dict[str, Any]]:
        """The words by which claims mention it, surely or perhaps: in how many reports, how often."""
        for words, reports, mentions in self._rows(
            f"""SELECT ?words (COUNT(DISTINCT ?report) AS ?reports) (COUNT(?mention) AS ?mentions) WHERE {{
              GRAPH ?report {{ ?mention {how} {self.base.entity(self.key)} ; {CG.surface} ?words }}
            }} GROUP BY ?words"""
        ):
            yield {"words": _text(words), "open": how == CG.candidate, "reports": number(reports), "mentions": number(mentions)}

    def callers(self, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """In whose words names stand, and in how many reports: in a claim's own words whoever makes it, beside them the publisher.

        Sources and publishers that are not known by a key count together, as nobody known. Of each a report to look at is named.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for words, caller, reports, one in self._rows(
            f"""SELECT ?words ?who (COUNT(DISTINCT ?report) AS ?reports) (MIN(STR(?report)) AS ?one) WHERE {{
              GRAPH ?report {{
                ?mention {CG.refersTo} {self.base.entity(self.key)} ; {CG.surface} ?words ; {CG.span}/{OA.hasSelector} ?place .
                ?claim {CG.mention} ?mention ; {CG.claimant} ?claimant ; {CG.span}/{OA.hasSelector} ?said .
                ?report {CG.publisher} ?publisher .
                ?said {OA.start} ?first ; {OA.end} ?last . ?place {OA.start} ?start ; {OA.end} ?end .
              }}
              FILTER(?words IN ({_literals(names)}))
              BIND(IF(?start >= ?first && ?end <= ?last, ?claimant, ?publisher) AS ?caller)
              BIND(IF(STRSTARTS(STR(?caller), "{self.base.iri}v/"), "", STR(?caller)) AS ?who)
            }} GROUP BY ?words ?who ORDER BY DESC(?reports) ?who"""
        ):
            key = self.base.key(NamedNode(_text(caller))) if _text(caller) else None
            named = {"who": self.telling.entity(key) if key else None, "reports": number(reports)}
            found.setdefault(_text(words), []).append({**named, "report": _text(one).removeprefix(f"{self.base.iri}v/")})
        return found

    def loaded(self, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """The loaded wordings that stand in names as whole words, however they are spelt; and whose wording each is."""
        found: dict[str, list[dict[str, Any]]] = {}
        for words, wording, english, arabic in self._rows(
            f"""SELECT DISTINCT ?words ?wording ?english ?arabic WHERE {{
              {{ SELECT ?words ?folded WHERE {{
                VALUES ?words {{ {_literals(names, " ")} }} BIND({_FOLDED % "?words"} AS ?folded)
              }} }}
              {{ SELECT ?wording ?form ?english ?arabic WHERE {{
                ?wording a {CG.LoadedWording} ; {CG.wording} ?label ; {CG.wordingUsers} ?english, ?arabic .
                FILTER(LANG(?english) = "en" && LANG(?arabic) = "ar") BIND({_FOLDED % "?label"} AS ?form)
              }} }}
              FILTER(CONTAINS(?folded, ?form))
            }} ORDER BY ?words ?wording"""
        ):
            key = self.base.key(wording)
            found.setdefault(_text(words), []).append({"key": key, "whose": {"ar": _text(arabic), "en": _text(english)}})
        return found

    def _rows(self, query: str) -> Iterable[tuple[Term, ...]]:
        return evaluate(self.store, query, rows=LIMITS.answer_rows).rows


def _text(term: Term) -> str:
    return term.value if isinstance(term, Literal) else ""


def _literals(texts: Iterable[str], between: str = ", ") -> str:
    return between.join(str(Literal(text)) for text in dict.fromkeys(texts))
