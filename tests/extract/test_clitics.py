"""Clitics: what Arabic writes together with a word is taken off, and nothing else is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.clitics import cores, noun_cuts, verb_cuts
from claimgraph.extract.folding import fold_word

WORDS = st.text("ابتثجحدرزسشصطعغفقكلمنهويء", max_size=12)


def of_noun(word: str) -> set[tuple[str, str, str]]:
    """The readings of a word as a noun: what stands before, the noun, the pronoun behind."""
    return {tuple(cut) for cut in noun_cuts(fold_word(word))}


def of_verb(word: str) -> set[tuple[str, str, str]]:
    """The readings of a word as a verb, in whatever tense."""
    return {tuple(cut) for cut, _ in verb_cuts(fold_word(word))}


# --- nouns ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "prefix", "core", "suffix"),
    [
        ("سجن", "", "سجن", ""),
        ("والسجن", "وال", "سجن", ""),
        ("بالسجن", "بال", "سجن", ""),
        ("وبالسجن", "وبال", "سجن", ""),
        ("للسجن", "لل", "سجن", ""),
        ("كالسجن", "كال", "سجن", ""),
        ("فالسجن", "فال", "سجن", ""),
        ("ولسجن", "ول", "سجن", ""),
        ("سجنهم", "", "سجن", "هم"),
        ("بسجنها", "ب", "سجن", "ها"),
        ("قيادتها", "", "قياده", "ها"),
        ("وقيادته", "و", "قياده", "ه"),
        ("مراسلنا", "", "مراسل", "نا"),
        ("ادعاؤهم", "", "ادعاء", "هم"),
    ],
)
def test_what_is_written_with_a_noun(word: str, prefix: str, core: str, suffix: str) -> None:
    """And, so, with, to, like, the article and pronouns are taken off; a teh marbuta opened by a pronoun is closed again."""
    assert (prefix, core, suffix) in of_noun(word)


def test_what_is_definite_has_no_pronoun() -> None:
    """A word with the article bears no pronoun: its last letters are its own."""
    assert not {cut for cut in of_noun("السفيه") if cut[0] == "ال" and cut[2]}
    assert ("", "سفي", "ه") in of_noun("سفيه")


def test_the_plainest_reading_comes_first() -> None:
    """A word is first of all itself, so that a listed form is never torn apart."""
    for word in ("بلده", "والي", "فهد", "كتاب", "لواء"):
        assert tuple(noun_cuts(word)[0]) == ("", word, "")
        assert tuple(next(verb_cuts(word))[0]) == ("", word, "")


# --- verbs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "prefix", "core", "suffix"),
    [
        ("قال", "", "قال", ""),
        ("وقال", "و", "قال", ""),
        ("فقالت", "ف", "قالت", ""),
        ("سيقول", "س", "يقول", ""),
        ("وسيقولون", "وس", "يقولون", ""),
        ("لتعلن", "ل", "تعلن", ""),
        ("قتلهم", "", "قتل", "هم"),
        ("وقتلوه", "و", "قتلوا", "ه"),
        ("نفاها", "", "نفي", "ها"),
    ],
)
def test_what_is_written_with_a_verb(word: str, prefix: str, core: str, suffix: str) -> None:
    """And, so, the future, the purpose and the object are taken off; what they changed in writing is changed back."""
    assert (prefix, core, suffix) in of_verb(word)


@pytest.mark.parametrize(("word", "core"), [("سيقول", "يقول"), ("ليقول", "يقول"), ("وسيقول", "يقول"), ("فليقل", "يقل")])
def test_future_and_purpose_stand_before_the_present_alone(word: str, core: str) -> None:
    """The readings of "will" and "in order to" say that only the present tense may follow."""
    assert {present for cut, present in verb_cuts(word) if cut.core == core} == {True}
    assert {present for cut, present in verb_cuts("و" + core) if cut.core == core} == {False}


def test_a_verb_bears_no_article_and_no_preposition() -> None:
    """What only nouns can bear is not taken off a verb."""
    assert all(cut[0] not in ("ال", "ب", "ك", "وال", "بال") for word in ("القتل", "بقتل", "كقتل", "والقتل") for cut in of_verb(word))


# --- any word -------------------------------------------------------------------------------------------------------------


@given(word=WORDS)
def test_what_is_taken_off_is_in_the_word(word: str) -> None:
    """Of any word, prefix and pronoun are its own letters, and the core is what is between, but for what a pronoun changes in writing."""
    for cut in (*noun_cuts(word), *(cut for cut, _ in verb_cuts(word))):
        assert word.startswith(cut.prefix)
        assert word.endswith(cut.suffix)
        assert len(cut.core) >= 2
        between = word[len(cut.prefix) : len(word) - len(cut.suffix)]
        assert cut.core[: len(between) - 1] == between[:-1]
        assert cut.suffix or cut.core == between


@given(word=WORDS)
def test_cores_are_the_readings(word: str) -> None:
    """The cores of a word are itself and what its readings as a noun leave of it."""
    assert cores(word) == ({word, *(cut.core for cut in noun_cuts(word))} if word else set())


@given(word=WORDS)
def test_the_same_word_is_read_the_same(word: str) -> None:
    """Readings are a function of the word alone: asked again, they are the same."""
    assert noun_cuts(word) == noun_cuts(word)
    assert list(verb_cuts(word)) == list(verb_cuts(word))


@pytest.mark.parametrize("word", ["", "و", "ب", "ا"])
def test_a_letter_has_no_clitics(word: str) -> None:
    """A single letter is no word with something before it."""
    assert of_noun(word) == of_verb(word) == set()
