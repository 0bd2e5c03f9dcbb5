"""What changed: told to whom it concerns, missed by nobody, and nothing of the case in it."""

import contextlib
import threading

from sqlalchemy import func, select, text, update

from engine import task_changes, user_tasks
from engine.database import reading, unit_of_work
from engine.tables import UserTask
from engine.task_tables import TaskChange
from processes import people
from tests.api import walks
from tests.api.conftest import Office, Person
from tests.api.test_cost import statements


def _token(person: Person) -> str:
    return str(person.get("/changes").json["after"])


def test_what_a_colleague_claims_is_told_and_nothing_else(errands: Office) -> None:
    walks.start(errands)
    task_id = walks.task(errands)["id"]
    lead, colleague, stranger = (errands.person(one) for one in ("u_lead1", "u_lead2", "u_fin1"))
    mine, theirs = _token(lead), _token(stranger)
    assert lead.get(f"/changes?after={mine}").status_code == 304
    colleague.put(f"/user-tasks/{task_id}/assignment", {})
    told = lead.get(f"/changes?after={mine}").json
    assert told["tasks"] == [task_id] and not told["everything"]
    nothing = lead.get(f"/changes?after={told['after']}")
    assert (nothing.status_code, nothing.data) == (304, b"")
    assert stranger.get(f"/changes?after={theirs}").status_code == 304  # of a group it is not offered to


def test_what_opens_closes_or_falls_to_others_is_told_too(errands: Office) -> None:
    lead, ops = errands.person("u_lead1"), errands.person("u_ops1")
    token = _token(lead)
    walks.start(errands)
    task_id = walks.task(errands)["id"]
    told = lead.get(f"/changes?after={token}").json
    assert told["tasks"] == [task_id]
    ops.put(f"/user-tasks/{task_id}/assignment", {"assignee": "u_lead1"})
    lead.post(f"/user-tasks/{task_id}/completion", {"values": {"parts": 4}})
    assert task_id in lead.get(f"/changes?after={told['after']}").json["tasks"]


def test_asking_is_one_read_beside_who_is_it(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    token = _token(lead)
    with statements(errands) as sent:
        lead.get(f"/changes?after={token}")
    assert len(sent) == 2, sent


def test_whom_a_case_concerns_is_told_nothing_of_it(errands: Office) -> None:
    lead = errands.person("u_lead1")
    token = _token(lead)
    walks.start(errands)
    lead.post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    told = lead.get(f"/changes?after={token}").json
    assert len(told["tasks"]) >= 1


def test_a_token_that_was_not_given_is_refused_and_one_of_long_ago_means_everything(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    for unread in ("yesterday", "12-0", "5:9", "5:9:x", "5:9:,,"):
        assert lead.get(f"/changes?after={unread}").status_code == 422, unread
    assert lead.get("/changes?after=999999999999:999999999999:").json["everything"]


def test_too_much_at_once_means_everything_and_only_once(errands: Office) -> None:
    """On PostgreSQL also while somebody keeps a transaction open, who may be working in another database of the server."""
    walks.start(errands)
    lead = errands.person("u_lead1")
    task_id, token = walks.task(errands)["id"], _token(lead)
    with contextlib.ExitStack() as beside:
        if not errands.database.is_sqlite:
            beside.enter_context(unit_of_work(errands.database)).execute(text("SELECT pg_current_xact_id()"))
        with unit_of_work(errands.database) as session:
            for number in range(task_changes.AT_MOST + 1):
                session.execute(update(UserTask).values(priority=number))
        told = lead.get(f"/changes?after={token}").json
        assert told["everything"]
        assert lead.get(f"/changes?after={told['after']}").status_code == 304
        lead.put(f"/user-tasks/{task_id}/assignment", {})
        told = lead.get(f"/changes?after={told['after']}").json
        assert (told["tasks"], told["everything"]) == ([task_id], False)


def test_only_the_last_changes_are_kept(errands: Office) -> None:
    for _ in range(3):
        walks.start(errands)
    with unit_of_work(errands.database) as session:
        before = session.scalar(select(func.count()).select_from(TaskChange))
        task_changes.tidy(session)
        assert session.scalar(select(func.count()).select_from(TaskChange)) == before  # fewer than are kept


def test_a_change_that_is_committed_late_is_not_missed(errands: Office) -> None:
    """On PostgreSQL a transaction may begin before another and commit after it; SQLite has one writer at a time."""
    walks.start(errands)
    walks.start(errands)
    lead = errands.person("u_lead1")
    early, late = (one["id"] for one in lead.get("/user-tasks").json["items"])
    token = _token(lead)
    if errands.database.is_sqlite:
        lead.put(f"/user-tasks/{early}/assignment", {})
        assert lead.get(f"/changes?after={token}").json["tasks"] == [early]
        return
    wrote, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with unit_of_work(errands.database) as session:
            user_tasks.claim(session, early, actor=people.actor_of(session, "u_lead2"))
            session.flush()
            wrote.set()
            may_commit.wait(30)

    writer = threading.Thread(target=slow)
    writer.start()
    wrote.wait(30)
    lead.put(f"/user-tasks/{late}/assignment", {})
    told = lead.get(f"/changes?after={token}").json
    assert told["tasks"] == [late]
    assert lead.get(f"/changes?after={told['after']}").status_code == 304  # the other one is still running
    may_commit.set()
    writer.join()
    assert early in lead.get(f"/changes?after={told['after']}").json["tasks"]
    with reading(errands.database) as session:
        assert task_changes.now(session, actor=people.actor_of(session, "u_lead1"))
