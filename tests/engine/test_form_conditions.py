"""Conditions of forms. What is expected of them was computed by feelin, the FEEL of form-js, for the same values."""

import pytest

from engine import form_conditions
from engine.form_conditions import UnsupportedCondition

VALUES = {"a": "x", "m": "y", "n": 5, "b": True, "f": False, "e": None, "l": ["p", "q"]}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("= b", True),
        ("= m", False),
        ("= f", False),
        ('= a = "x"', True),
        ('=a!="x"', False),
        ("= n > e", True),
        ("= 1 = n", False),
        ("= n = 5.0", True),
        ("= m != a", True),
        ("= e <= n", True),
        ("= e != l", True),
        ("= f != b", True),
        ("= not(a)", True),
        ("= zz = 1", False),
        ("= zz = null", True),
        ('= zz != "x"', True),
        ("= zz < -3", True),
        ('= n = "y"', True),
        ("= n < 4.5", False),
        ("= not(zz)", False),
        ("= not(b)", False),
        ("= e and b", True),
        ("= e or f", True),
        ('= a < "x"', False),
        ('= "y" != m', False),
        ('= a >= "y"', False),
        ("= (a != zz)", True),
        ("= false = n", True),
        ("= n != null", True),
        ("= (m <= -3)", False),
        ("= not(a >= e)", False),
        ("= not(a != m)", False),
        ("= not(zz > zz)", False),
        ('= not(f = "x")', False),
        ('= not("x" != e)', False),
        ("= (not((zz <= 1)))", True),
        ('= "y" < m or e != b', True),
        ('= e <= "x" and a = b', True),
        ("= e = 4.5 or false = zz", False),
        ('= 5 <= "x" and not(5 = b)', False),
        ("= not(not(4.5 >= e or m > 1))", False),
        ('= n > m and m != "x" or e >= a', True),
        ('= a = "x" and n > 1 or f', True),
        ('= a = "z" and (n > 1 or b)', False),
        ('= n >= 5 and not(a = "y")', True),
    ],
)
def test_a_condition_holds_when_the_browser_says_so(text: str, holds: bool) -> None:
    assert form_conditions.parse(text).holds(VALUES) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1", "begins with '='"),
        ("=", "missing at its end"),
        ("= a =", "missing at its end"),
        ("= a = 1 b", "'b' is not expected"),
        ("= a == 1", "'=' is not expected"),
        ("= (a = 1", "')' is missing"),
        ("= a + 1 > 2", "'+ 1 > 2' is not understood"),
        ("= count(a) > 1", "'(' is not expected"),
        ("= a.b = 1", "'.b = 1' is not understood"),
        ("= if a then b else c", "'a' is not expected"),
        ('= a = "open', "is not understood"),
        ("= not a", "'(' is missing"),
        ("= a in [1]", "'[1]' is not understood"),
        ("= and", "'and' is not expected"),
        ("= a > true", "only numbers and texts"),
        ("= null < a", "only numbers and texts"),
        ("= " + "(" * 50 + "a" + ")" * 50, "too deep"),
    ],
)
def test_other_conditions_are_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(UnsupportedCondition) as refusal:
        form_conditions.parse(text)
    assert said in str(refusal.value)


def test_a_condition_knows_the_fields_it_reads() -> None:
    condition = form_conditions.parse('= a = "b" and not(金额 > c) or "d" = true')
    assert condition.fields == {"a", "金额", "c"}


def test_texts_may_hold_quotes() -> None:
    assert form_conditions.parse(r'= a = "say \"x\""').holds({"a": 'say "x"'})
