"""Amounts of money: CNY with two decimals, Decimal everywhere, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from engine.errors import Problem

CENT = Decimal("0.01")
MOST = Decimal("99999999.99")  # a claim above a hundred million is a slip of the keyboard


def rounded(amount: Decimal) -> Decimal:
    """To whole cents, half up: what a customer expects of 0.005."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def shown(amount: Decimal | None) -> str:
    """As it stands in a letter: `5,196.00`."""
    return "" if amount is None else f"{rounded(amount):,}"


def read(value: Any, *, pointer: str) -> Decimal | Problem:
    """An amount as it was sent: a Decimal, a whole number or a text like "44.85"; a Problem says what is wrong with it."""
    if value == "":
        return Problem(code="REQUIRED", pointer=pointer, message="Give the amount.")
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        return Problem(code="TYPE", pointer=pointer, message='An amount is written as a text with two decimals, for example "44.85".')
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return Problem(code="TYPE", pointer=pointer, message=f"'{value}' is not an amount; write for example 44.85.")
    if not amount.is_finite() or amount < 0 or amount > MOST:
        return Problem(code="RANGE", pointer=pointer, message=f"An amount is between 0 and {MOST:,}.")
    if amount != rounded(amount):
        return Problem(code="DECIMALS", pointer=pointer, message="An amount has at most two decimals.")
    return rounded(amount)
