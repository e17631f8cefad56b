"""What the browser tests share: a service on the samples, a browser, and pages in it."""

from __future__ import annotations

from browsing import browser, opening
from reviewing import proposals, reviewing
from running import sampled
from serving import served, serving

__all__ = ["browser", "opening", "proposals", "reviewing", "sampled", "served", "serving"]
