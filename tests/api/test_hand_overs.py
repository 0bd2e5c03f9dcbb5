"""Tasks passed between people: lent and given back, taken, undone, looked at later, many at once."""

from typing import Any

from engine.database import unit_of_work
from engine.tables import UserTaskCandidate
from tests.api import walks
from tests.api.conftest import Office


def _claimed(office: Office, by: str = "u_lead1") -> str:
    walks.start(office)
    path = f"/user-tasks/{walks.task(office)['id']}"
    office.person(by).put(f"{path}/assignment", {})
    return path


def _lent(office: Office) -> str:
    path = _claimed(office)
    answer = office.person("u_lead1").put(f"{path}/delegation", {"delegate": "u_legal1", "note": "Is that lawful?"})
    assert (answer.json["assignee"], answer.json["owner"]) == ("u_legal1", "u_lead1")
    return path


def test_a_lent_task_is_given_back_with_a_note_and_only_then_completed_by_its_owner(errands: Office) -> None:
    path, owner, delegate = _lent(errands), errands.person("u_lead1"), errands.person("u_legal1")
    assert [one["id"] for one in owner.get("/user-tasks?scope=delegated").json["items"]] == [path.rpartition("/")[2]]
    for person, code in ((delegate, "LENT"), (owner, "TASK_CLAIMED")):
        refused = person.post(f"{path}/completion", {"values": {"parts": 4}})
        assert (refused.status_code, refused.json["code"]) == (409, code)
    wordless = delegate.delete(f"{path}/delegation", {})
    assert (wordless.status_code, wordless.json["errors"][0]["pointer"]) == (422, "/note")
    back = delegate.delete(f"{path}/delegation", {"note": "It is."}).json
    assert (back["assignee"], back["owner"]) == ("u_lead1", None)
    assert owner.post(f"{path}/completion", {"values": {"parts": 4}}).status_code == 200
    trail = errands.person("u_ops1").get(f"/operations?subject_id={path.rpartition('/')[2]}").json["items"]
    assert [(one["kind"], one["reason"]) for one in trail][1:3] == [("return", "It is."), ("delegate", "Is that lawful?")]


def test_an_owner_takes_a_lent_task_back_without_a_word_with_what_was_typed_meanwhile(errands: Office) -> None:
    path, owner = _lent(errands), errands.person("u_lead1")
    assert errands.person("u_legal1").put(f"{path}/draft", {"values": {"parts": 3}}, If_Match='"0"').status_code == 200
    assert owner.delete(f"{path}/delegation").json["assignee"] == "u_lead1"
    assert owner.get(f"{path}/draft").json["values"] == {"parts": 3}


def test_nobody_else_lends_or_returns_a_task_nor_to_whom_it_is_barred(errands: Office) -> None:
    path = _claimed(errands)
    lead, other = errands.person("u_lead1"), errands.person("u_lead2")
    assert other.put(f"{path}/delegation", {"delegate": "u_legal1"}).status_code == 403
    assert lead.put(f"{path}/delegation", {"delegate": "u_lead1"}).json["errors"][0]["pointer"] == "/delegate"
    assert lead.put(f"{path}/delegation", {"delegate": "u_nobody"}).status_code == 422
    assert lead.delete(f"{path}/delegation").status_code == 403
    assert errands.person("u_fin1").put(f"{path}/delegation", {"delegate": "u_lead2"}).status_code == 403


def test_what_was_just_done_is_undone_unless_something_came_after_it(errands: Office) -> None:
    path, lead, other = _claimed(errands), errands.person("u_lead1"), errands.person("u_lead2")
    tag = lead.get(path).headers["ETag"]
    assert other.post(f"{path}/reversal", If_Match=tag).status_code == 409
    assert lead.post(f"{path}/reversal").status_code == 428
    assert lead.post(f"{path}/reversal", If_Match=tag).json["assignee"] is None
    again = lead.post(f"{path}/reversal", If_Match=tag)
    assert (again.status_code, again.json["code"]) == (409, "NOT_REVERSIBLE")


def test_who_gives_a_task_away_undoes_it_with_what_was_before(errands: Office) -> None:
    path = _lent(errands)
    owner = errands.person("u_lead1")
    task = owner.get(path)
    back = owner.post(f"{path}/reversal", If_Match=task.headers["ETag"]).json
    assert (back["assignee"], back["owner"]) == ("u_lead1", None)


def test_nothing_goes_back_to_somebody_who_may_not_have_it_any_more(errands: Office) -> None:
    path, manager = _claimed(errands), errands.person("u_ops1")
    given = manager.put(f"{path}/assignment", {"assignee": "u_lead2"})
    with unit_of_work(errands.database) as session:  # the case comes to concern who had the task
        barred = {"kind": "excluded", "name": "u_lead1", "code": "CONFLICT_OF_INTEREST"}
        session.add(UserTaskCandidate(user_task_id=path.rpartition("/")[2], **barred))
    answer = manager.post(f"{path}/reversal", If_Match=given.headers["ETag"])
    assert (answer.status_code, answer.json["code"]) == (409, "HOLDER_RULED_OUT")
    assert "u_lead1 had this task" in answer.json["detail"]
    assert errands.person("u_lead2").get(path).json["assignee"] == "u_lead2"


def test_a_lent_task_is_not_lent_again_by_somebody_who_may_not_have_it_any_more(errands: Office) -> None:
    path, manager = _lent(errands), errands.person("u_ops1")
    given = manager.put(f"{path}/assignment", {"assignee": "u_lead2"})
    with unit_of_work(errands.database) as session:  # the case comes to concern who had lent the task
        barred = {"kind": "excluded", "name": "u_lead1", "code": "CONFLICT_OF_INTEREST"}
        session.add(UserTaskCandidate(user_task_id=path.rpartition("/")[2], **barred))
    answer = manager.post(f"{path}/reversal", If_Match=given.headers["ETag"])
    assert (answer.status_code, answer.json["code"]) == (409, "HOLDER_RULED_OUT")
    assert "u_lead1 had this task" in answer.json["detail"]


def test_the_next_task_is_the_one_with_the_least_working_time_left_that_nobody_has(errands: Office) -> None:
    walks.start(errands)
    errands.time.advance(hours=1)
    walks.start(errands)
    lead, other = errands.person("u_lead1"), errands.person("u_lead2")
    everything = {one["id"]: one for one in lead.get("/user-tasks").json["items"]}
    first, second = lead.post("/user-tasks/next").json, other.post("/user-tasks/next").json
    assert (first["assignee"], second["assignee"]) == ("u_lead1", "u_lead2")
    assert everything[first["id"]]["created_at"] < everything[second["id"]]["created_at"]
    nothing = lead.post("/user-tasks/next")
    assert (nothing.status_code, nothing.json["code"]) == (409, "NOTHING_TO_TAKE")


def test_four_eyes_are_passed_over_by_take_next(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    lead.post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    assert errands.person("u_fin1").post("/user-tasks/next").json["element_id"] == "check"
    assert lead.post("/user-tasks/next").status_code == 409


def test_a_follow_up_is_set_found_when_its_day_has_come_and_cleared(errands: Office) -> None:
    path, lead = _claimed(errands), errands.person("u_lead1")
    past = lead.put(f"{path}/follow-up", {"at": "2026-09-14T00:00:00Z"})
    assert (past.status_code, past.json["errors"][0]["pointer"]) == (422, "/at")
    assert lead.put(f"{path}/follow-up", {"at": "2026-09-16T00:00:00Z"}).json["follow_up_at"] == "2026-09-16T00:00:00Z"
    assert lead.get("/user-tasks?standing=follow_up").json["items"] == []
    errands.time.advance(days=2)
    assert len(lead.get("/user-tasks?standing=follow_up&sort=follow_up_at").json["items"]) == 1
    assert lead.delete(f"{path}/follow-up").json["follow_up_at"] is None


def test_a_priority_is_decided_by_those_who_assign_and_written_down(errands: Office) -> None:
    walks.start(errands)
    path = f"/user-tasks/{walks.task(errands)['id']}"
    ops, lead = errands.person("u_ops1"), errands.person("u_lead1")
    read = ops.get(path)
    body = {"priority": 90, "reason": "The press asks."}
    assert errands.person("u_fin1").put(f"{path}/priority", body).status_code == 403
    assert ops.put(f"{path}/priority", {"priority": 101}).status_code == 422
    assert ops.put(f"{path}/priority", body, If_Match=read.headers["ETag"]).json["priority"] == 90
    assert ops.put(f"{path}/priority", body, If_Match=read.headers["ETag"]).status_code == 412
    (told,) = ops.get(f"/operations?kind=prioritise&subject_id={read.json['id']}").json["items"]
    assert (told["reason"], told["details"]["before"], told["details"]["after"]) == ("The press asks.", 50, 90)
    lead.put(f"{path}/assignment", {})
    lead.post(f"{path}/completion", {"values": {"parts": 4}})
    assert ops.put(f"{path}/priority", body).json["code"] == "TASK_CLOSED"


def test_of_many_each_stands_for_itself_and_sent_again_they_are_not_done_again(errands: Office) -> None:
    ids = [_claimed(errands, by).rpartition("/")[2] for by in ("u_lead2", "u_lead1")]
    walks.start(errands)
    free = next(one["id"] for one in errands.person("u_lead1").get("/user-tasks?scope=unassigned").json["items"])
    lead, body = errands.person("u_lead1"), {"ids": [*ids, free, "missing"]}
    first, again = (lead.post("/user-tasks/bulk-assignment", body, Idempotency_Key="k1") for _ in range(2))
    assert [one["code"] for one in first.json["items"]] == ["TASK_CLAIMED", None, None, "NOT_FOUND"]
    assert (first.json["done"], first.json["refused"]) == (2, 2)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")


def test_what_was_refused_as_a_whole_may_be_sent_again_under_its_key(errands: Office) -> None:
    walks.start(errands)
    body = {"ids": [walks.task(errands)["id"]], "assignee": "u_nobody"}
    answers = [errands.person("u_ops1").post("/user-tasks/bulk-assignment", body, Idempotency_Key="k1") for _ in range(2)]
    assert [one.status_code for one in answers] == [422, 422]


def test_the_priority_of_many_is_changed_by_those_who_may_each_apart(errands: Office) -> None:
    walks.start(errands)
    task_id, ops = walks.task(errands)["id"], errands.person("u_ops1")
    given = {"ids": [task_id, "nothing"], "priority": 75, "reason": "A recall."}
    assert errands.person("u_fin1").post("/user-tasks/bulk-priority", given).status_code == 403
    told = ops.post("/user-tasks/bulk-priority", given).json
    assert [(one["outcome"], one["code"]) for one in told["items"]] == [("done", None), ("refused", "NOT_FOUND")]
    assert ops.get(f"/user-tasks/{task_id}").json["priority"] == 75
    assert ops.post("/user-tasks/bulk-priority", {**given, "priority": 101}).status_code == 422


def test_many_are_assigned_by_those_who_may_and_completed_where_there_is_no_form(errands: Office) -> None:
    walks.start(errands)
    split = walks.task(errands)["id"]
    ops, lead = errands.person("u_ops1"), errands.person("u_lead1")
    given = {"ids": [split], "assignee": "u_lead1", "reason": "On leave."}
    assert errands.person("u_fin1").post("/user-tasks/bulk-assignment", given).status_code == 403
    assert ops.post("/user-tasks/bulk-assignment", given).json["done"] == 1
    assert lead.post("/user-tasks/bulk-completion", {"ids": [split]}).json["items"][0]["code"] == "NEEDS_ITS_FORM"
    lead.post(f"/user-tasks/{split}/completion", {"values": {"parts": 4}})
    check = errands.person("u_fin1").get("/user-tasks").json["items"][0]["id"]
    assert errands.person("u_fin1").post("/user-tasks/bulk-completion", {"ids": [check]}).json["done"] == 1


def test_many_with_the_same_form_are_completed_with_one_answer_and_each_tells_what_became_of_it(errands: Office) -> None:
    for _ in range(3):
        walks.start(errands)
    lead = errands.person("u_lead1")
    ids = [one["id"] for one in lead.get("/user-tasks").json["items"]]
    lead.put(f"/user-tasks/{ids[1]}/assignment", {"assignee": "u_lead1"})
    lead.put(f"/user-tasks/{ids[1]}/draft", {"values": {"parts": 9}}, If_Match='"0"')
    answer = {"form_key": "errand", "values": {"parts": 4}}
    told = lead.post("/user-tasks/bulk-completion", {"ids": ids[:2], "answer": answer}).json["items"]
    assert [one["code"] for one in told] == [None, "TYPED_BEFORE"]
    wrong = lead.post("/user-tasks/bulk-completion", {"ids": ids[2:], "answer": {**answer, "values": {"parts": "many"}}}).json
    assert (wrong["items"][0]["code"], wrong["items"][0]["reason"]) == ("INVALID", "Parts must be a number such as 44.85.")
    other = lead.post("/user-tasks/bulk-completion", {"ids": ids[2:], "answer": {**answer, "form_key": "another"}}).json
    assert other["items"][0]["code"] == "ASKS_SOMETHING_ELSE"


def test_counts_are_those_of_the_lists(errands: Office) -> None:
    _claimed(errands)
    walks.start(errands)
    walks.start(errands)
    lead = errands.person("u_lead1")
    found: dict[str, Any] = lead.get("/user-tasks/counts").json
    for scope in ("mine", "groups", "unassigned", "delegated", "open"):
        assert found[scope] == len(lead.get(f"/user-tasks?scope={scope}").json["items"]), scope
    assert (found["mine"], found["groups"], found["due_today"], found["breached"]) == (1, 3, 3, 0)
    errands.time.advance(hours=12)
    late = lead.get("/user-tasks/counts?scope=open").json
    assert late["breached"] == len(lead.get("/user-tasks?scope=open&standing=breached").json["items"]) == 3
    assert errands.person("u_fin1").get("/user-tasks/counts").json["open"] is None
