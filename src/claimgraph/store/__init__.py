"""Shapes, archive, index and snapshots, and the one way to write: the commit."""
