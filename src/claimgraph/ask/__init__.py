"""Questions and queries: the catalogue, the gate before the engine, the process a query runs in, and answers."""
