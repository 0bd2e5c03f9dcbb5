"""Why a decision was what it was can be read later."""

from decimal import Decimal
from typing import Any

import pytest

from engine import decision_instances, instances
from engine.bpmn.execution import Outcome
from engine.database import Database, reading, unit_of_work
from engine.decision_instance_tables import DecisionInstance
from engine.paging import Query
from tests.engine.playground import OWNER, deploy

FILES = ("weigh_by_weight.bpmn", "weigh.dmn")


def weighed(database: Database, weight: Any) -> list[DecisionInstance]:
    with unit_of_work(database) as session:
        started = instances.start(session, "weigh_by_weight", variables={"weight": weight, "customer": "Wang"}, actor=OWNER)
    with reading(database) as session:
        return list(decision_instances.of_instance(session, started.id, Query()).items)


def test_a_business_rule_task_leaves_why_it_said_what_it_said(database: Database) -> None:
    deploy(database, *FILES)
    (found,) = weighed(database, 4)
    assert (found.element_id, found.decision_id) == ("weigh_it", "weigh")
    assert found.explanation == {
        "rows": [1],
        "outputs": {"price": Decimal("10.0")},
        "inputs": [{"text": "weight", "value": 4}],
        "missed": [{"row": 2, "input": "weight"}],
        "shortened": False,
        "required": [],
    }


def test_a_variable_the_table_does_not_ask_about_is_not_copied(database: Database) -> None:
    deploy(database, *FILES)
    (found,) = weighed(database, 4)
    assert "Wang" not in str(found.explanation)


def test_a_decision_that_failed_leaves_its_incident_and_no_explanation(database: Database) -> None:
    deploy(database, *FILES)
    assert weighed(database, 100) == []


def test_a_large_table_with_large_values_is_kept_in_part() -> None:
    outcome = Outcome(
        decision="large",
        rows=tuple(range(1, 1001)),
        result={f"o{number}": number for number in range(100)},
        inputs={"text": "x" * 10_000, "list": list(range(1000))},
        missed=dict.fromkeys(range(1001, 2001), "text"),
        required=tuple(Outcome(decision="before", rows=(), result={}, inputs={}, missed={}) for _ in range(100)),
    )
    kept = decision_instances.explained(outcome)
    assert kept["shortened"]
    assert (len(kept["rows"]), len(kept["missed"]), len(kept["outputs"]), len(kept["required"])) == (200, 200, 50, 50)
    assert all(len(one["value"]) == decision_instances.MOST_LETTERS + 1 for one in kept["inputs"])
    assert not kept["required"][0]["shortened"]


@pytest.mark.parametrize("value", [None, True, 7, Decimal("1.5"), "text", ["a"], {"a": 1}])
def test_a_value_of_usual_size_is_kept_as_it_is(value: Any) -> None:
    outcome = Outcome(decision="one", rows=(1,), result={"out": value}, inputs={"in": value}, missed={})
    kept = decision_instances.explained(outcome)
    assert (kept["inputs"], kept["outputs"], kept["shortened"]) == ([{"text": "in", "value": value}], {"out": value}, False)
