"""Known names in a text: found however newsrooms write them, and found nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import fold
from claimgraph.extract.names import Name, Names
from claimgraph.extract.protocol import Known, KnownName
from claimgraph.extract.tokens import rejoined, tokens_of

_ACTOR, _OUTLET = ("ArmedGroup", "Actor", "Entity"), ("NewsOutlet", "Actor", "Entity")
_PRISON, _PLACE = ("Prison", "Facility", "Entity"), ("City", "Place", "Entity")


def bears(key: str, surface: str, types: tuple[str, ...] = _ACTOR, *, ambiguous: bool = False) -> KnownName:
    """An entity's name."""
    return KnownName(key, surface, "ar", types, None, ambiguous=ambiguous, preferred=False)


KNOWN = Known(
    (
        bears("sdf", "قسد"),
        bears("sdf", "قوات سوريا الديمقراطية"),
        bears("sdf-command", "القيادة العامة لقوات سوريا الديمقراطية"),
        bears("isis", "داعش"),
        bears("isis", "تنظيم الدولة"),
        bears("isis", "تنظيم الدولة الإسلامية"),
        bears("us-forces", "القوات الأميركية"),
        bears("us-forces", "القوات الأميركية في سوريا"),
        bears("coalition", "التحالف الدولي"),
        bears("tanfi", "تنفي"),
        bears("alwatan", "الوطن", _OUTLET),
        bears("amaq", "أعماق", _OUTLET),
        bears("syria-tv", "تلفزيون سوريا", _OUTLET),
        bears("syria", "سوريا", _PLACE),
        bears("raqqa", "الرقة", _PLACE),
        bears("sinaa-prison", "سجن الصناعة", _PRISON),
        bears("sinaa-prison", "سجن المدينة", _PRISON, ambiguous=True),
        bears("central-prison", "سجن المدينة", _PRISON, ambiguous=True),
        bears("old-prison", "سجن القلعة", _PRISON),
        bears("new-prison", "سجن القلعة", _PRISON),
        bears("leader-one", "القائد"),
        bears("sky", "Sky News", _OUTLET),
    )
)
NAMES = Names(KNOWN)


def found(text: str) -> list[Name]:
    """The names in a text, read as one sentence."""
    folded = fold(text)
    return NAMES.find(rejoined(tokens_of(folded, 0, len(folded.plain))))


def keys(text: str) -> list[str | None]:
    """Whose the names in a text are."""
    return [name.key for name in found(text)]


# --- how names are written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل"])
def test_a_name_behind_a_clitic(prefix: str) -> None:
    """And, so, with, to and like before a name do not hide it, and are told apart from it."""
    (name,) = found(f"قالت {prefix}قسد اليوم")
    assert (name.key, name.prefix, name.last - name.first) == ("sdf", prefix, 1)


@pytest.mark.parametrize("text", ["للتحالف الدولي", "وللتحالف الدولي", "فللتحالف الدولي", "بالتحالف الدولي", "والتحالف الدولي", "كالتحالف الدولي"])
def test_a_name_with_the_article_behind_a_clitic(text: str) -> None:
    """A preposition before the article does not hide a name, nor where it swallows the article's alef."""
    assert keys(f"دعم {text} مستمر") == ["coalition"]


@pytest.mark.parametrize(
    "text",
    [
        "«قسد»",
        "“قسد”",
        "”قسد“",
        "„قسد‟",
        "»قسد«",
        "‹قسد›",
        '"قسد"',
        "'قسد'",
        "‘قسد’",
        "＂قسد＂",
        "(قسد)",
        "-قسد-",
        "«قسد",
        "قسد»",
    ],
)
def test_a_name_between_marks(text: str) -> None:
    """Quotation marks of all kinds, reversed and unpaired ones, brackets and hyphens do not hide a name."""
    assert keys(f"أعلنت {text} ذلك") == ["sdf"]


@pytest.mark.parametrize(
    "text",
    [
        "قوات «سوريا الديمقراطية»",
        "«قوات سوريا الديمقراطية»",
        "قوات ”سوريا“ الديمقراطية",
        "قوات سوريا - الديمقراطية",
        "قوات سوريا-الديمقراطية",
        "قوات (سوريا) الديمقراطية",
        "قوات سوريا\u00a0الديمقراطية",
        "قوات  سوريا\nالديمقراطية",
        "قــوات ســوريا الديـمقراطية",
        "قُوّاتُ سُورِيا الدِّيمُقْراطِيَّةِ",
        "قو\u200cات سوريا\u200f \u202bالديمقراطية\u202c",
        "قوات سورية الديمقراطية",
        "قوات سوريا الديمقراطيه",
        "قواﺕ ﺳﻮﺭﻳﺎ الديمقراطية",
        "قوات سوریا الديمقراطية",
    ],
)
def test_a_name_of_several_words(text: str) -> None:
    """Marks between the words of a name, stretched and vowelled letters, invisible controls and other spellings do not hide it."""
    (name,) = found(f"أعلنت {text} ذلك")
    assert name.key == "sdf"


@pytest.mark.parametrize("mark", ["«»", "“”", "””", '""', "()"])
@pytest.mark.parametrize("clitic", ["ل", "لـ", "ب", "بـ", "ك"])
def test_a_clitic_torn_from_its_name(mark: str, clitic: str) -> None:
    """A preposition before the quotation mark goes back to the name, and the name says so."""
    (name,) = found(f"قال {clitic}{mark[0]}الوطن{mark[1]} أمس")
    assert (name.key, name.prefix) == ("alwatan", clitic[0])


@pytest.mark.parametrize(
    "text", ["القوات الأميركية", "القوات الأمريكية", "القوات الامريكيه", "والقوات الأمريكية", "للقوات الأمريكية", "بالقوات الأمريكية"]
)
def test_spellings_of_one_word(text: str) -> None:
    """A word with several spellings is one word, behind a clitic too."""
    assert keys(f"وصلت {text} أمس") == ["us-forces"]


@pytest.mark.parametrize("text", ["سوريا", "سورية", "سوريه", "بسورية", "وسورية", "لسورية"])
def test_the_country(text: str) -> None:
    """Both spellings of the country are its name."""
    assert keys(f"قرب {text} وحدها") == ["syria"]


def test_latin_names_in_either_case() -> None:
    """A name in Latin letters is found in capitals and small letters."""
    assert keys("نشرت SKY NEWS الخبر") == keys("نشرت sky news الخبر") == ["sky"]


# --- which name ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("القيادة العامة لقوات سوريا الديمقراطية", ["sdf-command"]),
        ("القيادة العامة لـ«قوات سوريا الديمقراطية»", ["sdf-command"]),
        ("تنظيم الدولة الإسلامية", ["isis"]),
        ("تنظيم الدولة في الرقة", ["isis", "raqqa"]),
        ("القوات الأميركية في سوريا", ["us-forces"]),
        ("القوات الأميركية في الرقة", ["us-forces", "raqqa"]),
        ("القوات الأميركية في", ["us-forces"]),
        ("تلفزيون سوريا", ["syria-tv"]),
        ("قوات سوريا", ["syria"]),
        ("قسد وداعش وأعماق", ["sdf", "isis", "amaq"]),
        ("قسد، داعش", ["sdf", "isis"]),
    ],
)
def test_the_longest_name_wins(text: str, expected: list[str]) -> None:
    """At each place the longest name is taken, a shorter one where the longer breaks off, and none inside another."""
    assert keys(text) == expected


def test_where_a_name_stands() -> None:
    """A name covers its words and the marks between them, no mark around it, and nothing that follows."""
    folded = fold("قالت «قوات “سوريا” الديمقراطية» اليوم")
    tokens = tokens_of(folded, 0, len(folded.plain))
    (name,) = NAMES.find(rejoined(tokens))
    start, end = folded.span(tokens[name.first].start, tokens[name.last - 1].end)
    assert folded.text[start:end] == "قوات “سوريا” الديمقراطية"


@pytest.mark.parametrize("stop", [".", "،", ":", "؟", "!", "؛", "/"])
def test_a_name_does_not_go_on_beyond_a_stop(stop: str) -> None:
    """Words that a comma, a colon or the end of a sentence parts make no name together."""
    assert "isis" not in keys(f"تنظيم{stop} الدولة")


def test_an_ambiguous_name_keeps_its_bearers() -> None:
    """A name marked as that of several is nobody's, and has all who bear it."""
    (name,) = found("فر سجناء من سجن المدينة أمس")
    assert name.key is None
    assert {bearer.key for bearer in name.known} == {"sinaa-prison", "central-prison"}


def test_a_name_of_two_is_ambiguous_unmarked() -> None:
    """A name that two bear is nobody's, also where the reference graph does not mark it."""
    (name,) = found("فر سجناء من سجن القلعة أمس")
    assert name.key is None
    assert {bearer.key for bearer in name.known} == {"old-prison", "new-prison"}


def test_what_a_name_is() -> None:
    """A name knows the classes of those who bear it."""
    (name,) = found("سجن الصناعة")
    assert name.is_a("Prison")
    assert name.is_a("Facility")
    assert not name.is_a("Actor")


def test_a_common_noun_as_a_name() -> None:
    """A name that is also a title or a kind of body is known to be one; a full name is not."""
    assert [NAMES.is_generic(name) for name in found("قال القائد إن قسد")] == [True, False]


# --- what is no name ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "تنفيذ العملية",
        "وتنفيذ",
        "سيتنفي",
        "داعشيا",
        "الداعشي",
        "داعشيون",
        "مقسد",
        "قسدية",
        "الوطنية",
        "وطن",
        "سوريالي",
        "الرق",
        "والرقيب",
        "سجن الصناعي",
        "تنظيم الدول",
        "قوات الديمقراطية سوريا",
    ],
)
def test_a_name_inside_another_word(text: str) -> None:
    """A word that only begins, ends or goes on like a name is not one, nor are a name's words in another order."""
    assert [key for key in keys(text) if key != "syria"] == []


@pytest.mark.parametrize(
    "text",
    ["قsد", "قس\u0434", "دlعش", "داع\u03c3", "Ѕky News", "Sky Nеws", "S\u043ay News", "قس*د", "ق.س.د", "قس د", "قسدs"],
)
def test_look_alikes_are_no_names(text: str) -> None:
    """A name with a letter of another script, or a mark or space within, is not the name."""
    assert keys(f"قالت {text} اليوم") == []


@pytest.mark.parametrize("text", ["", '""', "«»", "-", "و", "ال", "200"])
def test_a_text_without_names(text: str) -> None:
    """Marks, numbers and single clitics are no names."""
    assert found(text) == []


def test_nobody_known() -> None:
    """Without a reference graph no name is found, and that is no error."""
    assert Names(Known()).find(["قالت", "قسد"]) == []


def test_an_entity_whose_name_is_no_word() -> None:
    """A name without a letter or digit is never found, and hides no other."""
    odd = Names(Known((bears("marks", "«»"), bears("dash", "-"), bears("sdf", "قسد"))))
    assert [name.key for name in odd.find(["قالت", '"', '"', "-", "قسد"])] == ["sdf"]


WORDS = st.lists(
    st.sampled_from(
        [
            "قسد",
            "وقسد",
            "لقسد",
            "تنظيم",
            "الدوله",
            "الاسلاميه",
            "داعش",
            "سجن",
            "المدينه",
            "قوات",
            "سوريا",
            "الديمقراطيه",
            '"',
            "-",
            ",",
            "",
            "في",
            "200",
        ]
    ),
    max_size=25,
)


@given(words=WORDS)
def test_names_never_overlap(words: list[str]) -> None:
    """In any order of words, names stand in order, never overlap, have a bearer, and begin and end with a word."""
    end = 0
    for name in NAMES.find(words):
        assert end <= name.first < name.last <= len(words)
        assert name.known
        assert words[name.first][:1].isalnum()
        assert words[name.last - 1][:1].isalnum()
        end = name.last


@given(words=WORDS)
def test_names_before_do_not_matter(words: list[str]) -> None:
    """What was looked for before changes nothing: a new finder finds the same."""
    assert NAMES.find(words) == Names(KNOWN).find(words)


# --- names that the word before decides -----------------------------------------------------------------------------------

_TOWN, _COUNTRY = ("Settlement", "Place", "Entity"), ("Country", "Place", "Entity")
WORDS = Names(
    Known(
        (
            bears("al-bab", "الباب", _PLACE, ambiguous=True),
            bears("salamiyah", "السلمية", _PLACE, ambiguous=True),
            bears("nubl", "نبل", _TOWN, ambiguous=True),
            bears("turkiye", "تركيا", _COUNTRY, ambiguous=True),
            bears("douma", "دوما", _PLACE),
            bears("suran-aleppo", "صوران", _TOWN, ambiguous=True),
            bears("suran-hama", "صوران", _TOWN, ambiguous=True),
        )
    )
)


def read(text: str) -> list[tuple[str | None, frozenset[str]]]:
    """Whose the names in a text are, and whose they may be."""
    folded = fold(text)
    names = WORDS.find(rejoined(tokens_of(folded, 0, len(folded.plain))))
    return [(name.key, frozenset(known.key for known in name.known)) for name in names]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("دخلوا مدينة الباب أمس", "al-bab"),
        ("قرب مدينة «الباب» أمس", "al-bab"),
        ("بمدينة الباب أمس", "al-bab"),
        ("في بلدتي نبل والزهراء", "nubl"),
        ("وناحية السلمية", "salamiyah"),
        ("في تركيا", "turkiye"),
        ("بتركيا", "turkiye"),
        ("إلى تركيا", "turkiye"),
        ("مدينة دوما", "douma"),
        ("على دوما", "douma"),
    ],
)
def test_a_word_for_its_kind_makes_a_name_of_an_ordinary_word(text: str, key: str) -> None:
    """Behind "the city of", an ordinary word is the place's name, and beyond doubt; a country's name is behind a preposition of place."""
    assert [found for found, _ in read(text)] == [key]


@pytest.mark.parametrize(
    "text",
    [
        "حطموا الباب الخلفي",
        "المظاهرات السلمية",
        "في الباب",
        "المدينة الباب",
        "مدينة والباب",
        "سهام ونبل",
        "قالت تركيا",
        "من تركيا",
        "رتلا تركيا",
        "قرية دوما",
        "وقرية دوما",
        "الباب",
    ],
)
def test_an_ordinary_word_alone_is_no_name(text: str) -> None:
    """Without a word for its kind it is read as nobody's, nor left open; the village of Duma is not the city of that name."""
    assert read(text) == []


def test_a_name_of_two_places_stays_open_behind_a_word_for_their_kind() -> None:
    """What several bear is nobody's for certain, with all who bear it, wherever it stands."""
    both = frozenset(("suran-aleppo", "suran-hama"))
    assert read("بلدة صوران") == read("على صوران") == [(None, both)]
