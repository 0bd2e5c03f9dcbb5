"""The strip above a task: whose case it is, the deadline that matters, and how far it has climbed the escalation ladder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.pages import badges, complaint_clocks, wording
from api.pages.complaint_clocks import Drawn, Scale
from api.pages.complaint_words import channel_name
from api.pages.texts import gettext, lazy_gettext
from engine.tables import UserTask
from processes import sla_audience, sla_ladder, sla_rows, task_deadlines
from processes.sla_ladder import Rung
from processes.tables.supervision import Escalation, SlaClock
from processes.task_sight import Sight

ACTIONS: Mapping[str, Any] = {
    "remind": lazy_gettext("reminder to %(whom)s"),
    "warn": lazy_gettext("warning to %(whom)s"),
    "breach_supervise": lazy_gettext("%(supervisor)s supervises"),
    "supervise_reassign": lazy_gettext("%(supervisor)s supervises and may give it to somebody else"),
    "executive_list": lazy_gettext("%(supervisor)s supervises, and it is on the list of the management"),
}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One deadline drawn from its start to its end; `x` in percent. `said` is the same in words."""

    drawn: Drawn
    now_x: str | None
    warn_x: str | None
    said: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rung of the ladder: its share of the time, and in words what happens there and when."""

    percent: int
    state: str
    text: str


def parts(session: Session, found: UserTask, sight: Sight) -> dict[str, Any]:
    """What the strip shows of the case of a task."""
    one, row = sight.complaint, _deadline(found, sight)
    rungs = sla_ladder.of_clocks(session, [row])[row.id] if row is not None else ()
    return {
        "product": one.product_code or one.complained_object,
        "channel": channel_name(one.channel),
        "bar": _bar(session, row) if row is not None else None,
        "own": row is not None and task_deadlines.met_by(found, [row]) is not None,
        "others": _others(sight, row),
        "ladder": [Step(percent=rung.percent, state=rung.state, text=_rung(rung)) for rung in rungs],
        "coming": _coming(rungs, row),
        "escalated": _escalated(sight.escalation),
    }


def _deadline(found: UserTask, sight: Sight) -> SlaClock | None:
    """The one the task has to meet, else the one of its case that is due first; paused ones last."""
    own = task_deadlines.met_by(found, sight.clocks) if found.state == "open" else None
    of_case = (row for row in sight.clocks if row.improvement_id is None)
    return own or min(of_case, key=lambda row: (row.held, row.due, row.id), default=None)


def _others(sight: Sight, shown: SlaClock | None) -> list[dict[str, Any]]:
    """The other deadlines that run, soonest first, paused ones last."""
    both = [(row, standing) for row, standing in zip(sight.clocks, sight.deadlines, strict=True) if row is not shown]
    both.sort(key=lambda pair: (pair[0].held, pair[0].due))
    return [{"name": badges.name_of(each.clock, each.key), "badge": badges.of(each)} for _, each in both]


def _bar(session: Session, row: SlaClock) -> Bar:
    board = complaint_clocks.board(sla_rows.calendar(session), [row])
    drawn = board.clocks[0]
    if board.begins is None or board.ends is None or row.warn_at is None:
        return Bar(drawn=drawn, now_x=board.now_x, warn_x=None, said=drawn.said)
    scale = Scale(begins=board.begins, ends=board.ends)
    said = gettext("%(said)s; at risk from %(when)s", said=drawn.said, when=wording.short_time(row.warn_at))
    return Bar(drawn=drawn, now_x=board.now_x, warn_x=scale.percent(row.warn_at), said=said)


def _rung(rung: Rung) -> str:
    """`80 %: warning to the assignee and the team lead, 10 Mar, 16:00`."""
    what = f"{gettext('%(percent)s %%', percent=rung.percent)}: {_effect(rung)}"
    if rung.state == "passed":
        return gettext("%(what)s (passed by when the level changed)", what=what)
    if rung.at is None:
        return gettext("%(what)s (not while the deadline is paused)", what=what)
    when = wording.short_time(rung.at)
    return gettext("%(what)s (since %(when)s)", what=what, when=when) if rung.state == "reached" else f"{what} · {when}"


def _effect(rung: Rung) -> str:
    sentence = ACTIONS.get(rung.action)
    if sentence is None:
        return rung.action or gettext("nothing")
    supervisor = wording.group_name(rung.supervisor) if rung.supervisor else gettext("nobody")
    return str(sentence) % {"whom": _whom(rung.notify), "supervisor": supervisor}


def _whom(notify: Sequence[str]) -> str:
    named = [gettext("the assignee") if one == sla_audience.ASSIGNEE else wording.group_name(one) for one in notify]
    return gettext(", ").join(named) or gettext("nobody")


def _coming(rungs: Sequence[Rung], row: SlaClock | None) -> str:
    """The next step in a sentence; when there is none, why."""
    following = next((rung for rung in rungs if rung.state == "next"), None)
    if row is None or not rungs:
        return ""
    if row.held:
        return gettext("No next step while the deadline is paused.")
    if following is None:
        return gettext("The last step is reached.")
    return gettext("Next: %(what)s", what=_effect(following) + _when(following.at))


def _when(at: datetime | None) -> str:
    return "" if at is None else f" · {wording.short_time(at)}"


def _escalated(row: Escalation | None) -> str:
    """Who supervises the case now, since when and why."""
    if row is None:
        return ""
    name, _, key = (row.clock or "").partition("/")
    why = badges.name_of(name, key) if name else ""
    about = f" ({why})" if why else ""
    return (
        gettext("%(who)s supervises since %(when)s", who=wording.group_name(row.supervisor), when=wording.short_time(row.opened_at)) + about
    )
