"""A figure: its definition, the names of the counts it is made of, its target, and the cases behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from sqlalchemy import ColumnElement

from processes.reports.periods import Period
from processes.reports.words import Words

Unit = Literal["cases", "percent", "hours", "days", "score", "money"]
Better = Literal["more", "less"]
Standing = Literal["met", "missed"]
Part = Literal["all", "missed"]
Behind = Callable[[Period], ColumnElement[bool]]
STEP: Mapping[Unit, Decimal] = {
    "cases": Decimal(1),
    "percent": Decimal("0.1"),
    "hours": Decimal("0.1"),
    "days": Decimal("0.01"),
    "score": Decimal("0.01"),
    "money": Decimal("0.01"),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a report.

    The definition (shown to readers): what is `counted`, `of` what, which `time` decides in which period a case counts, and
    `source`, the KPI of data_and_kpis.md 5 and the clause it comes from, empty for mere numbers of
    cases. The formula: the sum of the counts `numerator`,
    over the sum of those of `denominator` where there is one, divided by `per` (seconds in an hour); `of_cases` says that this
    is a number of cases worth showing (the middle one of many is not). `target` is the red
    line; `aim`, where there is one, what is hoped for beyond it; `better` the side of it that is good. `missed` names the
    cases that need a look, `all_cases` and `missed_cases` find them.
    """

    id: str
    unit: Unit
    name: Words
    counted: Words
    of: Words | None
    time: Words
    source: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    per: int = 1
    of_cases: bool = True
    target: Decimal | None = None
    aim: Decimal | None = None
    better: Better | None = None
    missed: Words | None = None
    all_cases: Behind | None = None
    missed_cases: Behind | None = None


@dataclass(frozen=True, kw_only=True)
class Value:
    """A figure as it came out. `value` is None when there is nothing to count (never 100 %)."""

    figure: Figure
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None

    @property
    def standing(self) -> Standing | None:
        """Whether the target is met; None without target or value."""
        target, better = self.figure.target, self.figure.better
        if self.value is None or target is None:
            return None
        return "met" if (self.value >= target if better == "more" else self.value <= target) else "missed"

    @property
    def missed(self) -> int | None:
        """How many cases need a look, where the figure is a share of cases."""
        if self.figure.missed_cases is None or self.denominator is None or self.figure.per != 1:
            return None
        return int(self.denominator - self.numerator if self.figure.better == "more" else self.numerator)


def value(figure: Figure, counts: Mapping[str, float]) -> Value:
    """The figure of these counts: what was not counted is 0."""
    numerator = _sum(figure.numerator, counts)
    if not figure.denominator:
        amount = numerator / figure.per
        return Value(figure=figure, value=_rounded(amount, figure.unit), numerator=numerator, denominator=None)
    denominator = _sum(figure.denominator, counts)
    if not denominator:
        return Value(figure=figure, value=None, numerator=numerator, denominator=denominator)
    share = numerator / denominator * (100 if figure.unit == "percent" else 1) / figure.per
    return Value(figure=figure, value=_rounded(share, figure.unit), numerator=numerator, denominator=denominator)


def _sum(names: tuple[str, ...], counts: Mapping[str, float]) -> Decimal:
    counted = sum(counts.get(name, 0) for name in names)
    return Decimal(int(counted)) if counted == int(counted) else Decimal(str(counted))


def _rounded(amount: Decimal, unit: Unit) -> Decimal:
    return amount.quantize(STEP[unit], rounding=ROUND_HALF_UP)
