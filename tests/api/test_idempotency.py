"""A POST with an Idempotency-Key is done once and answered as often as it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from api.tables import IdempotencyRecord
from engine import clock
from engine.database import reading, unit_of_work
from engine.tables import ProcessInstance
from tests.api.conftest import Office

START = {"definition_key": "errand", "business_key": "K-7"}


def _instances(office: Office) -> int:
    with reading(office.database) as session:
        return session.query(ProcessInstance).count()


def test_sent_twice_with_the_same_key_it_is_done_once(errands: Office) -> None:
    owner = errands.person("u_po1")
    first = owner.post("/process-instances", START, Idempotency_Key="k1")
    second = owner.post("/process-instances", START, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert (second.headers["Idempotency-Replayed"], second.headers["Location"]) == ("true", first.headers["Location"])
    assert second.headers["ETag"] == first.headers["ETag"]
    assert _instances(errands) == 1


def test_without_a_key_or_with_another_it_is_done_again(errands: Office) -> None:
    owner = errands.person("u_po1")
    for key in ("k1", "k2"):
        owner.post("/process-instances", START, Idempotency_Key=key)
    owner.post("/process-instances", START)
    assert _instances(errands) == 3


def test_the_same_key_with_another_body_is_refused(errands: Office) -> None:
    owner = errands.person("u_po1")
    owner.post("/process-instances", START, Idempotency_Key="k1")
    answer = owner.post("/process-instances", START | {"business_key": "K-8"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert _instances(errands) == 1


def test_the_order_of_names_in_the_body_does_not_matter(errands: Office) -> None:
    owner = errands.person("u_po1")
    owner.post("/process-instances", {"definition_key": "errand", "business_key": "K-7"}, Idempotency_Key="k1")
    again = owner.post("/process-instances", {"business_key": "K-7", "definition_key": "errand"}, Idempotency_Key="k1")
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_belongs_to_one_account_and_one_path(errands: Office) -> None:
    errands.person("u_po1").post("/process-instances", START, Idempotency_Key="k1")
    assert errands.person("u_cm1").post("/process-instances", START, Idempotency_Key="k1").status_code == 201
    message = {"id": "m1", "name": "customer.payment_received"}
    assert errands.person("u_owner1").post("/messages", message, Idempotency_Key="k1").status_code == 202
    assert _instances(errands) == 2


def test_what_was_refused_may_be_tried_again_with_the_same_key(errands: Office) -> None:
    owner = errands.person("u_po1")
    assert owner.post("/process-instances", {"definition_key": "nothing"}, Idempotency_Key="k1").status_code == 404
    assert owner.post("/process-instances", START, Idempotency_Key="k1").status_code == 201


def test_after_a_day_the_key_is_free(errands: Office) -> None:
    owner = errands.person("u_po1")
    owner.post("/process-instances", START, Idempotency_Key="k1")
    with unit_of_work(errands.database) as session:
        record = session.query(IdempotencyRecord).one()
        assert record.expires_at - record.created_at == timedelta(hours=24)
        record.expires_at = clock.elapsed()
    owner.post("/process-instances", START | {"business_key": "K-9"}, Idempotency_Key="k1")
    assert _instances(errands) == 2


def test_the_answer_is_given_again_even_when_the_same_request_would_now_be_refused(errands: Office) -> None:
    errands.person("u_po1").post("/process-instances", START)
    lead = errands.person("u_lead1")
    task = lead.get("/user-tasks").json["items"][0]
    path = f"/user-tasks/{task['id']}/completion"
    first = lead.post(path, {"values": {"parts": 4}}, Idempotency_Key="k1")
    again = lead.post(path, {"values": {"parts": 4}}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert lead.post(path, {"values": {"parts": 4}}).status_code == 409


def test_a_key_that_is_no_text_is_refused(errands: Office) -> None:
    answer = errands.person("u_po1").post("/process-instances", START, Idempotency_Key="k" * 256)
    assert (answer.status_code, answer.json["code"]) == (400, "BAD_REQUEST")


def test_of_two_at_once_one_is_done_and_both_get_its_answer(errands: Office) -> None:
    owner = errands.person("u_po1")
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(owner.post, "/process-instances", START, Idempotency_Key="k1") for _ in range(8)]
    bodies = {answer.result().data for answer in answers}
    assert len(bodies) == 1
    assert {answer.result().status_code for answer in answers} == {201}
    assert _instances(errands) == 1
