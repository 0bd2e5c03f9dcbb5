"""What the planner of SQLite is told."""

import logging

import pytest
from sqlalchemy import text

from engine import planner
from engine.database import Database, reading, unit_of_work
from tests.engine.playground import deploy, start


def test_the_planner_knows_how_many_instances_there_are(database: Database) -> None:
    deploy(database, "deliver.bpmn")
    for _ in range(3):
        start(database, "deliver")
    planner.learn(database)
    if database.is_sqlite:  # PostgreSQL does it by itself
        with reading(database) as session:
            known = session.scalars(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'process_instance'")).all()
        assert known and {stat.split()[0] for stat in known} == {"3"}


def test_a_connection_that_was_open_before_plans_with_what_was_learned(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's connections share their statistics")
    which = text("EXPLAIN QUERY PLAN SELECT * FROM likings WHERE colour = 1 AND taste = 1")
    with unit_of_work(database) as session:
        session.execute(text("CREATE TABLE likings (colour, taste)"))
        for name in ("colour", "taste"):
            session.execute(text(f"CREATE INDEX by_{name} ON likings ({name})"))
    plans = []
    for rare in ("colour", "taste"):
        with unit_of_work(database) as session:
            session.execute(text("DELETE FROM likings"))
            for number in range(50):
                session.execute(text("INSERT INTO likings VALUES (:colour, :taste)"), {"colour": 1, "taste": 1} | {rare: number})
        planner.learn(database)
        with reading(database) as one, reading(database) as another:
            plans.append([session.execute(which).one().detail for session in (one, another)])
    assert [[plan.split()[4] for plan in found] for found in plans] == [["by_colour"] * 2, ["by_taste"] * 2]


def test_it_learns_without_a_word_in_the_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with reading(database) as session:
        session.execute(text("SELECT 1"))
    planner.learn(database)
    assert caplog.messages == []
