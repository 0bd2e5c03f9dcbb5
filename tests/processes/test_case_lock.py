"""Who takes a message, moves money or changes a deadline holds the case until the transaction ends (PostgreSQL)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import user_tasks
from engine.database import unit_of_work
from engine.errors import Invalid, NotFound, RevisionChanged
from engine.extensions import Actor
from processes import attachments, case_links, case_merging, case_messages, cases, comments, people, sla, sla_rows
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment
from processes.tables.correspondence import Attachment
from processes.tables.supervision import SlaClock
from processes.uploads import Received
from tests.processes.conftest import Office
from tests.processes.handling import registered
from tests.processes.test_compensation_payment import approved, pay, prepare

LEAD = Actor(id="u_lead1", groups=frozenset({"team_lead"}))
Act = Callable[[Office, Session, Complaint, str], object]


def say(_office: Office, session: Session, complaint: Complaint, _root: str) -> object:
    actor = case_messages.complainant(complaint)
    return case_messages.send(session, complaint, "evidence.added", {"text": "a photograph"}, message_id="m1", actor=actor)


def release(office: Office, session: Session, _complaint: Complaint, root: str) -> object:
    task = office.task(root, "ut_finance_release")
    return user_tasks.complete(session, task.id, values={"release": True}, actor=people.actor_of(session, "u_fin2"))


def begin(_office: Office, session: Session, complaint: Complaint, _root: str) -> object:
    return sla.start(session, complaint, "C-RESOLVE")


@pytest.mark.postgresql
@pytest.mark.parametrize("act", [say, release, begin])
def test_a_message_a_release_and_a_deadline_of_one_case_wait_for_each_other(office: Office, act: Act) -> None:
    root = pay(office, claim := approved(office))
    prepare(office, root)
    taken = select(Complaint.id).where(Complaint.id == claim.complaint_id).with_for_update(key_share=True, nowait=True)
    with unit_of_work(office.database) as session:
        act(office, session, session.get_one(Complaint, claim.complaint_id), root)
        with pytest.raises(OperationalError, match="could not obtain lock"), unit_of_work(office.database) as other:
            other.execute(taken)
    with unit_of_work(office.database) as session:
        assert session.scalar(taken) == claim.complaint_id


def test_deadlines_are_read_again_and_not_remembered(office: Office) -> None:
    claim = approved(office)
    with unit_of_work(office.database) as session:
        sla.start(session, session.get_one(Complaint, claim.complaint_id), "C-RESOLVE")
    with unit_of_work(office.database) as session:
        complaint = session.get_one(Complaint, claim.complaint_id)
        (remembered,) = sla_rows.running(session, complaint, "C-RESOLVE")
        session.execute(update(SlaClock).values(done=[50]), execution_options={"synchronize_session": False})
        assert remembered.done == []
        assert [one.done for one in sla_rows.running(session, complaint, "C-RESOLVE")] == [[50]]


@pytest.mark.postgresql
def test_a_case_that_is_closed_meanwhile_takes_up_no_other(office: Office) -> None:
    with unit_of_work(office.database) as session:
        older, newer = office.register(session), office.register(session)
    with unit_of_work(office.database) as session:
        duplicate, into = session.get_one(Complaint, newer.id), session.get_one(Complaint, older.id)
        with unit_of_work(office.database) as other:
            cases.close(other, other.get_one(Complaint, older.id), "CLOSED_WITHDRAWN", by="u_lead1")
        with pytest.raises(case_merging.CaseClosed):
            case_merging.by_hand(session, duplicate, into, reason="the same", actor=people.actor_of(session, "u_lead1"))


@pytest.mark.postgresql
def test_a_case_that_is_closed_meanwhile_takes_up_none_by_the_form_either(office: Office) -> None:
    older, newer = registered(office), registered(office)
    task = newer.open("ut_confirm_duplicate")
    answer = {"agree_merge": True, "duplicate_of": older.complaint().reference}
    with unit_of_work(office.database) as session:
        read = session.get_one(Complaint, older.complaint_id)
        with unit_of_work(office.database) as other:
            cases.close(other, other.get_one(Complaint, read.id), "CLOSED_WITHDRAWN", by="u_lead1")
        with pytest.raises(Invalid) as refused:
            user_tasks.complete(session, task.id, values=answer, actor=people.actor_of(session, "u_intake2"))
        assert [one.code for one in refused.value.problems] == ["CLOSED"]
    assert newer.complaint().merged_into is None


def test_there_is_room_for_files_at_the_moment_they_are_attached(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_OF_COMPLAINANT", 1)
    photo = Received(name="a.png", sha256="0" * 64, size=1, mime="image/png", scan="clean")
    with unit_of_work(office.database) as session:
        case = office.register(session)
        me = case_messages.complainant(case)
        case_messages.send(session, case, "evidence.added", {}, message_id="m1", actor=me, files=[photo])
        with pytest.raises(attachments.TooManyFiles):
            case_messages.send(session, case, "evidence.added", {}, message_id="m2", actor=me, files=[photo])


@pytest.mark.postgresql
def test_a_comment_changed_in_one_window_is_not_overwritten_and_a_deleted_one_stays_so(office: Office) -> None:
    with unit_of_work(office.database) as session:
        case = office.register(session)
        made = comments.add(session, case, "The carrier answers tomorrow.", actor=LEAD)
    with unit_of_work(office.database) as session:
        case, read = session.get_one(Complaint, case.id), session.get_one(Comment, made.id)
        with unit_of_work(office.database) as other:
            comments.edit(other, other.get_one(Complaint, case.id), other.get_one(Comment, made.id), "It has answered.", actor=LEAD)
        with pytest.raises(RevisionChanged):
            comments.edit(session, case, read, "It does not answer.", actor=LEAD, revision=made.revision)
    with unit_of_work(office.database) as session:
        case, read = session.get_one(Complaint, case.id), session.get_one(Comment, made.id)
        with unit_of_work(office.database) as other:
            comments.delete(other, other.get_one(Complaint, case.id), other.get_one(Comment, made.id), actor=LEAD)
        with pytest.raises(comments.CommentDeleted):
            comments.edit(session, case, read, "It does not answer.", actor=LEAD)


@pytest.mark.postgresql
def test_a_file_that_was_deleted_in_another_window_meanwhile_keeps_who_deleted_it_and_why(office: Office) -> None:
    photo = Received(name="a.png", sha256="0" * 64, size=1, mime="image/png", scan="clean")
    with unit_of_work(office.database) as session:
        case = office.register(session)
        (sent,) = attachments.attach(session, case, [photo], by="u_owner1")
    with unit_of_work(office.database) as session:
        case, read = session.get_one(Complaint, case.id), session.get_one(Attachment, sent.id)
        with unit_of_work(office.database) as other:
            there = other.get_one(Attachment, sent.id)
            attachments.delete(other, other.get_one(Complaint, case.id), there, actor=LEAD, reason="not of this case")
        with pytest.raises(attachments.Deleted):
            attachments.delete(session, case, read, actor=LEAD, reason="too large")


@pytest.mark.postgresql
def test_two_cases_are_parted_once(office: Office) -> None:
    with unit_of_work(office.database) as session:
        one, another = office.register(session), office.register(session)
        case_links.link(session, one, another, reason="the same parcel", actor=LEAD)

    def part() -> None:
        with unit_of_work(office.database) as session:
            case_links.unlink(session, *(session.get_one(Complaint, case.id) for case in (one, another)), actor=LEAD)

    with ThreadPoolExecutor(max_workers=1) as beside:
        with unit_of_work(office.database) as session:
            case_links.unlink(session, *(session.get_one(Complaint, case.id) for case in (one, another)), actor=LEAD)
            session.flush()
            second = beside.submit(part)
            with pytest.raises(TimeoutError):
                second.result(timeout=1)
        with pytest.raises(NotFound):
            second.result(timeout=60)
