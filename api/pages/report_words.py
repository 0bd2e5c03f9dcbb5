"""The words and numbers of reports: periods, values with their units, and what cases are told apart by."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from api.pages import complaint_words, wording
from api.pages.form_words import FormWords
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.texts import format_date, format_decimal, gettext
from processes import people
from processes.reports.asking import DIMENSIONS, LEVELS, NOBODY
from processes.reports.figure import Unit, Value
from processes.reports.periods import Period
from processes.reports.words import Words

NUMBERS: dict[Unit, str] = {
    "cases": "#,##0",
    "percent": "0.0",
    "hours": "#,##0.0",
    "days": "#,##0.00",
    "score": "0.00",
    "money": "#,##0.00",
}


def period_name(period: Period) -> str:
    """As people call it."""
    year, number = period.first.year, (period.first.month - 1) // 3 + 1
    if period.kind == "month":
        return format_date(period.first, "y年M月" if language() == "zh" else "MMMM y")
    if period.kind == "quarter":
        return gettext("Q%(number)s %(year)s", number=number, year=year)
    if period.kind == "half":
        return gettext("First half of %(year)s", year=year) if number < 3 else gettext("Second half of %(year)s", year=year)
    if period.kind == "year":
        return gettext("Year %(year)s", year=year)
    return gettext("%(first)s to %(last)s", first=_day(period.first), last=_day(period.last))


def _day(day: Any) -> str:
    return format_date(day, "y年M月d日" if language() == "zh" else "d MMM y")


def short_name(period: Period) -> str:
    """As there is room for below a chart."""
    year, number = f"{period.first.year % 100:02d}", (period.first.month - 1) // 3 + 1
    if period.kind == "month":
        return f"{year}年{period.first.month}月" if language() == "zh" else format_date(period.first, "MMM yy")
    if period.kind == "quarter":
        return f"{year}Q{number}" if language() == "zh" else f"Q{number} {year}"
    if period.kind == "half":
        return f"{year}H{(number + 1) // 2}" if language() == "zh" else f"H{(number + 1) // 2} {year}"
    if period.kind == "year":
        return str(period.first.year)
    return format_date(period.first, "M/d" if language() == "zh" else "d MMM")


def amount(number: Decimal | None, unit: Unit) -> str:
    """A value with its unit; nothing to count is a dash."""
    return "–" if number is None else _with_unit(format_decimal(number, NUMBERS[unit]), unit)


def limit(number: Decimal | None, unit: Unit) -> str:
    """A target with its unit, with no more decimals than it has."""
    return "–" if number is None else _with_unit(format_decimal(number, "#,##0.##"), unit)


def _with_unit(shown: str, unit: Unit) -> str:
    if unit == "percent":
        return f"{shown} %" if language() == "en" else f"{shown}%"
    if unit == "hours":
        return gettext("%(number)s h", number=shown)
    if unit == "days":
        return gettext("%(number)s wd", number=shown)
    return f"¥{shown}" if unit == "money" else shown


def on_axis(unit: Unit) -> str:
    """What stands around a number beside a chart: `{number} %`."""
    return _with_unit("{number}", unit)


def shown(value: Value) -> str:
    """A figure as it came out."""
    return amount(value.value, value.figure.unit)


def change(now: Value, then: Value) -> str:
    """How much more or less than then; nothing when one of them has no value."""
    if now.value is None or then.value is None:
        return ""
    more = now.value - then.value
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    if now.figure.unit == "percent":
        return gettext("%(number)s points", number=sign + format_decimal(abs(more), "0.0"))
    return sign + amount(abs(more), now.figure.unit)


def dimension_name(name: str) -> str:
    """What cases are told apart by."""
    return DIMENSIONS[name].name.said(language())


class GroupNames:
    """`names("DL")` is the name of a value of a dimension; what has none is said so."""

    def __init__(self, session: Session, by: str, values: Collection[str]) -> None:
        """Read what names there are in at most one statement (the words of causes are those of the form)."""
        self._by = by
        self._session = session
        self._known: dict[str, str] = {}
        if by == "department":
            self._known = {one.code: _department(one) for one in people.departments(session)}
        elif by == "owner":
            names = Names(session, [one for one in values if one != NOBODY])
            self._known = {one: names(one) for one in values if one != NOBODY}
        elif by == "cause":
            words = FormWords(session)
            self._known = {one: words("ut_investigate", "root_cause", one) for one in values if one != NOBODY}

    def __call__(self, value: str) -> str:
        if value == NOBODY:
            return gettext("not yet known") if self._by in ("category", "department", "cause") else gettext("nobody yet")
        if self._by == "category":
            return complaint_words.category_name(value)
        if self._by == "channel":
            return complaint_words.channel_name(value)
        if self._by == "level":
            return wording.level_name(int(value)) if value in LEVELS else value
        return self._known.get(value, value)


def said(words: Words) -> str:
    """A definition in the reader's language."""
    return words.said(language())


def register(app: Flask) -> None:
    """Make these words filters of the templates."""
    for function in (said, dimension_name):
        app.jinja_env.filters[function.__name__] = function


def _department(row: Any) -> str:
    return (row.name_zh if language() == "zh" else None) or str(row.name)
