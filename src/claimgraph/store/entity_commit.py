"""From what is asked of the reference graph to what is committed and told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadEntity
from claimgraph.store.archive import Archive, Change
from claimgraph.store.entities import Add, Alias, Merge, Plan, Request, Resolve, Split, add_plan, alias_plan, merge_plan, refuse_cycles
from claimgraph.store.revalidation import Examined, revalidate
from claimgraph.store.reviews import as_reviewed
from claimgraph.store.splitting import resolve_plan, split_plan
from claimgraph.store.standing import Standing


@dataclass(frozen=True)
class Changed:
    """What became of a change: its commit's number and subject, the keys it touched, and what is to be told.

    ``told`` says what became of mentions, ``remarks`` what may deceive; ``reports`` were examined again, ``appeared`` and ``vanished`` are
    their warnings as ``(report, rule, part)``, ``links`` says what may now be linked.
    """

    sequence: int
    subject: str
    keys: tuple[str, ...]
    told: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    appeared: tuple[tuple[str, str, str], ...] = ()
    vanished: tuple[tuple[str, str, str], ...] = ()
    links: tuple[str, ...] = ()

    @classmethod
    def of(cls, sequence: int, plan: Plan, done: Examined) -> Changed:
        """What is told of a plan that was committed."""
        lists = (tuple(found) for found in (done.reports, done.appeared, done.vanished, done.links))
        return cls(sequence, plan.subject, tuple(sorted(plan.keys)), plan.told, plan.remarks, *lists)  # type: ignore[arg-type]  # in this order


def plan_of(request: Request, now: Standing, archive: Archive) -> Plan:
    """What a request brings. Raises what the planning of each raises."""
    match request:
        case Add():
            return add_plan(request, now.reference, lambda key: archive.current(key) is not None)
        case Alias():
            return alias_plan(request, now.reference)
        case Merge():
            return merge_plan(request, now.reference)
        case Split():
            return split_plan(request, now)
        case Resolve():
            return resolve_plan(request, now)


def change_of(request: Request, now: Standing, archive: Archive) -> tuple[Plan, Examined, Change]:
    """A request planned, its consequences, and the statements that really come and go."""
    plan = plan_of(request, now, archive)
    after = now.reference.changed(*((q for q in quads if q.graph_name == now.base.reference) for quads in (plan.added, plan.removed)))
    refuse_cycles(after, plan.keys)

    def document(report_id: str) -> ClaimsDocument | None:
        stored = archive.current(report_id)
        return as_reviewed(archive, stored) if stored else None

    examined = revalidate(plan, now, document)
    added = {quad for quad in plan.added | examined.added if quad not in now.store}
    removed = {quad for quad in plan.removed | examined.removed if quad in now.store} - plan.added
    if not (added or removed):
        raise BadEntity("That is so already: nothing changes.")
    return plan, examined, Change(canonical_nquads(added), canonical_nquads(removed))


def changed_from(header: dict[str, Any]) -> Changed:
    """What became of a change in another process, which told of it as JSON."""
    lists = {name: tuple(header[name]) for name in ("keys", "told", "remarks", "reports", "links")}
    warnings: dict[str, Any] = {name: tuple(map(tuple, header[name])) for name in ("appeared", "vanished")}
    return Changed(header["sequence"], header["subject"], **lists, **warnings)
