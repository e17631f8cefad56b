"""The command ``entity``: what it tells of a change, what it lists, and what it refuses in one sentence with nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimgraph.ask import comparison
from claimgraph.model.names import Base
from claimgraph.store.place import Place
from entities import verified
from running import Run, acts_on_the_terminal, digest, small, written

WHY = ("--why", "because a test says so")
NAMED = ("--ar", "مجلس الحسكة", "--en", "Hasakah council", "--source", "https://example.org")


KEYS = ("us-forces", "coalition")


@pytest.fixture
def _uncompared(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time for comparing answers, where a test is about something else."""
    monkeypatch.setattr(comparison, "LIMITS", comparison.LIMITS.model_copy(update={"compare_seconds": 0.0}))


def test_a_change_tells_what_it_did(claimgraph: Run, store: Path, base: Base) -> None:
    """Its commit, the reports examined again, and each answer that changed with how many rows; history has who and why."""
    said = claimgraph("entity", "merge", "us-forces", "coalition", *WHY, "--as", "dana", "--data", store)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "✓ entity merge us-forces coalition (commit 13)"
    assert "9 reports examined again" in lines
    assert "    who-claims-what-about about=us-forces: 0 rows went, 8 came" in lines
    assert "    who-is-said-to-help: 6 rows went, 6 came" in lines
    asked = [claimgraph("ask", "who-claims-what-about", "--param", f"about={key}", "--format", "json", "--data", store).json for key in KEYS]
    assert asked[0] == asked[1]
    commit = claimgraph("history", "--format", "json", "--data", store).json[0]
    assert (commit["agent"], commit["subject"], commit["reason"]) == ("dana", "entity merge us-forces coalition", WHY[1])
    assert verified(store, base) == ()


def test_a_change_as_json_has_everything(claimgraph: Run, store: Path) -> None:
    """For programs: commit, keys, what was told, and the answers that changed with their parameters."""
    said = claimgraph(
        "entity", "add", "hasakah-council", "--kind", "Organization", *NAMED, "--part-of", "sdf", *WHY, "--format", "json", "--data", store
    )
    assert {field: said.json[field] for field in ("sequence", "subject", "keys", "remarks", "reports", "answers")} == {
        "sequence": 13,
        "subject": "entity add hasakah-council",
        "keys": ["hasakah-council"],
        "remarks": [],
        "reports": [],
        "answers": [],
    }


@pytest.mark.usefixtures("_uncompared")
def test_an_entity_is_shown_with_sources_merges_and_history(claimgraph: Run, store: Path) -> None:
    """Names with language, kind and source; what was merged; who uses it; who changed it when and why; of a merged key where it went."""
    claimgraph("entity", "add", "hasakah-council", "--kind", "organization", *NAMED, *WHY, "--as", "dana", "--data", store)
    claimgraph("entity", "merge", "hasakah-council", "sdf", *WHY, "--as", "eva", "--data", store)
    shown = claimgraph("entity", "show", "sdf", "--mentions", "--format", "json", "--data", store).json
    assert shown["merged_here"] == ["hasakah-council"]
    (name,) = (one for one in shown["names"] if one["text"] == "مجلس الحسكة")
    assert name == {"text": "مجلس الحسكة", "language": "ar", "kind": "other", "source": "https://example.org", "others": []}
    assert [(one["agent"], one["subject"]) for one in shown["history"]][:1] == [("eva", "entity merge hasakah-council sdf")]
    assert shown["claims"] == len({one["where"].partition("#")[0] for one in shown["mentions"] if "/" in one["where"]}) > 10
    text = claimgraph("entity", "show", "hasakah-council", "--data", store).out
    assert text.startswith("hasakah-council (organization): merged into sdf\n")
    assert [line.split("┃")[0] for line in text.splitlines() if "entity add hasakah-council" in line]
    assert acts_on_the_terminal(claimgraph("entity", "show", "sdf", "--mentions", "--data", store).out) == []


def test_a_name_goes_from_candidates_to_its_entity(claimgraph: Run, store: Path, base: Base) -> None:
    """What reports name and the graph lacks is listed with where it stands and whose it may be; once resolved it is not, and answers count it."""
    text = "نفى مظلوم العبدي فرار سجناء."
    claim = {"chain": [{"agent": "@publisher"}, {"named": "مظلوم العبدي", "surface": "مظلوم العبدي"}]}
    document = small(text, "named", publisher="alhal-net")
    document["claims"][0] |= claim
    assert claimgraph("ingest", written(Path("named.json"), document), "--data", store).code == 0
    listed = {one["name"]: one for one in claimgraph("entity", "candidates", "--format", "json", "--data", store).json}
    assert listed["مظلوم العبدي"]["where"] == ["named/c01#hop-2"]
    assert listed["مظلوم العبدي"]["candidates"][0]["key"] == "mazloum-abdi"
    said = claimgraph("entity", "resolve", "named/c01#hop-2", "mazloum-abdi", *WHY, "--data", store)
    assert "claims-by claimant=mazloum-abdi: 0 rows went, 1 came" in said.out
    assert "    - warning NamedPartyUnknown  named/name/" in said.out
    assert "مظلوم العبدي" not in claimgraph("entity", "candidates", "--data", store).out
    assert "names the reference graph lacks,1" in claimgraph("stats", "--format", "csv", "--data", store).out
    assert verified(store, base) == ()


@pytest.mark.usefixtures("_uncompared")
def test_what_a_split_left_open_is_listed_until_it_is_settled(claimgraph: Run, store: Path) -> None:
    """Exactly the mentions that it told as open, those without words too, and none any more once the two are one again."""
    forces = ("--kind", "military-force", "--ar", "سلاح الجو الأمريكي", "--en", "US Air Force", "--source", "https://example.org")
    before = {label for one in claimgraph("entity", "candidates", "--format", "json", "--data", store).json for label in one["where"]}
    said = claimgraph(
        "entity", "split", "us-forces", "us-air-force", *forces, "--both", "القوات الأمريكية", *WHY, "--format", "json", "--data", store
    )
    told = [line.partition("  ")[0] for line in said.json["told"] if ": is open between us-forces and us-air-force" in line]
    listed = claimgraph("entity", "candidates", "--format", "json", "--data", store).json
    opened = [one for one in listed if one["between"]]
    assert {label for one in opened for label in one["where"]} == set(told)
    assert {label for one in listed for label in one["where"]} == {*before, *told}
    assert all(one["between"] == ["us-air-force", "us-forces"] for one in opened)
    (silent,) = (one for one in opened if one["name"] is None)
    assert silent["where"]
    (asked,) = claimgraph("entity", "candidates", silent["where"][0], "--format", "json", "--data", store).json
    assert asked == {**silent, "where": silent["where"][:1]}
    table = claimgraph("entity", "candidates", "--data", store).out
    assert "(no words of its own)" in table
    assert "us-air-force  left open by a split" in table
    claimgraph("entity", "merge", "us-air-force", "us-forces", *WHY, "--data", store)
    again = claimgraph("entity", "candidates", "--format", "json", "--data", store).json
    assert {label for one in again for label in one["where"]} == before


@pytest.mark.usefixtures("_uncompared")
def test_names_in_other_letters_are_offered_by_sound(claimgraph: Run, store: Path) -> None:
    """A person's name in Latin letters finds the bearer of the Arabic one, marked as alike in sound; nothing else is claimed of it."""
    source = ("--source", "https://example.org")
    claimgraph("entity", "add", "a-person", "--kind", "person", "--ar", "قاسم الخطيب", "--en", "QK", *source, *WHY, "--data", store)
    found = claimgraph("entity", "candidates", "Kassem al-Khatib", "--format", "json", "--data", store).json
    best = found[0]["candidates"][0]
    assert (best["key"], best["by"], best["likeness"]) == ("a-person", "sound", 100.0)


@pytest.mark.usefixtures("_uncompared")
def test_answers_that_could_not_be_compared_are_named(claimgraph: Run, store: Path) -> None:
    """With no time for it the change is made all the same, and every question that was not asked is said to be open."""
    said = claimgraph("entity", "merge", "us-forces", "coalition", *WHY, "--data", store)
    assert said.code == 0
    assert "0 answers changed" in said.out
    assert "! not compared in time (CLAIMGRAPH_COMPARE_SECONDS): who-claims-what-about about=us-forces" in said.out


def test_a_store_that_is_not_there_is_made(claimgraph: Run) -> None:
    """The graph may be cared for before the first report comes."""
    assert claimgraph("entity", "merge", "us-forces", "coalition", *WHY).code == 0
    assert claimgraph("entity", "show", "us-forces").out.startswith("us-forces (military force): merged into coalition\n")


BAD: dict[str, tuple[list[str], int, str]] = {
    "itself": (["merge", "sdf", "sdf", *WHY], 1, "cannot be merged with itself"),
    "its whole": (["merge", "sinaa-prison", "hasakah-city", *WHY], 1, "a part is another thing than its whole"),
    "an unknown key": (["merge", "sfd", "isis", *WHY], 2, "did you mean sdf"),
    "no reason": (["merge", "us-forces", "coalition", "--why", " "], 2, "needs its reason"),
    "a key that is taken": (["add", "sdf", "--kind", "person", *NAMED, *WHY], 1, "The key 'sdf' is taken"),
    "its own part": (["add", "x", "--kind", "person", *NAMED, "--part-of", "x", *WHY], 1, "would be a part of itself"),
    "a name of controls": (["alias", "sdf", "\u202e\u2066", "--source", "s", *WHY], 1, "'\\u202e\\u2066' is no name"),
    "no source": (["alias", "sdf", "اسم", "--source", "", *WHY], 1, "needs its source"),
    "another language": (["alias", "sdf", "اسم", "--in", "fr", "--source", "s", *WHY], 2, "say --in ar or --in en"),
    "a name of nobody": (["resolve", "لا أحد\u202e", "sdf", *WHY], 2, "No report that stands has 'لا أحد\\u202e'"),
    "bytes that are no text": (["resolve", "\udcff", "sdf", *WHY], 2, "is not UTF-8"),
    "a reason of bytes": (["merge", "us-forces", "coalition", "--why", "\udcff"], 2, "What --why says is not UTF-8"),
    "a key of controls": (["show", "sdf\u202e"], 2, "no entity 'sdf\\u202e'"),
    "another form": (["show", "sdf", "--format", "csv"], 2, "choose one of these"),
    "a decision on nothing": (["split", "sdf", "y", "--kind", "person", *NAMED, "--move", "no/where", *WHY], 1, "mentions it nowhere"),
}


@pytest.mark.parametrize(("arguments", "code", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused(claimgraph: Run, sampled: Path, arguments: list[str], code: int, sentence: str) -> None:
    """One sentence that says why and acts on nothing around it, the exit code of its kind, and not one commit."""
    before = claimgraph("history", "--format", "json", "--data", sampled).json
    said = claimgraph("entity", *arguments, "--data", sampled)
    assert (said.code, said.out) == (code, "")
    assert sentence in said.sentence
    assert said.sentence.isprintable()
    assert claimgraph("history", "--format", "json", "--data", sampled).json == before


@pytest.mark.usefixtures("_uncompared")
def test_deceptive_names_are_shown_and_flagged(claimgraph: Run, store: Path) -> None:
    """Names with overrides, zero-width letters and letters of another script: taken, told of, and harmless wherever they are shown."""
    for text in ("SDF\u202eevil", "S\u0405DF", "sd\u200bf"):
        said = claimgraph("entity", "alias", "sdf", text, "--source", "s\u202e", *WHY, "--data", store)
        assert "    ! the " in said.out
        assert acts_on_the_terminal(said.all) == []
    for command in (["entity", "show", "sdf"], ["entity", "candidates", "SDF\u202eevil"], ["history"], ["show", "sdf"]):
        assert acts_on_the_terminal(claimgraph(*command, "--data", store).all) == []


def test_a_store_that_is_only_read_is_not_written(claimgraph: Run, sampled: Path) -> None:
    """Showing and listing leave every file as it is."""
    before = digest(Place(sampled).folder)
    assert claimgraph("entity", "show", "sdf", "--data", sampled).code == 0
    assert claimgraph("entity", "candidates", "--data", sampled).code == 0
    assert digest(Place(sampled).folder) == before
