"""extract: what a raw report says, as a claims document; nothing is stored."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from claimgraph.cli.app import Data, app, base, err, place_of, words_of_option, write_out
from claimgraph.cli.writing import By
from claimgraph.extract.registered import DEFAULT, entry_of
from claimgraph.extract.remarks import open_dates, remarks
from claimgraph.model.document import as_json
from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import isolated, read_bytes, shown
from claimgraph.store.examine import surroundings
from claimgraph.store.raw import Raw, RawReader, report_id_of

_STDIN = "-"


@app.command()
def extract(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A text file or a saved web page; - reads from the standard input.")],
    published: Annotated[str | None, typer.Option("--published", metavar="DATE", help="When it was published, such as 2022-01-31.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", metavar="KEY", help="Who published it: a key of the reference graph.")] = None,
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="Where it was.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Its headline.")] = None,
    report_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="The report's id (default: from the file's name).")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT.json", help="Write to a file.")] = None,
    by: By = DEFAULT,
    data: Data = None,
) -> None:
    """Read a raw report and print its claims document, each claim a candidate; ingest takes it as it is, or corrected."""
    entry_of(by)
    options = {"published": published, "publisher": publisher, "url": url, "title": title, "id": report_id}
    known = {name: words_of_option(f"--{name}", value) for name, value in options.items() if value is not None}
    content = _stdin() if file == _STDIN else read_bytes(Path(file))
    name = "" if file == _STDIN else Path(file).name
    raw = Raw(content, name, {"id": report_id_of(Path(name).stem or "stdin"), **known})
    place = place_of(context, data)
    if data or context.obj.data:  # named: then it is meant
        place.require()
    with surroundings(place, base()) as around:
        reader = RawReader(around.reference, around.archive, named=by)
        reader.prepare()
        try:
            document = reader.document(raw)
            around.reference.check(document)
        except BadDocument as error:
            raise BadDocument(f"{shown(file, 300)}: {error}", problems=error.problems) from None
    write_out((json.dumps(as_json(document), ensure_ascii=False, indent=1) + "\n").encode("utf-8"), output)
    for sentence in (*remarks(document), *open_dates(document)):
        err.print(f"claimgraph: {isolated(sentence, 1000)}.")


def _stdin() -> bytes:
    data = sys.stdin.buffer.read(LIMITS.document_bytes + 1)
    if len(data) > LIMITS.document_bytes:
        raise UnreadableInput(f"The input has more than the {LIMITS.document_bytes} bytes allowed (CLAIMGRAPH_DOCUMENT_BYTES).")
    return data
