"""ingest, validate, reindex: what writes, and what only says what writing would do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from claimgraph.cli.app import As, Data, Form, Format, agent_of, app, base, err, out, place_of, words_of_option
from claimgraph.cli.findings import EnginesDiffer, Telling
from claimgraph.extract.registered import DEFAULT, entry_of
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import ClaimgraphError, DataFolderError, Misuse
from claimgraph.model.reading import Input
from claimgraph.model.text import shown
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Outcome, examine, surroundings
from claimgraph.store.index import stamp
from claimgraph.store.inputs import expand, is_raw, read
from claimgraph.store.metadata import COLUMNS, Metadata, read_metadata
from claimgraph.store.place import writing
from claimgraph.store.raw import RawReader
from claimgraph.store.shapes import Finding, referee
from claimgraph.store.snapshots import drop_all
from claimgraph.store.write_client import open_any_writer

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", help="Claims documents (.json, .jsonl), raw reports (.txt, .html), our own Turtle or TriG, or folders of them."),
]
MetadataFile = Annotated[
    Path | None, typer.Option("--metadata", metavar="CSV", help=f"What is known of raw reports: a table with the columns {', '.join(COLUMNS)}.")
]
By = Annotated[str, typer.Option("--extractor", metavar="NAME", help="What reads raw reports.")]
Revise = Annotated[bool, typer.Option("--revise", help="Let a known report with other content replace its standing version.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, kept with the commit.")]
_Judge = Callable[[Input, ClaimsDocument], Outcome]
_TOLD = 20  # rows of metadata told one by one


@app.command()
def ingest(
    context: typer.Context,
    paths: Paths,
    metadata: MetadataFile = None,
    by: By = DEFAULT,
    revise: Revise = False,
    reason: Reason = "",
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> int:
    """Let reports in: each one whole, or refused with everything that is wrong with it. Claims read from raw reports are candidates."""
    _check(form)
    files = expand(paths)
    table = _metadata(metadata, paths, files)
    _check_extractor(by, files)
    place, who, why = place_of(context, data), agent_of(context, agent), words_of_option("--reason", reason)
    with progress() as bar, open_any_writer(place, base(), who, "ingest", tracker(bar, "building the index")) as writer:
        raw = _raw_reader(files, RawReader(writer.reference, writer.archive, table, by))
        inputs = read(files, base(), writer.reference.entities, raw.file, paths)

        def judge(one: Input, document: ClaimsDocument) -> Outcome:
            return writer.commit(document, reason=why, revise=revise, received=one.received)

        return _judge_all(inputs, judge, Telling(form, "committed"), bar, len(files))


@app.command()
def validate(
    context: typer.Context,
    paths: Paths,
    metadata: MetadataFile = None,
    by: By = DEFAULT,
    revise: Revise = False,
    second_opinion: Annotated[bool, typer.Option("--referee", help="Ask pySHACL too, and say if it judges otherwise (slow).")] = False,
    data: Data = None,
    form: Form = Format.TABLE,
) -> int:
    """Say what the shapes say of reports, against what the store holds; write nothing."""
    _check(form)
    files = expand(paths)
    table = _metadata(metadata, paths, files)
    _check_extractor(by, files)
    with progress() as bar, surroundings(place_of(context, data), base()) as around:

        def judge(_: Input, document: ClaimsDocument) -> Outcome:
            outcome = examine(document, around, revise=revise)
            if second_opinion:
                _compare(outcome, referee(outcome.mapped, around.reference))
            return outcome

        raw = _raw_reader(files, RawReader(around.reference, around.archive, table, by))
        inputs = read(files, base(), around.reference.entities, raw.file, paths)
        return _judge_all(inputs, judge, Telling(form, "valid"), bar, len(files))


def _check(form: Format) -> None:
    if form is Format.CSV:
        raise Misuse("Findings come as table, json or turtle: choose one of these.")


def _check_extractor(by: str, files: list[Path]) -> None:
    """That the extractor is there, before anything is opened, where it is needed."""
    if any(map(is_raw, files)):
        entry_of(by)


def _metadata(path: Path | None, given: list[Path], files: list[Path]) -> Metadata:
    """The table of metadata, if there is one; rows that speak of no report given are told of, so that a wrong name is seen."""
    if path is None:
        return Metadata()
    table = read_metadata(path, given, [file for file in files if is_raw(file)])
    for row in table.unused[:_TOLD]:
        err.print(f"claimgraph: {row.source}: '{shown(row.file)}' is none of the raw reports given; the row is not used.")
    if len(table.unused) > _TOLD:
        err.print(f"claimgraph: so it is with {len(table.unused) - _TOLD} more rows.")
    return table


def _raw_reader(files: list[Path], reader: RawReader) -> RawReader:
    """The reader of raw reports, ready where there are any: that its extractor cannot be used is told once."""
    if any(map(is_raw, files)):
        reader.prepare()
    return reader


def _compare(outcome: Outcome, other: list[Finding]) -> None:
    """Raise if the referee's findings over the report's own shapes differ from the gate's."""
    ours = {(f.rule.name, f.focus) for f in outcome.findings if f.rule.name != "SyndicatedText"}
    theirs = {(f.rule.name, f.focus) for f in other}
    if ours != theirs:
        raise EnginesDiffer(f"The two SHACL engines differ on {', '.join(sorted(name for name, _ in ours ^ theirs))}: please report this file.")


def _judge_all(inputs: Iterable[Input], judge: _Judge, telling: Telling, bar: Progress, expected: int) -> int:
    """Judge every input and give the exit code."""
    task = bar.add_task("reports", total=expected)
    for one in inputs:
        try:
            if one.error is not None:
                telling.error(one.source, one.error)
            elif one.document is not None:
                outcome = judge(one, one.document)
                telling.outcome(one.source, replace(outcome, remarks=(*one.remarks, *outcome.remarks)))
        except DataFolderError:  # no further report can do better
            raise
        except ClaimgraphError as error:
            telling.error(one.source, error)
        bar.advance(task)
    return telling.end()


@app.command()
def reindex(context: typer.Context, data: Data = None, agent: As = None) -> None:
    """Throw the index away and build it again from the archive."""
    place, who = place_of(context, data).require(), agent_of(context, agent)
    with writing(place, who, "reindex"):
        shutil.rmtree(place.index(stamp()), ignore_errors=True)
        drop_all(place)
    with progress() as bar, open_writer(place, base(), who, "reindex", tracker(bar, "commits")) as writer:
        head = writer.archive.head()
    out.print(f"The index holds all {head} commits again.")


def progress() -> Progress:
    """A progress bar on the error stream, only where somebody watches."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def tracker(bar: Progress, name: str) -> Callable[[int, int], None]:
    """What long work calls with how much is done of how much."""
    tasks: list[Any] = []

    def report_progress(done: int, total: int) -> None:
        if not tasks:
            tasks.append(bar.add_task(name, total=total))
        bar.update(tasks[0], completed=done, total=total)

    return report_progress
