"""What does not move: nobody takes a task, two branches never meet; pages, filters and counts of the list."""

from datetime import timedelta

from engine import claiming, stuck, user_tasks
from engine.calendars import WorkingCalendar
from engine.clock import MovableClock
from engine.database import Database, open_database, reading, unit_of_work
from engine.extensions import Extensions
from engine.tables import ProcessInstance, UserTask
from tests.engine.playground import LEAD, MONDAY, complete, deploy, open_tasks, start


def codes(database: Database) -> list[str]:
    with reading(database) as session:
        return [one.code for one in stuck.find(session)]


def test_a_task_nobody_takes_is_seen_after_eight_hours(database: Database, time: MovableClock) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    time.advance(hours=8)
    assert codes(database) == []
    time.advance(minutes=1)
    with reading(database) as session:
        (seen,) = stuck.find(session)
    assert (seen.code, seen.help, seen.since) == ("STUCK-UNCLAIMED", "assign", MONDAY + timedelta(hours=8))
    assert seen.sentence == "Nobody has taken “Ask” for more than 8 working hours."


def test_a_task_somebody_has_taken_is_left_alone(database: Database, time: MovableClock) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    task_id = next(iter(open_tasks(database).values())).id
    time.advance(hours=9)
    with unit_of_work(database) as session:
        user_tasks.claim(session, task_id, actor=LEAD)
    assert codes(database) == []
    with unit_of_work(database) as session:
        user_tasks.unclaim(session, task_id, actor=LEAD)
    assert codes(database) == ["STUCK-UNCLAIMED"]


def test_a_task_that_stands_still_waits_for_nobody(database: Database, time: MovableClock) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    with unit_of_work(database) as session:
        session.get_one(UserTask, next(iter(open_tasks(database).values())).id).paused = True
    time.advance(hours=9)
    assert codes(database) == []


def test_half_of_its_time_is_counted_in_working_time() -> None:
    calendar = Extensions(calendar=WorkingCalendar())
    friday = MONDAY + timedelta(days=4)  # 09:00 in Shanghai
    with reading(open_database("sqlite://", extensions=calendar)) as session:
        tuesday = calendar.calendar.after(friday, timedelta(hours=16)) if calendar.calendar else friday
        assert claiming.claim_by(session, opened_at=friday, due_at=tuesday) == friday + timedelta(hours=9)  # 18:00, after lunch
        assert claiming.claim_by(session, opened_at=friday, due_at=None) == friday + timedelta(hours=9)


def test_what_is_due_before_work_begins_again_is_counted_by_the_wall() -> None:
    with reading(open_database("sqlite://", extensions=Extensions(calendar=WorkingCalendar()))) as session:
        night = MONDAY + timedelta(hours=12)
        assert claiming.claim_by(session, opened_at=night, due_at=night + timedelta(hours=1)) == night + timedelta(minutes=30)


def test_an_instance_in_which_nothing_is_waited_for_is_seen(database: Database) -> None:
    deploy(database, "answer.bpmn")
    start(database, "answer")
    with unit_of_work(database) as session:
        root = session.get_one(ProcessInstance, next(iter(open_tasks(database).values())).root_id)
        assert root.stalled_at is None
        root.stalled_at = MONDAY
    with reading(database) as session:
        seen = stuck.search(session, codes=["STUCK-NO-TOKEN"]).items
    assert [(one.reference, one.since, one.help) for one in seen] == [(root.business_key, MONDAY, None)]


def test_an_armed_event_sub_process_does_not_hide_that_the_flow_stands_still(database: Database) -> None:
    deploy(database, "never_meet.bpmn")
    start(database, "never_meet")
    assert codes(database) == []
    complete(database, open_tasks(database)["ask"].id)
    assert codes(database) == ["STUCK-NO-TOKEN"]


def test_pages_go_through_reason_after_reason(database: Database, time: MovableClock) -> None:
    deploy(database, "answer.bpmn", "deliver.bpmn")
    for _ in range(3):
        start(database, "answer")
        start(database, "deliver")
    time.advance(hours=9)
    seen: list[str] = []
    cursor: str | None = None
    with reading(database) as session:
        for _ in range(10):
            found = stuck.search(session, cursor=cursor, limit=3)
            seen += [one.code for one in found.items]
            cursor = found.next
            if cursor is None:
                break
        assert seen == ["STUCK-TIMER"] * 3 + ["STUCK-UNCLAIMED"] * 3
        assert stuck.counts(session) == dict.fromkeys(stuck.REASONS, 0) | {"STUCK-TIMER": 3, "STUCK-UNCLAIMED": 3}
        assert {one.process for one in stuck.search(session, process="deliver").items} == {"deliver"}
        assert stuck.counts(session, process="answer")["STUCK-TIMER"] == 0
