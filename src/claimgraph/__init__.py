"""claimgraph: a knowledge-graph store of who claims what about whom.

The folders stand in flow order, and each imports only those above it:
``model`` (documents and their RDF), ``store`` (shapes, archive, index, commit),
``ask`` (questions and queries) and ``cli`` (the same verbs on the command line).
"""

__version__ = "0.1.0"
