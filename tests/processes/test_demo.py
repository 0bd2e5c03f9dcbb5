"""The demonstration: everybody is there, every stage is shown, and it is told only once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock, incidents, stuck
from engine.paging import Query
from engine.tables import Job, UserTask
from processes import demo
from processes.file_store import FileStore
from processes.ports import NoVirusScan
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment, Watcher
from processes.tables.correspondence import Attachment
from processes.tables.notifications import Notification
from processes.tables.people import Account
from processes.tables.supervision import Escalation
from processes.uploads import MEGABYTE, Uploads
from tests.processes.conftest import MONDAY, Office

STAGES = {
    *(
        "NEW",
        "NEED_INFO",
        "TRIAGE",
        "ASSIGNED",
        "ACCEPTED",
        "INVESTIGATING",
        "WAITING_CUSTOMER_INFO",
        "DETERMINING",
        "PROPOSING",
        "IN_REVIEW",
    ),
    *("COMP_APPROVAL", "COMMUNICATING", "WAITING_CUSTOMER_DECISION", "MEDIATION", "EXECUTING", "FEEDBACK_SENT", "CLOSING", "CLOSED"),
}
WAITING = {
    *("ut_register", "ut_wait_customer_info", "ut_triage", "ut_confirm_duplicate", "ut_accept_case", "ut_first_response"),
    *("ut_investigate", "ut_dept_input", "ut_determine_responsibility", "ut_propose_solution", "ut_review_solution", "ut_approve"),
    *("ut_finance_check", "ut_communicate_solution", "ut_record_decision", "ut_prepare_session", "ut_finance_release", "ut_visit_attempt"),
    *("ut_close_archive", "ut_supervise", "ut_manager_engage", "ut_crossdept_kickoff"),
}
AFTERNOON, SUNDAY = MONDAY + timedelta(hours=5, minutes=20), MONDAY + timedelta(days=6, hours=11)


@pytest.mark.parametrize(
    "now", [AFTERNOON, pytest.param(SUNDAY, marks=[pytest.mark.long, pytest.mark.once])], ids=["on a working day", "on a Sunday evening"]
)
def test_the_demonstration_shows_complaints_in_every_stage(empty: Office, tmp_path: Path, now: datetime) -> None:
    uploads = Uploads(store=FileStore(folder=tmp_path / "files"), scan=NoVirusScan(), longest=MEGABYTE)
    demo.fill(empty.database, now=now, uploads=uploads)
    empty.time.move_to(now)
    with empty.reading() as session:
        complaints = session.scalars(select(Complaint).where(Complaint.instance_id.is_not(None))).all()
        before = session.scalars(select(Complaint).where(Complaint.instance_id.is_(None))).all()
        waiting = set(session.scalars(select(UserTask.element_id).where(UserTask.state == "open")))
        escalated = session.scalars(select(Escalation).where(Escalation.state == "open")).all()
        found = {(one.code, one.help) for one in stuck.find(session)}
        assert not session.scalars(select(Job.id).where(Job.state == "waiting", Job.run_at <= now)).all()
        (incident,) = incidents.search(session, Query(filter={"state": "open"})).items
        assert not session.scalars(select(Account.id).where(Account.email.is_(None))).all()
        talked_about = _conversations(session, uploads)
    assert {one.status for one in complaints} == STAGES
    assert waiting >= WAITING
    assert {one.close_code for one in complaints if one.close_code} == {"CLOSED_SATISFIED", "CLOSED_WITHDRAWN"}
    assert {one.level for one in complaints} == {1, 2, 4}
    assert {one.trigger for one in escalated} == {"sla", "safety_injury"}
    assert len(escalated) == 3  # a triage nobody took, a first response nobody gave, a fire
    assert "has no e-mail address" in incident.message
    assert talked_about == 3
    assert {("STUCK-INCIDENT", "retry"), ("STUCK-UNCLAIMED", "assign")} <= found
    assert all(one.received_at < now for one in complaints)
    assert {one.status for one in before} == {"CLOSED"}
    assert max(one.closed_at for one in before if one.closed_at) < now
    assert len({one.reference for one in (*complaints, *before)}) == len(complaints) + len(before) > 1000


def _conversations(session: Session, uploads: Uploads) -> int:
    """The cases people talk about: with files that are there, and those who are mentioned and watch are told."""
    files = session.scalars(select(Attachment).where(Attachment.sha256.is_not(None))).all()
    assert {one.mime for one in files if uploads.store.find(one.sha256 or "")} == {"text/plain", "image/png"}
    watching = set(session.scalars(select(Watcher.account_id)))
    told = session.execute(select(Notification.account_id, Notification.kind)).all()
    assert {"u_lead1", "u_cm1"} <= {account for account, kind in told if kind == "mention"} & watching
    assert "u_cm1" in {account for account, kind in told if kind == "watched"}
    return len(set(session.scalars(select(Comment.complaint_id))))


def test_the_demonstration_is_told_only_once(office: Office, tmp_path: Path) -> None:
    uploads = Uploads(store=FileStore(folder=tmp_path / "files"), scan=NoVirusScan(), longest=MEGABYTE)
    with clock.use(clock.MovableClock(MONDAY)):
        demo.fill(office.database, now=MONDAY, uploads=uploads)
    with office.reading() as session:
        assert not session.scalar(select(func.count(Complaint.id)))
        assert session.scalar(select(func.count(Account.id))) == 52
