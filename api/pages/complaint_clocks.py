"""The deadlines of a case, drawn to one scale: running, paused and overdue stretches, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages import badges, wording
from api.pages.complaint_scale import DAY, Scale, Shade, Tick
from api.pages.due import Due
from api.pages.texts import gettext
from engine import clock as clocks
from engine.calendars import WorkingCalendar
from engine.extensions import Calendar
from processes import sla_standing
from processes.sla_standing import Segment, Standing
from processes.tables.supervision import SlaClock

__all__ = ["Board", "Drawn", "Part", "Scale", "board"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of the bar: where it begins and how long it is, in percent of the drawing."""

    kind: str
    x: str
    width: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One deadline; `more`: its pauses and what fired, in sentences."""

    name: str
    badge: Due
    parts: Sequence[Part]
    due_x: str | None
    said: str
    more: Sequence[str]
    running: bool


@dataclass(frozen=True, kw_only=True)
class Board:
    """All deadlines of a case: those that run first; `now_x` is where now lies on the scale. `shades`: when nobody works."""

    clocks: Sequence[Drawn] = ()
    shades: Sequence[Shade] = ()
    ticks: Sequence[Tick] = ()
    now_x: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def board(calendar: Calendar, rows: Sequence[SlaClock], *, house: WorkingCalendar | None = None) -> Board:
    """The deadlines of a case, the most urgent first. With the calendar of the `house` hours without work are shaded."""
    if not rows:
        return Board()
    now = clocks.now()
    scale = _scale(rows, now)
    ordered = sorted(rows, key=lambda row: (row.result != "running", row.held, row.due if row.result == "running" else row.start, row.id))
    return Board(
        clocks=[_drawn(scale, row, sla_standing.of_clock(calendar, row, at=now), now) for row in ordered],
        shades=scale.shades(house) if house is not None else (),
        ticks=scale.ticks(),
        now_x=scale.percent(now) if any(row.result == "running" for row in rows) else None,
        begins=scale.begins,
        ends=scale.ends,
    )


def _scale(rows: Sequence[SlaClock], now: datetime) -> Scale:
    begins = min(row.start for row in rows)
    ends = max(max(row.due, row.stop or now) if row.result == "running" else (row.stop or row.due) for row in rows)
    return Scale(begins=begins, ends=max(ends, begins + DAY / 24))


def _drawn(scale: Scale, row: SlaClock, standing: Standing, now: datetime) -> Drawn:
    segments = sla_standing.segments(row, at=now)
    parts = [_part(scale, one, ended=row.stop is not None) for one in segments]
    end = row.stop or now
    if row.result == "running" and not row.held and row.due > end:
        parts.append(_stretch(scale, "ahead", end, row.due, gettext("still ahead")))
    return Drawn(
        name=badges.name_of(row.clock, row.key),
        badge=badges.of(standing),
        parts=parts,
        due_x=None if row.held else scale.percent(row.due) if row.due <= scale.ends else None,
        said=_said(row, standing),
        more=[*(_span(_words(one.kind), one.start, one.end) for one in segments if one.kind != "running"), *_fired(row)],
        running=row.result == "running",
    )


def _part(scale: Scale, one: Segment, *, ended: bool) -> Part:
    kind = "ended" if ended and one.kind == "running" else one.kind
    return _stretch(scale, kind, one.start, one.end, _words(one.kind))


def _words(kind: str) -> str:
    return {"running": gettext("running"), "paused": gettext("paused"), "over": gettext("over")}[kind]


def _stretch(scale: Scale, kind: str, start: datetime, end: datetime, word: str) -> Part:
    return Part(kind=kind, x=scale.percent(start), width=scale.width(start, end), title=_span(word, start, end))


def _span(word: str, start: datetime, end: datetime) -> str:
    return gettext("%(what)s from %(start)s to %(end)s", what=word, start=wording.short_time(start), end=wording.short_time(end))


def _fired(row: SlaClock) -> list[str]:
    """The thresholds it passed: each told somebody, or raised something."""
    return [gettext("%(percent)s %% used on %(when)s", percent=one["percent"], when=wording.short_time(one["at"])) for one in row.fired]


def _said(row: SlaClock, standing: Standing) -> str:
    """What the bar shows, in a sentence."""
    due = wording.short_time(row.due)
    target = badges.target(row.target)
    if standing.state == "paused":
        return gettext("%(target)s; stands still: %(why)s", target=target, why=badges.waits(standing) or gettext("paused"))
    if row.stop is None:
        return gettext("%(target)s; due %(due)s", target=target, due=due)
    return gettext("%(target)s; was due %(due)s, ended %(stop)s", target=target, due=due, stop=wording.short_time(row.stop))
