"""Rows that overlap, values nobody thought of."""

import time

import pytest

from engine.bpmn import checks
from tests.engine.bpmn.test_decision_policies import file, table


def said(policy: str, *rules: tuple[str, ...], inputs: tuple[str, ...] = ("n",), outputs: str = '<output name="x"/>') -> list[str]:
    content = file(table(f'hitPolicy="{policy}"', *rules, inputs=inputs, outputs=outputs))
    found = checks.run({"t.dmn": content})
    assert {one.severity for one in found} <= {"warning"}
    return [one.message for one in found if one.rule == "decision_rules"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((("< 5", "1"), (">= 5", "2")), []),
        ((("<= 5", "1"), (">= 5", "2")), ["Rows 1 and 2 hold at the same time when n is 5; in a UNIQUE"]),
        ((("< 5", "1"), ("> 5", "2")), ["No row holds when n is 5;"]),
        ((("[0..10]", "1"), ("> 12", "2")), ["No row holds when n is -1;"]),
        ((("1", "1"), ("2", "2")), []),
        ((('"a"', "1"), ('"a","b"', "2")), ["Rows 1 and 2 hold at the same time when n is 'a'"]),
        ((("true", "1"),), ["No row holds when n is False;"]),
        ((("< 1.5", "1"), ("> 2.5", "2")), ["No row holds when n is 1.5;"]),
        ((("< m", "1"), ("> 2", "2")), []),
        ((("-", "1"),), []),
    ],
)
def test_overlaps_and_gaps_are_warned_of_with_an_example(rules: tuple[tuple[str, ...], ...], words: list[str]) -> None:
    found = said("UNIQUE", *rules)
    assert len(found) == len(words)
    assert all(start in message for start, message in zip(words, found, strict=True))


def test_several_inputs_are_looked_at_together() -> None:
    rules = (("< 5", '"a"', "1"), ("< 5", '"b"', "2"), (">= 5", '"a"', "3"))
    assert said("UNIQUE", *rules, inputs=("n", "word")) == [
        "No row holds when n is 5 and word is 'b'; add a row or a default value, or make sure it does not happen."
    ]


def test_rows_of_other_policies_may_overlap_and_a_default_fills_gaps() -> None:
    default = '<output name="x"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>'
    assert said("FIRST", ("< 5", "1"), ("-", "2")) == []
    assert said("COLLECT", ("< 5", "1"), ("> 5", "2")) == []
    assert said("UNIQUE", ("< 5", "1"), ("> 5", "2"), outputs=default) == []


def test_values_that_the_input_does_not_take_are_not_asked_about() -> None:
    content = file(table("", ("[1..2]", "1"), ("[3..4]", "2"))).replace(
        b"</inputExpression>", b"</inputExpression><inputValues><text>[1..4]</text></inputValues>"
    )
    assert [one for one in checks.run({"t.dmn": content}) if one.rule == "decision_rules"] == []


def test_large_tables_are_not_examined_for_long() -> None:
    rules = tuple((f"[{n}..{n + 1})", f"[{n}..{n + 1})", "1") for n in range(120))
    began = time.process_time()
    assert said("UNIQUE", *rules, inputs=("n", "m")) == []
    assert time.process_time() - began < 2
