"""The word lists of verbs, sources, relays, certainty and negation, as an editor without Python keeps them: whole, plain and without clashes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Entry = dict[str, Any]

LEXICON = Path(__file__).resolve().parents[2] / "src" / "claimgraph" / "extract" / "lexicon"
FILES = ("verbs", "sources", "relays", "certainty", "negation")

EVENTS = {None, "demand", "accusation", "appraisal", "threat", "investigation", "negotiation", "support"}
KINDS = {"anonymous", "collective", "office", "own-reporter", "document"}
AGREEMENTS = {"m", "f", "d", "df", "mp", "fp"}
TENSES = {"past": ("m", "f", "d", "df", "mp", "fp"), "present": ("m", "f", "d", "mp", "sp"), "participle": ("m", "f", "mp")}
PREPOSITIONS = {"إلى", "ب", "ل", "عن", "على", "من", "في"}
REQUIRED = {"lemma", "en", "stance", "certainty", "distance", "takes", "with", "event", "addresses", "weak", "past", "present", "participle"}
OPTIONAL = {"passive", "noun", "objects", "source_after", "homographs"}

ARABIC = re.compile("[ء-غف-ي]+")
FOLDS = str.maketrans("أإآىئةؤ", "اااييهو")


@cache
def held(name: str) -> Any:
    """What a file holds."""
    return yaml.safe_load((LEXICON / f"{name}.yaml").read_text(encoding="utf-8"))


def comments(name: str) -> str:
    """The comment at the head of a file."""
    lines = (LEXICON / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[: next(place for place, line in enumerate(lines) if not line.startswith("#"))])


def verbs() -> list[Entry]:
    """The verbs of reporting."""
    return list(held("verbs")["verbs"])


def listed(value: Any) -> list[str]:
    """One form or several, as a list."""
    return [value] if isinstance(value, str) else list(value or ())


def strings(value: Any) -> Iterator[str]:
    """All words in a file but the English glosses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != "en":
                yield str(name)
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def folded(form: str) -> str:
    """A form as texts are matched: hamzas, final yeh and teh marbuta made alike."""
    return form.translate(FOLDS)


def forms(verb: Entry) -> Iterator[str]:
    """The forms by which a verb is recognised, nouns aside."""
    for tense in TENSES:
        for some in verb[tense].values():
            yield from listed(some)
    yield from verb.get("passive", ())


def owners(entries: list[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Who owns each folded form, in the order of the file."""
    found: dict[str, list[str]] = {}
    for name, some in entries:
        for form in some:
            mine = found.setdefault(folded(form), [])
            if name not in mine:
                mine.append(name)
    return found


def shared(entries: list[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """The folded forms that more than one entry owns."""
    return {form: names for form, names in owners(entries).items() if len(names) > 1}


# --- all files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_words_are_plain(name: str) -> None:
    """No word bears diacritics, tatweel, presentation forms, invisible characters or spaces at its ends."""
    for word in strings(held(name)):
        assert word == word.strip(), word
        assert word == unicodedata.normalize("NFKC", word), word
        assert "ـ" not in word, word
        assert not any(unicodedata.category(letter) in {"Mn", "Me", "Cf"} for letter in word), word


@pytest.mark.parametrize("name", FILES)
def test_no_list_says_a_word_twice(name: str) -> None:
    """A word stands once in its list."""

    def check(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                check(inner)
        elif isinstance(value, list):
            words = [word for word in value if isinstance(word, str)]
            assert len(words) == len(set(words)), sorted({word for word in words if words.count(word) > 1})
            for inner in value:
                check(inner)

    check(held(name))


@pytest.mark.parametrize("name", FILES)
def test_a_file_explains_its_fields_in_arabic(name: str) -> None:
    """The comment at a file's head is in Arabic; of a file with entries it names every field that they use."""
    heading = comments(name)
    assert len(ARABIC.findall(heading)) > 20
    entries = {"verbs": ["verbs"], "sources": ["sources", "bodies"]}.get(name, [])
    content = held(name)
    if isinstance(content, dict) and name != "negation":
        assert all(re.search(rf"\b{field}\b", heading) for field in content if field != "verbs"), set(content)
    used = {field for part in entries for entry in content[part] for field in entry}
    used |= {field for entry in content if isinstance(entry, dict) for field in entry}
    assert [field for field in sorted(used) if not re.search(rf"\b{field}\b", heading)] == []


# --- verbs.yaml -----------------------------------------------------------------------------------------------------------


def test_there_are_many_verbs() -> None:
    """At least 120 verbs are listed, each once."""
    lemmas = [verb["lemma"] for verb in verbs()]
    assert len(lemmas) >= 120
    assert len(lemmas) == len(set(lemmas))


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb["en"].replace(" ", "-"))
def test_a_verb_is_whole(verb: Entry) -> None:
    """A verb has every required field, none that is unknown, and only values that are allowed."""
    assert set(verb) >= REQUIRED
    assert set(verb) <= REQUIRED | OPTIONAL
    assert re.fullmatch(r"[A-Za-z ,()-]+", verb["en"])
    assert verb["stance"] in {"affirms", "denies"}
    assert verb["certainty"] in {"certain", "probable", "possible"}
    assert all(isinstance(verb[flag], bool) for flag in ("distance", "addresses", "weak"))
    assert verb["takes"]
    assert set(verb["takes"]) <= {"that", "noun", "quote"}
    assert {*verb["with"], *verb.get("source_after", ())} <= PREPOSITIONS
    assert verb["event"] in EVENTS
    assert set(verb.get("objects", {}).values()) <= EVENTS
    assert "objects" not in verb or "noun" in verb["takes"]


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb["en"].replace(" ", "-"))
def test_a_verb_has_all_its_forms(verb: Entry) -> None:
    """Each tense has all its forms; one is missing only where a homograph is named, and a homograph is nowhere listed."""
    left_out = verb.get("homographs", [])
    assert not {*forms(verb), *verb.get("noun", ())} & set(left_out)
    for tense, agreements in TENSES.items():
        assert set(verb[tense]) <= set(agreements)
        assert len(verb[tense]) == len(agreements) or left_out or (tense == "participle" and not verb[tense]), tense
        assert all(ARABIC.fullmatch(form) for some in verb[tense].values() for form in listed(some))


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb["en"].replace(" ", "-"))
def test_forms_agree_as_their_keys_say(verb: Entry) -> None:
    """Beginnings and endings are those of the person, gender and number under whose key a form stands."""
    beginnings = {"m": "ي", "f": "ت", "d": "ي", "mp": "ي", "sp": "ن"}
    endings: dict[str, dict[str, str | tuple[str, ...]]] = {
        "past": {"f": "ت", "d": ("ا", "آ"), "df": "تا", "mp": "وا", "fp": "ن"},
        "present": {"d": ("ان", "آن"), "mp": "ون"},
        "participle": {"m": "ا", "f": "ة", "mp": "ين"},
    }
    for tense, some in endings.items():
        for agreement, ending in some.items():
            assert all(form.endswith(ending) for form in listed(verb[tense].get(agreement))), (tense, agreement)
    for agreement, letter in beginnings.items():
        assert all(form.startswith(letter) for form in listed(verb["present"].get(agreement))), agreement
    assert verb["lemma"] in {*listed(verb["past"].get("m")), *verb.get("homographs", ())}


def test_shared_forms_of_verbs_are_named() -> None:
    """A form that two verbs share is named with both, in the order of the file, and nothing else is."""
    named = {folded(form): lemmas for form, lemmas in held("verbs")["shared_forms"].items()}
    assert named == shared([(verb["lemma"], list(forms(verb))) for verb in verbs()])


def test_a_verb_spelled_like_a_preposition_is_weak() -> None:
    """What reads as a preposition as well reports only with "that", a colon, a quotation or a noun of its own."""
    prepositions = {folded(word) for word in held("grammar")["prepositions"]}
    clashing = [verb["lemma"] for verb in verbs() if not verb["weak"] and prepositions & {folded(form) for form in forms(verb)}]
    assert clashing == []


@pytest.mark.parametrize(
    ("lemma", "field", "value"),
    [
        ("قال", "stance", "affirms"),
        ("نفى", "stance", "denies"),
        ("فند", "stance", "denies"),
        ("شكك", "stance", "denies"),
        ("استبعد", "stance", "denies"),
        ("استبعد", "certainty", "probable"),
        ("رجح", "certainty", "probable"),
        ("توقع", "certainty", "probable"),
        ("تكهن", "certainty", "possible"),
        ("زعم", "distance", True),
        ("ادعى", "distance", True),
        ("أكد", "distance", False),
        ("طالب", "event", "demand"),
        ("اتهم", "event", "accusation"),
        ("أدان", "event", "appraisal"),
        ("أشاد", "event", "appraisal"),
        ("توعد", "event", "threat"),
        ("أبلغ", "addresses", True),
        ("بين", "weak", True),
        ("نشر", "weak", True),
        ("أعلن", "weak", False),
        ("أشار", "with", ["إلى", "ل"]),
        ("طالب", "with", ["ب"]),
        ("نقل", "source_after", ["عن"]),
    ],
)
def test_well_known_verbs_stand_as_they_are_used(lemma: str, field: str, value: object) -> None:
    """The verbs that every newsroom uses have the stance, frame and flags of their use."""
    assert {verb["lemma"]: verb[field] for verb in verbs() if field in verb}[lemma] == value


# --- sources.yaml ---------------------------------------------------------------------------------------------------------


def test_sources_are_whole() -> None:
    """At least 90 heads, each once, with forms under allowed agreements, an allowed kind and flags; every kind is there."""
    sources: list[Entry] = held("sources")["sources"]
    heads = [source["head"] for source in sources]
    assert len(heads) >= 90
    assert len(heads) == len(set(heads))
    for source in sources:
        assert set(source) - {"carries"} == {"head", "en", "forms", "kind", "speaks", "person"}, source["head"]
        assert source["forms"], source["head"]
        assert set(source["forms"]) <= AGREEMENTS, source["head"]
        assert source["kind"] in KINDS, source["head"]
        assert all(isinstance(source.get(flag, False), bool) for flag in ("speaks", "person", "carries")), source["head"]
        assert source["head"] == "محامي" or not source["speaks"] or source["kind"] in {"office", "collective"}, source["head"]
        assert all(ARABIC.fullmatch(form) for some in source["forms"].values() for form in listed(some)), source["head"]
    assert {source["kind"] for source in sources} == KINDS


def test_bodies_are_whole() -> None:
    """A body has its gender and says whether it is an outlet; the outlets are those whose names begin so."""
    bodies: list[Entry] = held("sources")["bodies"]
    assert len({body["head"] for body in bodies}) == len(bodies)
    for body in bodies:
        assert set(body) - {"forms"} == {"head", "gender", "outlet", "en"}, body["head"]
        assert body["gender"] in {"m", "f"}, body["head"]
        assert isinstance(body["outlet"], bool), body["head"]
        assert len(body["head"].split()) == 1 or body["forms"], body["head"]
    outlets = {body["head"] for body in bodies if body["outlet"]}
    assert outlets >= {"وكالة", "صحيفة", "موقع", "قناة", "شبكة", "إذاعة", "تلفزيون", "مجلة", "منصة"}
    assert not outlets & {"وزارة", "مرصد", "مركز", "منظمة", "جيش"}


def test_shared_forms_of_sources_are_named() -> None:
    """A form under two heads is named with both, in the order of the file, and nothing else is."""
    content = held("sources")
    entries = [(source["head"], [form for some in source["forms"].values() for form in listed(some)]) for source in content["sources"]]
    entries += [(body["head"], body.get("forms") or [body["head"]]) for body in content["bodies"]]
    assert {folded(form): heads for form, heads in content["shared_forms"].items()} == shared(entries)


def test_authority_is_told_by_adjectives() -> None:
    """What shows authority is among the adjectives of sources."""
    content = held("sources")
    assert content["authority"]
    assert set(content["authority"]) <= set(content["adjectives"])


# --- relays.yaml ----------------------------------------------------------------------------------------------------------


def test_relays_are_phrases_of_plain_words() -> None:
    """A relay is made of Arabic words; only its last may be a preposition written together with the speaker."""
    for phrase in held("relays")["phrases"]:
        *others, last = phrase.split(" ")
        assert all(ARABIC.fullmatch(word) for word in others), phrase
        assert ARABIC.fullmatch(last) or (last in {"ل-", "ب-"} and others), phrase


def test_a_phrase_has_one_part() -> None:
    """No phrase is at once a relay, a way back, a shift and the outlet's own opening, and no word names two channels."""
    content = held("relays")
    channels = held("grammar")["channels"]
    for lists in ([content[part] for part in ("phrases", "self", "shifts", "own_voice")], list(channels.values())):
        words = [folded(phrase) for some in lists for phrase in some]
        assert sorted({word for word in words if words.count(word) > 1}) == []


def test_channels_are_those_of_the_ontology() -> None:
    """Channels bear the names of the claims document."""
    assert set(held("grammar")["channels"]) == {"press-conference", "statement", "social-media", "to-this-outlet", "document"}


# --- certainty.yaml and negation.yaml -------------------------------------------------------------------------------------


def test_certainty_groups_are_whole() -> None:
    """Each group has its certainty, where it stands and how far in; no phrase is in two groups."""
    seen: list[str] = []
    for group in held("certainty"):
        assert set(group) - {"follows"} == {"certainty", "stands", "within", "words"}
        assert group["certainty"] in {"probable", "possible"}
        assert group["stands"] in {"head", "verb", "anywhere", "attribution"}
        assert group.get("follows") in {None, "imperfect"}
        assert isinstance(group["within"], int)
        assert 0 <= group["within"] <= 10
        assert group["words"]
        seen += [folded(phrase) for phrase in group["words"]]
    assert sorted({phrase for phrase in seen if seen.count(phrase) > 1}) == []


def test_a_phrase_hidden_by_a_shorter_one_is_not_listed() -> None:
    """Within a group no phrase begins with another of the same group, which would say it already."""
    for group in held("certainty"):
        for phrase in group["words"]:
            assert not any(phrase.startswith(other + " ") for other in group["words"]), phrase


def test_qad_needs_an_imperfect() -> None:
    """The particle that means "may" before an imperfect and "already" before a past is bound to the imperfect."""
    (group,) = [group for group in held("certainty") if "قد" in group["words"]]
    assert group["follows"] == "imperfect"


def test_negators_are_single_words_without_the_relative() -> None:
    """A negator is one word, and the word that is mostly a relative pronoun is not among them."""
    content = held("negation")
    assert {"لم", "لن", "لا", "ليس", "ليست"} <= set(content["negators"])
    assert "ما" not in content["negators"]
    assert all(ARABIC.fullmatch(word) for word in content["negators"])


def test_traps_begin_like_negations() -> None:
    """A trap is a negator and the word that makes it none; nothing that calls a proposition untrue is a trap."""
    content = held("negation")
    for trap in content["traps"]:
        first, *others = trap.split(" ")
        assert first in {*content["negators"], "ما"}, trap
        assert len(others) == 1, trap
    assert not {folded(phrase) for phrase in content["untrue"]} & {folded(trap) for trap in content["traps"]}
    assert {"لا يزال", "ما زال", "لا سيما", "لم يكتف", "لا يقل"} <= set(content["traps"])
