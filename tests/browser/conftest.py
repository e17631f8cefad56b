"""What the browser tests share: a service on the samples, a browser, and pages in it."""

from __future__ import annotations

from browsing import browser, opening
from keying import keys
from npm_clients import raters
from rereading import reread
from reviewing import proposals, reviewing
from running import claimgraph, sampled
from serving import served, serving

__all__ = ["browser", "claimgraph", "keys", "opening", "proposals", "raters", "reread", "reviewing", "sampled", "served", "serving"]
