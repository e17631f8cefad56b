"""What a change of the reference graph does to the reports that use what it touches: examined and linked again before it is committed.

A report that would break a shape refuses the change. Warnings that come and go are part of the commit, so that those kept with a report
are those that stand. Links are only told of: whether a name means an entity, or a claim is about an incident, is for a review to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.extract.folding import fold_word
from claimgraph.extract.incidents import Incidents
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadEntity, Problems
from claimgraph.model.names import ReportName
from claimgraph.model.text import isolated
from claimgraph.model.to_quads import MappedReport
from claimgraph.model.vocabulary import CG, RDF_TYPE, SH
from claimgraph.store.entities import Plan
from claimgraph.store.known import known
from claimgraph.store.redirects import Redirects, as_written
from claimgraph.store.reference import Reference
from claimgraph.store.shapes import Finding, gate, report_quads
from claimgraph.store.splitting import label_of_part
from claimgraph.store.standing import Standing

Document = Callable[[str], ClaimsDocument | None]
_Key = tuple[str, str]


@dataclass
class Examined:
    """What became of the reports that use what a change touches.

    ``reports`` are their ids, ``appeared`` and ``vanished`` warnings as ``(report, rule, part)``, ``links`` sentences on what may now be
    linked; ``added`` and ``removed`` are the statements of the warnings.
    """

    reports: list[str] = field(default_factory=list)
    appeared: list[tuple[str, str, str]] = field(default_factory=list)
    vanished: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    added: set[Quad] = field(default_factory=set)
    removed: set[Quad] = field(default_factory=set)


def revalidate(plan: Plan, now: Standing, document: Document) -> Examined:
    """Examine and link again what a change touches. Raises :class:`BadEntity` with every report that would not hold any more."""
    after = now.reference.changed(*((q for q in quads if q.graph_name == now.base.reference) for quads in (plan.added, plan.removed)))
    work = _Work(now, after, now.redirects.changed(plan.added, plan.removed), {fold_word(name) for name in plan.names})
    sited = bool({CG.Facility, CG.Place} & {kind for key in plan.keys for kind in after.types(key)})
    for name in work.users(plan):
        work.examine(name)
        work.name(name)
        if sited and (found := document(name.report_id)) is not None:
            work.link(name, found)
    work.problems.raise_if_any(BadEntity, "reports that use what this touches would not hold any more")
    return work.done


class _Work:
    def __init__(self, now: Standing, after: Reference, redirects: Redirects, names: set[str]) -> None:
        self.now, self.after, self.redirects, self.names = now, after, redirects, names
        self.done, self.problems = Examined(), Problems(most=20)
        self._known = [known(reference) for reference in (now.reference, after)]

    def users(self, plan: Plan) -> list[ReportName]:
        """The standing reports that mean what is touched, or have one of its names as one that the graph lacks."""
        meaning = self.now.using(self.now.base.entity(key) for key in plan.using)
        naming = self.now.reports_among(self.lacked)
        return self.now.reports_among(name.iri for found in (meaning, naming, self.now.read_otherwise(self.redirects)) for name in found)

    @cached_property
    def lacked(self) -> dict[str, list[tuple[NamedNode, str]]]:
        """By the IRI of their report the names that the graph lacks and that are spelled like one that is touched, with their letters."""
        found: dict[str, list[tuple[NamedNode, str]]] = defaultdict(list)
        for node, surface in self._lacked():
            if fold_word(surface) in self.names and (name := self.now.base.report_of(node.value)) is not None:
                found[name.iri].append((node, surface))
        return found

    def _lacked(self) -> Iterable[tuple[NamedNode, str]]:
        for quad in self.now.store.quads_for_pattern(None, RDF_TYPE, CG.NamedMention, None):
            if isinstance(quad.subject, NamedNode):
                found = self.now.store.quads_for_pattern(quad.subject, CG.surface, None, None)
                yield from ((quad.subject, q.object.value) for q in found if isinstance(q.object, Literal))

    def examine(self, name: ReportName) -> None:
        """Compare what the shapes say of a report before and after; of one that is read as before, and names nothing that is touched, the same."""
        self.done.reports.append(name.report_id)
        standing = self.now.graph(name.node)
        read, _ = self.redirects.through(as_written(standing, self.now.graph(name.redirections), name), name)
        if set(read) == set(standing) and name.iri not in self.lacked:
            return
        old = _findings(standing, name, self.now.reference, self.now.redirects)
        new = _findings(read, name, self.after, self.redirects)
        for (rule, focus), finding in new.items():
            if finding.refuses and (rule, focus) not in old:
                self.problems.add(finding.rule.messages["en"], label_of_part(NamedNode(focus)))
        appeared, vanished = new.keys() - old.keys(), old.keys() - new.keys()
        if appeared or vanished:
            self._overlay(name, [finding for key, finding in new.items() if key in appeared], vanished)
            self.done.appeared += sorted((name.report_id, rule, label_of_part(NamedNode(focus))) for rule, focus in appeared)
            self.done.vanished += sorted((name.report_id, rule, label_of_part(NamedNode(focus))) for rule, focus in vanished)

    def _overlay(self, name: ReportName, appeared: list[Finding], vanished: set[_Key]) -> None:
        """The statements of a report's warnings that come and go."""
        nodes: dict[object, dict[str, str]] = {}
        kept = self.now.graph(name.validation)
        for quad in kept:
            if isinstance(quad.object, NamedNode):
                nodes.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
        gone = {
            node
            for node, facts in nodes.items()
            if (facts.get(SH.sourceShape.value, "").rpartition("#")[2], facts.get(SH.focusNode.value, "")) in vanished
        }
        self.done.removed |= {quad for quad in kept if quad.subject in gone}
        last = max((int(str(getattr(node, "value", "")).rpartition("-")[2]) for node in nodes), default=0)
        self.done.added |= set(report_quads(appeared, MappedReport(name), first=last + 1))

    def name(self, name: ReportName) -> None:
        """Tell of a report's names that may now be an entity's."""
        for word, bearers in self._may_be(name):
            hint = f"--report {name.report_id}"
            self.done.links.append(
                f"{name.report_id}  {isolated(word)} may be {' or '.join(bearers)}: look, then 'claimgraph entity resolve' it ({hint})"
            )

    def link(self, name: ReportName, document: ClaimsDocument) -> None:
        """Tell of a report's claims that may now be about a known incident."""
        was, now = (Incidents(names, document.report.published) for names in self._known)
        for claim in document.claims:
            if claim.incident is None:
                at, later = (self._sites(claim.event.facility, claim.event.place, name, one) for one in (self.now.redirects, self.redirects))
                before, after = was.of(*at, claim.event.time), now.of(*later, claim.event.time)
                if after is not None and after != before:
                    self.done.links.append(f"{name.report_id}/{claim.id}  may now be about the incident {after}: look, then say so in the report")

    def _may_be(self, name: ReportName) -> Iterable[tuple[str, list[str]]]:
        for node, surface in self.lacked.get(name.iri, ()):
            if self.redirects.final(node) == node:
                plain = fold_word(surface)
                forms = {key for key in self.after.entities if any(fold_word(form.value) == plain for form in self.after.names(key))}
                if forms:
                    yield surface, sorted(forms)

    def _sites(self, facility: str | None, place: str | None, name: ReportName, redirects: Redirects) -> tuple[str | None, str | None]:
        return self._site(facility, name, redirects), self._site(place, name, redirects)

    def _site(self, word: str | None, name: ReportName, redirects: Redirects) -> str | None:
        """The key that a facility or place of a document is read as now, or the word where it is none."""
        if word is None:
            return None
        base = self.now.base
        return base.key(redirects.final(base.entity(word) if word in self.after.keys else name.name(word))) or word


def _findings(read: Iterable[Quad], name: ReportName, reference: Reference, redirects: Redirects) -> dict[_Key, Finding]:
    """What the shapes say of a report as it is read, by rule and node. A name whose entity was found asks for nothing any more."""
    quads = [q for q in read if not (isinstance(q.subject, NamedNode) and redirects.final(q.subject) != q.subject)]
    return {(finding.rule.name, finding.focus): finding for finding in gate(MappedReport(name, quads), reference)}
