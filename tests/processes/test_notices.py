"""Telling people by their own rules: in Redress, by the browser, by mail at once or with the digest, and their deputies."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine import clock, scheduler, user_tasks
from engine.database import unit_of_work
from engine.errors import Invalid
from engine.tables import Job
from processes import deputy_entries, notice_keeping, notices, notification_rules, notification_schedules, notifications, people
from processes.deputy_entries import Entry
from processes.notice_mail import DIGEST_TOPIC
from processes.notification_rules import USUAL, Kind, Rule
from processes.notification_schedules import Schedule
from processes.tables.notifications import Notification
from processes.tables.people import Deputy
from tests.processes.conftest import Office

LEAD, OTHER = "u_lead1", "u_desk1"  # both read English
MORNING = datetime(2026, 9, 15, 0, tzinfo=UTC)  # 08:00 in Shanghai, the day after the tests begin


def told(office: Office, account: str) -> list[Notification]:
    """What this person was told, in order."""
    with office.reading() as session:
        mine = select(Notification).where(Notification.account_id == account).order_by(Notification.at, Notification.key)
        return list(session.scalars(mine))


def title(row: Notification) -> str:
    return row.text.partition("\n")[0]


def tell(office: Office, *accounts: str, kind: Kind = "mention", key: str = "k1", template: str | None = None, **more: Any) -> str:
    """Tell them something about a new case, and let what is due happen; gives the number of the case."""
    with unit_of_work(office.database) as session:
        case = office.register(session, **more)
        session.flush()
        by = people.actor_of(session, "u_owner1")
        notices.tell(session, accounts, kind=kind, key=key, complaint=case, template=template, text="Have a look.", by=by)
        reference = case.reference
    scheduler.tick(office.database)
    return reference


def rule(office: Office, account: str, kind: Kind, wanted: Rule) -> None:
    with unit_of_work(office.database) as session:
        notification_rules.keep(session, account, {kind: wanted})


def plan(office: Office, account: str, **wanted: Any) -> None:
    with unit_of_work(office.database) as session:
        notification_schedules.keep(session, account, Schedule(**wanted))


def mails(office: Office, account: str) -> list[tuple[str, str]]:
    """Subject and text of what was mailed to this person."""
    with office.reading() as session:
        address = people.get(session, account).email
    return [(subject, text) for to, subject, text in office.letter_box() if to == address]


def away(office: Office, account: str, deputy: str | None, *, by: str | None = None, **changes: Any) -> Deputy:
    """The person is away from now on for a week."""
    given = {"absent": True, "starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=7), **changes}
    with unit_of_work(office.database) as session:
        entry = Entry(account_id=account, deputy_id=deputy, **given)
        return deputy_entries.add(session, entry, actor=people.actor_of(session, by or account))


def test_who_is_given_a_task_by_somebody_else_is_told_with_a_link_and_who_takes_it_is_not(office: Office) -> None:
    task = office.open_task(office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"}))
    with unit_of_work(office.database) as session:
        user_tasks.claim(session, task.id, actor=people.actor_of(session, LEAD))
        user_tasks.unclaim(session, task.id, actor=people.actor_of(session, LEAD))
    assert told(office, LEAD) == []
    with unit_of_work(office.database) as session:
        lead, manager = people.actor_of(session, LEAD), people.actor_of(session, "u_mgr_cs")
        user_tasks.assign(session, task.id, assignee=lead, actor=manager)
    scheduler.tick(office.database)
    (row,) = told(office, LEAD)
    assert title(row) == f"{task.name} is assigned to you: {task.business_key}"
    assert row.text_zh is not None and "已分派给您" in row.text_zh
    assert (row.kind, row.user_task_id, row.browser, row.read_at) == ("assigned", task.id, True, None)
    ((subject, text),) = mails(office, LEAD)
    assert subject == title(row) and f"https://redress.example/tasks/{task.id}" in text


def test_rules_decide_and_what_is_not_shown_is_not_counted(office: Office) -> None:
    rule(office, LEAD, "mention", Rule(screen=False, browser=False, mail="off"))
    tell(office, LEAD, OTHER)
    assert mails(office, LEAD) == [] and len(mails(office, OTHER)) == 1
    with office.reading() as session:
        assert (notifications.unread(session, LEAD), notifications.unread(session, OTHER)) == (0, 1)


def test_nobody_is_told_twice_of_what_he_did_himself_or_of_a_case_that_concerns_him(office: Office) -> None:
    tell(office, LEAD, "u_owner1", OTHER, excluded_users=[OTHER])
    tell(office, LEAD)
    assert len(told(office, LEAD)) == 1
    assert told(office, "u_owner1") == told(office, OTHER) == []


def test_the_digest_is_one_mail_for_many_things_in_the_morning_of_the_person(office: Office) -> None:
    rule(office, LEAD, "watched", USUAL["watched"])
    cases = [tell(office, LEAD, kind="watched", key=f"k{n}") for n in range(3)]
    assert mails(office, LEAD) == []
    office.wait_until(MORNING - timedelta(seconds=1))
    assert mails(office, LEAD) == []
    office.wait_until(MORNING)
    ((subject, text),) = mails(office, LEAD)
    assert subject == "3 notices from Redress"
    assert [f"https://redress.example/complaints/{one}" in text for one in cases] == [True] * 3
    assert "https://redress.example/settings#notifications" in text
    office.wait_until(MORNING + timedelta(days=2))
    assert len(mails(office, LEAD)) == 1  # nothing when nothing has happened


def test_a_digest_leaves_out_what_was_read_and_is_not_sent_for_nothing(office: Office) -> None:
    tell(office, LEAD, kind="watched")
    with unit_of_work(office.database) as session:
        assert notifications.mark_all(session, LEAD, until=clock.now(), read_at=clock.now()) == 1
    office.wait_until(MORNING)
    assert mails(office, LEAD) == []


def test_many_notices_wait_for_one_job_and_who_wants_it_hourly_gets_it_at_the_full_hour(office: Office) -> None:
    plan(office, OTHER, digest="hourly")
    for n in range(3):
        tell(office, LEAD, OTHER, kind="watched", key=f"k{n}")
    with office.reading() as session:
        due = {job.payload["account_id"]: job.due_at for job in session.scalars(select(Job).where(Job.topic == DIGEST_TOPIC))}
        count = len(session.scalars(select(Job.id).where(Job.topic == DIGEST_TOPIC)).all())
    assert count == 2 and due == {LEAD: MORNING, OTHER: clock.now().replace(hour=2, minute=0)}


def test_in_quiet_hours_nothing_pops_up_and_what_waits_comes_in_one_mail_afterwards(office: Office) -> None:
    plan(office, LEAD, quiet_from="08:30", quiet_until="10:00")  # it is 09:00
    tell(office, LEAD, key="k1")
    tell(office, LEAD, key="k2")
    assert [row.browser for row in told(office, LEAD)] == [False, False] and mails(office, LEAD) == []
    office.wait_until(clock.now().replace(hour=2))
    assert [subject for subject, _ in mails(office, LEAD)] == ["2 notices from Redress"]


def test_whoever_stands_in_is_told_where_the_rule_says_so_and_through_others_who_are_away(office: Office) -> None:
    away(office, LEAD, "u_lead2")
    away(office, "u_lead2", OTHER)
    scheduler.tick(office.database)
    tell(office, LEAD, kind="breached", key="late", template="N-INSTRUCTION")
    tell(office, LEAD, kind="mention", key="said")
    rows = {one: [row for row in told(office, one) if row.kind != "absence"] for one in (LEAD, "u_lead2", OTHER)}
    assert [row.kind for row in rows[LEAD]] == ["breached", "mention"]
    assert [(row.kind, row.instead_of) for row in rows[OTHER]] == [("breached", LEAD)]
    assert rows["u_lead2"] == []


def test_a_case_reaches_no_deputy_it_concerns(office: Office) -> None:
    away(office, LEAD, OTHER)
    tell(office, LEAD, kind="case", template="N-INSTRUCTION", excluded_users=[OTHER])
    assert [row.kind for row in told(office, OTHER)] == ["absence"]


def test_standing_in_is_told_when_it_begins_and_when_it_ends_and_not_when_it_is_taken_back(office: Office) -> None:
    starts = clock.now() + timedelta(days=1)
    away(office, LEAD, OTHER, by="u_admin1", starts_at=starts, ends_at=datetime(2026, 9, 17, 16, tzinfo=UTC))
    later = away(office, LEAD, "u_lead2", starts_at=starts + timedelta(days=9), ends_at=starts + timedelta(days=10))
    with unit_of_work(office.database) as session:
        deputy_entries.end(session, later.id, actor=people.actor_of(session, LEAD))
    scheduler.tick(office.database)
    assert told(office, OTHER) == []
    office.wait_until(starts)
    assert [title(row) for row in told(office, OTHER)] == ["You stand in for Wang Fang until Thursday, 17 September 2026"]
    assert [title(row) for row in told(office, LEAD)] == ["You are away until Thursday, 17 September 2026"]
    office.wait_until(starts + timedelta(days=20))
    assert [title(row) for row in told(office, OTHER)][1:] == ["You no longer stand in for Wang Fang"]
    assert told(office, "u_lead2") == []


def test_what_was_marked_as_read_together_can_be_unread_again_and_no_other(office: Office) -> None:
    tell(office, LEAD, key="k1")
    with unit_of_work(office.database) as session:
        notifications.mark(session, LEAD, told(office, LEAD)[0].id, read=True)
    office.time.move_to(clock.now() + timedelta(minutes=1))
    tell(office, LEAD, key="k2")
    with unit_of_work(office.database) as session:
        assert notifications.mark_all(session, LEAD, until=clock.now(), read_at=clock.now()) == 1
        assert notifications.unread(session, LEAD) == 0
        assert notifications.unmark(session, LEAD, read_at=clock.now()) == 1
        assert notifications.unread(session, LEAD) == 1


def test_what_was_read_is_kept_for_ninety_days_and_what_was_not_for_a_year(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_keeping, "AT_ONCE", 1)
    rule(office, LEAD, "mention", Rule(mail="off"))
    for key in ("read early", "read late", "unread"):
        tell(office, LEAD, key=key)
    early, late, _ = told(office, LEAD)
    for row, days in ((early, 0), (late, 30)):
        office.time.advance(days=days)
        with unit_of_work(office.database) as session:
            notifications.mark(session, LEAD, row.id, read=True)
    kept = []
    for days in (60, 1, 30, 244, 1):  # the year after they were told is over with the last one
        office.time.advance(days=days)
        scheduler.tidy(office.database)
        kept.append([row.key.removesuffix(f"-{LEAD}") for row in told(office, LEAD)])
    assert kept == [["read early", "read late", "unread"], ["read late", "unread"], ["unread"], ["unread"], []]


def test_what_the_digest_has_still_to_tell_is_kept(office: Office) -> None:
    rule(office, LEAD, "mention", Rule(screen=False, mail="digest"))
    with unit_of_work(office.database) as session:
        case = office.register(session)
        notices.tell(session, [LEAD], kind="mention", key="k1", complaint=case, text="Have a look.")
    office.time.advance(days=400)  # nothing ran meanwhile
    scheduler.tidy(office.database)
    assert len(told(office, LEAD)) == 1
    scheduler.tick(office.database)
    scheduler.tidy(office.database)
    assert told(office, LEAD) == []


def test_who_is_given_a_task_reads_the_name_of_the_customer_masked_as_in_the_case(office: Office) -> None:
    task = office.open_task(office.ask("DELIVERY_LOST", "1000.00", {"price": "1000.00", "freight": "0"}))
    with unit_of_work(office.database) as session:
        legal, lead = people.actor_of(session, "u_legal1"), people.actor_of(session, "u_lead1")
        user_tasks.assign(session, task.id, assignee=legal, actor=lead)
    given = told(office, "u_legal1")[-1]
    assert "曹*" in given.text and "曹磊" not in f"{given.text} {given.text_zh}"


def test_quiet_reaches_over_midnight_and_a_day_lasts_longer_when_clocks_are_put_back() -> None:
    berlin, night = ZoneInfo("Europe/Berlin"), Schedule(quiet_from="22:00", quiet_until="07:00")
    late, early = datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC)  # 23:00; 05:00 in winter time
    assert notification_schedules.quiet_end(night, berlin, late) == datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert notification_schedules.quiet_end(night, berlin, early) == datetime(2026, 10, 25, 6, tzinfo=UTC)
    assert notification_schedules.quiet_end(night, berlin, datetime(2026, 10, 25, 6, tzinfo=UTC)) is None
    assert notification_schedules.digest_due(
        Schedule(digest_at="06:00", quiet_from="22:00", quiet_until="07:00"), berlin, late
    ) == datetime(2026, 10, 25, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong", [{"digest_at": "25:00"}, {"quiet_from": "22:00"}, {"quiet_from": "a", "quiet_until": "07:00"}, {"digest": "weekly"}]
)
def test_what_is_no_time_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        plan(office, LEAD, **wrong)
