"""Another SPARQL endpoint: the same questions put to a store that runs elsewhere, by way of SPARQLWrapper.

What it answers comes from outside, so it is parsed in a process of its own.
"""

from __future__ import annotations

import ast
import json
import os
import re
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from claimgraph.ask.gate import outline
from claimgraph.ask.query import PREFIXES, Answer
from claimgraph.model.errors import BadQuery, Misuse, QueryStopped, Unavailable
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown

_AGENT = "claimgraph"
_SAID = 10_000  # bytes of an error that are read
_GRAPHS = ("CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL 1.1 endpoint by its URL. A token for it is taken from ``CLAIMGRAPH_TOKEN``."""

    url: str

    def __post_init__(self) -> None:
        """Raise :class:`Misuse` for what is no URL of the web."""
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", self.url):
            raise Misuse(f"'{shown(self.url, 200)}' is no address of an endpoint: name one such as http://127.0.0.1:8000/sparql.")

    def run(self, query: str, *, rows: int | None = None, seconds: float | None = None) -> Answer:
        """Run a query there; of its answer ``rows`` at most. Raises :class:`BadQuery`, :class:`QueryStopped` and :class:`Unavailable`."""
        most = LIMITS.answer_rows if rows is None else rows
        asks_for_graph = outline(query).first in _GRAPHS
        data, more = self._fetch(query, asks_for_graph, LIMITS.query_seconds if seconds is None else seconds)
        try:
            answer = run_isolated(LIMITS.parse_seconds, _read, data, asks_for_graph, most)
        except (Died, TookTooLong):
            raise Unavailable(f"What {self.url} answers cannot be read in the time and memory there is: ask for less.") from None
        return Answer(answer.columns, answer.rows, answer.boolean, answer.triples, truncated=answer.truncated or more)

    def _fetch(self, query: str, asks_for_graph: bool, seconds: float) -> tuple[bytes, bool]:  # one caller
        """The answer's bytes, and whether the endpoint says that there was more."""
        wrapper = SPARQLWrapper(self.url, agent=_AGENT)
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)
        wrapper.setReturnFormat(TURTLE if asks_for_graph else JSON)
        wrapper.setTimeout(max(1, round(seconds)))
        wrapper.setQuery(_with_prefixes(query))
        if token := os.environ.get("CLAIMGRAPH_TOKEN"):
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {token}")
        try:
            with warnings.catch_warnings(action="ignore"):  # it warns of a query whose kind it does not know; the endpoint says what is wrong with it
                response: Any = wrapper.query().response
            data = response.read(LIMITS.answer_bytes + 1)
        except QueryBadFormed as error:
            raise BadQuery(f"{self.url} does not take the query: {_said(error)}.") from None
        except (SPARQLWrapperException, HTTPError) as error:
            raise QueryStopped(f"{self.url} does not answer the query: {_said(error)}.") from None
        except TimeoutError:
            raise QueryStopped(f"{self.url} did not answer within {seconds:g} s: make the query narrower, or allow more with --timeout.") from None
        except (URLError, OSError, ValueError) as error:
            if isinstance(error, URLError) and isinstance(error.reason, TimeoutError):
                raise Unavailable(f"{self.url} was not reached within {seconds:g} s: check the address, and that it runs.") from None
            raise Unavailable(f"{self.url} cannot be reached ({shown(str(error), 200)}): check the address, and that it runs.") from None
        if len(data) > LIMITS.answer_bytes:
            raise QueryStopped(f"The answer has more than {LIMITS.answer_bytes} bytes (CLAIMGRAPH_ANSWER_BYTES): ask for less, or use LIMIT.")
        return data, response.headers.get("X-Truncated") == "true"


def _said(error: Exception) -> str:
    """What an endpoint said was wrong: the detail of problem details, else its words."""
    found = re.search(r"Response:\s*(b(?:'.*'|\".*\"))", str(error), re.DOTALL)
    body = error.read(_SAID) if isinstance(error, HTTPError) else ast.literal_eval(found[1]) if found else b""
    try:
        return shown(str(json.loads(body)["detail"]).rstrip("."), 500)
    except (ValueError, KeyError, TypeError):
        return shown(body.decode("utf-8", "replace").strip() or str(error), 300)


def _with_prefixes(query: str) -> str:
    """A query that declares those of our prefixes which it uses without declaring them; on one line, so that lines stay what they are."""
    used = {word.text for word in outline(query).words}
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items() if name.upper() in used) + query


def _read(data: bytes, asks_for_graph: bool, rows: int) -> Answer:  # runs in a process of its own
    try:
        if asks_for_graph:
            triples = tuple(quad.triple for quad in parse(data, format=RdfFormat.TURTLE))
            return Answer(triples=triples[:rows], truncated=len(triples) > rows)
        found = parse_query_results(data, QueryResultsFormat.JSON)
        if isinstance(found, QueryBoolean):
            return Answer(boolean=bool(found))
        if isinstance(found, QuerySolutions):
            columns = tuple(variable.value for variable in found.variables)
            table = tuple(tuple(row) for row in found)
            return Answer(columns, table[:rows], truncated=len(table) > rows)
    except (SyntaxError, ValueError) as error:
        raise Unavailable(f"The endpoint's answer is no SPARQL result ({shown(str(error), 200)}): is this the address of an endpoint?") from None
    raise Unavailable("The endpoint's answer is no SPARQL result: is this the address of an endpoint?")
