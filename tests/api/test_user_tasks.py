"""Tasks over the API: find, claim, draft, complete."""

from tests.api import walks
from tests.api.conftest import Office


def test_a_task_is_found_by_its_group_and_done(errands: Office) -> None:
    instance = walks.start(errands)
    lead = errands.person("u_lead1")
    task = walks.task(errands)
    assert (task["element_id"], task["assignee"], task["due_at"]) == ("split", None, "2026-09-14T10:00:00Z")
    answer = lead.post(f"/user-tasks/{task['id']}/completion", {"values": {"parts": 4}})
    assert answer.status_code == 200
    assert answer.json["task"]["completed_by"] == "u_lead1"
    variables = lead.get(f"/process-instances/{instance['id']}/variables").json["variables"]
    assert variables["share"] == "25"


def test_a_task_is_nobody_elses_business(errands: Office) -> None:
    walks.start(errands)
    task = walks.task(errands)
    answer = errands.person("u_legal1").get(f"/user-tasks/{task['id']}")
    assert (answer.status_code, answer.json["code"]) == (403, "NOT_CANDIDATE")
    assert "team_lead" in answer.json["who_can"]
    assert answer.json["missing"] == ["task:read"]


def test_the_second_to_claim_reads_who_was_first_and_when(errands: Office) -> None:
    walks.start(errands)
    path = f"/user-tasks/{walks.task(errands)['id']}/assignment"
    assert errands.person("u_lead1").put(path, {}).json["assignee"] == "u_lead1"
    answer = errands.person("u_lead2").put(path, {})
    assert (answer.status_code, answer.json["code"]) == (409, "TASK_CLAIMED")
    assert "u_lead1" in answer.json["detail"] and "2026-09-14" in answer.json["detail"]


def test_a_claimed_task_is_given_back(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    path = f"/user-tasks/{walks.task(errands)['id']}/assignment"
    lead.put(path, {})
    assert lead.delete(path).json["assignee"] is None


def test_operations_give_a_task_to_somebody_who_may_do_it(errands: Office) -> None:
    walks.start(errands)
    ops = errands.person("u_ops1")
    path = f"/user-tasks/{walks.task(errands)['id']}/assignment"
    assert ops.put(path, {"assignee": "u_lead2", "reason": "On leave."}).json["assignee"] == "u_lead2"
    unknown = ops.put(path, {"assignee": "u_nobody"})
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/assignee")
    refused = errands.person("u_legal1").put(path, {"assignee": "u_legal1"})
    assert refused.status_code == 403


def test_four_eyes_are_asked_for(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    lead.post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    check = next(task for task in errands.person("u_fin1").get("/user-tasks").json["items"] if task["element_id"] == "check")
    answer = lead.post(f"/user-tasks/{check['id']}/completion", {"values": {}})
    assert (answer.status_code, answer.json["code"]) == (403, "FOUR_EYES")
    action = next(one for one in lead.get(f"/user-tasks/{check['id']}").json["actions"] if one["name"] == "complete")
    assert (action["allowed"], action["code"]) == (False, "FOUR_EYES")
    assert errands.person("u_fin1").post(f"/user-tasks/{check['id']}/completion", {"values": {}}).status_code == 200


def test_a_refused_form_names_the_field_and_keeps_what_was_typed(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    path = f"/user-tasks/{walks.task(errands)['id']}"
    answer = lead.post(f"{path}/completion", {"values": {"parts": 400, "remark": "as agreed"}})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/values/parts")
    assert lead.get(f"{path}/draft").json["values"] == {"parts": 400, "remark": "as agreed"}


def test_a_draft_is_not_overwritten_by_another_window(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    path = f"/user-tasks/{walks.task(errands)['id']}/draft"
    nothing = lead.get(path)
    assert nothing.json == {"values": {}, "saved_at": None, "revision": 0}
    assert lead.put(path, {"values": {}}).status_code == 428
    assert lead.put(path, {"values": {"parts": 2}}, If_Match=nothing.headers["ETag"]).headers["ETag"] == '"1"'
    late = lead.put(path, {"values": {"parts": 3}}, If_Match=nothing.headers["ETag"])
    assert (late.status_code, late.json["code"]) == (412, "REVISION_CHANGED")
    assert lead.get(path).json["values"] == {"parts": 2}


def test_of_two_who_complete_one_wins_and_the_other_keeps_the_draft(errands: Office) -> None:
    walks.start(errands)
    path = f"/user-tasks/{walks.task(errands)['id']}"
    assert errands.person("u_lead1").post(f"{path}/completion", {"values": {"parts": 4}}).status_code == 200
    errands.time.advance(minutes=1)
    second = errands.person("u_lead2")
    answer = second.post(f"{path}/completion", {"values": {"parts": 5}})
    assert (answer.status_code, answer.json["code"]) == (409, "TASK_CLOSED")
    assert "u_lead1" in answer.json["detail"] and "2026-09-14T01:00:00" in answer.json["detail"]
    assert second.get(f"{path}/draft").json["values"] == {"parts": 5}


def test_a_step_that_fails_behind_a_valid_form_is_accepted_and_waits_for_repair(errands: Office) -> None:
    answer = walks.broken(errands)
    assert answer["incident"]["element_id"] == "divide"
    assert answer["task"]["state"] == "open" and answer["task"]["pending_job_id"] == answer["job"]["id"]
    path = f"/user-tasks/{answer['task']['id']}/completion"
    again = errands.person("u_lead2").post(path, {"values": {"parts": 5}})
    assert (again.status_code, again.json["code"]) == (409, "COMPLETION_PENDING")
    lead = errands.person("u_lead1")
    assert lead.delete(path).json["pending_job_id"] is None
    assert lead.post(path, {"values": {"parts": 5}}).status_code == 200


def test_lists_are_paged_by_a_cursor_that_belongs_to_its_order(errands: Office) -> None:
    for _ in range(3):
        walks.start(errands)
    lead = errands.person("u_lead1")
    first = lead.get("/user-tasks?limit=2").json
    rest = lead.get(f"/user-tasks?limit=2&cursor={first['page']['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["page"]["next"]) == (2, 1, None)
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in rest["items"]}
    wrong = lead.get(f"/user-tasks?limit=2&sort=priority&cursor={first['page']['next']}")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/cursor")


def test_tasks_are_searched_by_due_time(errands: Office) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    due = {"due_at": {"$gte": "2026-09-14T18:00:00+08:00", "$lt": "2026-09-14T18:00:01+08:00"}}
    assert len(lead.post("/user-tasks/search", {"filter": due}).json["items"]) == 1
    assert lead.post("/user-tasks/search", {"filter": {"due_at": {"$lt": "2026-09-14T10:00:00Z"}}}).json["items"] == []
    either = {"$or": [{"element_id": "nothing"}, {"element_id": {"$in": ["split"]}}]}
    assert len(lead.post("/user-tasks/search", {"filter": either}).json["items"]) == 1
    unknown = lead.post("/user-tasks/search", {"filter": {"colour": "red"}})
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/filter/colour")


def test_all_open_tasks_are_for_those_who_may_see_all(errands: Office) -> None:
    walks.start(errands)
    assert len(errands.person("u_ops1").get("/user-tasks?scope=open").json["items"]) == 1
    refused = errands.person("u_fin1").get("/user-tasks?scope=open")
    assert (refused.status_code, refused.json["missing"]) == (403, ["task:read"])


def test_the_form_of_a_task_is_the_deployed_one_with_the_data(errands: Office) -> None:
    walks.start(errands, customer="Wang")
    form = errands.person("u_lead1").get(f"/user-tasks/{walks.task(errands)['id']}/form").json
    assert form["key"] == "errand" and form["form"]["id"] == "errand" and form["variables"] == {"customer": "Wang"}
