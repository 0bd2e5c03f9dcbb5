"""Jobs, timers, incidents, stuck instances, messages: what operations see and do."""

from engine.database import unit_of_work
from processes.tables.people import Membership
from tests.api import walks
from tests.api.conftest import Office

REASON = {"reason": "the number is right now"}


def test_a_broken_step_is_found_repaired_and_resolved(errands: Office) -> None:
    broken = walks.broken(errands)
    ops = errands.person("u_ops1")
    incident = ops.get("/incidents?state=open").json["items"][0]
    assert (incident["element_id"], incident["job_id"]) == ("divide", broken["job"]["id"])
    stuck = ops.get("/stuck-instances").json["items"][0]
    assert (stuck["code"], stuck["help"], stuck["incident_id"]) == ("STUCK-INCIDENT", "retry", incident["id"])
    path = f"/incidents/{incident['id']}/retry"
    assert ops.post(f"{path}?dry_run=true", REASON).json["effects"][0]["kind"] == "retry"
    assert ops.get(f"/incidents/{incident['id']}").json["state"] == "open"
    retried = ops.post(path, REASON)
    assert (retried.status_code, retried.json["state"]) == (202, "waiting")
    assert ops.get(f"/incidents/{incident['id']}").json["state"] == "resolved"
    errands.tick()
    again = ops.get("/incidents?state=open").json["items"]
    assert len(again) == 1, "the data are as wrong as before"
    assert ops.get(f"/operations?kind=retry&subject_id={broken['job']['id']}").json["items"][0]["reason"] == REASON["reason"]


def test_a_resolved_incident_cannot_be_retried(errands: Office) -> None:
    broken = walks.broken(errands)
    errands.person("u_lead1").delete(f"/user-tasks/{broken['task']['id']}/completion")
    ops = errands.person("u_ops1")
    path = f"/incidents/{broken['incident']['id']}"
    action = ops.get(path).json["actions"][0]
    assert (action["name"], action["allowed"], action["code"]) == ("retry", False, "CONFLICT")
    assert ops.post(f"{path}/retry", REASON).status_code == 409


def test_a_timer_is_moved_and_fires_at_its_new_time(errands: Office) -> None:
    started = walks.start(errands)
    ops = errands.person("u_ops1")
    timer = ops.get(f"/timers?instance_id={started['id']}").json["items"][0]
    assert (timer["element_id"], timer["due_at"]) == ("give_up", "2026-09-16T01:00:00Z")
    path = f"/timers/{timer['id']}/due-date"
    moved = ops.put(path, {"due_at": "2026-09-14T12:00:00+08:00", **REASON}, If_Match=f'"{timer["revision"]}"')
    assert moved.json["due_at"] == "2026-09-14T04:00:00Z"
    late = ops.put(path, {"due_at": "2026-09-15T12:00:00+08:00", **REASON}, If_Match=f'"{timer["revision"]}"')
    assert late.status_code == 412
    errands.time.advance(hours=3)
    errands.tick()
    assert ops.get(f"/process-instances/{started['id']}").json["end_element_id"] == "given_up"


def test_a_timer_is_fired_by_hand(errands: Office) -> None:
    started = walks.start(errands)
    ops = errands.person("u_ops1")
    timer = ops.get(f"/timers?instance_id={started['id']}").json["items"][0]
    assert ops.post(f"/timers/{timer['id']}/firing?dry_run=true", REASON).status_code == 200
    assert ops.post(f"/timers/{timer['id']}/firing", REASON).status_code == 202
    errands.tick()
    assert ops.get(f"/process-instances/{started['id']}").json["state"] != "running"
    assert ops.get(f"/timers/{timer['id']}").status_code == 404


def test_an_instant_without_a_zone_is_refused(errands: Office) -> None:
    started = walks.start(errands)
    ops = errands.person("u_ops1")
    timer = ops.get(f"/timers?instance_id={started['id']}").json["items"][0]
    for wrong in ("2026-09-14T12:00:00", "tomorrow", "2026-09-14", 1, None):
        answer = ops.put(f"/timers/{timer['id']}/due-date", {"due_at": wrong, **REASON})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/due_at"), wrong


def test_a_job_that_did_not_fail_is_not_retried(errands: Office) -> None:
    started = walks.start(errands)
    ops = errands.person("u_ops1")
    job = ops.get(f"/jobs?instance_id={started['id']}").json["items"][0]
    assert ops.post(f"/jobs/{job['id']}/retry", REASON).status_code == 409
    assert ops.post(f"/jobs/{job['id']}/retry?dry_run=true", REASON).status_code == 409


def test_jobs_are_searched(errands: Office) -> None:
    broken = walks.broken(errands)
    found = errands.person("u_ops1").post("/jobs/search", {"filter": {"state": "failed", "kind": {"$in": ["retry", "timer"]}}}).json
    assert [one["id"] for one in found["items"]] == [broken["job"]["id"]]
    assert "payload" not in found["items"][0], "what a job carries is case data"


def test_a_message_waits_until_somebody_waits_for_it_and_comes_once(errands: Office) -> None:
    started = walks.start(errands)
    sender = errands.person("u_owner1")
    message = {"id": "bank-1", "name": "customer.payment_received", "correlation_key": "K-1"}
    tried = sender.post("/messages?dry_run=true", message).json
    assert tried["effects"][0]["kind"] == "keep"
    assert sender.post("/messages", message).json["state"] == "waiting"
    assert sender.post("/messages", message).status_code == 202
    errands.tick()
    lead = errands.person("u_lead1")
    lead.post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    check = walks.task(errands, "u_fin1")
    errands.person("u_fin1").post(f"/user-tasks/{check['id']}/completion", {"values": {}})
    errands.tick()
    ops = errands.person("u_ops1")
    assert ops.get(f"/process-instances/{started['id']}").json["end_element_id"] == "done"
    delivered = ops.get("/messages?state=delivered").json["items"]
    assert [(one["id"], one["instance_id"]) for one in delivered] == [("bank-1", started["id"])]


def test_a_dry_run_says_who_would_get_a_message(errands: Office) -> None:
    started = walks.start(errands)
    errands.person("u_lead1").post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    errands.person("u_fin1").post(f"/user-tasks/{walks.task(errands, 'u_fin1')['id']}/completion", {"values": {}})
    message = {"id": "bank-1", "name": "customer.payment_received", "correlation_key": "K-1"}
    effect = errands.person("u_owner1").post("/messages?dry_run=true", message).json["effects"][0]
    assert (effect["kind"], effect["subject_id"]) == ("deliver", started["id"])


def test_a_dry_run_explains_that_the_key_differs(errands: Office) -> None:
    started = walks.start(errands)
    errands.person("u_lead1").post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})
    errands.person("u_fin1").post(f"/user-tasks/{walks.task(errands, 'u_fin1')['id']}/completion", {"values": {}})
    message = {"id": "bank-1", "name": "customer.payment_received", "correlation_key": "K-2"}
    with unit_of_work(errands.database) as session:
        session.add(Membership(account_id="u_ops1", group="case_owner"))  # who may send it, and sees whom it could reach
    told = errands.person("u_ops1").post("/messages?dry_run=true", message).json["effects"]
    assert [(one["kind"], one["subject_id"]) for one in told] == [("keep", "bank-1"), ("not_matched", started["id"])]
    assert told[1]["message"] == "It waits at paid for the key 'K-1', not 'K-2'."
    assert len(errands.person("u_owner1").post("/messages?dry_run=true", message).json["effects"]) == 1, (
        "keys are references of other cases"
    )
