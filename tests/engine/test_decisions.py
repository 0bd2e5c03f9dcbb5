"""Asking a deployed decision table outside of an instance."""

from decimal import Decimal

import pytest

from engine import decisions
from engine.database import Database, reading
from engine.errors import ExecutionFailed, NotFound
from tests.engine.playground import deploy

FILES = ("weigh_by_weight.bpmn", "weigh.dmn")


def ask(database: Database, weight: object) -> decisions.Answer:
    with reading(database) as session:
        return decisions.evaluate(session, "weigh", {"weight": weight})


def test_the_answer_names_the_row_and_the_content_of_the_table(database: Database) -> None:
    deploy(database, *FILES)
    answer = ask(database, 4)
    assert (answer.result, answer.rows) == ({"price": Decimal("10.0")}, (1,))
    assert len(answer.sha256) == 64
    assert (answer.explained.inputs, answer.explained.missed) == ({"weight": 4}, {2: "weight"})


def test_the_newest_deployment_answers(database: Database) -> None:
    deploy(database, *FILES)
    before = ask(database, 50)
    deploy(database, *FILES, replace={"<text>25</text>": "<text>30</text>"})
    assert (before.result, ask(database, 50).result) == ({"price": 25}, {"price": 30})


def test_two_rows_at_once_are_a_failure_that_names_them(database: Database) -> None:
    deploy(database, *FILES)
    with pytest.raises(ExecutionFailed, match="rows 1, 2"):
        ask(database, 9)


def test_no_row_is_a_failure(database: Database) -> None:
    deploy(database, *FILES)
    with pytest.raises(ExecutionFailed, match="no row holds for these values of weight"):
        ask(database, 100)


def test_a_cell_that_cannot_be_evaluated_names_the_table(database: Database) -> None:
    deploy(database, *FILES)
    with pytest.raises(ExecutionFailed, match="decision table weigh"):
        ask(database, "heavy")


def test_a_table_nobody_deployed_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        ask(database, 1)
