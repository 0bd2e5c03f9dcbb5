"""When somebody's digest comes and when it is quiet, in the time zone of the person.

While it is quiet nothing pops up and nothing is mailed: what would have been mailed at once comes when the quiet ends, all
of it in one mail. The bell counts on.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from processes.letters import words
from processes.tables.notifications import NotificationSchedule
from processes.tables.people import Account

Digest = Literal["daily", "hourly"]
DIGESTS: tuple[Digest, ...] = get_args(Digest)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Times are `HH:MM`. Quiet lasts from one time to the other, over midnight as well; neither given: it never is."""

    digest: Digest = "daily"
    digest_at: str = "08:00"
    quiet_from: str | None = None
    quiet_until: str | None = None


USUAL = Schedule()


def of(session: Session, account_id: str) -> Schedule:
    """As this person wants it."""
    return of_all(session, [account_id])[account_id]


def of_all(session: Session, account_ids: Collection[str]) -> Mapping[str, Schedule]:
    """As these people want it, by account, in one statement."""
    rows = session.scalars(select(NotificationSchedule).where(NotificationSchedule.account_id.in_(account_ids)))
    own = {row.account_id: _schedule(row) for row in rows}
    return {account_id: own.get(account_id, USUAL) for account_id in account_ids}


def _schedule(row: NotificationSchedule) -> Schedule:
    digest = next((one for one in DIGESTS if one == row.digest), USUAL.digest)
    return Schedule(digest=digest, digest_at=row.digest_at, quiet_from=row.quiet_from, quiet_until=row.quiet_until)


def keep(session: Session, account_id: str, schedule: Schedule) -> None:
    """Write it down; Invalid names what is no time."""
    problems = list(_problems(schedule))
    if problems:
        raise Invalid(problems=problems)
    session.merge(NotificationSchedule(account_id=account_id, **asdict(schedule)))


def _problems(schedule: Schedule) -> Iterator[Problem]:
    if schedule.digest not in DIGESTS:
        yield Problem(code="INVALID", message="The digest comes daily or hourly.", pointer="/digest")
    for name in ("digest_at", "quiet_from", "quiet_until"):
        given = getattr(schedule, name)
        if given is not None and not _TIME.fullmatch(given):
            yield Problem(code="INVALID", message="A time is given like 08:00.", pointer=f"/{name}")
    for name, other in (("quiet_from", "quiet_until"), ("quiet_until", "quiet_from")):
        if getattr(schedule, name) is None and getattr(schedule, other) is not None:
            yield Problem(code="REQUIRED", message="Say from when and until when it is quiet, or neither.", pointer=f"/{name}")


def zone_of(account: Account) -> ZoneInfo:
    """The zone of the person, or of the house."""
    return ZoneInfo(account.time_zone) if account.time_zone else words.ZONE


def digest_due(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime:
    """The next instant after `now` at which the digest comes; what falls into the quiet comes at its end."""
    local = now.astimezone(zone)
    if schedule.digest == "hourly":
        due = (local + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    else:
        due = _next(_time(schedule.digest_at), local)
    return quiet_end(schedule, zone, due) or due


def quiet_end(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet that lasts `now` ends; None when it is not quiet."""
    if schedule.quiet_from is None or schedule.quiet_until is None or schedule.quiet_from == schedule.quiet_until:
        return None
    starts, ends, local = _time(schedule.quiet_from), _time(schedule.quiet_until), now.astimezone(zone)
    at = local.time()
    quiet = starts <= at < ends if starts < ends else at >= starts or at < ends
    return _next(ends, local) if quiet else None


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _next(at: time, local: datetime) -> datetime:
    """The next time a clock on the wall shows this, as an instant."""
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    wanted = today if today > local else today + timedelta(days=1)  # a day on the wall, also when clocks are changed
    return wanted.astimezone(UTC)
