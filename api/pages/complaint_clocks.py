"""The deadlines of a case, drawn to one scale: running, paused and overdue stretches, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages import badges, wording
from api.pages.due import Due
from api.pages.texts import gettext
from engine import clock as clocks
from engine.extensions import Calendar
from processes import sla_standing
from processes.sla_standing import Segment, Standing
from processes.tables.supervision import SlaClock


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of the bar: where it begins and how long it is, in percent of the drawing."""

    kind: str
    x: str
    width: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One deadline."""

    name: str
    badge: Due
    parts: Sequence[Part]
    due_x: str | None
    said: str
    running: bool


@dataclass(frozen=True, kw_only=True)
class Scale:
    """From the start of the first deadline to the end of the last."""

    begins: datetime
    ends: datetime

    def x(self, at: datetime) -> float:
        """Where an instant lies, in percent."""
        return 100 * (min(max(at, self.begins), self.ends) - self.begins) / (self.ends - self.begins)

    def percent(self, at: datetime) -> str:
        """The same as SVG wants it."""
        return f"{self.x(at):.3f}%"


@dataclass(frozen=True, kw_only=True)
class Board:
    """All deadlines of a case: those that run first; `now_x` is where now lies on the scale."""

    clocks: Sequence[Drawn]
    now_x: str | None
    begins: datetime | None
    ends: datetime | None


def board(calendar: Calendar, rows: Sequence[SlaClock]) -> Board:
    """The deadlines of a case, the most urgent first."""
    if not rows:
        return Board(clocks=(), now_x=None, begins=None, ends=None)
    now = clocks.now()
    scale = _scale(rows, now)
    ordered = sorted(rows, key=lambda row: (row.result != "running", row.held, row.due if row.result == "running" else row.start, row.id))
    running = any(row.result == "running" for row in rows)
    return Board(
        clocks=[_drawn(scale, row, sla_standing.of_clock(calendar, row, at=now), now) for row in ordered],
        now_x=scale.percent(now) if running else None,
        begins=scale.begins,
        ends=scale.ends,
    )


def _scale(rows: Sequence[SlaClock], now: datetime) -> Scale:
    begins = min(row.start for row in rows)
    ends = max(max(row.due, row.stop or now) if row.result == "running" else (row.stop or row.due) for row in rows)
    return Scale(begins=begins, ends=max(ends, begins + badges.DAY / 24))


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
        running=row.result == "running",
    )


def _part(scale: Scale, one: Segment, *, ended: bool) -> Part:
    words = {"running": gettext("running"), "paused": gettext("paused"), "over": gettext("over")}
    kind = "ended" if ended and one.kind == "running" else one.kind
    return _stretch(scale, kind, one.start, one.end, words[one.kind])


def _stretch(scale: Scale, kind: str, start: datetime, end: datetime, word: str) -> Part:
    begins, ends = scale.x(start), scale.x(end)
    title = gettext("%(what)s from %(start)s to %(end)s", what=word, start=wording.short_time(start), end=wording.short_time(end))
    return Part(kind=kind, x=f"{begins:.3f}%", width=f"{max(ends - begins, 0.2):.3f}%", title=title)


def _said(row: SlaClock, standing: Standing) -> str:
    """What the bar shows, in a sentence."""
    due = wording.short_time(row.due)
    target = badges.target(row.target)
    if standing.state == "paused":
        return gettext("%(target)s; stands still: %(why)s", target=target, why=badges.waits(standing) or gettext("paused"))
    if row.stop is None:
        return gettext("%(target)s; due %(due)s", target=target, due=due)
    return gettext("%(target)s; was due %(due)s, ended %(stop)s", target=target, due=due, stop=wording.short_time(row.stop))
