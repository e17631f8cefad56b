"""serve, token: the store over HTTP, and who may do what there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from claimgraph.cli.app import Data, Form, Format, agent_of, app, base, err, out, place_of, write
from claimgraph.cli.tables import fill
from claimgraph.model.errors import Misuse
from claimgraph.model.limits import LIMITS
from claimgraph.store.tokens import SCOPES, Tokens

if TYPE_CHECKING:
    from claimgraph.web.access import Access

_NOBODY = "somebody on this machine"  # where the system has no name for who serves

tokens = typer.Typer(help="Make, list and revoke the tokens of a service.", no_args_is_help=True)
app.add_typer(tokens, name="token")


@app.command()
def serve(
    context: typer.Context,
    data: Data = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; on another than loopback reading needs tokens too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free one.")] = 8000,
    name: Annotated[list[str] | None, typer.Option("--name", metavar="HOST", help="A further name that the service answers to. Repeatable.")] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", metavar="ORIGIN", help="An origin whose pages may read answers (CORS), such as https://example.org. Repeatable."),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service", metavar="IRI", help="An endpoint that queries may ask with SERVICE; you trust it, and whatever it redirects to. Repeatable."
        ),
    ] = None,
    scratch: Annotated[
        bool, typer.Option("--scratch", help="An empty store in memory that anybody on this machine may change; nothing is kept.")
    ] = False,
) -> None:
    """Serve the store over HTTP: SPARQL, graphs, questions, checks. Ends cleanly on Ctrl-C or SIGTERM."""
    from claimgraph.web import server  # noqa: PLC0415  # what serves loads what no other command needs
    from claimgraph.web.access import Access, is_loopback, origins_of  # noqa: PLC0415  # likewise
    from claimgraph.web.backend import EvidenceBackend, ScratchBackend  # noqa: PLC0415  # likewise

    if scratch and (not is_loopback(host) or service or data):
        raise Misuse("--scratch is for trying things out on this machine: it goes with no --data, no --service, and no --host but loopback.")
    place, origins = place_of(context, data), origins_of(origin or ())
    access = Access(host, name or (), None if scratch else Tokens(place.folder))
    backend = ScratchBackend() if scratch else EvidenceBackend(place.make(), base(), tuple(service or ()))
    with server.listen(host, port) as listening:
        server.run(backend, access, listening, lambda address: _ready(address, access, agent_of(context, None) or _NOBODY), origins)


def _ready(address: str, access: Access, agent: str) -> None:
    """Say where the service is, and how whoever started it signs in there: on this machine by an address that works once, elsewhere by a token."""
    scratch = access.sessions is None
    out.print(f"claimgraph is at {address}")
    if access.sessions is not None and access.reading_is_open:
        minutes = LIMITS.signin_seconds / 60
        secret = access.sessions.invite(agent, SCOPES)
        out.print(f"To write with a browser, open (once, within {minutes:.3g} min): {address}signin/{secret}", soft_wrap=True)
    out.file.flush()
    if not scratch:
        err.print(json.dumps({"event": "addresses", "sparql": f"{address}sparql", "questions": f"{address}api/questions", "docs": f"{address}docs"}))


@tokens.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose token it is: every write is recorded under this name.")],
    scope: Annotated[list[str], typer.Option("--scope", metavar="SCOPE", help=f"What it allows: {', '.join(SCOPES)}. Repeatable.")],
    data: Data = None,
) -> None:
    """Make a token and print it, once; the store keeps only its digest."""
    secret = Tokens(place_of(context, data).folder).create(name, scope)
    err.print("claimgraph: this is shown once; send it as 'Authorization: Bearer …'.")
    write(secret + "\n")


@tokens.command(name="list")
def list_tokens(context: typer.Context, data: Data = None, form: Form = Format.TABLE) -> None:
    """List the tokens: whose, for what, since when, and those taken back."""
    found = Tokens(place_of(context, data).folder).all()
    rows = [{"name": t.name, "scopes": list(t.scopes), "created": t.created, "revoked": t.revoked} for t in found]
    if form is Format.JSON:
        write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    elif form is Format.TABLE:
        texts = ((t.name, ", ".join(t.scopes), t.created, t.revoked or "") for t in found)
        out.print(fill(Table("name", "scopes", "created", "revoked", pad_edge=False), texts))
    else:
        raise Misuse("Tokens are listed as table or json: choose one of these.")


@tokens.command()
def revoke(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="Whose token.")], data: Data = None) -> None:
    """Take a token back: it is refused from the next request on."""
    Tokens(place_of(context, data).folder).revoke(name)
    out.print(f"The token of {name} is taken back.")
