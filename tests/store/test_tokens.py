"""Tokens: shown once, kept as digests in a file of their owner's, known at once to whoever reads, and taken back for good."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.model.errors import DataFolderError, Misuse, NotFound
from claimgraph.store.tokens import SCOPES, Token, Tokens


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    """The tokens of a folder that is not there yet."""
    return Tokens(tmp_path / "data")


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


# --- making and knowing ---------------------------------------------------------------------------------------------------


def test_a_token_is_known_by_its_secret_alone(tokens: Tokens) -> None:
    """Who shows the secret is whom it was made for, with its scopes; nothing that is less, more or the digest itself is."""
    secret = tokens.create("dana", ["write", "read"])
    found = tokens.of(secret)
    assert found is not None
    assert (found.name, found.scopes, found.revoked) == ("dana", ("read", "write"), None)
    for other in ("", secret[:-1], secret + "x", secret.lower(), secret.removeprefix("cg_"), f" {secret}", found.digest, "\ud800", "ص"):
        assert tokens.of(other) is None


def test_secrets_are_chance(tokens: Tokens) -> None:
    """Each has 256 bits of it behind a mark by which it is recognised, and no two are alike."""
    secrets = {tokens.create(f"t{n}", ["read"]) for n in range(20)}
    assert len(secrets) == 20
    assert all(re.fullmatch(r"cg_[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_a_secret_is_kept_nowhere(tokens: Tokens) -> None:
    """The folder has its digest and who it is; the files are their owner's alone, whatever the umask."""
    before = os.umask(0)
    try:
        secret = tokens.create("dana", SCOPES)
    finally:
        os.umask(before)
    files = sorted(tokens.path.parent.iterdir())
    assert [path.name for path in files] == ["tokens.json", "tokens.lock"]
    assert {mode(path) for path in files} == {0o600}
    assert all(secret[3:] not in path.read_text() for path in files)
    (entry,) = json.loads(tokens.path.read_text())
    assert entry["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert entry["created"].endswith("+00:00")


def test_another_reader_sees_a_change_at_once(tokens: Tokens) -> None:
    """Whoever has the folder open knows new tokens and forgets revoked ones, however quickly they follow each other."""
    reader = Tokens(tokens.path.parent)
    assert reader.all() == []
    assert not reader.any_standing()
    for number in range(30):
        secret = tokens.create(f"t{number}", ["read"])
        assert reader.of(secret) is not None
        assert reader.any_standing()
        tokens.revoke(f"t{number}")
        assert reader.of(secret) is None
        assert not reader.any_standing()


def test_a_file_that_is_gone_knows_nobody(tokens: Tokens) -> None:
    """A folder without tokens has none, also after it had some."""
    secret = tokens.create("dana", ["read"])
    tokens.path.unlink()
    assert (tokens.of(secret), tokens.all(), tokens.any_standing()) == (None, [], False)


# --- taking back ----------------------------------------------------------------------------------------------------------


def test_a_token_is_taken_back_for_good(tokens: Tokens) -> None:
    """Its name may be used again, by another secret; the old one stays refused, and both are listed."""
    old = tokens.create("dana", ["write"])
    other = tokens.create("omar", ["read"])
    tokens.revoke("dana")
    new = tokens.create("dana", ["read"])
    assert tokens.of(old) is None
    assert tokens.of(new) is not None
    assert tokens.of(other) is not None
    listed = tokens.all()
    kept = {(one.name, one.scopes, one.revoked is None) for one in listed}
    assert kept == {("dana", ("write",), False), ("dana", ("read",), True), ("omar", ("read",), True)}
    assert [one.name for one in listed] == ["dana", "dana", "omar"]


def test_what_does_not_stand_cannot_be_taken_back(tokens: Tokens) -> None:
    """A name that was never there, or whose token is revoked already, is told so, and nothing changes."""
    tokens.create("dana", ["read"])
    tokens.revoke("dana")
    before = tokens.path.read_bytes()
    for name in ("dana", "nobody", "\u202e"):
        with pytest.raises(NotFound, match="There is no standing token"):
            tokens.revoke(name)
    assert tokens.path.read_bytes() == before


# --- what cannot be -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", ".", "../x", "a/b", "دانة", "a\n", "a" * 129, "a\u202e", "\ud800"])
def test_a_name_is_one_that_an_address_may_hold(tokens: Tokens, name: str) -> None:
    """It becomes part of the names of workspace graphs, so it is letters, digits and a few signs."""
    with pytest.raises(Misuse, match="is no name for a token"):
        tokens.create(name, ["read"])
    assert not tokens.path.exists()


def test_a_name_stands_once(tokens: Tokens) -> None:
    """A second token of the same name is refused as long as the first one stands."""
    tokens.create("a" * 128, ["read"])
    with pytest.raises(Misuse, match="revoke it first, or choose another name"):
        tokens.create("a" * 128, ["write"])
    assert len(tokens.all()) == 1


@pytest.mark.parametrize(
    ("scopes", "sentence"),
    [
        ([], "A token without a scope allows nothing"),
        (["admin"], "'admin' is no scope"),
        (["read", "Write"], "'Write' is no scope"),
        (["\u202e"], "is no scope"),
    ],
)
def test_scopes_are_those_that_there_are(tokens: Tokens, scopes: list[str], sentence: str) -> None:
    """Unknown scopes and none at all are refused with those that there are."""
    with pytest.raises(Misuse, match=rf"{sentence}.*read, write, review"):
        tokens.create("dana", scopes)


@given(st.lists(st.sampled_from(SCOPES), min_size=1, max_size=6))
def test_scopes_are_kept_in_one_order_and_once(tmp_path_factory: pytest.TempPathFactory, scopes: list[str]) -> None:
    """However they are named, a token has each of its scopes once."""
    tokens = Tokens(tmp_path_factory.mktemp("tokens"))
    found = tokens.of(tokens.create("dana", scopes))
    assert found is not None
    assert found.scopes == tuple(scope for scope in SCOPES if scope in scopes)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "{}x", '[{"digest": "x"}]', '[{"name": "a", "digest": "b", "scopes": 1, "created": "c"}]', "[null]"]
)
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(tokens: Tokens, text: str) -> None:
    """What cannot be read is said so, with the file: no token of it is known, and none is added to it."""
    secret = tokens.create("dana", ["write"])
    tokens.path.write_text(text)
    for attempt in (
        lambda: tokens.of(secret),
        tokens.all,
        tokens.any_standing,
        lambda: tokens.create("omar", ["read"]),
        lambda: tokens.revoke("dana"),
    ):
        with pytest.raises(DataFolderError, match=rf"{re.escape(str(tokens.path))} cannot be read .*: mend or remove that file"):
            attempt()
    assert tokens.path.read_text() == text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    """There is a sentence, and no half a file."""
    tmp_path.chmod(0o500)
    with pytest.raises(DataFolderError, match="cannot be written"):
        Tokens(tmp_path / "data").create("dana", ["read"])


def test_a_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    """So where the folder cannot be made."""
    (tmp_path / "data").write_text("")
    with pytest.raises(DataFolderError, match="cannot be written"):
        Tokens(tmp_path / "data").create("dana", ["read"])


def _create(folder: Path, number: int) -> None:
    for n in range(10):
        Tokens(folder).create(f"p{number}-{n}", ["read"])
    Tokens(folder).revoke(f"p{number}-0")


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    """Tokens made and revoked at the same time by several processes are all there, and one half-written file never is."""
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_create, args=(tmp_path, number)) for number in range(4)]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        assert all(isinstance(one, Token) for one in Tokens(tmp_path).all())
    for process in processes:
        process.join()
        assert process.exitcode == 0
    found = Tokens(tmp_path).all()
    assert len({one.name for one in found}) == 40
    assert sorted(one.name for one in found if one.revoked) == [f"p{number}-0" for number in range(4)]
