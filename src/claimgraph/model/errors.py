"""One hierarchy of errors: each with a code, an HTTP status, an exit code and a sentence that says what to do.

Whatever goes wrong for a reason outside the program (a file, a document, a query, a lock) is raised as one of these;
anything else that escapes is a defect.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where.

    ``where`` is a JSON path (``claims[2].event.type``), a line (``line 14``), or both; empty if it concerns the whole.
    """

    message: str
    where: str = ""

    def __str__(self) -> str:
        """Place and message in one line."""
        return f"{self.where}: {self.message}" if self.where else self.message


class ClaimgraphError(Exception):
    """The root: ``str(error)`` is the sentence for the user, ``problems`` the single findings where there are several.

    ``retry_after`` is in how many seconds the same again may do (RFC 9110), ``None`` where waiting mends nothing.
    """

    code = "error"
    status = 500
    exit_code = 1
    retry_after: int | None = None

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Misuse(ClaimgraphError):
    """The command or request itself is off: an option, a parameter, a file that is not there."""

    code = "misuse"
    status = 400
    exit_code = 2


class UnreadableInput(Misuse):
    """A path cannot be read as what it should be: missing, a folder, no permission, too large."""

    code = "unreadable-input"


class UnknownQuestion(Misuse):
    """No question of the catalogue has this name."""

    code = "unknown-question"
    status = 404


class BadParameter(Misuse):
    """A question's parameter is unknown, missing or has a value of the wrong type."""

    code = "bad-parameter"


class UnknownEntity(BadParameter):
    """A question's parameter names what the reference graph does not have, or not as what is asked for."""

    code = "unknown-entity"
    status = 404


class BadQuery(Misuse):
    """A SPARQL query that does not parse, or asks for what is switched off (SERVICE)."""

    code = "bad-query"


class NotFound(Misuse):
    """Nothing in the store has this IRI or key."""

    code = "not-found"
    status = 404


class BadRequest(Misuse):
    """An HTTP request that says something twice, in another encoding, or not at all."""

    code = "bad-request"


class NotSignedIn(Misuse):
    """The request needs a token, and has none that is known."""

    code = "not-signed-in"
    status = 401


class NotAllowed(Misuse):
    """The request is understood and not allowed: its token lacks the scope, or nobody may do that here."""

    code = "not-allowed"
    status = 403


class AnswerTooLarge(NotAllowed):
    """An answer of more than ``answer_bytes``, or a whole graph of more than ``answer_rows`` statements."""

    code = "answer-too-large"


class WrongMethod(Misuse):
    """An address that knows other methods than this one; ``allowed`` are those."""

    code = "wrong-method"
    status = 405

    def __init__(self, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed


class NotAcceptable(Misuse):
    """None of the forms that the client accepts is one that we write."""

    code = "not-acceptable"
    status = 406


class TooSlow(Misuse):
    """A client that takes longer over its request than ``receive_seconds``."""

    code = "too-slow"
    status = 408


class Expired(Misuse):
    """A cursor whose place in the answer is no longer there."""

    code = "expired"
    status = 410


class TooLarge(Misuse):
    """A request of more than ``document_bytes``."""

    code = "too-large"
    status = 413


class WrongMediaType(Misuse):
    """A body of a type that is not read here."""

    code = "wrong-media-type"
    status = 415


class WrongHost(Misuse):
    """A request for a name that this service does not have."""

    code = "wrong-host"
    status = 421


class Busy(Misuse):
    """The service has more to do than it takes on."""

    code = "busy"
    status = 429
    retry_after = 1


class QueryStopped(ClaimgraphError):
    """A query ran into its deadline, its memory cap, or the death of its process."""

    code = "query-stopped"
    status = 503
    retry_after = 1


class NotYet(ClaimgraphError):
    """The commit that a reader asked to see is not shown yet."""

    code = "not-yet"
    status = 503
    retry_after = 1


class Unavailable(ClaimgraphError):
    """A part of the service does not answer: it is starting again, or stopping."""

    code = "unavailable"
    status = 503
    retry_after = 1


class BadDocument(ClaimgraphError):
    """Input that is no claims document: broken JSON or Turtle, missing or unknown fields, wrong types."""

    code = "bad-document"
    status = 422


class UndecodableText(BadDocument):
    """Bytes that are no text, or text in an encoding that cannot be told for certain."""

    code = "undecodable-text"


class NoText(BadDocument):
    """A file or a page without anything to read in it."""

    code = "no-text"


class UnknownKey(ClaimgraphError):
    """The document names entities that the reference graph does not have; ``findings`` are what the shapes found besides."""

    code = "unknown-key"
    status = 422
    findings: tuple[Any, ...] = ()


class BadEntity(ClaimgraphError):
    """A change of the reference graph that would make it wrong: a key that is taken, a part that is its own whole, a name that is none."""

    code = "bad-entity"
    status = 422


class VersionConflict(ClaimgraphError):
    """A known report id with other content, and no (or a stale) word on what it revises."""

    code = "version-conflict"
    status = 409


class DecidedOtherwise(ClaimgraphError):
    """A claim on which a reviewer decides has been decided on otherwise: first that decision is taken back."""

    code = "decided-otherwise"
    status = 409


class StoreLocked(ClaimgraphError):
    """Another process is writing to the same data folder."""

    code = "store-locked"
    status = 503
    retry_after = 1


class StoreDamaged(ClaimgraphError):
    """The archive contradicts itself: what was signed is not what is there."""

    code = "store-damaged"
    status = 503


class DataFolderError(ClaimgraphError):
    """The data folder cannot be read or written: permissions, a full disk, a newer format."""

    code = "data-folder"
    status = 507


class ResourceError(ClaimgraphError):
    """The program's own files (ontology, shapes, questions) are missing or wrong: the installation is broken."""

    code = "broken-installation"


def error_of(code: str, message: str, problems: tuple[Problem, ...] = ()) -> ClaimgraphError:
    """The error of a code, as another process tells of it; the root's own kind where the code is not known here."""
    kinds, found = [ClaimgraphError], ClaimgraphError
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.code == code:
            found = kind
    error = found(message)
    error.problems = problems
    return error


@dataclass
class Problems:
    """Collects problems so that a user gets all of them at once instead of the first."""

    most: int = sys.maxsize
    found: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, message: str, where: str = "") -> None:
        """Note one problem; beyond ``most`` they are only counted."""
        self.count += 1
        if len(self.found) < self.most:
            self.found.append(Problem(message, where))

    def raise_if_any(self, kind: type[ClaimgraphError], summary: str) -> None:
        """Raise ``kind`` with everything collected; the sentence is the first problem, or ``summary`` if there are more."""
        if not self.found:
            return
        message = str(self.found[0]) if self.count == 1 else f"{summary}: {self.count} problems"
        raise kind(message, problems=tuple(self.found))
