"""The page of one run of a process."""

import re

from api.pages.story_words import MESSAGES
from tests.api.conftest import DIAGRAMS
from tests.api.pages import cases as given
from tests.api.pages.conftest import Desk, words
from tests.processes.test_roles import DIAGRAMS as DELIVERED

ENGINE_DIAGRAMS = DIAGRAMS.parents[1] / "engine" / "diagrams"


def test_it_shows_why_a_decision_was_what_it_was(desk: Desk) -> None:
    desk.office.deploy(ENGINE_DIAGRAMS / "weigh_by_weight.bpmn", ENGINE_DIAGRAMS / "weigh.dmn")
    body = {"definition_key": "weigh_by_weight", "variables": {"weight": 4}}
    started = desk.office.person("u_po1").post("/process-instances", body).json
    page = desk.visitor("u_po1").get(f"/instances/{started['id']}")
    said = words(page)
    assert "Why it was decided so Weigh it" in said
    assert "Weigh weigh · rows that held: 1 Asked Weight weight 4 Said Price price 10" in said
    assert "The other rows, by the first cell that did not hold: Weight (2)" in said
    assert "Data Price price 10 Weight weight 4" in said


def test_what_was_done_by_hand_names_the_task_it_was_done_to(desk: Desk) -> None:
    instance_id = desk.ask()
    task_id = desk.task(instance_id)
    lead, ops = desk.visitor("u_lead1"), desk.visitor("u_ops1")
    for act in ("claim", "unclaim"):
        lead.post(f"/tasks/{task_id}/{act}")
    said = words(ops.get(f"/instances/{instance_id}"))
    assert "Claimed “Approve the compensation” · Wang Fang" in said and "Given back “Approve the compensation” · Wang Fang" in said
    ops.post(f"/operations/tasks/{task_id}/assignment", assignee="u_lead2", reason="stands in")
    assert "Assigned “Approve the compensation”" in words(ops.get("/operations"))
    trail = desk.office.person("u_ops1").get(f"/operations?kind=claim&subject_id={task_id}").json["items"]
    assert trail[0]["details"]["element"] == "ut_approve"


def test_data_messages_and_codes_are_said_in_words_beside_their_technical_names(desk: Desk) -> None:
    ops = desk.office.person("u_ops1")
    (run,) = ops.get(f"/process-instances?business_key={given.register(desk).reference}&definition_key=complaint_handling").json["items"]
    waiting = words(desk.visitor("u_ops1").get(f"/instances/{run['id']}"))
    assert "waits for a message (the withdrawal)" in waiting and "customer.withdraw" not in waiting
    said = words(desk.visitor("u_ops1").get(f"/instances/{desk.ask()}"))
    assert "requested_amount ¥1,500.00" in said, said


def test_every_message_of_the_delivered_diagrams_has_words() -> None:
    found = {name for path in DELIVERED.rglob("*.bpmn") for name in re.findall(r'<(?:bpmn:)?message [^>]*name="([^"]+)"', path.read_text())}
    assert "case.rework" in found
    assert found - set(MESSAGES) == set()


def test_a_process_of_its_own_may_mean_something_else_by_a_known_name(desk: Desk) -> None:
    desk.office.deploy(ENGINE_DIAGRAMS / "weigh_by_weight.bpmn", ENGINE_DIAGRAMS / "weigh.dmn")
    body = {"definition_key": "weigh_by_weight", "variables": {"weight": 4, "level": "heavy", "category": ["a", "b"]}}
    started = desk.office.person("u_po1").post("/process-instances", body).json
    assert "heavy" in words(desk.visitor("u_po1").get(f"/instances/{started['id']}"))
