"""Addresses over HTTP: parameters that are no values, numbers in other digits, paths that lead elsewhere, cursors of others.

Whatever is wrong is said in the one shape, without a letter that acts; nothing is written, and the service answers on.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest

from attacking import told, unharmed
from claimgraph.ask.catalogue import catalogue
from requesting import BASE, JSON_BODY, TURTLE_BODY, Writable, address
from running import small
from serving import Answer

DOCUMENT = json.dumps(small(), ensure_ascii=False)
TEXT_BODY = {"Content-Type": "text/plain"}
RAW = "نفت قسد فرار سجناء من سجن الصناعة."
INJECTED = '"> } ; DROP ALL #'
ONE = "<urn:a> <urn:b> 1 ."


VALUES = (
    *(INJECTED, "sdf> } ; DROP ALL #", "sdf } UNION { ?s ?p ?o", "?x", "<urn:x>", f"{BASE}sdf>", f"{BASE}../id/sdf", "sd\nf", "sdf\0", " ", "%73df"),
    *("\u202esdf", "s\u0501f", "sd\u200bf", "SDF", "sdf,", "sdf;isis", "*", "any any", "x" * 3_000, "' OR 1=1 --", "{{7*7}}", "${x}", "../sdf"),
)  # fmt: skip
PARAMETERS = [(found.name, parameter.name) for found in catalogue().values() for parameter in found.parameters]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_parameters_of_questions_are_values(victim: Writable, name: str, parameter: str) -> None:
    """What is no key of the right kind is refused by every typed parameter, shown without what would act, and never becomes part of a query."""
    with unharmed(victim):
        for value in VALUES:
            sentence = told(victim.service.send("GET", address(f"/api/questions/{name}", **{parameter: value})), 400, 404)
            assert sentence.isprintable()
            assert len(sentence) < 1_000
            assert parameter in sentence


ROUTES = (
    *("/api/questions/denials", "/api/questions/claims-by", "/id/sdf", "/id/sample-06-two-hundred", "/graphs/graph/reference"),
    *("/sparql", "/sparql?query=ASK%7B%7D"),
)  # fmt: skip
NO_NUMBERS = (
    *(
        "٣",
        "۳",
        "３",
        "²",
        "③",
        " 3",
        "3 ",
        "3\n",
        "3\0",
        "\u200b3",
        "1_0",
        "0x5",
        "+5",
        "-0",
        "--1",
        "1,5",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1e999",
    ),
    *("9" * 5_000, "1" * 400, "", " ", "true", "null", "[]", INJECTED, "3;4", "0b1", "1e", "e1", ".", "1.", "½"),
)


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: ascii(number)[:20])
def test_numbers_that_are_none(victim: Writable, number: str) -> None:
    """Other digits, spaces, signs and what programs read besides are no ``timeout``, ``min-commit`` or ``limit``, on any address that takes it."""
    with unharmed(victim):
        for route in ROUTES:
            for name in ("timeout", "min-commit", *(("limit",) if "questions" in route else ())):
                target = f"{route}{'&' if '?' in route else '?'}{name}={quote(number, safe='')}"
                sentence = told(victim.service.send("GET", target), 400)
                assert sentence.isprintable()
                assert name in sentence
        for name in ("timeout", "min-commit"):
            told(victim.send("POST", f"/api/reports?{name}={quote(number, safe='')}", DOCUMENT, JSON_BODY), 400)
            told(victim.send("PUT", f"{address('/graphs', graph=victim.graph('n'))}&{name}={quote(number, safe='')}", ONE, TURTLE_BODY), 400)


@pytest.mark.parametrize("number", ["-1", "0", "1e-9", "1e9", "86401", "9007199254740993"])
def test_numbers_out_of_bounds(victim: Writable, number: str) -> None:
    """No time is longer than a day or shorter than a millisecond, no commit greater than any, no page empty."""
    with unharmed(victim):
        for route in ROUTES:
            told(victim.service.send("GET", f"{route}{'&' if '?' in route else '?'}timeout={number}"), 400)
        if number != "0":
            told(victim.service.send("GET", f"/id/sdf?min-commit={number}"), 400, 404)
        told(victim.service.send("GET", f"/api/questions/denials?limit={number if number != '86401' else '100001'}"), 400)


@pytest.mark.parametrize("number", ["0.5", "10", "86400", "1e1", "0.5000000000000000208", "12.50"])
def test_numbers_that_are_some(victim: Writable, number: str) -> None:
    """A time in plain decimals is one."""
    assert victim.service.send("GET", f"/api/questions/denials?timeout={number}").status in (200, 503)


OPEN = ("/health", "/metrics", "/docs", "/openapi.json", "/id/sdf", "/graphs/graph/reference", "/sparql", "/sparql?query=ASK%7B%7D")
CHANGING = ("/metrics", "/sparql")
STRICT = ("/api/questions", "/api/questions/denials", "/api/questions/claims-by", "/api/review")


def of_content(answer: Answer) -> bytes:
    """The body of an answer; of a page what it is about."""
    return answer.body.partition(b"<main")[2] or answer.body


@pytest.mark.parametrize("parameter", ["x=1", "=", "=1", "%00=1", quote(INJECTED) + "=1", "x=%0d%0aSet-Cookie:a=b", "x", "Timeout=1", "limit%20=3"])
def test_parameters_that_mean_nothing(victim: Writable, parameter: str) -> None:
    """The API refuses them, since they may be mistyped; elsewhere, where clients send their own, they change no answer and stand in none."""
    with unharmed(victim):
        for route in STRICT:
            assert told(victim.service.send("GET", f"{route}?{parameter}"), 400).isprintable()
        for path in ("/api/validate", "/api/reports"):
            told(victim.send("POST", f"{path}?{parameter}", DOCUMENT, JSON_BODY), 400)
        for route in OPEN:
            plain, given = (victim.service.send("GET", one) for one in (route, f"{route}{'&' if '?' in route else '?'}{parameter}"))
            assert (given.status, given.media_type) == (plain.status, plain.media_type) == (200, plain.media_type)
            # Figures change, blank nodes have other names, and the links of a page that change its language keep its parameters.
            assert of_content(given) == of_content(plain) or route in CHANGING
            assert "Set-Cookie" not in given.headers


REPEATED = [
    *((f"/api/questions/denials?{name}={value}", name) for name, value in (("limit", 3), ("timeout", 5), ("min-commit", 0), ("format", "csv"))),
    *((f"/api/questions/denials?{name}={value}", name) for name, value in (("cursor", "x"), ("reviewed", "true"))),
    *((f"/api/questions/claims-by?{name}={value}", name) for name, value in (("claimant", "sdf"),)),
    *((f"{path}?{name}={value}", name) for path in ("/id/sdf", "/graphs/graph/reference") for name, value in (("timeout", 5), ("min-commit", 0))),
    *((f"/sparql?query=ASK%7B%7D&{name}={value}", name) for name, value in (("timeout", 5), ("min-commit", 0), ("query", "ASK%7B%7D"))),
    *((f"/graphs?{name}={value}", name) for name, value in (("graph", "urn:a"), ("default", ""))),
]


@pytest.mark.parametrize(("target", "name"), REPEATED)
def test_parameters_that_come_twice(victim: Writable, target: str, name: str) -> None:
    """Two values of a name are refused, also where they are the same: whoever stands between might go by the other one."""
    value = target.rpartition("=")[2]
    with unharmed(victim):
        for other in (value, "", INJECTED):
            assert name in told(victim.service.send("GET", f"{target}&{name}={quote(other, safe='%')}"), 400)


# --- what an address says of a report -------------------------------------------------------------------------------------

FIELDS = ("id", "title", "url", "publisher", "published", "retrieved", "revise", "timeout", "min-commit")


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_said_of_a_report_is_said_once(victim: Writable, name: str) -> None:
    """Two values are refused, by the check as by what writes."""
    given = urlencode([(name, "2022"), (name, "2023"), *(() if name == "id" else (("id", "twice"),))])
    with unharmed(victim):
        for path in ("/api/validate", "/api/reports"):
            assert name in told(victim.send("POST", f"{path}?{given}", RAW, TEXT_BODY), 400)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "id",
            ("../../etc/passwd", "a/b", "a%2Fb", "-x", ".", "a\nb", "a\0", "\u202eid", "\u0661", "x" * 129, INJECTED, "sdf", "javascript:alert(1)"),
        ),
        ("publisher", ("../sdf", "SDF", "sdf\n", "\u202efds", "x" * 129, INJECTED, "no-such", "sinaa-prison")),
        ("title", ("a\0b",)),
        ("url", ("a\0b",)),
        ("published", ("a\0b", "x" * 200)),
        ("retrieved", ("a\0b", "x" * 200)),
        ("revise", ("yes", "TRUE", "1", "", " true", "true\n", INJECTED)),
    ],
)
def test_fields_of_a_raw_report_that_are_none(victim: Writable, name: str, values: tuple[str, ...]) -> None:
    """Ids that are paths, publishers that nobody is, NUL and endless words are refused with the field's name, and shown as text."""
    with unharmed(victim):
        for value in values:
            given = urlencode({"id": "fields", "published": "2022-01-31", name: value})
            for path in ("/api/validate", "/api/reports"):
                sentence = told(victim.send("POST", f"{path}?{given}", RAW, TEXT_BODY), 400, 422)
                assert name in sentence
                assert sentence.isprintable()
                assert len(sentence) < 500


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("url", url) for url in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "../../etc/passwd", "http://a b/", INJECTED)),
        *(
            (day, text)
            for day in ("published", "retrieved")
            for text in ("2022-02-30", "٢٠٢٢-٠١-٣١", "yesterday", "2022-01-31\n", INJECTED, "\u202e2022")
        ),
    ],
)
def test_fields_that_the_shapes_refuse(victim: Writable, name: str, value: str) -> None:
    """Addresses that are none of the web and days that there are not are violations, of a check and of what would be written."""
    given = urlencode({"id": "fields", "published": "2022-01-31", name: value})
    with unharmed(victim):
        checked = victim.send("POST", f"/api/validate?{given}", RAW, TEXT_BODY)
        assert (checked.status, checked.json["result"]) == (200, "refused"), checked.text
        assert "Violation" in checked.text
        told(victim.send("POST", f"/api/reports?{given}", RAW, TEXT_BODY), 422)


@pytest.mark.parametrize("reason", ["a\0b", "x" * 2_001, "ن" * 2_001])
def test_reasons_that_are_none(victim: Writable, reason: str) -> None:
    """Why a report is let in is a sentence: no NUL, no book; it is looked at before the report is."""
    with unharmed(victim):
        for body in (DOCUMENT, "{"):
            assert "reason" in told(victim.send("POST", address("/api/reports", reason=reason), body, JSON_BODY), 400)


# --- paths ----------------------------------------------------------------------------------------------------------------

NOWHERE = (
    *("/api/../health", "/api/questions/../../health", "/api/questions/%2e%2e/%2e%2e/health", "/api/questions/..%2f..%2fhealth", "/./health"),
    *("//health", "//evil.example/health", "/health//", "/health%2f", "/health%00", "/health%0a", "/health;x", "/HEALTH", "/.git/config", "/%2e%2e/"),
    *("/api%2Fquestions", "/api/questions%2Fdenials", "/api%2fquestions%2fdenials", "/api%2Freports", "/sparql%2F", "/sparql%00", "/sparql/..;/x"),
    *("/api/questions/denials%00", "/api/questions/denials%0a", "/api/questions/denials%20", "/api/questions/denials;x=1"),
    *("/api/questions/..%2f..%2f..%2fetc%2fpasswd", "/api/questions/%2e%2e%5cdenials", "/api/questions/....//denials"),
    *("/api/questions/" + quote(INJECTED, safe=""), "/api/questions/%ff", "/api/questions/%", "/api/questions/Denials"),
    *("/api/questions/denials.rq", "/api/questions/%e2%80%aedenials", "/api/questions/denials%E2%80%8B", "/metrics%0d%0a", "/docs%0a"),
    *("/api/questions/d%D0%B5nials", "/api/questions/%C0%AE%C0%AE/", "/docs/../id/sdf", "/openapi.json/", "/openapi.json%2f..", "/metrics/.."),
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paths_that_lead_nowhere(victim: Writable, path: str, method: str) -> None:
    """An address is one by its letters: dots, encoded slashes, NUL, look-alikes and line ends make none, and lead to no file (404)."""
    with unharmed(victim):
        sentence = told(victim.send(method, path, None if method == "GET" else DOCUMENT, JSON_BODY), 404, 405)
        assert sentence.isprintable()
        assert "root:" not in sentence


OUTSIDE = (
    *("./sdf", "x/../sdf", "../id/sdf", "..%2fid%2fsdf", "%2e/sdf", "/sdf", "sdf/", "sdf%00", "sdf%0a", "sdf%0d%0aSet-Cookie:a=b", "sdf%20", "sd%66"),
    *("https:%2F%2Fevil.example", "//evil.example", "%2F%2Fevil.example", "..%5c..%5cetc%5cpasswd", "..%2f..%2f..%2fetc%2fpasswd", "v/..%2fsdf"),
    *(quote(INJECTED, safe=""), "%E2%80%AEfds", "sdf%E2%80%8B", "sdf%ff", "sdf%ED%A0%80", "%", "%zz", "sdf;x", "*", "v/0123456789ab/../x", "[::1"),
)  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_names_that_are_others(victim: Writable, path: str) -> None:
    """Below ``/id/`` and ``/graphs/`` a name is what was sent, letter by letter: nothing is decoded, resolved or redirected to."""
    with unharmed(victim):
        for prefix in ("/id/", "/graphs/", "/id%2F", "/%69d/", "/graphs%2F"):
            answer = victim.service.send("GET", prefix + path)
            sentence = told(answer, 400, 404)
            assert sentence.isprintable()
            assert not {"location", "set-cookie"} & {name.lower() for name in answer.headers}


IRIS = (
    "urn:x\n",
    "urn:x>",
    "urn:a b",
    f"urn:x{INJECTED}",
    "<urn:x>",
    "",
    "relative",
    "//host/x",
    "urn:x\0",
    "urn:x\t",
    "urn:{x}",
    "urn:x\\y",
    "http://[x/",
    "::",
)


@pytest.mark.parametrize("iri", IRIS, ids=ascii)
def test_graphs_that_are_no_iris(victim: Writable, iri: str) -> None:
    """A graph of the protocol is named by an absolute IRI, or the request is refused; never does it become part of the query."""
    with unharmed(victim):
        for name in ("default-graph-uri", "named-graph-uri"):
            for rest in ({}, {"x": 1}):
                given = urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 1", name: iri, **rest})
                assert told(victim.service.send("GET", f"/sparql?{given}"), 400).isprintable()
                form = {"Content-Type": "application/x-www-form-urlencoded"}
                assert told(victim.service.send("POST", "/sparql", given.encode(), form), 400).isprintable()
        for method in ("GET", "PUT", "DELETE"):
            answer = victim.send(method, f"/graphs?graph={quote(iri, safe='')}", ONE if method == "PUT" else None, TURTLE_BODY)
            assert told(answer, 400).isprintable()


# --- cursors --------------------------------------------------------------------------------------------------------------


def test_cursors_that_were_tampered_with(victim: Writable) -> None:
    """Whatever is changed in a cursor, it leads nowhere: another row, another answer, other letters, more or less of it."""
    target = "/api/questions/denials?limit=1"
    cursor = victim.service.send("GET", target).json["next"]
    other = victim.service.send("GET", "/api/questions/own-voice?limit=1").json["next"]
    whole = base64.urlsafe_b64decode(cursor).decode()
    about, row = whole[:16], whole[16:]
    pieces = (
        f"{about}{'0' * 16}",
        f"{'0' * 16}{row}",
        row + about,
        about * 2,
        f"{about}{row.upper()}",
        f"{about}{row}0",
        about,
        f"{about}{row[:-1]}\u0661",
    )
    made = [base64.urlsafe_b64encode(piece.encode()).decode() for piece in pieces]
    made += [cursor.lower(), cursor[1:], f" {cursor}", f"{cursor}\n", cursor.replace("=", "%3D"), cursor.replace("=", "=="), cursor * 2, other]
    made += ["\u0661" * 44, "=" * 44, "\0", "-" * 44, INJECTED, "1", "-1", "9" * 30_000, "NaN", "null", '{"offset": 1}', "../denials"]
    with unharmed(victim):
        assert victim.service.send("GET", f"{target}&cursor={quote(cursor)}").status == 200
        for wrong in made:
            sentence = told(victim.service.send("GET", f"{target}&cursor={quote(wrong, safe='')}"), 400, 404, 410)
            assert "cursor" in sentence
            assert len(sentence) < 200
        for form in ("&format=csv", "&reviewed=true"):
            told(victim.service.send("GET", f"/api/questions/own-voice?limit=1{form}&cursor={quote(cursor)}"), 400, 404)
