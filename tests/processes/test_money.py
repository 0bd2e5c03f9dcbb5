"""Amounts of money as people and programs send them."""

from decimal import Decimal
from typing import Any

import pytest

from engine.errors import Problem
from processes import money


@pytest.mark.parametrize(("value", "amount"), [("44.85", "44.85"), (Decimal("5196"), "5196.00"), (0, "0.00"), ("1e2", "100.00")])
def test_an_amount_is_read_to_the_cent(value: Any, amount: str) -> None:
    assert str(money.read(value, pointer="/x")) == amount


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("many", "TYPE"),
        (44.85, "TYPE"),
        (None, "TYPE"),
        (True, "TYPE"),
        ("-1", "RANGE"),
        ("NaN", "RANGE"),
        ("Infinity", "RANGE"),
        ("1e30", "RANGE"),
        ("100000000", "RANGE"),
        ("1.005", "DECIMALS"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_place(value: Any, code: str) -> None:
    problem = money.read(value, pointer="/x")
    assert isinstance(problem, Problem)
    assert (problem.code, problem.pointer) == (code, "/x")


def test_half_a_cent_is_rounded_up() -> None:
    assert money.rounded(Decimal("0.005")) == Decimal("0.01")
    assert money.rounded(Decimal("88.025")) == Decimal("88.03")


def test_an_amount_in_a_letter_has_its_thousands_apart() -> None:
    assert money.shown(Decimal("1234567.5")) == "1,234,567.50"
    assert money.shown(None) == ""
