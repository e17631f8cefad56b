"""The service: SPARQL, graphs, questions, checks and resources over HTTP."""
