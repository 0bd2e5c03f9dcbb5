"""The records complaints leave behind. Importing this package makes every table of it known to `engine.database.Table`."""

from processes.tables import cases, people

__all__ = ["cases", "people"]
