"""What diagrams call: one file per process, a handler per topic."""
