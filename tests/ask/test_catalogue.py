"""The catalogue: every question complete in both languages and valid as it stands, and no value that can be anything but a term."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store
from rdflib.plugins.sparql import prepareQuery

from claimgraph.ask import catalogue as module
from claimgraph.ask.catalogue import COLUMN_TYPES, Parameter, Question, catalogue, question
from claimgraph.model.errors import BadParameter, ClaimgraphError, ResourceError, UnknownQuestion
from claimgraph.model.names import Base
from claimgraph.model.resources import files
from claimgraph.model.rq import places
from claimgraph.model.vocabulary import CG, notations
from claimgraph.store.reference import Reference

NAMES = [path.stem for path in files("queries", ".rq")]
EVERY = pytest.mark.parametrize("name", NAMES)
ARABIC, LATIN = re.compile(r"[\u0621-\u064a]"), re.compile(r"[A-Za-z]")
PARAMETERS = [(q.name, p.name) for q in catalogue().values() for p in q.parameters]
HOSTILE = [
    "",
    " ",
    ",",
    '"> } ; DROP ALL #',
    "sdf> } ; DROP ALL #",
    "sdf } UNION { ?s ?p ?o",
    "sdf\n} # parameter about",
    "sdf\n",
    "sdf\r\n}",
    "\nsdf\n}",
    "https://w3id.org/claimgraph/id/sd f",
    "https://w3id.org/claimgraph/id/sdf\nx",
    "https://w3id.org/claimgraph/id/sdf> <http://x/",
    "https://w3id.org/claimgraph/id/../sdf",
    "https://w3id.org/claimgraph/id/https://w3id.org/claimgraph/id/sdf",
    "http://example.org/sdf",
    "<https://w3id.org/claimgraph/id/sdf>",
    "id:sdf",
    "SDF",
    "sd\u200bf",
    "\u0455df",
    "s\u0640df",
    "?about",
    "$about",
    "\\u0073df",
    "sdf#",
    "UNDEF",
    "*",
    "\0",
    "\ud800",
    "\u202efds",
    "x" * 100_000,
    "../../etc/passwd",
]


def fits(parameter: Parameter) -> str:
    """A value that the parameter takes, other than its default."""
    keys = {"agent": "us-forces", "outlet": "nyt", "entity": "raqqa", "incident": "raqqa-2022-06", "facility": "katiba-prison"}
    lists = {"event-types": "killing,arrest", "origin-kinds": "document,own-voice", "day-kinds": "said"}
    return {**keys, **lists, "day": "2022-01-21"}[parameter.type]


# --- the files ------------------------------------------------------------------------------------------------------------


def test_the_questions_are_the_twenty_three() -> None:
    """The catalogue has the questions that the annotations answer, and two on words, under the names of their files."""
    assert NAMES == [
        "at-facility",
        "carried-by",
        "claims-between",
        "claims-by",
        "claims-per-origin",
        "control-timeline",
        "coverage",
        "denials",
        "disputed-quantities",
        "distancing",
        "hedged",
        "own-voice",
        "presupposes-denied",
        "relayed-twice-or-more",
        "reports-on",
        "resting-on",
        "rival-holders",
        "said-over-time",
        "single-party-claims",
        "unnamed-sources",
        "who-calls-whom-what",
        "who-claims-what-about",
        "who-is-said-to-help",
    ]
    assert list(catalogue()) == NAMES


@EVERY
def test_a_header_is_complete_in_both_languages(name: str) -> None:
    """Title, description, every parameter and every column speak Arabic and English, each in its own letters, without markup."""
    asked = question(name)
    parts = [*asked.parameters, *asked.columns]
    for texts in [asked.title, asked.description, *(p.label for p in parts), *(p.description for p in parts)]:
        assert ARABIC.search(texts["ar"])
        assert LATIN.search(texts["en"])
        assert not ARABIC.search(texts["en"])
        assert all(text == text.strip() and "\n" not in text and "<" not in text for text in texts.values())
    assert asked.columns
    assert all(column.type in COLUMN_TYPES for column in asked.columns)
    assert all(not column.ordered or column.type == "list-of-agents" for column in asked.columns)
    assert {column.language for column in asked.columns} in ({None}, {None, "ar", "en"})


@EVERY
def test_a_file_is_sparql_as_it_stands(name: str) -> None:
    """Two engines parse the file itself, header, defaults and all, and the columns are the projected variables in their order."""
    path = next(path for path in files("queries", ".rq") if path.stem == name)
    text, columns = path.read_text(encoding="utf-8"), [column.name for column in question(name).columns]
    found = Store().query(text)
    assert isinstance(found, QuerySolutions)
    assert [variable.value for variable in found.variables] == columns
    assert [str(variable) for variable in prepareQuery(text).algebra["PV"]] == columns


@EVERY
def test_parameters_are_the_marked_places_and_hold_their_defaults(name: str, base: Base, reference: Reference) -> None:
    """Each parameter has its place, each place its parameter, and the default in the header is the term in the file."""
    asked = question(name)
    assert {parameter.name for parameter in asked.parameters} == places(asked.query)
    assert asked.sparql({}, base, reference) == asked.query


@EVERY
def test_a_bound_question_is_sparql_too(name: str, base: Base, reference: Reference) -> None:
    """With values in place of the defaults two engines still parse it, and only the marked lines differ."""
    asked = question(name)
    bound = asked.sparql({p.name: fits(p) for p in asked.parameters}, base, reference)
    Store().query(bound)
    prepareQuery(bound)
    before, after = asked.query.splitlines(), bound.splitlines()
    differing = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) == sum("# parameter" in line for line in before)
    assert all("# parameter" in line for line in differing)


@EVERY
def test_a_question_follows_the_base(name: str, reference: Reference) -> None:
    """Under another base the terms are named under that base, the defaults' too."""
    elsewhere = Base("https://example.org/data/")
    moved = Reference((), elsewhere)
    moved.__dict__["keys"] = reference.keys
    moved.types = reference.types  # type: ignore[method-assign]  # the same entities, named elsewhere
    assert "w3id.org/claimgraph/id/" not in question(name).sparql({}, elsewhere, moved)


# --- values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value[:30]))
def test_no_value_is_anything_but_a_known_term(name: str, parameter: str, value: str, base: Base, reference: Reference) -> None:
    """Whatever is written for a parameter is refused in a sentence of one line, or is trimmed to a term that the reference graph has."""
    asked = question(name)
    if value.strip() == "sdf" and [p.type for p in asked.parameters if p.name == parameter] in (["agent"], ["entity"]):
        assert asked.sparql({parameter: value}, base, reference) == asked.sparql({parameter: "sdf"}, base, reference)
        return
    with pytest.raises(BadParameter, match=parameter) as refused:
        asked.sparql({parameter: value}, base, reference)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("value", ["isis", " isis ", "https://w3id.org/claimgraph/id/isis"])
def test_a_key_and_its_iri_are_the_same_value(value: str, base: Base, reference: Reference) -> None:
    """An agent is named by key or by IRI."""
    assert question("claims-by").parameters[0].terms(value, base, reference) == [NamedNode("https://w3id.org/claimgraph/id/isis")]


@pytest.mark.parametrize("name", ["distancing", "who-calls-whom-what"])
def test_a_parameter_may_be_left_open(name: str, base: Base, reference: Reference) -> None:
    """Where the default is ``any``, that word asks for all, as leaving the parameter out does; another value narrows the question."""
    asked = question(name)
    assert [p.default for p in asked.parameters] == [("any",), ("any",)]
    assert asked.sparql({"by": "any", "about": " any "}, base, reference) == asked.sparql({}, base, reference)
    assert asked.sparql({"about": "sdf"}, base, reference).count("UNDEF") == 1


@pytest.mark.parametrize("value", ["killing,arrest", "killing, arrest", f"{CG.iri}event-killing,arrest"])
def test_lists_are_separated_by_commas(value: str, base: Base, reference: Reference) -> None:
    """Event types come by notation or IRI, several with commas, in the order given."""
    types = next(p for p in question("disputed-quantities").parameters if p.name == "types")
    assert types.terms(value, base, reference) == [CG["event-killing"], CG["event-arrest"]]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("claims-by", {"claimant": "sdff"}, r"no agent 'sdff' \(parameter claimant\): did you mean sdf or .*\?"),
        ("claims-by", {"claimant": "قسد"}, r"no agent 'قسد' .*did you mean (\S+ or )*sdf"),
        ("claims-by", {"claimant": "sinaa-prison"}, r"no agent 'sinaa-prison' \(parameter claimant\): it has [a-z-]+, "),
        ("claims-by", {"claimant": "sinaa-2022-01"}, r"no agent 'sinaa-2022-01'"),
        ("claims-by", {"claimant": "civilians"}, r"no agent 'civilians'"),
        ("claims-by", {"claimant": "sdf,isis"}, r"The parameter claimant takes one agent"),
        ("claims-by", {"claimant": "any"}, r"no agent 'any' \(parameter claimant\)"),
        ("carried-by", {"outlet": "sdf"}, r"no outlet 'sdf' \(parameter outlet\): it has afp, "),
        ("carried-by", {"outlet": "sputnk"}, r"no outlet 'sputnk' .*did you mean sputnik"),
        ("rival-holders", {"day": "yesterday"}, r"'yesterday' is no day \(parameter day\): write year, month and day, such as 2022-01-29"),
        ("rival-holders", {"day": "2022-02-30"}, r"'2022-02-30' is no day"),
        ("rival-holders", {"day": "2022-01"}, r"'2022-01' is no day"),
        ("rival-holders", {"day": "2022-01-29T09:00:00Z"}, r"is no day"),
        ("rival-holders", {"day": "2022-01-2٩"}, r"is no day"),
        ("rival-holders", {"day": "any"}, r"'any' is no day"),
        ("rival-holders", {"day": "2022-01-29,2022-01-30"}, r"is no day"),
        ("claims-between", {"from": "2022-01-24"}, r"No day is from 2022-01-24 until 2022-01-23: from must not be later than until"),
        ("claims-between", {"basis": "event,told"}, r"'told' is none of event, published, said \(parameter basis\)"),
        ("resting-on", {"kind": "reporter"}, r"'reporter' is none of anonymous, .*, own-voice \(parameter kind\)"),
        ("resting-on", {"kind": "any"}, r"'any' is none of"),
        ("said-over-time", {"types": "any,escape"}, r"'any' is none of"),
        ("distancing", {"by": "any,sdf"}, r"The parameter by takes one agent"),
        ("distancing", {"by": "raqqa"}, r"no agent 'raqqa' \(parameter by\)"),
        ("who-calls-whom-what", {"about": "sinaa-2022-01"}, r"no entity 'sinaa-2022-01' \(parameter about\)"),
        ("who-calls-whom-what", {"about": "wording-militia"}, r"no entity 'wording-militia'"),
        ("at-facility", {"facility": "hezbollah"}, r"no facility 'hezbollah' \(parameter facility\): it has \S+-prison, "),
        ("at-facility", {"facility": "raqqa"}, r"no facility 'raqqa' .*raqqa-central-prison"),
        ("at-facility", {"facility": "sinaa-prison,katiba-prison"}, r"takes one facility"),
        ("disputed-quantities", {"incident": "sinaa-prison"}, r"no incident 'sinaa-prison' .*sinaa-20"),
        ("disputed-quantities", {"types": "escape,flight"}, r"'flight' is none of abduction, .*, transfer \(parameter types\)"),
        ("disputed-quantities", {"types": "escape,"}, r"'' is none of"),
        ("disputed-quantities", {"types": "happened"}, r"'happened' is none of"),
        ("disputed-quantities", {"type": "escape"}, r"has no parameter 'type': it takes incident, types"),
        ("hedged", {"about": "sdf"}, r"has no parameter 'about': it takes none"),
        ("claims-by", {"\u202eabout\n": "sdf"}, r"has no parameter '\\u202eabout\\u000a': it takes claimant"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_fit(name: str, values: dict[str, str], sentence: str, base: Base, reference: Reference) -> None:
    """Unknown keys get the nearest ones of the right kind, unknown types the list, unknown parameters those that there are."""
    with pytest.raises(BadParameter, match=sentence) as refused:
        question(name).sparql(values, base, reference)
    offered = re.findall(r"(?:mean|or|has|,) ([a-z0-9-]+)(?! agent| facility| incident| outlet)\b", str(refused.value))
    kinds = {p.type for p in question(name).parameters if p.name in values}
    wanted = {"agent": CG.Actor, "outlet": CG.NewsOutlet, "facility": CG.Facility, "incident": CG.Incident}
    assert all(wanted[kind] in reference.types(key) for kind in kinds & set(wanted) for key in offered)


def test_every_event_type_is_taken(base: Base, reference: Reference) -> None:
    """The list of event types is the ontology's."""
    types = next(p for p in question("disputed-quantities").parameters if p.name == "types")
    assert len(types.terms(",".join(notations("event")), base, reference)) == len(notations("event"))


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("who-claims", "did you mean who-claims-what-about"),
        ("denial", "did you mean denials"),
        ("Hedged", "did you mean hedged"),
        ("zzzzzz", "'claimgraph ask' lists them"),
        ("", "'claimgraph ask' lists them"),
        ("../hedged", "no question '../hedged'"),
        ("hedged.rq", "no question 'hedged.rq'"),
        ("hedged\0", r"no question 'hedged\\u0000'"),
        ("/etc/passwd", "no question '/etc/passwd'"),
    ],
)
def test_an_unknown_question_is_refused_with_the_nearest(name: str, offer: str) -> None:
    """A name is looked up, never a path; what is like it is offered."""
    with pytest.raises(UnknownQuestion, match=offer):
        question(name)


# --- files that are not as they must be -----------------------------------------------------------------------------------

WHOLE = """#+ title: {en: Title, ar: عنوان}
#+ description: {en: Words., ar: كلام.}
#+ parameters:
#+   - {name: about, type: agent, default: sdf, label: {en: Actor, ar: الجهة}, description: {en: Whom., ar: من.}}
#+ columns:
#+   - {name: claim, type: claim, label: {en: Claim, ar: الادعاء}, description: {en: A claim., ar: ادعاء.}}
SELECT ?claim {
  VALUES ?about { <https://w3id.org/claimgraph/id/sdf> } # parameter about
}
"""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Question]:
    """A function that reads a catalogue of one file."""

    def question_of(text: str) -> Question:
        (tmp_path / "asked.rq").write_text(text, encoding="utf-8")
        monkeypatch.setattr(module, "files", lambda *_: (tmp_path / "asked.rq",))
        return catalogue.__wrapped__()["asked"]

    return question_of


def test_a_whole_file_is_read(read: Callable[[str], Question]) -> None:
    """The file that the next test breaks is fine as it is."""
    assert [p.name for p in read(WHOLE).parameters] == ["about"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#+", "#"),
        ("title: {en", "title: [en"),
        ("{en: Title, ar: عنوان}", "Title"),
        ("{en: Title, ar: عنوان}", "{en: Title}"),
        ("{en: Words., ar: كلام.}", "{en: Words., ar: كلام., fr: Mots.}"),
        ("#+ columns:", "#+ column:"),
        ("type: agent", "type: agents"),
        ("type: claim,", "type: claims,"),
        ("type: claim,", "type: claim, language: fr,"),
        ("default: sdf, ", ""),
        ("name: about, ", ""),
        ("# parameter about", "# the parameter about"),
        ("# parameter about", "# parameter whom"),
        ("} # parameter about", "} .\n"),
    ],
)
def test_a_broken_file_is_named(read: Callable[[str], Question], old: str, new: str) -> None:
    """What a file lacks or mistypes is an error that names the file, at once and not when it is asked."""
    assert old in WHOLE
    with pytest.raises(ResourceError, match=r"asked\.rq") as broken:
        read(WHOLE.replace(old, new))
    assert isinstance(broken.value, ClaimgraphError)
