"""Harm done to the files of a store that is served: taken away, without room, changed, cut short. It is said, and nothing false is passed on.

What can be mended is mended below the running service, which must then go on by itself, and with nothing lost or twice.
"""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from attacking import answers_still, attacked, head, told, unharmed, writing_process
from harming import aside, damaged, overwrite, post, subjects, write_each_way, writes_again
from requesting import BASE, JSON_BODY, Writable, asked, refused, sound
from running import Run, small
from serving import eventually

# --- what is taken away below the service ---------------------------------------------------------------------------------


def test_an_archive_that_is_taken_away(victim: Writable, tmp_path: Path, claimgraph: Run) -> None:
    """Nothing is acknowledged that would be written to a file without a name, no empty archive takes its place, and readers keep what they have.

    Once it is back everything goes on.
    """
    writes_again(victim, "before-it-went")
    before = head(victim.data)
    with aside(victim.data, "archive.sqlite3*", tmp_path):
        for answer in (*write_each_way(victim, "archive-gone"), victim.service.send("POST", "/api/validate", _document(), JSON_BODY)):
            assert "archive.sqlite3" in refused(answer, 507, "data-folder")
        answers_still(victim.service)
        assert not list(victim.data.glob("archive.sqlite3*"))
    assert head(victim.data) == before
    assert writes_again(victim, "archive-gone") == before + 1
    assert sound(victim.data, claimgraph) == before + 1


def _document() -> bytes:
    return json.dumps(small(report_id="checked")).encode()


@pytest.mark.parametrize("pattern", ["index-*", "snapshots", "snapshots/*"])
def test_what_is_derived_may_be_taken_away(victim: Writable, pattern: str, claimgraph: Run) -> None:
    """Index and snapshots are made again: until then some are refused in the usual shape, and then the service goes on as if nothing had been."""
    name = pattern.replace("/*", "-within").replace("-*", "")
    for path in victim.data.glob(pattern):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for answer in write_each_way(victim, name):
        assert answer.status in (201, 204) or told(answer, 503, 507)
    for target in ("/id/sdf", "/api/questions/denials", "/graphs?graph=" + BASE + "graph/reference", "/sparql?query=ASK%7B%7D"):
        answer = victim.service.send("GET", target)
        assert answer.status == 200 or told(answer, 503)
    commit = writes_again(victim, name)
    eventually(lambda: asked(victim.service, "ASK {}", min_commit=commit).status == 200, "what was written")
    assert list(subjects(victim, claimgraph).values()).count(name) == 1
    assert sound(victim.data, claimgraph) >= commit


def test_no_room(victim: Writable, claimgraph: Run) -> None:
    """Where the writer can write nothing, writers are told so (507) and readers go on; with room again all goes on, and nothing is there twice."""
    process = writing_process(victim.data)
    limits = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, limits[1]))
    with unharmed(victim):
        for answer in write_each_way(victim, "no-room"):
            assert "space" in refused(answer, 507, "data-folder")
    resource.prlimit(process, resource.RLIMIT_FSIZE, limits)
    commit = writes_again(victim, "no-room")
    assert list(subjects(victim, claimgraph).values()).count("no-room") == 1
    assert sound(victim.data, claimgraph) == commit


# --- damage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["text = CAST(replace(CAST(text AS TEXT), 'متحدث', 'مسؤول') AS BLOB)", "text = X'FF'", "document = X'7B'"])
def test_a_changed_report_is_not_passed_off_as_the_old_one(victim: Writable, damage: str, claimgraph: Run) -> None:
    """An old version whose text or document was changed in the archive is refused with what to do (503), and the one that stands is given."""
    old = post(victim, "changed")
    new = victim.send("POST", "/api/reports?revise=true", json.dumps(small(report_id="changed", title=damage)), JSON_BODY)
    if old.status == 409:  # a case before this one has let it in
        old = new
        new = victim.send("POST", "/api/reports?revise=true", json.dumps(small(report_id="changed", title=damage + " ")), JSON_BODY)
    where, commit = old.headers["Location"], int(new.headers["X-Commit"])
    with damaged(victim.data, f"UPDATE reports SET {damage} WHERE sequence = {int(old.headers['X-Commit'])}", "reports"):
        assert "restore a backup" in refused(victim.service.send("GET", f"{where}?min-commit={commit}"), 503, "store-damaged")
        assert victim.service.send("GET", new.headers["Location"]).status == 200
    assert victim.service.send("GET", where).status == 200
    assert sound(victim.data, claimgraph) == commit


def test_an_archive_that_lost_commits(victim: Writable, claimgraph: Run) -> None:
    """Where the last commits are missing, no new ones take their numbers: writers are told (507) to restore a backup; readers keep what they have."""
    commit = writes_again(victim, "lost")
    with damaged(victim.data, f"DELETE FROM commits WHERE sequence > {commit - 3}", "commits"):
        for answer in write_each_way(victim, "lost-too"):
            assert "restore it from a backup" in refused(answer, 507, "data-folder")
        answers_still(victim.service)
    assert writes_again(victim, "lost-too") == commit + 1
    assert sound(victim.data, claimgraph) == commit + 1


def test_an_archive_that_is_none_any_more(sampled: Path, tmp_path: Path, claimgraph: Run) -> None:
    """Overwritten, it is said to be damaged (503) to whoever needs it; readers go on, and the service ends cleanly. With a backup all is there."""
    with attacked(sampled, tmp_path) as victim:
        commit = writes_again(victim, "overwritten")
        archive = victim.data / "archive.sqlite3"
        with closing(sqlite3.connect(archive)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = archive.read_bytes()
        overwrite(archive, b"not a database " * (len(kept) // 15))
        for answer in (*write_each_way(victim, "overwritten-too"), asked(victim.service, "ASK {}", min_commit=commit + 1)):
            assert "restore a backup" in refused(answer, 503, "store-damaged")
            assert "Retry-After" not in answer.headers, "waiting mends nothing"
        answers_still(victim.service)
    overwrite(archive, kept)
    assert sound(victim.data, claimgraph) == commit
