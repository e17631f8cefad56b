"""The application: options that every command shares, and what an error looks like."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from claimgraph import __version__
from claimgraph.model.errors import ClaimgraphError, DataFolderError, Misuse, UnreadableInput
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.store.place import Place

DEFAULT_DATA = Path("claimgraph-data")
_LONGEST = 4_000

app = typer.Typer(
    name="claimgraph",
    help="Who claims what about whom: a store of claims with provenance down to the words.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TURTLE = "turtle"


class Language(StrEnum):
    """The language of names and titles."""

    AR = "ar"
    EN = "en"


Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder (default: CLAIMGRAPH_DATA, else ./claimgraph-data).", file_okay=True),
]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who writes (default: CLAIMGRAPH_AGENT, else your login name).")]
Form = Annotated[Format, typer.Option("--format", help="table for people, the others for programs.")]
Lang = Annotated[Language | None, typer.Option("--language", help="Language of names and titles (default: CLAIMGRAPH_LANGUAGE, else en).")]


@dataclass
class Shared:
    """The options given before the command."""

    data: Path | None = None
    agent: str | None = None


class ReaderGone(Exception):
    """Nobody reads our output any more (``| head``), which is their right; not left to the libraries, which call it a failure."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGone


# Where nobody watches (a pipe, a file) tables get room for whole sentences instead of a guessed terminal's 80 columns.
_WIDTH = None if (sys.stdout and sys.stdout.isatty()) or "COLUMNS" in os.environ else 160
out = _Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=_WIDTH)
err = _Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"claimgraph {__version__}")
        raise typer.Exit


@app.callback()
def _shared(
    context: typer.Context,
    data: Data = None,
    agent: As = None,
    _version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    context.obj = Shared(data, agent)


def place_of(context: typer.Context, data: Path | None, default: Path = DEFAULT_DATA) -> Place:
    """The data folder: the option after the command, before it, the environment, the default."""
    environment = os.environ.get("CLAIMGRAPH_DATA")
    return Place(data or context.obj.data or (Path(environment) if environment else default))


def agent_of(context: typer.Context, agent: str | None) -> str:
    """Who writes: the option after the command, before it, the environment, the login name."""
    named = agent or context.obj.agent or os.environ.get("CLAIMGRAPH_AGENT")
    if named is not None:
        return words_of_option("--as", str(named))
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def words_of_option(option: str, text: str) -> str:
    """What a user said with an option, to be kept. Raises :class:`Misuse` for bytes that are no UTF-8, which Python hands on as half surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Misuse(f"What {option} says is not UTF-8 text: write it in UTF-8.") from None
    return text


def base() -> Base:
    """The base IRI in force."""
    return Base(LIMITS.base)


def language_of(language: Language | None) -> str:
    """The language of names: the option, the environment, English."""
    return language.value if language else "ar" if os.environ.get("CLAIMGRAPH_LANGUAGE") == "ar" else "en"


def write(text: str) -> None:
    """Data for programs: exactly these characters, in UTF-8, whatever the terminal."""
    write_out(text.encode("utf-8"), None)


def write_out(data: bytes, output: Path | None) -> None:
    """Bytes as they are, to a file or to where output goes. Raises :class:`UnreadableInput` for a file that cannot be written."""
    try:
        if output is not None:
            output.write_bytes(data)
            return
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        if output is None:
            raise
        raise UnreadableInput(f"{output} cannot be written: {error.strerror or error}.") from None


def tell(error: ClaimgraphError) -> None:
    """An error for people: its sentence, then the single problems if there are several."""
    err.print(f"claimgraph: {shown(str(error), _LONGEST)}")
    if len(error.problems) > 1:
        for problem in error.problems:
            err.print(f"  {shown(str(problem), _LONGEST)}")


def run(arguments: list[str] | None) -> int:
    """Run the command line and give the exit code; whatever goes wrong comes out as a sentence."""
    try:
        result: Any = app(arguments, standalone_mode=False, prog_name="claimgraph")
    except ClaimgraphError as error:
        tell(error)
        return error.exit_code
    except typer.TyperException as error:  # a usage error; it knows how to show itself with the command's usage
        error.show() if hasattr(error, "show") else err.print(f"claimgraph: {error.format_message()}")
        return Misuse.exit_code
    except (KeyboardInterrupt, typer.Abort):
        err.print("claimgraph: stopped; what was acknowledged is kept.")
        return 130
    except Exception as error:  # noqa: BLE001  # the last place where a traceback can become a sentence
        return _unforeseen(error)
    return result if isinstance(result, int) else 0


def silence() -> None:
    """From here on, output goes nowhere: nobody reads it, or it cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unforeseen(error: Exception) -> int:
    """What no layer below has put into words."""
    if isinstance(error, ReaderGone):
        silence()
        return 0
    if isinstance(error, OSError):  # a path that the system does not take, wherever it was met
        tell(DataFolderError(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."))
        return DataFolderError.exit_code
    if os.environ.get("CLAIMGRAPH_DEBUG"):
        raise error
    err.print(f"claimgraph: this is a defect of the program ({type(error).__name__}: {shown(str(error), 200)}); nothing more was written.")
    err.print("Please report it with what CLAIMGRAPH_DEBUG=1 shows for the same command.")
    return 1
