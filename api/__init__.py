"""Everything that comes from outside: JSON, pages, command line."""
