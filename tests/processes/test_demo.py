"""The demonstration: everybody is there, every stage is shown, and it is told only once."""

import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from engine import clock, incidents, stuck, user_tasks
from engine.paging import Query
from engine.tables import FormDraft, Job, UserTask
from processes import compensations, demo, people
from processes.tables.cases import Compensation
from processes.tables.people import Account
from tests.processes.conftest import MONDAY, Office


def test_the_demonstration_shows_claims_in_every_stage_and_is_quick(empty: Office) -> None:
    now = MONDAY + timedelta(hours=5, minutes=20)
    began = time.process_time()  # not the clock on the wall: other suites may share the machine
    demo.fill(empty.database, now=now)
    assert time.process_time() - began < 20
    empty.time.move_to(now)
    with empty.reading() as session:
        claims = session.scalars(select(Compensation)).all()
        waiting = Counter(session.scalars(select(UserTask.element_id).where(UserTask.state == "open")))
        roles = {task.item["value"] for task in session.scalars(select(UserTask).where(UserTask.state == "open")) if task.item}
        overdue = session.scalar(select(func.count(UserTask.id)).where(UserTask.state == "open", UserTask.due_at < now))
        found = {(one.code, one.help) for one in stuck.find(session)}
        assert session.scalar(select(func.count(FormDraft.user_task_id))) == 1
        assert not session.scalars(select(Job.id).where(Job.state == "waiting", Job.run_at <= now)).all()
        lead = people.actor_of(session, "u_lead1")
        assert len(user_tasks.search(session, lead, Query(), scope="groups").items) >= 4
        (incident,) = incidents.search(session, Query(filter={"state": "open"})).items
    assert "has no e-mail address" in incident.message
    assert len(claims) == 37
    states = Counter(claim.state for claim in claims)
    assert states["rejected"] == 3
    assert states["approved"] == 16
    assert set(waiting) == {"ut_legal_opinion", "ut_approve", "ut_revise_claim", "ut_finance_check", "ut_supervise"}
    assert roles == {"team_lead", "dept_manager", "complaint_manager", "executive", "compensation_committee"}
    assert overdue
    assert ("STUCK-INCIDENT", "retry") in found
    assert any(help_ == "assign" for _, help_ in found)
    assert all(claim.created_at < now for claim in claims)


def test_the_demonstration_is_told_only_once(office: Office) -> None:
    with clock.use(clock.MovableClock(MONDAY)):
        demo.fill(office.database, now=MONDAY)
    with office.reading() as session:
        assert not compensations.search(session, Query()).items
        assert session.scalar(select(func.count(Account.id))) == 52
