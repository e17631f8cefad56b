"""export, history, verify, stats: what looks after a store."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pyoxigraph import Quad, RdfFormat, Store
from rich.table import Table

from claimgraph.ask import answers
from claimgraph.ask.query import run
from claimgraph.cli.app import Data, Form, Format, app, base, err, out, place_of, write, write_out
from claimgraph.cli.tables import fill
from claimgraph.cli.writing import progress, tracker
from claimgraph.model.canonical import rdf_text
from claimgraph.model.document import as_json
from claimgraph.model.errors import Misuse, NotFound
from claimgraph.model.text import isolated, shown
from claimgraph.model.to_quads import to_quads
from claimgraph.model.vocabulary import CG
from claimgraph.store.archive import Archive, StoredReport
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.reviews import as_reviewed
from claimgraph.store.snapshots import Snapshot, reading
from claimgraph.store.verify import verify as verify_store

_RDF = {"trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS, "turtle": RdfFormat.TURTLE}


@contextmanager
def _opened(place: Place) -> Iterator[tuple[Archive, Store, Snapshot]]:
    with reading(place, base().iri) as snapshot, closing(Archive(place.archive, base().iri)) as archive:
        yield archive, Store.read_only(str(snapshot.path)), snapshot


@app.command()
def export(
    context: typer.Context,
    reports: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REPORT]…", help="Report ids, or <version>/<report id> as history shows them (default: all that stand)."),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="json|trig|turtle|nquads", help="json gives claims documents, one a line.")] = "json",
    everything: Annotated[
        bool, typer.Option("--everything", help="With trig or nquads: the whole index, reference graph, warnings and all.")
    ] = False,
    received: Annotated[bool, typer.Option("--received", help="Of one report, the bytes that came (a page, a text file), exactly.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")] = None,
    data: Data = None,
) -> None:
    """Write reports out, as claims documents or RDF; ingest reads both back."""
    if received:
        if everything or form != "json":
            raise Misuse("--received gives bytes as they came: it goes with no format.")
        _export_received(place_of(context, data), reports or [], output)
        return
    if form not in ("json", *_RDF) or (everything and form not in ("trig", "nquads")):
        raise Misuse("The format is json, trig, turtle or nquads; --everything needs trig or nquads.")
    with _opened(place_of(context, data)) as (archive, store, _):
        if everything:
            text = rdf_text(store, _RDF[form])
        elif form == "json":
            documents = (as_reviewed(archive, stored) for stored in _stored(archive, reports or []))
            text = "".join(json.dumps(as_json(document), ensure_ascii=False) + "\n" for document in documents)
        else:
            quads = list(_quads(archive, _stored(archive, reports or []), store))
            text = rdf_text((q.triple for q in quads) if form == "turtle" else quads, _RDF[form])
    write_out(text.encode("utf-8"), output)


def _export_received(place: Place, reports: list[str], output: Path | None) -> None:
    if len(reports) != 1:
        raise Misuse("With --received name one report: what came is given back as it came.")
    if output is None and sys.stdout.isatty():
        raise Misuse("Bytes from outside may act on a terminal: name a file with -o, or lead them to a program.")
    with closing(Archive(place.require().archive, base().iri)) as archive:
        (stored,) = _stored(archive, reports)
        data = archive.received(stored.source) if stored.source else None
    if data is None:
        raise NotFound(f"The store has no bytes of report '{shown(reports[0])}': it came as a claims document.")
    write_out(data, output)


def _stored(archive: Archive, reports: list[str]) -> Iterator[StoredReport]:
    for report_id in reports:
        version, _, name = report_id.rpartition("/")
        if (stored := archive.version(version, name) if version else archive.current(report_id)) is None:
            raise NotFound(f"The store has no report '{shown(report_id)}': 'claimgraph history' lists them.")
        yield stored
    if not reports:
        yield from (stored for sequence in archive.standing() if (stored := archive.report(sequence)))


def _quads(archive: Archive, reports: Iterator[StoredReport], store: Store) -> Iterator[Quad]:
    reference = Reference(store.quads_for_pattern(None, None, None, base().reference), base())
    for stored in reports:
        name = base().report(stored.version, stored.report_id)
        yield from to_quads(as_reviewed(archive, stored), base(), reference.entities, name=name).quads


@app.command()
def history(
    context: typer.Context,
    report: Annotated[str | None, typer.Argument(metavar="[REPORT]", help="Only the versions of this report.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many commits, newest first.")] = 50,
    data: Data = None,
    form: Form = Format.TABLE,
) -> None:
    """List commits: who brought what, when and why."""
    place = place_of(context, data).require()
    with closing(Archive(place.archive, base().iri)) as archive:
        commits = [c for c in archive.commits(newest_first=True) if report is None or c.subject.partition("/")[2] == report][:limit]
        if report is not None and not commits:
            raise NotFound(f"The store has no report '{shown(report)}'.")
    fields = ("sequence", "at", "agent", "kind", "subject", "reason", "hash")
    rows = [{name: getattr(commit, name) for name in fields} for commit in commits]
    if form is Format.TURTLE:
        raise Misuse("Commits are in the store as RDF already (graph/commits): choose table, json or csv here.")
    if form is Format.TABLE:
        out.print(_table([{**row, "hash": row["hash"][:12]} for row in rows], fields))
    else:
        write(as_text(rows, form, fields))


@app.command()
def verify(context: typer.Context, data: Data = None, form: Form = Format.TABLE) -> int:
    """Check that everything committed is still there and that the index says what the archive says."""
    if form not in (Format.TABLE, Format.JSON):
        raise Misuse("Choose table or json.")
    with _opened(place_of(context, data)) as (archive, store, snapshot), progress() as bar:
        problems = verify_store(archive, store, snapshot.sequence, tracker(bar, "commits"))
        counts = {"commits": snapshot.sequence, "reports": len(archive.standing()), "quads": len(store)}
    if form is Format.JSON:
        found = [{"where": p.where, "message": p.message} for p in problems]
        write(json.dumps({"sound": not problems, "checked": counts, "problems": found}, ensure_ascii=False, indent=1) + "\n")
    else:
        for problem in problems:
            err.print(f"✗ {problem}")
        verdict = f"{len(problems)} problems" if problems else "all is as it was committed"
        out.print(f"{counts['commits']} commits, {counts['reports']} reports, {counts['quads']} quads: {verdict}.")
    return 1 if problems else 0


_COUNTS = {
    "reports": f"?x a {CG.Report}",
    "claims": f"?x a {CG.Claim}",
    "affirmations": f"?x {CG.polarity} {CG['polarity-affirms']}",
    "denials": f"?x {CG.polarity} {CG['polarity-denies']}",
    "quantities": f"?x a {CG.Quantity}",
    "unnamed sources": f"?x a {CG.UnnamedSource}",
    "names the reference graph lacks": f"?x a {CG.NamedMention} FILTER NOT EXISTS {{ ?x {CG.resolvesTo} ?entity }}",
    "claimants": f"?c {CG.claimant} ?x",
    "incidents spoken of": f"?c {CG.incident} ?x",
}


@app.command()
def stats(context: typer.Context, data: Data = None, form: Form = Format.TABLE) -> None:
    """Count what the store holds."""
    place = place_of(context, data)
    if form is Format.TURTLE:
        raise Misuse("Counts are no triples: choose table, json or csv.")
    with _opened(place) as (archive, store, snapshot):
        rows: list[dict[str, Any]] = []
        for name, pattern in _COUNTS.items():
            found = run(snapshot.path, f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}").rows[0][0]
            rows.append({"what": name, "count": int(found.value) if found is not None and hasattr(found, "value") else 0})
        reference = Reference(store.quads_for_pattern(None, None, None, base().reference), base())
        rows += [
            {"what": "entities of the reference graph", "count": len(reference.entities - reference.merged.keys())},
            {"what": "quads", "count": len(store)},
            {"what": "commits", "count": archive.head()},
            {"what": "bytes of the archive", "count": place.archive.stat().st_size},
        ]
    if form is Format.TABLE:
        out.print(_table(rows, ("what", "count")))
    else:
        write(as_text(rows, form, ("what", "count")))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Table:
    return fill(Table(*columns, pad_edge=False), ([isolated(str(row[name])) for name in columns] for row in rows))


def as_text(rows: list[dict[str, Any]], form: Format, columns: tuple[str, ...]) -> str:
    """Rows for programs: JSON, or CSV with these columns."""
    if form is Format.JSON:
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([answers.cell(row[name]) for name in columns] for row in rows)
    return text.getvalue()
