"""review: lists what waits for review, and takes decisions on it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from claimgraph.ask import lookup
from claimgraph.ask.candidates import Wanted, candidates
from claimgraph.cli.answering import claim_line
from claimgraph.cli.app import As, Data, Form, Format, Lang, agent_of, app, base, err, language_of, out, place_of, words_of_option, write
from claimgraph.cli.findings import counted, finding_lines
from claimgraph.cli.keeping import as_text
from claimgraph.cli.tables import fill
from claimgraph.model.document import as_json
from claimgraph.model.errors import ClaimgraphError, DataFolderError, Misuse, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import HASH_PATTERN, ID_PATTERN
from claimgraph.model.reading import parse_json
from claimgraph.model.text import decode, isolated, read_bytes, shown
from claimgraph.store.archive import Archive
from claimgraph.store.decisions import STATES, Decided, Decision
from claimgraph.store.edits import corrected
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reviews import as_reviewed
from claimgraph.store.snapshots import reading
from claimgraph.store.verdicts import finding_value
from claimgraph.store.write_client import open_any_writer

_CLAIM = re.compile(rf"(?:(?P<version>{HASH_PATTERN})/)?(?P<report>{ID_PATTERN})/(?P<claim>{ID_PATTERN})")
_COLUMNS = ("report", "claim", "version", "iri", "confidence", "rule", "polarity", "type", "quote")
_SIGNS = {Result.COMMITTED: "✓", Result.UNCHANGED: "=", Result.REFUSED: "✗"}
Chosen = dict[tuple[str, str], list[str]]  # report and version, and the ids of the claims

review = typer.Typer(help="List what waits for review, and decide on it.", invoke_without_command=True)
app.add_typer(review, name="review")

Claims = Annotated[
    list[str] | None, typer.Argument(metavar="[CLAIM]…", help="REPORT/CLAIM, of the version that stands; or VERSION/REPORT/CLAIM, if that one does.")
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, kept with the decision.")]
OfReport = Annotated[str | None, typer.Option("--report", metavar="ID", help="Candidates of this report.")]
Least = Annotated[float | None, typer.Option("--least", metavar="NUMBER", help="Candidates with at least this confidence (0 to 1).")]
Most = Annotated[float | None, typer.Option("--most", metavar="NUMBER", help="Candidates with at most this confidence (0 to 1).")]
Yes = Annotated[bool, typer.Option("--yes", help="Decide on all candidates that --report, --least and --most choose; without it they are counted.")]


@review.callback()
def waiting(
    context: typer.Context,
    report: OfReport = None,
    least: Least = None,
    most: Most = None,
    by: Annotated[str, typer.Option("--by", metavar="report|confidence", help="The order: by report, or the most confident first.")] = "report",
    limit: Annotated[int, typer.Option("--limit", min=1, max=LIMITS.answer_rows, help="How many.")] = LIMITS.list_rows,
    cursor: Annotated[str | None, typer.Option("--cursor", metavar="TEXT", help="Where the list before ended, as it said.")] = None,
    data: Data = None,
    form: Form = Format.TABLE,
    language: Lang = None,
) -> None:
    """List the candidates, which nobody has reviewed; or decide on them with a command behind it."""
    if context.invoked_subcommand is not None:
        if any((report, least, most, cursor, data)):
            raise Misuse(f"Options of '{context.invoked_subcommand}' are written behind it.")
        return
    if form is Format.TURTLE:
        raise Misuse("Candidates are listed as table, json or csv: choose one of these.")
    with reading(place_of(context, data), base().iri) as snapshot:
        found = candidates(snapshot.path, base(), Wanted(report, least, most, by), limit=limit, cursor=cursor)
        if form is Format.JSON:
            write(json.dumps({"candidates": found.rows, "next": found.next, "total": found.total}, ensure_ascii=False, indent=1) + "\n")
        elif form is Format.CSV:
            write(as_text(found.rows, form, _COLUMNS))
        else:
            lines = lookup.claim_lines(snapshot.path, [row["iri"] for row in found.rows], language_of(language))
            out.print(_table(found.rows, lines, language_of(language)))
    if form is not Format.JSON:
        more = f"; the list goes on with --cursor '{found.next}'" if found.next else ""
        err.print(f"claimgraph: {counted(found.total, 'candidate')}{more}.")


def _table(rows: list[dict[str, Any]], lines: Mapping[str, lookup.ClaimLine], language: str) -> Table:
    table = Table("claim", "confidence", "rule", "who · what", pad_edge=False)
    return fill(
        table,
        (
            (
                f"{row['report']}/{row['claim']}",
                "" if row["confidence"] is None else f"{row['confidence']:.2f}",
                isolated(row["rule"] or "", 60),
                claim_line(lines[row["iri"]], language),
            )
            for row in rows
        ),
    )


@review.command()
def accept(
    context: typer.Context,
    why: Why,
    claims: Claims = None,
    report: OfReport = None,
    least: Least = None,
    most: Most = None,
    yes: Yes = False,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> int:
    """Accept claims as they stand: they are no candidates any more."""
    return _decide(context, "accept", why, claims or [], Wanted(report, least, most), yes=yes, data=data, agent=agent, form=form)


@review.command()
def reject(
    context: typer.Context,
    why: Why,
    claims: Claims = None,
    report: OfReport = None,
    least: Least = None,
    most: Most = None,
    yes: Yes = False,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> int:
    """Reject claims: they are kept, and answer nothing from then on."""
    return _decide(context, "reject", why, claims or [], Wanted(report, least, most), yes=yes, data=data, agent=agent, form=form)


@review.command()
def reopen(context: typer.Context, why: Why, claims: Claims = None, data: Data = None, agent: As = None, form: Form = Format.TABLE) -> int:
    """Take decisions back: the claims are candidates again."""
    return _decide(context, "reopen", why, claims or [], Wanted(), yes=False, data=data, agent=agent, form=form)


@review.command()
def edit(
    context: typer.Context,
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="REPORT/CLAIM, or VERSION/REPORT/CLAIM.")],
    why: Why,
    corrections: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="polarity=denies, event.type=escape, chain[1].verb=…, incident=null. Repeatable."),
    ] = None,
    file: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="The claim as it shall be: JSON, as in a claims document.")] = None,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> int:
    """Correct a claim: a new version of its report, in which the claim says that it was edited."""
    _check(form)
    if not corrections and file is None:
        raise Misuse("Say what shall be otherwise: with --set FIELD=VALUE, or --from FILE.")
    place, who = place_of(context, data).require(), agent_of(context, agent)
    ((report, version), (claim_id,)) = next(iter(_named(place, [claim]).items()))
    edited = _edited(place, report, version, claim_id, corrections or [], file)
    decision = Decision(report, version, "edit", (claim_id,), words_of_option("--why", why), edited)
    return _take(place, who, [decision], form)


def _edited(place: Place, report: str, version: str, claim_id: str, corrections: list[str], file: Path | None) -> dict[str, Any]:
    with closing(Archive(place.archive, base().iri)) as archive:
        stored = archive.version(version, report)
        document = as_reviewed(archive, stored) if stored else None
    found = next((one for one in as_json(document)["claims"] if one["id"] == claim_id), None) if document else None
    if document is None or found is None:
        raise NotFound(f"The store has no claim '{shown(report)}/{shown(claim_id)}': 'claimgraph show {shown(report)}' lists the report's claims.")
    if file is not None:
        found = parse_json(decode(read_bytes(file), str(file)))
        if not isinstance(found, dict):
            raise Misuse(f"{file} holds no claim: write a JSON object with the fields that a claims document has.")
    pairs = [entry.partition("=") for entry in corrections]
    if lacking := [name for name, equals, _ in pairs if not name or not equals]:
        raise Misuse(f"'{shown(lacking[0])}' sets nothing: write FIELD=VALUE, such as --set polarity=denies.")
    return corrected(found, document.report.text, [(name, words_of_option("--set", value)) for name, _, value in pairs])


def _decide(
    context: typer.Context, do: str, why: str, claims: list[str], wanted: Wanted, *, yes: bool, data: Path | None, agent: str | None, form: Format
) -> int:
    _check(form)
    place, who, words = place_of(context, data).require(), agent_of(context, agent), words_of_option("--why", why)
    by_list = wanted != Wanted()
    if by_list == bool(claims):
        raise Misuse("Name claims (REPORT/CLAIM), or choose candidates with --report, --least and --most: one of the two.")
    chosen = _chosen(place, wanted) if by_list else _named(place, claims)
    if by_list and not yes:
        many = f"{counted(sum(map(len, chosen.values())), 'candidate')} of {counted(len(chosen), 'report')}"
        raise Misuse(f"This would {do} {many}: look at them with 'claimgraph review' and the same options, then add --yes.")
    return _take(place, who, [Decision(report, version, do, tuple(ids), words) for (report, version), ids in chosen.items()], form)


def _check(form: Format) -> None:
    if form not in (Format.TABLE, Format.JSON):
        raise Misuse("What became of decisions is told as table or json: choose one of these.")


def _chosen(place: Place, wanted: Wanted) -> Chosen:
    with reading(place, base().iri) as snapshot:
        found = candidates(snapshot.path, base(), wanted, limit=LIMITS.answer_rows)
    chosen: Chosen = {}
    for row in found.rows:
        chosen.setdefault((row["report"], row["version"]), []).append(row["claim"])
    return chosen


def _named(place: Place, claims: list[str]) -> Chosen:
    chosen: Chosen = {}
    with closing(Archive(place.archive, base().iri)) as archive:
        for name in claims:
            found = _CLAIM.fullmatch(name)
            if found is None:
                raise Misuse(f"'{shown(name)}' names no claim: write REPORT/CLAIM, as 'claimgraph review' lists them.")
            current = archive.current(found["report"])
            if current is None:
                raise NotFound(f"The store has no report '{shown(found['report'])}': 'claimgraph review' lists what waits for review.")
            chosen.setdefault((found["report"], found["version"] or current.version), []).append(found["claim"])
    return chosen


def _take(place: Place, who: str, decisions: list[Decision], form: Format) -> int:
    """Take decisions, each for itself, and tell what became of them; the exit code."""
    entries: list[dict[str, Any]] = []
    with open_any_writer(place, base(), who, "review") as writer:
        for decision in decisions:
            about = {"report": decision.report, "claims": list(decision.claims), "decision": decision.do}
            try:
                found = writer.decide(decision)
            except DataFolderError:  # no further decision can do better
                raise
            except ClaimgraphError as error:
                if len(decisions) == 1 and form is Format.TABLE:
                    raise
                entries.append({**about, "version": decision.version, "result": "refused", "code": error.code, "message": str(error), "findings": []})
                if form is Format.TABLE:
                    out.print(f"✗ refused  {decision.report}: {shown(str(error), 1000)}")
                continue
            entries.append({**about, **_entry(found)})
            if form is Format.TABLE:
                _tell(decision, found)
    if form is Format.JSON:
        write(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")
    return 1 if any(entry["result"] == "refused" for entry in entries) else 0


def _entry(found: Decided) -> dict[str, Any]:
    findings = [finding_value(finding) for finding in found.findings if finding.refuses]
    return {"version": found.version, "result": found.result.value, "commit": found.sequence, "findings": findings}


def _tell(decision: Decision, found: Decided) -> None:
    state = {Result.COMMITTED: STATES[decision.do], Result.UNCHANGED: "unchanged", Result.REFUSED: "refused"}[found.result]
    commit = f"  (commit {found.sequence})" if found.sequence is not None else ""
    for claim in decision.claims:
        out.print(f"{_SIGNS[found.result]} {state}  {decision.report}/{claim}{commit}")
    for finding in found.findings:
        if finding.refuses:
            for line in finding_lines(finding_value(finding)):
                out.print(line)
