"""FEEL, said in our expression language."""

from decimal import Decimal
from typing import Any

import pytest

from engine.bpmn import feel
from engine.bpmn.decision_languages import spell_out
from engine.bpmn.decisions import cell_of, equal
from engine.bpmn.expressions import INPUT, evaluate
from engine.bpmn.xml import safe_root
from tests.engine.bpmn.checks.deployment import GOOD, run

DATA = {"a": 4, "l": [1, 2, 3], "s": "abc", "nothing": None, "p": {"q": 2}, "Monthly_Fee": 2}


def holds(text: str, value: Any) -> bool:
    """Whether an input cell holds for a value."""
    cell = cell_of(feel.unary_tests(text))
    if cell is None:
        return True
    found = evaluate(cell.text, {**DATA, INPUT: value})
    return bool(found) if cell.condition else equal(value, found)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("5", 5, 6),
        ("-5", -5, 5),
        ("-", None, ...),
        ('"a"', "a", "b"),
        ("true", True, 1),
        ("null", None, 0),
        ("< 5", 4, 5),
        ("<= 5", 5, 6),
        ("> 5", 6, None),
        (">= a + 1", 5, 4),
        ("!= 5", 4, 5),
        ("= 5", 5, 4),
        ("[1..10]", 10, 11),
        ("(1..10]", 2, 1),
        ("[1..10)", 1, 10),
        ("]1..10[", 9, 10),
        ("[-5..-1]", -5, 0),
        ("[1.5..2.5]", Decimal("2.5"), 3),
        ("[a..a+2]", 6, 7),
        ("1,2,5", 5, 3),
        ("< 3, > 10", 11, 5),
        ("[1..3], 7, [9..10]", 7, 8),
        ('"a","b"', "b", "c"),
        ("not(5)", 4, 5),
        ('not("a","b")', "c", "a"),
        ("not([1..3], > 10)", 5, 11),
        ("not(null)", 1, None),
        ("[1, 2]", 2, 3),
        ("? > 3 and ? < 5", 4, 5),
        ("? in (1, 2)", 2, 3),
        ('contains(?, "b")', "abc", "ac"),
        ("l[1]", 1, 2),
    ],
)
def test_an_input_cell_holds_or_not(text: str, yes: object, no: object) -> None:
    assert holds(text, yes)
    assert no is ... or not holds(text, no)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ('date("2026-01-01")', "2026-01-01", "2026-01-02"),
        ('> date("2026-01-01")', "2026-01-02", "2026-01-01"),
        ('[@"2026-01-01"..@"2026-02-01")', "2026-01-31", "2026-02-01"),
    ],
)
def test_an_input_cell_may_speak_of_days(text: str, yes: str, no: str) -> None:
    days = [evaluate(f"date('{day}')", {}) for day in (yes, no)]
    assert [holds(text, day) for day in days] == [True, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("0.1 + 0.2", Decimal("0.3")),
        ("-a", -4),
        ('if a > 3 then "x" else "y"', "x"),
        ("a between 1 and 5 and true", True),
        ("a in [1..5)", True),
        ("a in (1, 2)", False),
        ("a in < 5", True),
        ("for i in l return i * 2", [2, 4, 6]),
        ("some i in l satisfies i > 2", True),
        ("every i in l satisfies i > 2", False),
        ('"a" + s', "aabc"),
        ("l[2]", 2),
        ("p.q", 2),
        ('{x: 1, "y": 2}.y', 2),
        ("count(l)", 3),
        ("sum(l) + max(1, 2) - min(l)", 7),
        ("not(a = 4) or false", False),
        ("nothing = null", True),
        ("a != 4", False),
        ("Monthly  Fee * 2", 4),
        ('upper case(s) + lower case("A")', "ABCa"),
        ('starts with(s, "a") and ends with(s, "c")', True),
        ("string length(s)", 3),
        ('string(a) + "x"', "4x"),
        ('number("1.5")', Decimal("1.5")),
        ("decimal(2.345, 2)", Decimal("2.35")),
        ('string join(["a", "b"], "-")', "a-b"),
        ("list contains(l, 2)", True),
        ('date("2026-01-05") > date("2026-01-01")', True),
        ('date and time("2026-01-01T09:00:00Z") + duration("PT1H") = @"2026-01-01T10:00:00Z"', True),
        ('duration("P1DT2H") > duration("PT25H")', True),
        ('"say \\"hi\\" \\u00e4"', 'say "hi" ä'),
    ],
)
def test_an_expression_has_a_value(text: str, value: object) -> None:
    assert evaluate(feel.expression(text, ["Monthly Fee"]), DATA) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "a == 4",
        "a < b < c",
        "a ** 2",
        "l[a > 1]",
        "'single'",
        "True",
        "not a",
        'duration("P1M")',
        'date("tomorrow")',
        "function(x) x",
        "a instance of number",
        "(" * 60 + "1" + ")" * 60,
        "if a then 1",
        "contains(s)",
        "1 2",
        "-" * 5000 + "1",
        "a in ((" * 19 + "1",
        "1 + " * 30_000 + "1",
        '"never ends',
        "x.__class__ 1",
    ],
)
def test_what_is_no_feel_or_more_than_that_is_not_said_differently(text: str) -> None:
    with pytest.raises(feel.NotUnderstood):
        feel.expression(text)


def dmn(cell: str, language: str) -> bytes:
    """The table of the fixture deployment with this cell, in this language."""
    text = GOOD["band.dmn"].decode().replace(' expressionLanguage="urn:redress:expression:1"', language)
    return text.replace("? &lt;= 200", cell).encode()


@pytest.mark.parametrize(
    ("cell", "language", "said"),
    [
        ("[1..200]", "", "(? != None and 1 <= ? <= 200)"),
        ("1 &lt;= ? &lt;= 200", "", "1 <= ? <= 200"),
        ("not(5)", ' expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/"', "not ((? == 5))"),
    ],
)
def test_a_file_that_names_no_language_is_feel_or_else_ours(cell: str, language: str, said: str) -> None:
    root = spell_out(safe_root("band.dmn", dmn(cell, language)))
    assert next(root.iter("{*}inputEntry"))[0].text == said


@pytest.mark.parametrize(
    ("cell", "language", "words"),
    [
        ("1 &lt;= ? &lt;= 200", ' expressionLanguage="FEEL"', "as FEEL it is not understood: Two comparisons in a row"),
        ("[1..", "", "as FEEL it is not understood"),
        ("duration(&quot;P1M&quot;)", ' expressionLanguage="FEEL"', "The length of 'P1M' varies"),
    ],
)
def test_a_cell_that_is_not_understood_is_refused_with_its_place(cell: str, language: str, words: str) -> None:
    found = [one for one in run({**GOOD, "band.dmn": dmn(cell, language)}) if one.severity == "error"]
    assert [(one.rule, one.element) for one in found] == [("decision_tables", "small_input")]
    assert words in found[0].message
