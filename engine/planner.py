"""What SQLite's planner knows of the tables: how many rows there are and how many are alike. PostgreSQL finds out by itself.

Without it, the counts beside a list of 100,000 tasks walk an index that fits worse, and take five times as long.
"""

from contextlib import closing

from engine.database import Database

LOOKED_AT = 1_000
"""Rows of each index that are looked at: some milliseconds, whatever the table holds (sqlite.org/lang_analyze.html)."""


def learn(database: Database) -> None:
    """Look at the tables again; every hour is often enough."""
    if database.is_sqlite:
        with closing(database.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
            cursor.execute("ANALYZE")
        database.engine.dispose()  # a connection reads the statistics when it is opened, and then never again
