"""Expressions as other tools write them."""

from pathlib import Path

import pytest

from engine.bpmn.expressions import evaluate
from engine.bpmn.other_languages import translated
from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import safe_root

FEEL = "https://www.omg.org/spec/FEEL/20191111/"
MODELS = Path(__file__).parents[2] / "conformance" / "models"
DATA = {"n": 3, "name": "x", "done": False, "items": [1, 2], "order": {"total": 7, "paid": False}, "nothing": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=n > 1 and n < 5", True),
        ('=name = "x"', True),
        ("=not(done)", True),
        ("=nothing = null", True),
        ("=n between 4 and 9", False),
        ('=if n > 2 then "many" else "few"', "many"),
        ("=count(items)", 2),
        ("=items[1]", 1),
        ("=some i in items satisfies i > 1", True),
        ("${n > 1 && n < 5}", True),
        ("${order.total ge 7}", True),
        ("#{empty items}", False),
        ("${n mod 2}", 1),
        ("${name == 'x' && !done}", True),
        ("${!done == true}", True),
        ("#{not order.paid and ! (n > 5) || done}", True),
        ("${!empty items}", True),
        ("${!name.equals('y') and execution.getVariable('n').equals(n)}", True),
    ],
)
def test_the_simple_kind_is_said_in_our_language(text: str, value: object) -> None:
    said = translated(text)
    assert said is not None
    assert evaluate(said, DATA) == value


@pytest.mark.parametrize("text", ["=items[i > 1]", "=n ** 2", "${n > 1 ? 2 : 3}", "${execution.id}", "n > 1", "="])
def test_what_is_more_than_that_or_already_ours_stays_as_it_is(text: str) -> None:
    assert translated(text) is None


def test_a_file_may_say_that_its_expressions_are_feel() -> None:
    assert translated("n = 3", FEEL) == "(n == 3)"
    file = (MODELS / "expression_feel.bpmn").read_bytes()
    root = spell_out(safe_root("expression_feel.bpmn", file))
    assert [element.get("language") for element in root.iter("{*}conditionExpression")] == ["urn:redress:expression:1"]
