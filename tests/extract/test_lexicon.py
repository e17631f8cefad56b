"""The word lists as a whole: they load, every one is used, a broken one is named, and words are read by their listed forms."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import claimgraph
from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import Lexicon, data, lexicon
from claimgraph.model.vocabulary import notations

PACKAGE = Path(claimgraph.__file__).parent
FOLDER = PACKAGE / "extract" / "lexicon"
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
WORDS = lexicon()

Broken = Callable[[str, str | None], str]


@cache
def literals() -> frozenset[str]:
    """Every string that the extractor's modules hold, comments and docstrings aside."""
    found: set[str] = set()
    for path in (PACKAGE / "extract").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        }
    return frozenset(found)


# --- the files ------------------------------------------------------------------------------------------------------------


def test_the_folder_holds_word_lists_alone() -> None:
    """What lies in the folder is read: every file there is a YAML file."""
    assert len(FILES) >= 10
    assert [path.name for path in FOLDER.iterdir() if path.suffix != ".yaml" and path.is_file()] == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_loads(name: str) -> None:
    """Every word list is YAML in UTF-8 and holds something."""
    assert data(name)


@pytest.mark.parametrize("name", FILES)
def test_no_key_is_written_twice(name: str) -> None:
    """No mapping of a file has a key twice: YAML would silently keep the last."""

    def check(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), (name, node.start_mark.line + 1, sorted(key for key in keys if keys.count(key) > 1))
            for _, value in node.value:
                check(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                check(value)

    check(yaml.compose((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_used(name: str) -> None:
    """Every word list is asked for by some module."""
    assert name in literals()


@pytest.mark.parametrize("name", sorted(data("grammar")))
def test_a_closed_class_is_used(name: str) -> None:
    """Every closed class of the grammar is read by some module, so that editing it does something."""
    assert name in literals()


@pytest.mark.parametrize("name", sorted(data("grammar")))
def test_a_closed_class_holds_words(name: str) -> None:
    """A closed class is a list of single words, none twice as texts are matched but for spellings of one; the channels are the ontology's."""
    held = data("grammar")[name]
    if isinstance(held, dict):
        assert held.keys() <= set(notations("channel"))
        held = [word for words in held.values() for word in words]
    assert held
    assert [word for word in held if not isinstance(word, str) or not word.strip() or len(word.split()) > 3] == []


@pytest.mark.parametrize("name", sorted(data("grammar")))
def test_a_closed_class_is_explained(name: str) -> None:
    """Above each closed class, or the group it stands in, a comment says in Arabic what it is for."""
    groups = (FOLDER / "grammar.yaml").read_text(encoding="utf-8").split("\n\n")
    (group,) = (group for group in groups if re.search(f"^{name}:", group, re.MULTILINE))
    assert re.match("# .*[\u0621-\u064a]{3}", group)


# --- broken files ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program whose word lists may be spoilt."""
    place = tmp_path_factory.mktemp("installed")
    shutil.copytree(PACKAGE, place / "claimgraph", ignore=shutil.ignore_patterns("__pycache__"))
    return place


@pytest.fixture
def broken(installed: Path) -> Iterator[Broken]:
    """A function that spoils a word list (``None`` takes it away) and gives what loading the lexicon then says."""
    spoilt: list[Path] = []

    def spoil(name: str, content: str | None) -> str:
        path = installed / "claimgraph" / "extract" / "lexicon" / f"{name}.yaml"
        spoilt.append(path)
        path.unlink() if content is None else path.write_text(content, encoding="utf-8")
        said = subprocess.run(
            [sys.executable, "-c", _LOADING],
            cwd=installed,
            env={"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        return said.stdout + said.stderr

    yield spoil
    for path in spoilt:
        shutil.copy(FOLDER / path.name, path)


_LOADING = """
import claimgraph
from claimgraph.model.errors import ResourceError
from claimgraph.extract.lexicon import lexicon
try:
    lexicon()
    print("loaded from", claimgraph.__file__)
except ResourceError as error:
    print("ResourceError:", error)
"""


def test_an_installation_that_is_whole_loads(broken: Broken, installed: Path) -> None:
    """The copy that the tests below spoil is sound before, and is the one that is loaded."""
    said = broken("verbs", (FOLDER / "verbs.yaml").read_text(encoding="utf-8"))
    assert said.startswith("loaded from")
    assert str(installed) in said


@pytest.mark.parametrize("name", ["verbs", "events", "light", "sources"])
def test_a_missing_file_is_named(broken: Broken, name: str) -> None:
    """Without one of its files the lexicon is a resource that cannot be used, and the message names the file."""
    said = broken(name, None)
    assert said.startswith("ResourceError:"), said
    assert f"{name}.yaml" in said


@pytest.mark.parametrize(
    "content", ["verbs: [", "a: b: c", "\t- x", "!!python/object/apply:os.system ['true']"], ids=["unclosed", "two colons", "a tab", "a tag"]
)
def test_a_file_that_is_no_yaml_is_named(broken: Broken, content: str) -> None:
    """A file that cannot be read as plain YAML is named, with what is wrong; nothing that it asks for is run."""
    said = broken("verbs", content)
    assert said.startswith("ResourceError:"), said
    assert "verbs.yaml" in said


@pytest.mark.parametrize("content", ["verbs: [قال]", "[قال, 3]"], ids=["a word for an entry", "a bare list"])
def test_what_is_no_entry_is_named(broken: Broken, content: str) -> None:
    """Where an entry should stand and something else does, file and culprit are named."""
    said = broken("verbs", content)
    assert said.startswith("ResourceError:"), said
    assert "verbs.yaml" in said
    assert "قال" in said


@pytest.mark.parametrize("field", ["lemma", "stance", "certainty", "takes"])
def test_an_entry_without_a_field_says_which(broken: Broken, field: str) -> None:
    """An entry that lacks a field it must have makes no lexicon, and the message names the field."""
    entry: dict[str, Any] = {"lemma": "قال", "stance": "affirms", "certainty": "certain", "takes": ["that"], "past": {"m": "قال"}}
    entry.pop(field)
    said = broken("verbs", yaml.safe_dump({"verbs": [entry]}, allow_unicode=True))
    assert said.startswith("ResourceError:"), said
    assert f"'{field}'" in said


def test_a_list_of_another_name_is_no_word_list(broken: Broken) -> None:
    """A file whose entries stand under another name makes no lexicon, and the message says what is missing."""
    said = broken("verbs", "words: []")
    assert said.startswith("ResourceError:"), said
    assert "verbs" in said


# --- reading words ------------------------------------------------------------------------------------------------------


def verbs(word: str) -> set[tuple[str, str, str]]:
    """The readings of a word as a verb of reporting: lemma, how it stands, agreement."""
    return {(form.entry.lemma, form.how, form.agree) for form in WORDS.reporting.verbs(fold_word(word))}


@pytest.mark.parametrize(
    ("word", "lemma", "how", "agree"),
    [
        ("قال", "قال", "past", "m"),
        ("قالت", "قال", "past", "f"),
        ("وقالت", "قال", "past", "f"),
        ("فقال", "قال", "past", "m"),
        ("سيقول", "قال", "present", "m"),
        ("يقولون", "قال", "present", "mp"),
        ("وأضافت", "أضاف", "past", "f"),
        ("مشيرا", "أشار", "participle", "m"),
        ("نفت", "نفى", "past", "f"),
        ("زعمت", "زعم", "past", "f"),
    ],
)
def test_verbs_are_known_by_their_forms(word: str, lemma: str, how: str, agree: str) -> None:
    """A listed form, with what is written before it, is read as its verb, with tense and agreement."""
    assert (lemma, how, agree) in verbs(word)


@pytest.mark.parametrize("word", ["اعتقال", "استقال", "مقال", "نقال", "برتقال", "تنفيذ", "إنفاق", "القائل"])
def test_a_verb_inside_another_word_is_none(word: str) -> None:
    """A word that only contains the letters of a verb of reporting is not read as one."""
    assert not {lemma for lemma, how, _ in verbs(word) if how in ("past", "present")}


def test_the_future_is_not_of_the_past() -> None:
    """The sign of the future before a past form makes no verb."""
    assert verbs("سقالت") == set()


def test_what_denies_and_what_keeps_away() -> None:
    """Verbs of denial deny, verbs of alleging affirm at a distance, verbs of thinking are not certain."""
    entries = {form.entry.lemma: form.entry for word in ("نفى", "زعم", "رجح", "قال") for form in WORDS.reporting.verbs(fold_word(word))}
    assert (entries["نفى"].stance, entries["قال"].stance) == ("denies", "affirms")
    assert (entries["زعم"].distance, entries["قال"].distance) == (True, False)
    assert (entries["رجح"].certainty, entries["قال"].certainty) == ("probable", "certain")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("فروا", "escape"),
        ("ففروا", "escape"),
        ("فرار", "escape"),
        ("والفرار", "escape"),
        ("فرارهم", "escape"),
        ("هجوما", "attack"),
        ("بالهجوم", "attack"),
    ],
)
def test_events_are_known_by_their_forms(word: str, kind: str) -> None:
    """A verb or verbal noun of an event is read as it, with article, preposition, pronoun or case ending."""
    folded = fold_word(word)
    assert kind in {form.entry.type for form in (*WORDS.events.verbs(folded), *WORDS.events.nouns(folded))}


def test_sources_and_bodies() -> None:
    """Nouns for sources know their kind and agreement, and whether the article stands before them; bodies know if they are outlets."""
    (sources,) = WORDS.sources.nouns(fold_word("المصادر"))
    assert (sources.entry.kind, sources.agree, sources.definite) == ("anonymous", "f", True)
    assert not WORDS.sources.nouns(fold_word("مصادر"))[0].definite
    assert WORDS.bodies.nouns(fold_word("وكالة"))[0].entry.outlet
    assert not WORDS.bodies.nouns(fold_word("وزارة"))[0].entry.outlet


def test_every_listed_form_is_found() -> None:
    """No listed form of a verb of reporting is lost on the way: each is read as its own verb, among others perhaps."""
    listed = [
        (entry["lemma"], form)
        for entry in data("verbs")["verbs"]
        for tense in ("past", "present", "participle")
        for some in (entry.get(tense) or {}).values()
        for form in ([some] if isinstance(some, str) else some or ())
    ]
    lost = [(lemma, form) for lemma, form in listed if " " not in form and lemma not in {found for found, _, _ in verbs(form)}]
    assert lost == []


def test_a_new_lexicon_reads_the_same() -> None:
    """What was read before does not change how words are read: a new lexicon gives the same readings."""
    other = Lexicon()
    for word in ("قالت", "وفروا", "المصادر", "بالسجن", "اعتقال"):
        folded = fold_word(word)
        for one, two in (
            (WORDS.reporting, other.reporting),
            (WORDS.events, other.events),
            (WORDS.light, other.light),
            (WORDS.sources, other.sources),
        ):
            readings = [[(form.how, form.agree, form.prefix, form.suffix) for form in (*t.verbs(folded), *t.nouns(folded))] for t in (one, two)]  # type: ignore[attr-defined]
            assert readings[0] == readings[1]


@given(word=st.text(max_size=20))
def test_any_word_may_be_asked(word: str) -> None:
    """Whatever a word is made of, it has readings or none, and no error."""
    for table in (WORDS.reporting, WORDS.events, WORDS.light, WORDS.sources, WORDS.bodies):
        for form in (*table.verbs(word), *table.nouns(word)):  # type: ignore[attr-defined]
            assert word.startswith(form.prefix)
            assert word.endswith(form.suffix)
