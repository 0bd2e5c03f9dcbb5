"""What conditions, decision cells and scripts compute."""

import datetime
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from engine.bpmn import expressions, values
from engine.bpmn.expressions import Budget, BudgetUsedUp, ExpressionError, evaluate, execute

CASE: dict[str, Any] = {
    "price": Decimal("99.90"),
    "freight": 12.5,
    "days_late": 4,
    "vote": "approve",
    "flag": True,
    "nothing": None,
    "chain": ["team_lead", "dept_manager"],
    "case": {"level": 2, "customer": {"name": "Li"}, "items": [{"price": 3.1}, {"price": 1}]},
    "day": datetime.date(2026, 3, 1),
    "hours": datetime.timedelta(hours=3),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price + freight", Decimal("112.40")),
        ("round(price * 0.3, 2)", Decimal("29.97")),
        ("round(max(10, min(0.30 * price, 0.05 * price * days_late)), 2)", Decimal("19.98")),
        ("round(2.665, 2)", Decimal("2.67")),
        ("round(-2.665, 2)", Decimal("-2.67")),
        ("round(2.5)", Decimal(3)),
        ("round(1250, -2)", Decimal(1300)),
        ("0.1 + 0.2 == 0.3", True),
        ("1 / 3 * 3", Decimal("0.9999999999999999999999999999")),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("-7.5 // 2", Decimal(-4)),
        ("-7.5 % 2", Decimal("0.5")),
        ("-7 % 2", 1),
        ("2 ** 10", 1024),
        ("2 ** -1", Decimal("0.5")),
        ("4 ** 0.5", Decimal(2)),
        ("1 << 4 | 1", 17),
        ("50 * days_late", 200),
        ("flag and days_late > 3", True),
        ("vote == 'approve' and not nothing", True),
        ("nothing is None", True),
        ("'team_lead' in chain", True),
        ("vote not in ['return', 'reject']", True),
        ("1 < days_late <= 4", True),
        ("case.level + case['level']", 4),
        ("case.customer.name.upper()", "LI"),
        ("case.get('missing', 'none')", "none"),
        ("sum(item.price for item in case['items'])", Decimal("4.1")),
        ("[item['price'] for item in case['items'] if item.price > 2]", [Decimal("3.1")]),
        ("max(case['items'], key='price')", {"price": Decimal("3.1")}),
        ("sorted(chain)[0]", "dept_manager"),
        ("sorted([3, 1, 2], reverse=True)", [3, 2, 1]),
        ("chain[-1]", "dept_manager"),
        ("chain[1.0]", "dept_manager"),
        ("chain[4 / 4]", "dept_manager"),
        ("'abcdef'[1:6 / 2]", "bc"),
        ("range(6 / 2)", [0, 1, 2]),
        ("'-' * (6 / 2)", "---"),
        ("[0] * 2.0", [0, 0]),
        ("(1, 2)", [1, 2]),
        ("[[n, name] for n, name in enumerate(chain, 1)]", [[1, "team_lead"], [2, "dept_manager"]]),
        ("zip([1, 2], 'ab')", [[1, "a"], [2, "b"]]),
        ("{name: len(name) for name in chain}", {"team_lead": 9, "dept_manager": 12}),
        ("{1, 2} | {3}", {1, 2, 3}),
        ("', '.join(sorted(set(chain)))", "dept_manager, team_lead"),
        ("all(len(name) > 3 for name in chain) and any([0, 1])", True),
        ("dict([['a', 1]], b=2)", {"a": 1, "b": 2}),
        ("case.customer | {'vip': True}", {"name": "Li", "vip": True}),
        ("f'{price:.1f} CNY for {vote:>9}, {days_late:03d}, {1234.5:,.2f}, {0.125:.0%}'", "99.9 CNY for   approve, 004, 1,234.50, 13%"),
        ("str(1.50) + str(2) + str(True) + str(None) + str(day)", "1.502TrueNone2026-03-01"),
        ("str(Decimal('1E+3'))", "1000"),
        ("int('12') + int(3.9) + int(-3.9)", 12),
        ("Decimal('44.85') == 44.85", True),
        ("abs(-2.5)", Decimal("2.5")),
        ("day + timedelta(days=30 / 10)", datetime.date(2026, 3, 4)),
        ("date('2026-03-05') - day", datetime.timedelta(days=4)),
        ("(date('2026-03-05') - day).days", 4),
        ("hours.total_seconds()", Decimal(10800)),
        ("day.weekday()", 6),
        ("datetime('2026-03-01T09:00:00+08:00').isoformat()", "2026-03-01T09:00:00+08:00"),
        ("'yes' if price > 50 else 'no'", "yes"),
        ("vote\n  == 'approve'\n  and flag  # both", True),
        ("'two ' 'parts'.replace('a', 'b')", "two pbrts"),
        ("r'a\\d' + '\\\\d\\n'", "a\\d\\d\n"),
    ],
)
def test_an_expression_has_the_value_a_process_owner_expects(text: str, expected: Any) -> None:
    value = evaluate(text, CASE)
    assert value == expected
    assert type(value) is type(expected)
    values.dumps(value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("? == 0", 0, True),
        ("0 < ? <= 200", Decimal("200.00"), True),
        ("200 < ? <= 2000", 200, False),
        ("'KW-SAFETY' in ?", ["KW-FOOD", "KW-SAFETY"], True),
        ("? in ('SF', 'PI')", "PI", True),
        ("? == '?'", "?", True),
        ("? == \"what?\" or ? == '\\'?'", "'?", True),
        ("? > limit", 7, True),
        ("str(?)", 7, "7"),
    ],
)
def test_a_question_mark_is_the_input_of_a_decision_cell(text: str, value: Any, expected: Any) -> None:
    assert evaluate(text, {expressions.INPUT: value, "limit": 5}) == expected


def test_rounding_is_commercial_for_a_thousand_amounts() -> None:
    chance = random.Random(1)
    for _ in range(1000):
        cents = chance.randrange(-(10**9), 10**9)
        amount = Decimal(cents) / 1000
        assert evaluate("round(a, 2)", {"a": amount}) == amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def test_a_number_is_taken_as_it_is_written() -> None:
    assert str(evaluate("0.12345678901234567890123 + 0", {})) == "0.12345678901234567890123"
    assert str(evaluate("1.10", {})) == "1.10"
    assert evaluate("1_000.5", {}) == Decimal("1000.5")


def test_floats_of_json_become_exact_wherever_they_are() -> None:
    assert evaluate("data", {"data": [{"a": 0.1}, (0.2,)]}) == [{"a": Decimal("0.1")}, [Decimal("0.2")]]
    assert evaluate("a + b == 0.3", {"a": 0.1, "b": 0.2}) is True
    assert evaluate("a * 3 + 0.5", {"a": 0.1}) == Decimal("0.8")


def test_large_whole_numbers_leave_as_exact_decimals() -> None:
    value = evaluate("3 ** 100", {})
    assert value == 3**100
    assert values.loads(values.dumps(value)) == 3**100


def test_given_functions_are_called_and_their_floats_made_exact() -> None:
    functions: dict[str, Callable[..., Any]] = {
        "working_time": lambda duration: f"in {duration}",
        "rate": lambda *, day: 0.1,
        "round": lambda value: "ours",
    }
    assert evaluate("working_time(within)", {"within": "PT8H"}, functions=functions) == "in PT8H"
    assert evaluate("rate(day=1) * 3", {}, functions=functions) == Decimal("0.3")
    assert evaluate("round(1)", {}, functions=functions) == "ours"


def test_an_expression_changes_nothing() -> None:
    variables = {"list": [3, 1], "data": {"a": [1]}}
    evaluate("sorted(list) + data.a", variables)
    assert variables == {"list": [3, 1], "data": {"a": [1]}}
    result = evaluate("data", variables)
    assert result == variables["data"]
    assert result is not variables["data"]


def test_only_what_is_read_needs_to_be_plain_data() -> None:
    assert evaluate("a + 1", {"a": 1, "odd": object()}) == 2
    with pytest.raises(ExpressionError, match="kind object is not plain data"):
        evaluate("odd", {"odd": object()})


def test_a_script_sets_variables_and_keeps_the_types_of_whole_numbers() -> None:
    variables: dict[str, Any] = {"base_band": 1, "requested": Decimal(500), "standard_amount": Decimal(200), "goodwill_payments": 2}
    execute(
        """
        band = base_band
        if requested > standard_amount:
            band = min(5, max(1, base_band + 1))
        if goodwill_payments >= 2:
            band = max(1, band)
        """,
        variables,
    )
    assert variables["band"] == 2
    assert type(variables["band"]) is int


def test_a_script_can_change_lists_and_data_in_place() -> None:
    variables: dict[str, Any] = {"votes": ["a"], "case": {"n": 1, "deep": {"m": [0, 0]}}, "untouched": [1]}
    execute(
        "votes.append('b')\ncase['n'] += 1\ncase['deep']['m'][1.0] = 5\ncopy = votes\ncopy.extend(['c'])\nx, y = 1, [2]\nx += 1\ny += [3]",
        variables,
    )
    assert variables["votes"] == ["a", "b", "c"]
    assert variables["case"] == {"n": 2, "deep": {"m": [0, 5]}}
    assert (variables["x"], variables["y"], variables["untouched"]) == (2, [2, 3], [1])


def test_loops_end_and_their_names_are_not_kept() -> None:
    variables: dict[str, Any] = {"items": [1, 2, 3]}
    execute(
        """
        total = 0
        for item in items:
            if item == 3:
                break
            total += item
        while total < 10:
            total *= 2
        for _ in items: pass
        """,
        variables,
    )
    assert variables == {"items": [1, 2, 3], "total": 12}


def test_members_changed_in_a_loop_are_kept_in_their_list() -> None:
    variables: dict[str, Any] = {"items": [{"n": 1}, {"n": 2}]}
    execute("for item in items:\n    item['n'] *= 10", variables)
    assert variables == {"items": [{"n": 10}, {"n": 20}]}


def test_a_script_that_fails_changes_nothing() -> None:
    variables: dict[str, Any] = {"votes": ["a"]}
    with pytest.raises(ExpressionError) as failure:
        execute("votes.append('b')\ndone = True\nx = missing", variables)
    assert variables == {"votes": ["a"]}
    assert failure.value.line == 3


def test_evaluations_can_share_one_budget() -> None:
    budget = Budget(steps=50)
    for _ in range(2):
        evaluate("sum(n for n in range(10))", {}, budget=budget)
    with pytest.raises(BudgetUsedUp, match="too many steps"):
        evaluate("sum(n for n in range(10))", {}, budget=budget)


def test_ten_thousand_steps_are_enough_for_a_few_thousand_turns() -> None:
    variables: dict[str, Any] = {}
    execute("total = 0\nfor n in range(3000):\n    total += n", variables)
    assert variables["total"] == 4498500


def test_variables_of_chinese_names_work() -> None:
    assert evaluate("金额 > 100", {"金额": 101}) is True


@pytest.mark.parametrize(
    ("script", "said", "line"),
    [
        ("raise ValueError('The amount is missing')", "The amount is missing", 1),
        ("n = 5\nif n > 3:\n    raise Exception(f'{n} is too many')", "5 is too many", 3),
        ("raise KeyError('a', 2, [1, 'b']) from None", "a, 2, [1, 'b']", 1),
        ("raise RuntimeError('two\\n  lines')", "two lines", 1),
        ("raise ValueError", "The script ended itself (raise or assert) without saying why.", 1),
        ("raise SystemExit('out')", "out", 1),
        ("raise ValueError('a' * 1000)", "a" * 297 + "...", 1),
        ("x = 1\nassert x > 2, 'x is too small'", "x is too small", 2),
        ("assert False", "The script ended itself (raise or assert) without saying why.", 1),
    ],
)
def test_a_script_says_why_it_ends_itself(script: str, said: str, line: int) -> None:
    variables: dict[str, Any] = {"kept": 1}
    with pytest.raises(ExpressionError) as failure:
        execute("kept = 2\n" + script, variables)
    assert (failure.value.message, failure.value.line) == (said, line + 1)
    assert variables == {"kept": 1}


def test_an_assert_that_holds_is_passed() -> None:
    variables: dict[str, Any] = {}
    execute("assert 1 < 2, nothing.at.all\nx = 1", variables)
    assert variables == {"x": 1}


def test_a_script_takes_variables_and_members_away() -> None:
    variables: dict[str, Any] = {"a": 1, "b": 2, "c": 3, "d": {"x": 1, "y": 2}, "items": [1, 2, 3], "again": 1}
    execute("del a, again\nif c == 0:\n    del c\nagain = 5\ndel d['x'], items[0], items[-1]", variables)
    assert variables == {"b": 2, "c": 3, "d": {"y": 2}, "items": [2], "again": 5}
    with pytest.raises(ExpressionError, match="no variable 'a'"):
        execute("del a", variables)
    with pytest.raises(ExpressionError, match="no such field"):
        execute("del d['x']", variables)


def test_what_is_printed_is_noted_as_it_is_written_without_values() -> None:
    budget = Budget()
    script = """print('order', order['id'], f"is {name} by {order['id']:d}", sep='-', end='')\nprint()"""
    execute(script, {"order": {"id": 77}, "name": "Li"}, budget=budget)
    assert budget.said == ["order {order['id']} is {name} by {order['id']}", ""]
    with pytest.raises(ExpressionError, match="no variable 'missing'"):
        execute("print(missing)", {})
    budget = Budget()
    execute("for n in range(100):\n    print('0123456789')", {}, budget=budget)
    assert sum(map(len, budget.said)) == 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("isinstance(days_late, int) and isinstance(price, float) and isinstance(vote, (int, str))", True),
        ("isinstance(chain, (list, dict)) and isinstance(case, dict) and isinstance((1, 2), tuple)", True),
        ("isinstance(vote, int) or isinstance(nothing, str) or isinstance(days_late, float)", False),
        ("float('1.50') + float(2)", Decimal("3.50")),
        ("tuple(chain)", ["team_lead", "dept_manager"]),
        ("divmod(7, 2) + [pow(2, 3)]", [3, 1, 8]),
        ("str(case)", "{'level': 2, 'customer': {'name': 'Li'}, 'items': [{'price': 3.1}, {'price': 1}]}"),
        ("f'{chain} {nothing!s}'", "['team_lead', 'dept_manager'] None"),
        ('str([day, True, None, hours, "it\'s"])', "['2026-03-01', True, None, 3:00:00, \"it's\"]"),
        ("date(2026, 3, 1) == day", True),
        ("datetime(2026, 3, 1, 9, 30).isoformat()", "2026-03-01T09:30:00"),
        ("day + timedelta(3)", datetime.date(2026, 3, 4)),
        ("'aB'.swapcase()", "Ab"),
    ],
)
def test_common_words_of_python_are_understood(text: str, expected: Any) -> None:
    value = evaluate(text, CASE)
    assert value == expected
    assert type(value) is type(expected)


def test_a_list_is_sorted_in_place_and_data_updated_by_fields() -> None:
    variables: dict[str, Any] = {"items": [{"n": 2}, {"n": 1}], "numbers": [1, 3, 2], "data": {"a": 1}}
    execute("items.sort(key='n')\nnumbers.sort(reverse=True)\ndata.update(a=2, b=3)\ndata.update({'c': 4}, d=5)", variables)
    assert variables == {"items": [{"n": 1}, {"n": 2}], "numbers": [3, 2, 1], "data": {"a": 2, "b": 3, "c": 4, "d": 5}}
