"""Sealed columns: plain to the product, nothing to who has the file."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import StatementError

from engine.database import open_database
from engine.seals import Sealed

NUMBER = "6222021234567890005"
rows = Table("paid_to", MetaData(), Column("id", String, primary_key=True), Column("account", Sealed))


def write(file: Path, *secrets: str, id: str = "a") -> None:
    database = open_database(f"sqlite:///{file}", secrets=secrets)
    with database.engine.begin() as connection:
        rows.create(connection, checkfirst=True)
        connection.execute(insert(rows).values(id=id, account=NUMBER))
    database.close()


def read(file: Path, secrets: Sequence[str]) -> list[str | None]:
    database = open_database(f"sqlite:///{file}", secrets=secrets)
    try:
        with database.engine.connect() as connection:
            return list(connection.scalars(select(rows.c.account).order_by(rows.c.id)))
    finally:
        database.close()


def test_a_sealed_text_is_read_in_plain_and_not_found_in_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a.db", "secret")
    assert read(tmp_path / "a.db", ["secret"]) == [NUMBER]
    assert all(NUMBER.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_the_same_text_is_sealed_differently_each_time(tmp_path: Path) -> None:
    write(tmp_path / "a.db", "secret", id="a")
    write(tmp_path / "a.db", "secret", id="b")
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT account FROM paid_to").scalars().all()
    database.close()
    assert len(set(kept)) == 2


def test_a_new_secret_before_the_old_one_reads_what_the_old_one_sealed(tmp_path: Path) -> None:
    write(tmp_path / "a.db", "old", id="a")
    write(tmp_path / "a.db", "new", "old", id="b")
    assert read(tmp_path / "a.db", ["new", "old"]) == [NUMBER, NUMBER]
    with pytest.raises(InvalidToken):
        read(tmp_path / "a.db", ["another"])


def test_without_a_secret_nothing_is_kept_in_plain(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="opened without secrets"):
        write(tmp_path / "a.db")
