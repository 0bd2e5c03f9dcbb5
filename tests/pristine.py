"""A PostgreSQL database that many tests use one after the other: each finds in it what the first one found.

Copying a database of three hundred small files costs the server more than most tests do. So the rows it began with are kept
beside the tables, in a schema of their own, and put back afterwards. A test that changed the tables themselves is noticed.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy import URL

_TABLES = "SELECT oid::regclass::text, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
_SEQUENCES = "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value, start_value FROM pg_sequences"
_SHAPE = """
    SELECT (SELECT sum(oid::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 't'),
           (SELECT md5(string_agg(concat(attrelid, attname, atttypid, attnotnull, atthasdef), ',' ORDER BY attrelid, attnum))
            FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)),
           (SELECT sum(oid::bigint) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
           (SELECT sum(oid::bigint) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
"""
_ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, kw_only=True)
class Pristine:
    """A database with its first rows kept; the connection stays open, so that it knows the tables."""

    url: URL
    connection: psycopg.Connection[TupleRow]
    shape: TupleRow | None
    again: sql.SQL

    def restore(self) -> bool:
        """Put the first rows back, whoever is still connected; whether the tables are still as they were."""
        self.connection.execute(_ALONE)
        if self.connection.execute(_SHAPE).fetchone() != self.shape:
            return False
        self.connection.execute(self.again)
        return True


def keep(url: URL) -> Pristine:
    """Keep the rows of a database nobody has used yet."""
    connection = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)
    tables = connection.execute(_TABLES).fetchall()
    shape = connection.execute(_SHAPE).fetchone()
    statements = ["BEGIN", "SET LOCAL session_replication_role = replica", *(f"DELETE FROM {table}" for table, _ in tables)]
    connection.execute("CREATE SCHEMA pristine")
    for table, name in tables:
        copy = f'pristine."{name}"'
        connection.execute(sql.SQL(f"CREATE TABLE {copy} AS TABLE {table}"))
        if connection.execute(sql.SQL(f"SELECT 1 FROM {copy} LIMIT 1")).fetchone():
            columns = connection.execute(_COLUMNS, [table]).fetchone()
            assert columns is not None
            statements.append(f"INSERT INTO {table} ({columns[0]}) OVERRIDING SYSTEM VALUE SELECT {columns[0]} FROM {copy}")
        else:
            connection.execute(sql.SQL(f"DROP TABLE {copy}"))
    for name, last, start in connection.execute(_SEQUENCES).fetchall():
        statements.append(f"SELECT setval('{name}', {last or start}, {'true' if last else 'false'})")
    return Pristine(url=url, connection=connection, shape=shape, again=sql.SQL("; ".join([*statements, "COMMIT"])))
