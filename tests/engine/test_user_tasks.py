"""User tasks: who may do them, what is refused, and that nothing typed is lost."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine import form_drafts, scheduler, task_rights, user_tasks
from engine.clock import MovableClock
from engine.database import Database, reading, unit_of_work
from engine.errors import CompletionPending, FourEyes, Invalid, NotCandidate, NotFound, RevisionChanged, TaskClaimed, TaskClosed
from engine.paging import Query
from tests.engine.playground import CLERK, LEAD, OTHER_LEAD, complete, deploy, instance, jobs_of, open_incidents, open_tasks, start

APPROVE = ("approve.bpmn", "decide.form")


def test_a_started_instance_offers_its_first_task_with_due_time_and_candidates(database: Database) -> None:
    deploy(database, *APPROVE)
    started = start(database, "approve", amount=Decimal("44.85"))
    task = open_tasks(database)["decide"]
    assert (task.name, task.name_zh, task.business_key, task.instance_id) == ("Decide", "决定", "K-1", started.id)
    assert task.due_at is not None and task.due_at.isoformat() == "2026-03-09T09:00:00+00:00"
    with reading(database) as session:
        assert task_rights.group_names(user_tasks.get(session, task.id, actor=LEAD)) == ["team_lead"]
        assert started.variables == {"amount": Decimal("44.85"), "limit": Decimal("89.70")}


def test_completing_takes_the_process_on_to_the_next_task(database: Database) -> None:
    deploy(database, *APPROVE)
    started = start(database, "approve", amount=10)
    complete(database, open_tasks(database)["decide"].id, vote="approve", granted="44.85")
    assert list(open_tasks(database)) == ["check"]
    complete(database, open_tasks(database)["check"].id, CLERK)
    ended = instance(database, started.id)
    assert (ended.state, ended.end_element_id) == ("completed", "done")
    assert ended.variables["granted"] == Decimal("44.85")


def test_a_task_drawn_for_somebody_is_assigned_unless_he_is_away(database: Database) -> None:
    deploy(database, "assigned.bpmn")
    start(database, "assigned")
    assert open_tasks(database)["first"].assignee == "lead"
    complete(database, open_tasks(database)["first"].id, LEAD)
    given = database.sessions.kw["info"]["extensions"]
    away = replace(given, active=lambda _session, names: [name for name in names if name != "lead"])
    database.sessions.configure(info={"extensions": away})
    start(database, "assigned", business_key="K-2")
    task = open_tasks(database)["first"]
    assert (task.assignee, task.claimed_at) == (None, None)


def test_who_claims_second_reads_who_has_it(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    task_id = open_tasks(database)["decide"].id
    with unit_of_work(database) as session:
        user_tasks.claim(session, task_id, actor=LEAD)
    with pytest.raises(TaskClaimed, match="taken by lead at 2026-03-09T01:00:00"), unit_of_work(database) as session:
        user_tasks.claim(session, task_id, actor=OTHER_LEAD)


def test_a_person_outside_the_candidate_group_is_refused_and_told_who_can(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    with pytest.raises(NotCandidate) as refused:
        complete(database, open_tasks(database)["decide"].id, CLERK, vote="approve")
    assert list(refused.value.who_can) == ["team_lead"]


def test_nobody_does_two_tasks_that_need_four_eyes(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    complete(database, open_tasks(database)["decide"].id, LEAD, vote="approve")
    check = open_tasks(database)["check"]
    with pytest.raises(FourEyes, match="you already did Decide"):
        complete(database, check.id, LEAD)
    with reading(database) as session:
        allowed = {one.name: one for one in user_tasks.actions(session, user_tasks.get(session, check.id, actor=LEAD), actor=LEAD)}
    assert (allowed["complete"].allowed, allowed["complete"].code) == (False, "FOUR_EYES")
    complete(database, check.id, OTHER_LEAD)


def test_a_refused_form_names_each_field_and_keeps_what_was_typed(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    task_id = open_tasks(database)["decide"].id
    with pytest.raises(Invalid) as refused:
        complete(database, task_id, vote="perhaps", granted="-1")
    assert {problem.pointer for problem in refused.value.problems} >= {"/vote", "/granted"}
    with reading(database) as session:
        kept = user_tasks.draft(session, task_id, actor=LEAD)
        assert kept is not None and kept.values == {"vote": "perhaps", "granted": "-1"}


def test_the_rules_of_the_product_are_checked_behind_the_form(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    with pytest.raises(Invalid) as refused:
        complete(database, open_tasks(database)["decide"].id, vote="approve", granted="1000.01")
    assert [problem.code for problem in refused.value.problems] == ["TOO_MUCH"]


def test_who_completes_second_reads_who_did_it_and_finds_his_input_as_a_draft(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    task_id = open_tasks(database)["decide"].id
    complete(database, task_id, LEAD, vote="approve")
    with pytest.raises(TaskClosed, match="finished by lead at 2026-03-09T01:00:00"):
        complete(database, task_id, OTHER_LEAD, vote="reject", reason="too much")
    with reading(database) as session:
        kept = form_drafts.get(session, task_id, actor=OTHER_LEAD)
        assert kept is not None and kept.values["reason"] == "too much"


def test_what_others_typed_outlives_the_task_and_is_tidied_a_month_after_it_was_closed(
    database: Database, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_drafts, "AT_ONCE", 1)
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    task_id = open_tasks(database)["decide"].id
    typing = (LEAD, OTHER_LEAD, CLERK)
    with unit_of_work(database) as session:
        for person in typing:
            form_drafts.keep(session, task_id, values={"reason": person.id}, actor=person)
    time.advance(days=60)
    scheduler.tidy(database)  # an open task keeps its drafts however old they are
    complete(database, task_id, LEAD, vote="approve")

    def kept() -> list[str]:
        with reading(database) as session:
            found = [form_drafts.get(session, task_id, actor=person) for person in typing]
            return [draft.values["reason"] for draft in found if draft is not None]

    assert kept() == ["other_lead", "clerk"]
    for days, left in ((30, ["other_lead", "clerk"]), (1, [])):
        time.advance(days=days)
        scheduler.tidy(database)
        assert kept() == left


def test_a_draft_is_not_overwritten_by_an_older_window(database: Database) -> None:
    deploy(database, *APPROVE)
    start(database, "approve", amount=10)
    task_id = open_tasks(database)["decide"].id
    for revision, text in ((0, "first"), (1, "second")):
        with unit_of_work(database) as session:
            user_tasks.save_draft(session, task_id, values={"reason": text}, actor=LEAD, revision=revision)
    with pytest.raises(RevisionChanged), unit_of_work(database) as session:
        user_tasks.save_draft(session, task_id, values={"reason": "stale"}, actor=LEAD, revision=1)


def test_a_step_that_fails_behind_a_valid_form_keeps_the_values_and_opens_an_incident(database: Database) -> None:
    deploy(database, "fragile.bpmn")
    started = start(database, "fragile")
    task_id = open_tasks(database)["enter"].id
    completion = complete(database, task_id, parts=0)
    assert completion.job is not None and completion.incident is not None
    assert completion.incident.element_id == "divide"
    assert jobs_of(database, "retry")[0].payload["values"] == {"parts": 0}
    assert open_tasks(database)["enter"].pending_by == "lead"
    assert instance(database, started.id).state == "running"
    with pytest.raises(CompletionPending):
        complete(database, task_id, OTHER_LEAD, parts=4)


def test_a_submission_that_waits_for_repair_can_be_withdrawn_and_sent_again(database: Database) -> None:
    deploy(database, "fragile.bpmn")
    started = start(database, "fragile")
    task_id = open_tasks(database)["enter"].id
    complete(database, task_id, parts=0)
    with unit_of_work(database) as session:
        user_tasks.withdraw(session, task_id, actor=LEAD)
    assert open_incidents(database) == [] and jobs_of(database, "retry") == []
    with reading(database) as session:
        kept = user_tasks.draft(session, task_id, actor=LEAD)
        assert kept is not None and kept.values == {"parts": 0}
    complete(database, task_id, parts=4)
    assert instance(database, started.id).variables["share"] == 25


def test_lists_hold_what_a_person_may_do_by_due_time(database: Database, time: MovableClock) -> None:
    deploy(database, *APPROVE)
    for number in range(5):
        start(database, "approve", business_key=f"K-{number}", amount=1)
        time.advance(minutes=1)
    with reading(database) as session:
        first = user_tasks.search(session, LEAD, Query(limit=2))
        second = user_tasks.search(session, LEAD, Query(limit=2, cursor=first.next))
        third = user_tasks.search(session, LEAD, Query(limit=2, cursor=second.next))
        assert [task.business_key for page in (first, second, third) for task in page.items] == [f"K-{n}" for n in range(5)]
        assert third.next is None
        assert user_tasks.search(session, CLERK, Query()).items == []
        assert len(user_tasks.search(session, CLERK, Query(), scope="open").items) == 5
        assert user_tasks.search(session, LEAD, Query(), scope="mine").items == []
        overdue = Query(filter={"due_at": {"$lt": first.items[1].due_at}})
        assert [task.business_key for task in user_tasks.search(session, LEAD, overdue).items] == ["K-0"]


def test_a_filter_or_cursor_that_makes_no_sense_is_refused_by_name(database: Database) -> None:
    with reading(database) as session:
        for query, pointer in (
            (Query(filter={"colour": "red"}), "/filter/colour"),
            (Query(filter={"state": {"$near": 1}}), "/filter/state/$near"),
            (Query(sort="colour"), "/sort"),
            (Query(cursor="nonsense"), "/cursor"),
        ):
            with pytest.raises(Invalid) as refused:
                user_tasks.search(session, LEAD, query)
            assert refused.value.problems[0].pointer == pointer


def test_a_task_that_does_not_exist_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no user task with the id nothing"):
        complete(database, "nothing")
