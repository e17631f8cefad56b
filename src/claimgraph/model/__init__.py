"""Claims documents, their text, their vocabulary, and claims <-> quads."""
