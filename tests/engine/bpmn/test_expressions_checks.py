"""What is said about a text at deployment, and when it fails: a sentence for the person who drew the process."""

from decimal import Decimal
from typing import Any

import pytest

from engine.bpmn.expressions import (
    ExpressionError,
    Names,
    check_expression,
    check_script,
    check_timer,
    evaluate,
    execute,
    is_iso_timer,
    names,
    names_of_script,
)

VARIABLES: dict[str, Any] = {"amount": Decimal(5), "level": 2, "name": "secret", "data": {"a": 1}, "list": [1], "?": "secret"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("amount = 5", "write '==' to compare"),
        ("amount == 5 and level = 2", "write '==' to compare"),
        ("amount > 5 && level", "write 'and'"),
        ("amount > 5 || level", "write 'or'"),
        ("!level", "write 'not'"),
        ("amount >", "This is not an expression: it cannot be read, near 'amount >'."),
        ("007", "a number is not written as one"),
        ("a b \\ c", "there is a backslash"),
        ("a if b", "an 'else' is missing"),
        ("a)", "a bracket is closed that was not opened"),
        ("(amount > 5", "'(' was never closed"),
        ("'text", "a text is not closed"),
        ("amount level", "near 'level'"),
        ("? ? 1", "near '? 1'"),
        ("", "nothing to compute"),
        ("  # later", "nothing to compute"),
        ("name.format(1)", "There is no method 'format' here."),
        ("list.append(1)", "a condition only reads"),
        ("lambda: 1", "Functions cannot be defined here"),
        ("level is 2", "use == to compare"),
        ("name.__class__", "begins with an underscore"),
        ("'\\d'", "a backslash is written twice"),
        ("1if level else 2", "Behind a number there is a space, unlike in '1if'."),
        ("level == 1or 0x1f", "unlike in '1or'"),
        ("1 +\0 1", "cannot"),
        ("x" * 3000, "longer than 2,000 characters"),
    ],
)
def test_a_wrong_expression_is_refused_with_a_sentence(text: str, said: str) -> None:
    message = check_expression(text)
    assert message is not None
    assert said in message
    assert message.endswith(".")


def test_unknown_functions_are_named_when_the_known_ones_are_given() -> None:
    assert check_expression("working_time('PT4H')") is None
    assert check_expression("working_time('PT4H')", {"working_time"}) is None
    message = check_expression("workingtime('PT4H')", {"working_time"})
    assert message is not None
    assert message.startswith("There is no function 'workingtime' here; known are Decimal, abs,")
    assert "working_time" in message
    assert check_script("x = 1\ny = nowhere(x)", set()) is not None


@pytest.mark.parametrize(
    ("script", "said", "line"),
    [
        ("a = 1\nimport os\n", "Nothing can be imported", 2),
        ("\n\n  a = 1\n  b = a +\n", "This is not a script", 4),
        ("a = 1\n  b = 2", "a line begins too far to the right or to the left", 2),
        ("break", "there is no loop around it", 1),
        ("if a:\nb = 1", "a line begins too far to the right or to the left", 2),
        ("for n in b:\n    try:\n        pass\n    except: pass", "try cannot be used", 2),
        ("a = 1\nb = '\\d'", "backslash", 2),
        ("a.b = 1", "data['b']", 1),
        ("a =\n" * 4000, "longer than 10,000 characters", None),
    ],
)
def test_a_wrong_script_is_refused_with_its_line(script: str, said: str, line: int | None) -> None:
    refusal = check_script(script)
    assert refusal is not None
    assert said in refusal[0]
    assert refusal[1] == line


def test_what_is_right_is_not_refused() -> None:
    assert check_expression("? > 5 and vote == 'approve'") is None
    assert check_script("a = 1\nfor n in b:\n    a += n") is None
    assert check_script("") is None
    assert check_script("# nothing to do") is None


@pytest.mark.parametrize("text", ["PT24H", "P3D", "P1DT12H", "P1W", "PT0S", "R3/PT4H", "R/P1D", "R5/2026-03-01T09:00:00Z/PT4H"])
def test_iso_timers_are_taken_as_they_stand(text: str) -> None:
    assert is_iso_timer(text)
    assert check_timer(text) is None
    assert check_timer(f"'{text}'") is None


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01T09:00:00+08:00", "2026-03-01T09:00Z"])
def test_dates_are_timers(text: str) -> None:
    assert is_iso_timer(text)
    assert check_timer(text) is None


@pytest.mark.parametrize("text", ["PT", "P", "P4H", "PT4", "4H", "R3/", "R3/4H", "2026-13-01", "P1DT", "R3/P1D/x", "'PT4'", "P1D2H"])
def test_what_looks_like_iso_and_is_not_is_refused(text: str) -> None:
    assert not is_iso_timer(text)
    assert check_timer(text) is not None


def test_a_timer_can_be_an_expression() -> None:
    assert not is_iso_timer("working_time(approve_within)")
    assert check_timer("working_time(approve_within)") is None
    assert check_timer("working_time(approve_within)", {"working_time"}) is None
    assert check_timer("working_time(") is not None
    assert check_timer("PATIENCE") is None


def test_names_tell_what_a_text_needs() -> None:
    assert names("? > limit and sum(n.price for n in items) > rate(day)") == Names(
        variables=frozenset({"?", "limit", "items", "day"}), functions=frozenset({"sum", "rate"})
    )
    assert names_of_script("for n in items:\n    total = start + n\nx['a'] = total") == Names(
        variables=frozenset({"items", "start", "x", "total"}), functions=frozenset(), assigned=frozenset({"total"})
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("amont > 5", "There is no variable 'amont' here; known are amount, data, level, list, name. Did you mean amount?"),
        ("true", "Did you mean True?"),
        ("sum", "'sum' is a function; call it with brackets"),
        ("nothing(5)", "There is no function 'nothing' here; known are"),
        ("amount / 0", "A number was divided by zero."),
        ("0.0 / 0", "This calculation has no usable result"),
        ("name + 1", "Text and a number cannot be added. Write str(...) around the number."),
        ("name < 1", "Text and a number cannot be compared with <."),
        ("name < amount", "Text and a number cannot be compared with <."),
        ("? > 5", "Text and a number cannot be compared with >."),
        ("None + 1", "Nothing (None) and a number cannot be added."),
        ("-name", "Text is not a number."),
        ("data.b", "The data has no field 'b'; use .get('b') if it may be missing."),
        ("data['b']", "The data has no such field"),
        ("level.b", "A number has no field 'b'."),
        ("list[5]", "The list or text has no member at this position."),
        ("list[0.5]", "A position must be a whole number, not one with a fraction."),
        ("level.upper()", "A number has no method 'upper'."),
        ("round(name)", "round needs a number, not text."),
        ("round(1, 2, 3)", "called with the wrong arguments"),
        ("max([])", "max of an empty list is unknown"),
        ("{list: 1}", "A list cannot be a key or a member of a set."),
        ("1 in level", "Nothing can be looked for in a number."),
        ("1 in name", "In text only text can be looked for, not a number."),
        ("', '.join([1])", "join needs a list of texts"),
        ("Decimal(name)", "This text is not a number."),
        ("date(name)", "This text is not a date"),
        ("datetime('2026-01-01') < datetime('2026-01-01T00:00Z')", "One of the two times has a time zone and the other has none."),
        ("[n for n in level]", "A number cannot be gone through one by one."),
    ],
)
def test_a_failure_is_a_sentence_without_values(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as failure:
        evaluate(text, VARIABLES)
    assert said in failure.value.message
    assert "secret" not in failure.value.message


def test_a_failure_in_a_script_has_its_line() -> None:
    with pytest.raises(ExpressionError) as failure:
        execute("\n  a = 1\n  b = [n for n in\n    list]\n  a, b = list\n", dict(VARIABLES))
    assert failure.value.message == "The list has more or fewer members than there are names."
    assert failure.value.line == 5


def test_many_variables_are_not_all_listed() -> None:
    with pytest.raises(ExpressionError, match=r"v09 and 90 more|and 70 more"):
        evaluate("missing", {f"v{n:02}": n for n in range(100)})


def test_a_missing_input_is_called_by_its_sign() -> None:
    with pytest.raises(ExpressionError, match=r"no variable '\?'"):
        evaluate("? > 1", {})
