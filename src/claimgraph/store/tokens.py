"""Tokens: who may read, write and review over HTTP. Kept as digests, in a file of mode 0600 in the data folder.

A token is 256 bits of chance, so a plain SHA-256 of it cannot be guessed back. It is shown once, when it is made.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from claimgraph.model.errors import DataFolderError, Misuse, NotFound
from claimgraph.model.names import ID_PATTERN
from claimgraph.model.text import shown

SCOPES = ("read", "write", "review")
_PREFIX = "cg_"  # so that a token that lies about is recognised for what it is


@dataclass(frozen=True)
class Token:
    """A token as it is kept: whose it is, what it allows, when it was made and, if so, revoked (UTC)."""

    name: str
    digest: str
    scopes: tuple[str, ...]
    created: str
    revoked: str | None = None


class Tokens:
    """The tokens of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tokens.json"
        self._read: tuple[tuple[int, int, int], dict[str, Token]] | None = None

    def all(self) -> list[Token]:
        """Every token, also the revoked ones, by name. Raises :class:`DataFolderError`."""
        return sorted(self._load().values(), key=lambda token: (token.name, token.created))

    def of(self, secret: str) -> Token | None:
        """The standing token of this secret; a change of the file is seen at once."""
        found = self._load().get(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())
        return found if found is not None and found.revoked is None else None

    def stands(self, digest: str) -> bool:
        """Whether there is a token with this digest that was not revoked."""
        found = self._load().get(digest)
        return found is not None and found.revoked is None

    def any_standing(self) -> bool:
        """Whether there is a token that was not revoked."""
        return any(token.revoked is None for token in self._load().values())

    def create(self, name: str, scopes: Iterable[str]) -> str:
        """Make a token and give its secret. Raises :class:`Misuse` for a name that is taken or is no name, or for unknown scopes."""
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        if not re.fullmatch(ID_PATTERN, name):
            raise Misuse(f"'{shown(name)}' is no name for a token: letters, digits, '.', '_' and '-', at most 128.")
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise Misuse(f"'{shown(unknown[0])}' is no scope: choose from {', '.join(SCOPES)}.")
        if not wanted:
            raise Misuse(f"A token without a scope allows nothing: give it --scope, one or more of {', '.join(SCOPES)}.")
        secret = _PREFIX + secrets.token_urlsafe(32)
        digest = hashlib.sha256(secret.encode()).hexdigest()

        def add(tokens: dict[str, Token]) -> None:
            if any(token.name == name and token.revoked is None for token in tokens.values()):
                raise Misuse(f"There is a token '{name}' already: revoke it first, or choose another name.")
            tokens[digest] = Token(name, digest, wanted, _now())

        self._change(add)
        return secret

    def revoke(self, name: str) -> None:
        """Take a token back; it is refused from the next request on. Raises :class:`NotFound`."""

        def take_back(tokens: dict[str, Token]) -> None:
            found = [token for token in tokens.values() if token.name == name and token.revoked is None]
            if not found:
                raise NotFound(f"There is no standing token '{shown(name)}': 'claimgraph token list' shows them.")
            for token in found:
                tokens[token.digest] = replace(token, revoked=_now())

        self._change(take_back)

    def _load(self) -> dict[str, Token]:
        try:
            state = self.path.stat()
            stamp = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._read is None or self._read[0] != stamp:
                entries = json.loads(self.path.read_text(encoding="utf-8"))
                self._read = stamp, {entry["digest"]: Token(**{**entry, "scopes": tuple(entry["scopes"])}) for entry in entries}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataFolderError(f"The tokens in {self.path} cannot be read ({error}): mend or remove that file.") from None
        return dict(self._read[1])

    def _change(self, change: Callable[[dict[str, Token]], None]) -> None:
        """Apply a change to the file, whole or not at all, one process at a time."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderError(f"The data folder {self.path.parent} cannot be written: {error.strerror or error}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tokens = self._load()
            change(tokens)
            self._save(tokens)
        finally:
            os.close(lock)

    def _save(self, tokens: dict[str, Token]) -> None:
        draft = self.path.with_suffix(".draft")
        text = json.dumps([asdict(token) for token in tokens.values()], indent=1) + "\n"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            raise DataFolderError(f"The tokens cannot be written to {self.path}: {error.strerror or error}.") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
