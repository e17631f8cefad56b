"""ask, query, show: what reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import typer
from pyoxigraph import NamedNode
from rapidfuzz import process
from rich.table import Table

from claimgraph.ask import answers, lookup, results
from claimgraph.ask.catalogue import Question, catalogue, question, question_value
from claimgraph.ask.query import Answer, Term, run
from claimgraph.ask.remote import Endpoint
from claimgraph.cli.answering import answer_table, candidate_mark, claim_line
from claimgraph.cli.app import Data, Form, Format, Lang, app, base, err, language_of, out, place_of, write
from claimgraph.cli.tables import Cell, fill
from claimgraph.model.errors import BadParameter, Misuse, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import HASH_PATTERN, ID_PATTERN, last_word
from claimgraph.model.text import decode, isolated, read_bytes, shown
from claimgraph.model.vocabulary import CG, DCTERMS
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.reviews import as_reviewed
from claimgraph.store.snapshots import Snapshot, reading

Timeout = Annotated[
    float | None, typer.Option("--timeout", min=0.001, max=86_400, metavar="SECONDS", help="Deadline (default: CLAIMGRAPH_QUERY_SECONDS, else 10).")
]
At = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="Ask another SPARQL endpoint instead of a data folder (CLAIMGRAPH_TOKEN: a token for it)."),
]

_ALIKE = 80  # of 100: a report's id is offered for a word only a few letters off


@app.command()
def ask(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A question; without it, all questions are listed.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A key or IRI; lists with commas. Repeatable.")
    ] = None,
    data: Data = None,
    form: Form = Format.TABLE,
    language: Lang = None,
    timeout: Timeout = None,
    endpoint: At = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed-only", help="Leave out, from the computation too, the candidates: claims that nobody has reviewed.")
    ] = False,
    describe: Annotated[bool, typer.Option("--describe", help="Say what the question answers and what its columns mean; ask nothing.")] = False,
) -> None:
    """Ask a question of the catalogue, or list the questions. Candidates are marked."""
    spoken = language_of(language)
    if name is None:
        _list_questions(form, spoken)
        return
    asked, values = question(name), _values(param or [])
    if describe:
        _describe(asked, spoken)
        return
    with _asked_of(context, data, endpoint) as of:
        query = asked.sparql(values, base(), of.reference, without_candidates=reviewed)
        answer = of.run(query, timeout)
        rows = answers.records(asked, answer)
        if form is Format.JSON:
            write(json.dumps(_with_reviews(asked, rows, of.where), ensure_ascii=False, indent=1) + "\n")
        elif form is Format.CSV:
            write(answers.records_csv(asked, _with_reviews(asked, rows, of.where), reviews=True))
        elif form is Format.TURTLE:
            raise Misuse("An answer has rows and no triples: choose table, json or csv.")
        else:
            out.print(answer_table(asked, rows, of.where, spoken, out.width))
        _say_limits(answer, of.snapshot)
        if not (reviewed or answers.review_fields(asked)) and lookup.has_candidates(of.where):
            err.print("claimgraph: candidates, which nobody has reviewed, are counted too; --reviewed-only leaves them out.")


def _with_reviews(asked: Question, rows: list[dict[str, Any]], where: lookup.Where) -> list[dict[str, Any]]:
    claims = {row[column] for row in rows for column in answers.review_fields(asked) if row[column]}
    return answers.with_reviews(asked, rows, lookup.reviews(where, claims))


@dataclass(frozen=True)
class _Of:
    """What a question is asked of: a snapshot of the data folder, or another endpoint."""

    where: Path | Endpoint
    snapshot: Snapshot | None

    @property
    def reference(self) -> Reference:
        """The reference graph that parameters are looked up in; of another endpoint it is taken to be the one that comes with the program."""
        return Reference(bundled(base()), base()) if self.snapshot is None else _reference(self.snapshot)

    def run(self, query: str, seconds: float | None) -> Answer:
        """Ask."""
        return self.where.run(query, seconds=seconds) if isinstance(self.where, Endpoint) else run(self.where, query, seconds=seconds)


@contextmanager
def _asked_of(context: typer.Context, data: Path | None, endpoint: str | None) -> Iterator[_Of]:
    if endpoint is not None:
        if data is not None:
            raise Misuse("Ask either a data folder or an endpoint: leave --data or --endpoint out.")
        yield _Of(Endpoint(endpoint), None)
        return
    with reading(place_of(context, data), base().iri) as snapshot:
        yield _Of(snapshot.path, snapshot)


def _list_questions(form: Format, language: str) -> None:
    if form in (Format.CSV, Format.TURTLE):
        raise Misuse("The list of questions comes as table or json: choose one of these.")
    if form is Format.JSON:
        write(json.dumps([question_value(q) for q in catalogue().values()], ensure_ascii=False, indent=1) + "\n")
        return
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column("question", no_wrap=True)
    table.add_column("what it answers")
    table.add_column("parameters")
    defaults = {q.name: "  ".join(f"{p.name}={','.join(p.default)}" for p in q.parameters) for q in catalogue().values()}
    out.print(fill(table, ((q.name, isolated(q.title[language]), defaults[q.name]) for q in catalogue().values())))


def _describe(asked: Question, language: str) -> None:
    out.print(isolated(asked.title[language], 1000))
    out.print(isolated(asked.description[language], 2000))
    for kind, entries in (("parameter", asked.parameters), ("column", asked.columns)):
        for entry in entries:
            words = isolated(f"{entry.label[language]}: {entry.description[language]}", 1000)
            out.print(f"  {kind} {entry.name} ({entry.type})  {words}")
    for column, name in answers.review_fields(asked).items():
        out.print(f"  field {name} (json, csv)  the state of review of {column}: candidate, accepted or edited; empty where none is told")


def _values(params: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for entry in params:
        name, equals, value = entry.partition("=")
        if not equals or not value:
            raise BadParameter(f"'{shown(entry)}' is no parameter: write NAME=VALUE, such as --param about=sdf.")
        if name in values:
            raise BadParameter(f"The parameter '{shown(name)}' is given twice: give it once, lists with commas.")
        values[name] = value
    return values


def _reference(snapshot: Snapshot) -> Reference:
    from pyoxigraph import Store  # noqa: PLC0415

    return Reference(Store.read_only(str(snapshot.path)).quads_for_pattern(None, None, None, base().reference), base())


def _say_limits(answer: Answer, snapshot: Snapshot | None) -> None:
    """Say aloud what an answer does not have; on the error stream, so that data stays data."""
    if answer.truncated:
        err.print(
            f"claimgraph: only the first {len(answer.rows or answer.triples or ())} results are shown (CLAIMGRAPH_ANSWER_ROWS): narrow the question."
        )
    if snapshot is not None and snapshot.behind:
        err.print(f"claimgraph: a write is under way; this answer is as of commit {snapshot.sequence}, {snapshot.behind} before the newest.")


@app.command()
def query(
    context: typer.Context,
    sparql: Annotated[str | None, typer.Argument(metavar="[SPARQL]", help="A SPARQL 1.1 query.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
    data: Data = None,
    form: Form = Format.TABLE,
    timeout: Timeout = None,
    endpoint: At = None,
) -> None:
    """Run a SPARQL query. Without FROM its default graph is the union of all graphs."""
    if (sparql is None) == (file is None):
        raise Misuse("Give a query, or a file with --file: one of the two.")
    text = sparql if file is None else decode(read_bytes(file), str(file))
    with _asked_of(context, data, endpoint) as of:
        answer = of.run(text or "", timeout)
    _write_answer(answer, form)
    _say_limits(answer, of.snapshot)


def _write_answer(answer: Answer, form: Format) -> None:
    if answer.triples is not None:
        if form in (Format.JSON, Format.CSV):
            raise Misuse("This query gives triples: choose turtle or table.")
        text = answers.turtle(answer)
        write(text if form is Format.TURTLE else "\n".join(shown(line, len(line)) for line in text.split("\n")))
    elif form is Format.TURTLE:
        raise Misuse("This query gives no triples: choose table, json or csv.")
    elif form is Format.JSON:
        write(results.sparql_json(answer) + "\n")
    elif answer.boolean is not None:
        out.print("true" if answer.boolean else "false")
    elif form is Format.CSV:
        write(results.sparql_csv(answer))
    else:
        out.print(_rows_table(answer.columns, answer.rows))


def _rows_table(columns: tuple[str, ...], rows: Any) -> Table:
    table = Table(pad_edge=False)
    for column in columns:
        table.add_column(Cell(isolated(column)))
    return fill(table, (["" if term is None else isolated(answers.text_of(term), 300) for term in row] for row in rows))


@app.command()
def show(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(metavar="[IRI|KEY]", help="A key (sdf), a report id, <report id>/<claim id>, or any IRI; without it, all keys are listed."),
    ] = None,
    data: Data = None,
    form: Form = Format.TABLE,
    language: Lang = None,
) -> None:
    """Show what is said of an entity, a report or a claim, each statement with its graph."""
    place, spoken = place_of(context, data), language_of(language)
    with reading(place, base().iri) as snapshot:
        if what is None:
            _list_keys(snapshot, form)
            return
        node = _node(what, snapshot)
        answer = lookup.describe(snapshot.path, node)
        if not answer.rows:
            word = last_word(what) if "://" in what else what.partition("/")[0]
            raise NotFound(_rejected(place, node) or f"The store has nothing called '{shown(what)}': {_offer(word, snapshot)}")
        if form is Format.JSON:
            write(
                json.dumps([dict(zip(answer.columns, map(answers.text_of, row), strict=True)) for row in answer.rows], ensure_ascii=False, indent=1)
                + "\n"
            )
        elif form is Format.CSV:
            write(results.sparql_csv(answer))
        elif form is Format.TURTLE:
            write(lookup.as_trig(answer))
        else:
            _show_table(node, answer, snapshot, spoken)
        _say_limits(answer, snapshot)


def _rejected(place: Place, node: NamedNode) -> str:
    """What is to be said of a claim that a reviewer rejected, which the index therefore lacks; nothing of anything else."""
    name = base().report_of(node.value)
    with closing(Archive(place.archive, base().iri)) as archive:
        stored = archive.version(name.version, name.report_id) if name is not None else None
        claims = as_reviewed(archive, stored).claims if stored is not None else ()
    review = next((claim.review for claim in claims if name is not None and name.claim(claim.id) == node and claim.review is not None), None)
    if name is None or review is None or review.state != "rejected":
        return ""
    told = [f"{word} {shown(value, 200)}" for word, value in (("by", review.by), ("on", review.at)) if value]
    why = f" «{shown(review.why, 300)}»" if review.why else ""
    return f"This claim was rejected{''.join(' ' + one for one in told)}{why}: 'claimgraph export {name.report_id}' still has it."


def _list_keys(snapshot: Snapshot, form: Format) -> None:
    """What the reference graph knows: by kind, each key with its names."""
    reference = _reference(snapshot)
    rows: list[dict[str, Any]] = [
        {"key": key, "kind": reference.kind(key), "names": [name.value for name in reference.names(key)]}
        for key in sorted(reference.keys - reference.merged.keys(), key=lambda key: (reference.kind(key), key))
    ]
    if form is Format.JSON:
        write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    elif form is Format.TABLE:
        texts = ((row["kind"], row["key"], "  ".join(isolated(name) for name in row["names"])) for row in rows)
        out.print(fill(Table("kind", "key", "names", pad_edge=False), texts))
    else:
        raise Misuse("Keys are listed as table or json: choose one of these.")


def _node(what: str, snapshot: Snapshot) -> NamedNode:
    """The node that a word means: an IRI, a report or claim by id (its standing version), or a key."""
    if re.match(r"https?://", what):
        try:
            return NamedNode(what)
        except ValueError:
            raise Misuse(f"'{shown(what)}' is no IRI: take out spaces, quotes and braces.") from None
    report_id, slash, claim_id = what.partition("/")
    if not re.fullmatch(ID_PATTERN, report_id) or (slash and not re.fullmatch(ID_PATTERN, claim_id)):
        raise NotFound(f"'{shown(what)}' is neither a key, nor a report or claim id, nor an IRI: {_offer(what, snapshot)}")
    standing = lookup.standing_version(snapshot.path, base().series(report_id))
    if not slash:
        return standing or base().entity(report_id)
    if standing is None:
        raise NotFound(f"The store has no report '{shown(report_id)}': {_offer(report_id, snapshot)}")
    return NamedNode(f"{standing.value}/{claim_id}")


def _offer(what: str, snapshot: Snapshot) -> str:
    """What is called much like a word: reports, else entities by key or any name."""
    rows = run(snapshot.path, f"SELECT DISTINCT ?id WHERE {{ ?report a {CG.Report} ; {DCTERMS.identifier} ?id }}").rows
    alike = process.extract(what, [answers.text_of(row[0]) for row in rows], limit=LIMITS.nearest_keys, score_cutoff=_ALIKE)
    nearest = [found for found, _, _ in alike] or _reference(snapshot).nearest(what)
    return f"did you mean {' or '.join(nearest)}?" if nearest else "'claimgraph stats' tells what it holds."


def _show_table(node: NamedNode, answer: Answer, snapshot: Snapshot, language: str) -> None:
    out.print(isolated(lookup.names(snapshot.path, [node.value], language)[node.value]))
    lines = lookup.claim_lines(snapshot.path, [node.value, *lookup.claims_of(snapshot.path, node)], language)
    for iri, line in lines.items():
        out.print(f"{last_word(iri)}{candidate_mark(line, language)}  {claim_line(line, language)}")
    rows = sorted(answer.rows, key=lambda row: (row[1] != node, str(row[1])))
    texts = (map(_short, (subject, predicate, value, graph)) for graph, subject, predicate, value in rows)
    out.print(fill(Table("statement of", "property", "value", "graph", pad_edge=False), texts))


def _short(term: Term) -> str:
    """A term for a table: of our own IRIs what tells them apart, of others the last word, of literals the text."""
    if not isinstance(term, NamedNode):
        return isolated(answers.text_of(term), 300)
    own = re.sub(rf"^{re.escape(base().iri)}(v/{HASH_PATTERN}/)?", "", term.value)
    return isolated(last_word(term.value) if own == term.value else unquote(own), 120)
