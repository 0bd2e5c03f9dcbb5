"""The figures of a period at a glance: value, target, what it was before, and the way to the cases behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from api.pages import door, report_words
from api.pages.language import language
from api.pages.texts import gettext
from processes.reports.figure import Figure, Part, Value
from processes.reports.overview import Overview, Scope
from processes.reports.periods import Period
from processes.reports.report import Values

SHOWN = (
    *("received", "closed", "open", "first-response", "handling-days"),
    *("closing", "overdue", "reopened", "satisfaction", "compensation"),
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a figure was in another period."""

    label: str
    value: str
    change: str
    tone: str  # good | bad | empty


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure at a glance; addresses are empty for who may not see the list of cases."""

    figure: Figure
    value: str
    standing: str | None
    target: str
    compared: Sequence[Compared]
    parts: str
    url: str
    missed: str
    missed_url: str


class Links:
    """Addresses of the cases a figure was counted from."""

    def __init__(self, period: Period, scope: Scope) -> None:
        self._period = period
        self._like: dict[str, str] = dict(scope.only)
        if scope.departments is not None:
            mine = set(scope.only.get("department", "").split(",")) - {""} or scope.departments
            self._like["department"] = ",".join(sorted(mine & scope.departments)) or "-"

    def cases(self, figure: Figure, part: Part = "all", **like: str) -> str:
        """The list of them; empty where the figure has none to show, or the person may not read all cases."""
        finds = figure.missed_cases if part == "missed" else figure.all_cases
        if finds is None or not door.who().may("complaint:read"):
            return ""
        given: Mapping[str, Any] = {**self._like, **like}
        return url_for("pages.complaints", figure=figure.id, part=part if part == "missed" else None, period=self._period.key, **given)


def of_period(overview: Overview, links: Links) -> list[Tile]:
    """The tiles of the overview, in order."""
    now = overview.of(overview.period)
    others = [one for one in (overview.before, overview.year_before) if one is not None]
    past = [(report_words.short_name(one), overview.of(one)) for one in others]
    return [_tile(now[id], past, links) for id in SHOWN]


def _tile(value: Value, past: Sequence[tuple[str, Values]], links: Links) -> Tile:
    figure = value.figure
    return Tile(
        figure=figure,
        value=report_words.shown(value),
        standing=value.standing,
        target=target(figure),
        compared=[_compared(value, label, then[figure.id]) for label, then in past],
        parts=parts(value),
        url=links.cases(figure) if value.numerator or value.denominator else "",
        missed=missed(value),
        missed_url=links.cases(figure, "missed") if value.missed else "",
    )


def target(figure: Figure) -> str:
    """The red line in words."""
    if figure.target is None:
        return ""
    said = report_words.limit(figure.target, figure.unit)
    return gettext("at least %(value)s", value=said) if figure.better == "more" else gettext("at most %(value)s", value=said)


def parts(value: Value) -> str:
    """`47 of 49`, where both are cases; `of 49 cases` where it is a mean."""
    if value.denominator is None or not value.figure.of_cases:
        return ""
    of = report_words.amount(value.denominator, "cases")
    if value.missed is None:
        return gettext("of %(of)s cases", of=of)
    return gettext("%(counted)s of %(of)s", counted=report_words.amount(value.numerator, "cases"), of=of)


def missed(value: Value) -> str:
    """How many need a look: `2 answered late, or not yet`."""
    if not value.missed or value.figure.missed is None:
        return ""
    said = value.figure.missed.said(language())
    return f"{value.missed} 件{said}" if language() == "zh" else f"{value.missed} {said}"


def _compared(now: Value, label: str, then: Value) -> Compared:
    tone, better = "", now.figure.better
    if better is not None and now.value is not None and then.value is not None and now.value != then.value:
        tone = "good" if (now.value > then.value) == (better == "more") else "bad"
    return Compared(label=label, value=report_words.shown(then), change=report_words.change(now, then), tone=tone)
