"""Instances over the API: start, read, correct, cancel."""

from tests.api import walks
from tests.api.conftest import DIAGRAMS, Office


def test_an_instance_is_started_and_says_where_it_stands(errands: Office) -> None:
    started = walks.start(errands, amount="44.85")
    owner = errands.person("u_po1")
    tokens = owner.get(f"/process-instances/{started['id']}/tokens").json["items"]
    assert {(one["element_id"], one["kind"]) for one in tokens} == {("split", "user_task"), ("give_up", "timer")}
    passed = owner.get(f"/process-instances/{started['id']}/activity-instances").json["items"]
    assert [one["element_id"] for one in passed] == ["begin"]


def test_fractions_are_exact_and_written_as_text(errands: Office) -> None:
    owner = errands.person("u_po1")
    body = b'{"definition_key": "errand", "variables": {"amount": 44.85, "days": 9, "name": "\xe7\x8e\x8b"}}'
    started = owner.send("POST", "/process-instances", {"Content-Type": "application/json"}, data=body)
    variables = owner.get(f"/process-instances/{started.json['id']}/variables").json["variables"]
    assert variables == {"amount": "44.85", "days": 9, "name": "王"}


def test_a_unique_start_is_refused_the_second_time(errands: Office) -> None:
    owner = errands.person("u_po1")
    start = {"definition_key": "errand", "business_key": "K-1", "unique": "running"}
    assert owner.post("/process-instances", start).status_code == 201
    answer = owner.post("/process-instances", start)
    assert (answer.status_code, answer.json["code"]) == (409, "NOT_UNIQUE")


def test_an_unknown_process_is_not_found(errands: Office) -> None:
    answer = errands.person("u_po1").post("/process-instances", {"definition_key": "nothing"})
    assert (answer.status_code, answer.json["detail"]) == (404, "There is no process definition with the id nothing.")


def test_variables_are_corrected_only_over_what_was_read(errands: Office) -> None:
    started = walks.start(errands, level=1)
    ops = errands.person("u_ops1")
    path = f"/process-instances/{started['id']}/variables"
    read = ops.get(path)
    change = {"variables": {"level": 3}, "reason": "typed wrong"}
    assert ops.put(path, change).status_code == 428
    assert ops.put(path, change, If_Match="*").status_code == 428
    tried = ops.put(f"{path}?dry_run=true", change, If_Match=read.headers["ETag"])
    assert (tried.status_code, tried.json["dry_run"]) == (200, True)
    done = ops.put(path, change, If_Match=read.headers["ETag"])
    assert done.json["variables"]["level"] == 3
    assert done.headers["ETag"] != read.headers["ETag"]
    assert ops.put(path, change, If_Match=read.headers["ETag"]).status_code == 412


def test_a_repair_needs_a_reason(errands: Office) -> None:
    started = walks.start(errands)
    answer = errands.person("u_ops1").post(f"/process-instances/{started['id']}/cancellation", {})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/reason")


def test_cancelling_is_tried_then_done_and_written_down(errands: Office) -> None:
    started = walks.start(errands)
    ops = errands.person("u_ops1")
    path = f"/process-instances/{started['id']}/cancellation"
    tried = ops.post(f"{path}?dry_run=true", {"reason": "sent twice"}).json
    assert {one["kind"] for one in tried["effects"]} == {"cancel", "remove"}
    assert ops.get(f"/process-instances/{started['id']}").json["state"] == "running"
    assert ops.post(path, {"reason": "sent twice"}).json["state"] == "cancelled"
    again = ops.post(path, {"reason": "sent twice"})
    assert (again.status_code, again.json["code"]) == (409, "CONFLICT")
    trail = ops.get(f"/operations?root_id={started['id']}&kind=cancel").json["items"]
    assert [(one["by"], one["reason"]) for one in trail] == [("u_ops1", "sent twice")]


def test_actions_say_who_could(errands: Office) -> None:
    started = walks.start(errands)
    actions = errands.person("u_lead1").get(f"/process-instances/{started['id']}").json["actions"]
    cancel = next(one for one in actions if one["name"] == "cancel")
    assert (cancel["allowed"], cancel["code"], cancel["who_can"]) == (False, "MISSING_PERMISSION", ["complaint_manager", "ops"])


def test_instances_are_filtered_flat_and_by_search(errands: Office) -> None:
    walks.start(errands)
    owner = errands.person("u_po1")
    assert len(owner.get("/process-instances?state=running&business_key=K-1").json["items"]) == 1
    assert owner.get("/process-instances?state=completed").json["items"] == []
    assert owner.get("/process-instances?state=lost").status_code == 422
    found = owner.post(
        "/process-instances/search", {"filter": {"business_key": {"$like": "K-%"}}, "sort": "-started_at", "page": {"limit": 1}}
    )
    assert len(found.json["items"]) == 1
    assert owner.post("/process-instances/search", {"filter": {"attributes.level": {"$gte": 2}}}).json["items"] == []


def test_an_instance_says_why_its_decisions_said_what_they_said(office: Office) -> None:
    office.deploy(*(DIAGRAMS.parents[1] / "engine" / "diagrams" / name for name in ("weigh_by_weight.bpmn", "weigh.dmn")))
    owner = office.person("u_po1")
    started = owner.post("/process-instances", {"definition_key": "weigh_by_weight", "variables": {"weight": 4}}).json
    answer = owner.get(f"/process-instances/{started['id']}/decision-instances?sort=-id&limit=1").json
    (found,) = answer["items"]
    assert (found["element_id"], found["decision_id"], found["rows"], found["outputs"]) == ("weigh_it", "weigh", [1], {"price": "10.0"})
    assert (found["inputs"], found["missed"]) == ([{"text": "weight", "value": 4}], [{"row": 2, "input": "weight"}])
    assert (found["required"], found["shortened"], answer["page"]["next"]) == ([], False, None)
