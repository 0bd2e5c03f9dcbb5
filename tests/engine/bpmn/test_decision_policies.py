"""Hit policies, decisions that require others, literal expressions; and what is explained of it."""

from decimal import Decimal
from typing import Any

import pytest

from engine.bpmn.decision_files import Decision, evaluate, read
from engine.errors import ExecutionFailed, InvalidDeployment

OURS = ' expressionLanguage="urn:redress:expression:1"'


def file(*decisions: str, language: str = "") -> bytes:
    """A DMN file of these decisions."""
    inside = "".join(decisions)
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"{language}>{inside}</definitions>'.encode()


def table(
    attributes: str,
    *rules: tuple[str, ...],
    inputs: tuple[str, ...] = ("n",),
    outputs: str = '<output name="x"/>',
    before: str = "",
    id_: str = "t",
) -> str:
    """One decision; a rule is its input cells and then its outputs."""

    def cells(rule: tuple[str, ...]) -> str:
        tags = ["inputEntry"] * len(inputs) + ["outputEntry"] * (len(rule) - len(inputs))
        texts = (text.replace("&", "&amp;").replace("<", "&lt;") for text in rule)
        return "".join(f"<{tag}><text>{text}</text></{tag}>" for tag, text in zip(tags, texts, strict=True))

    columns = "".join(f"<input label='{name}'><inputExpression><text>{name}</text></inputExpression></input>" for name in inputs)
    rows = "".join(f"<rule>{cells(rule)}</rule>" for rule in rules)
    return f'<decision id="{id_}" name="{id_}">{before}<decisionTable {attributes}>{columns}{outputs}{rows}</decisionTable></decision>'


def asked(content: bytes, **variables: Any) -> dict[str, Any]:
    return evaluate(read("t.dmn", content), variables, {}).result


def of(*parts: Any, **named: Any) -> Decision:
    return read("t.dmn", file(table(*parts, **named)))


ROWS = ((">= 1", '"low"'), (">= 5", '"middle"'), (">= 9", '"high"'))
ORDERED = '<output name="x"><outputValues><text>"high","middle","low"</text></outputValues></output>'


@pytest.mark.parametrize(
    ("policy", "n", "expected"),
    [
        ("FIRST", 10, "low"),
        ("FIRST", 0, None),
        ("PRIORITY", 10, "high"),
        ("PRIORITY", 6, "middle"),
        ("RULE ORDER", 10, ["low", "middle", "high"]),
        ("OUTPUT ORDER", 10, ["high", "middle", "low"]),
        ("COLLECT", 6, ["low", "middle"]),
        ("COLLECT", 0, []),
        ("RULE ORDER", 0, []),
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 0, None),
        ("ANY", 3, "low"),
    ],
)
def test_each_hit_policy_gives_what_the_standard_says(policy: str, n: int, expected: object) -> None:
    assert evaluate(of(f'hitPolicy="{policy}"', *ROWS, outputs=ORDERED), {"n": n}, {}).result == {"x": expected}


@pytest.mark.parametrize(
    ("aggregation", "n", "expected"),
    [
        ("SUM", 10, Decimal("12.5")),
        ("MIN", 10, Decimal("2.5")),
        ("MAX", 10, 10),
        ("COUNT", 10, 2),
        ("COUNT", 0, 0),
        ("SUM", 0, None),
    ],
)
def test_what_is_collected_can_be_aggregated(aggregation: str, n: int, expected: object) -> None:
    rules = ((">= 1", "2.5"), (">= 5", "n"))
    assert evaluate(of(f'hitPolicy="COLLECT" aggregation="{aggregation}"', *rules), {"n": n}, {}).result == {"x": expected}


def test_only_numbers_can_be_summed() -> None:
    with pytest.raises(ExecutionFailed, match="SUM needs numbers"):
        evaluate(of('hitPolicy="COLLECT" aggregation="SUM"', ("-", '"a"')), {"n": 1}, {})


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rows_that_disagree_are_a_failure_that_names_them(policy: str) -> None:
    with pytest.raises(ExecutionFailed, match="decision table t, rows 1, 2 hold"):
        evaluate(of(f'hitPolicy="{policy}"', *ROWS), {"n": 6}, {})


def test_rows_of_any_may_agree() -> None:
    assert evaluate(of('hitPolicy="ANY"', ("> 1", "7"), ("> 2", "7")), {"n": 5}, {}).result == {"x": 7}


def test_no_row_gives_the_default_value() -> None:
    default = '<output name="x"><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>'
    assert evaluate(of("", *ROWS, outputs=default), {"n": 0}, {}).result == {"x": "none"}


def test_no_row_of_a_table_in_our_language_is_a_failure_unless_it_has_a_default() -> None:
    ours = (("? >= 1", "'low'"), ("? >= 5", "'high'"))
    with pytest.raises(ExecutionFailed, match="no row holds for these values of n"):
        asked(file(table('hitPolicy="FIRST"', *ours), language=OURS), n=0)
    default = '<output name="x"><defaultOutputEntry><text>None</text></defaultOutputEntry></output>'
    assert asked(file(table('hitPolicy="FIRST"', *ours, outputs=default), language=OURS), n=0) == {"x": None}


def test_several_outputs_are_ordered_by_the_first_and_then_the_next() -> None:
    outputs = ORDERED + '<output name="y"><outputValues><text>1, 2</text></outputValues></output>'
    rules = (("-", '"low"', "1"), ("-", '"high"', "2"), ("-", '"high"', "1"))
    assert evaluate(of('hitPolicy="PRIORITY"', *rules, outputs=outputs), {"n": 0}, {}).result == {"x": "high", "y": 1}
    collected = evaluate(of('hitPolicy="OUTPUT ORDER"', *rules, outputs=outputs), {"n": 0}, {}).result
    assert collected == {"x": ["high", "high", "low"], "y": [1, 2, 1]}


def test_a_value_without_a_priority_is_a_failure() -> None:
    with pytest.raises(ExecutionFailed, match="a value of the output x is not among its output values"):
        evaluate(of('hitPolicy="PRIORITY"', ("-", '"higher"'), outputs=ORDERED), {"n": 0}, {})


def test_an_evaluation_is_explained_row_by_row() -> None:
    two = of('hitPolicy="COLLECT"', ("> 5", '"a"', "1"), ("< 5", "-", "2"), ("> 1", '"b"', "3"), inputs=("n", "word"))
    outcome = evaluate(two, {"n": 6, "word": "b"}, {})
    assert (outcome.rows, outcome.missed, outcome.inputs) == ((3,), {1: "word", 2: "n"}, {"n": 6, "word": "b"})


LITERAL = (
    '<decision id="fee" name="Fee">{before}<variable name="fee"/><literalExpression><text>{text}</text></literalExpression></decision>'
)
REQUIRES = '<informationRequirement id="r_{0}"><requiredDecision href="#{0}"/></informationRequirement>'


def test_a_decision_may_be_one_expression() -> None:
    assert asked(file(LITERAL.format(before="", text="if n &gt; 3 then n * 1.5 else 0")), n=4) == {"fee": Decimal("6.0")}


def test_what_a_decision_requires_is_asked_first() -> None:
    first = table("", ("< 5", '"small"'), (">= 5", '"large"'), outputs='<output name="size"/>', id_="size_of")
    then = table("", ('"small"', "1"), ('"large"', "fee + 1"), inputs=("size",), before=REQUIRES.format("size_of") + REQUIRES.format("fee"))
    content = file(then, LITERAL.format(before=REQUIRES.format("size_of"), text='if size_of = "large" then n else 0'), first)
    outcome = evaluate(read("t.dmn", content), {"n": 7}, {})
    assert outcome.result == {"x": 8}
    assert [(one.decision, one.rows, one.result) for one in outcome.required] == [
        ("size_of", (2,), {"size": "large"}),
        ("fee", (), {"fee": 7}),
    ]


def test_names_with_spaces_may_be_used_in_feel() -> None:
    variable = '<variable name="Monthly Fee"/>'
    first = f'<decision id="d1">{variable}<literalExpression><text>n * 2</text></literalExpression></decision>'
    second = (
        f'<decision id="t" name="Yearly Fee">{REQUIRES.format("d1")}'
        "<literalExpression><text>Monthly  Fee * 12</text></literalExpression></decision>"
    )
    assert asked(file(first, second), n=1) == {"t": 24}


def test_the_input_may_be_a_date_that_came_as_text() -> None:
    column = "<input><inputExpression typeRef='date'><text>day</text></inputExpression></input>"
    cell = '[date("2026-01-01")..date("2026-03-31")]'
    rule = f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    content = file(f"<decision id='t'><decisionTable>{column}<output/>{rule}</decisionTable></decision>")
    assert [asked(content, day=day) for day in ("2026-03-31", "2026-04-01", None)] == [{"t": 1}, {"t": None}, {"t": None}]


def test_a_file_without_a_decision_cannot_be_read() -> None:
    with pytest.raises(InvalidDeployment):
        read("t.dmn", file())
