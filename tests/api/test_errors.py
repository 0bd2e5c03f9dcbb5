"""Every error under /api is a problem document: a sentence, a stable code, and nothing of the case."""

import logging
from typing import cast

import pytest
from flask import Flask, Response

from api import errors
from api.settings import Settings
from engine.errors import ExecutionFailed, RedressError
from tests.api import walks
from tests.api.conftest import Office, Reply


def _subclasses(kind: type[RedressError]) -> list[type[RedressError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in _subclasses(child))]


def test_every_error_has_a_status_and_a_code_of_its_own_shape() -> None:
    for kind in _subclasses(RedressError):
        assert 400 <= next(errors.STATUS[base] for base in kind.__mro__ if base in errors.STATUS) <= 503
        assert kind.code.isupper()


def test_an_address_that_does_not_exist_is_a_problem_and_not_a_page(office: Office) -> None:
    answer = office.stranger().get("/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["type"] == "urn:redress:problem:not-found"
    assert answer.headers["X-Trace-Id"] == answer.json["trace_id"]


def test_a_page_that_does_not_exist_is_html(office: Office) -> None:
    answer = office.app.test_client().get("/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_method_that_is_not_possible_names_those_that_are(office: Office) -> None:
    answer = office.person("u_ops1").delete("/jobs")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_without_a_token_one_is_told_how_to_sign_in(office: Office) -> None:
    answer = office.stranger().get("/user-tasks")
    assert (answer.status_code, answer.json["code"]) == (401, "NOT_SIGNED_IN")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"\xff\xfe", 400, "BAD_REQUEST"),
        (b'{"values": NaN}', 400, "BAD_REQUEST"),
        (b'{"values": {"a": "\\ud800"}}', 400, "BAD_REQUEST"),
        (b'{"values": {"a": "\\u0000"}}', 400, "BAD_REQUEST"),
        (b'{"values": {"a": 123456789012345678901234567890}}', 400, "BAD_REQUEST"),
        (b'{"values": {"a": 1e999}}', 400, "BAD_REQUEST"),
        (b'{"values": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "BAD_REQUEST"),
        (b"[]", 422, "INVALID"),
        (b"null", 422, "INVALID"),
        (b'{"values": 1}', 422, "INVALID"),
        (b"{}", 422, "INVALID"),
        (b'{"values": {}, "extra": 1}', 422, "INVALID"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(errands: Office, body: bytes, status: int, code: str) -> None:
    walks.start(errands)
    lead = errands.person("u_lead1")
    path = f"/user-tasks/{walks.task(errands)['id']}/completion"
    answer = lead.send("POST", path, {"Content-Type": "application/json"}, data=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_another_media_type_is_refused(errands: Office) -> None:
    lead = errands.person("u_lead1")
    answer = lead.send("POST", "/user-tasks/search", {"Content-Type": "application/xml"}, data=b"<a/>")
    assert (answer.status_code, answer.json["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(errands: Office, settings: Settings) -> None:
    lead = errands.person("u_lead1")
    body = b'{"filter": "' + b"x" * settings.max_json_bytes + b'"}'
    answer = lead.send("POST", "/user-tasks/search", {"Content-Type": "application/json"}, data=body)
    assert (answer.status_code, answer.json["code"]) == (413, "TOO_LARGE")


def test_every_wrong_field_is_named_by_a_pointer(office: Office) -> None:
    answer = office.person("u_owner1").post("/compensations", {"remedy_case": "NOTHING", "requested_amount": "much", "colour": "red"})
    assert answer.status_code == 422
    found = {(one["pointer"], one["code"]) for one in answer.json["errors"]}
    assert {("/complaint_reference", "REQUIRED"), ("/colour", "UNKNOWN_FIELD"), ("/requested_amount", "INVALID")} <= found


def test_a_parameter_given_twice_is_refused(office: Office) -> None:
    assert office.person("u_lead1").get("/user-tasks?limit=1&limit=2").status_code == 400


def test_the_character_nul_is_refused_at_the_door(office: Office) -> None:
    lead = office.person("u_lead1")
    assert lead.get("/user-tasks/%00").status_code == 404
    assert lead.get("/user-tasks?business_key=%00").status_code == 400


def _answer_to(error: Exception) -> Reply:
    """What a view that raises this answers."""
    app = Flask(__name__)
    errors.register(app)

    def fails() -> Response:
        raise error

    app.add_url_rule("/api/v1/fails", "fails", fails)
    return cast(Reply, app.test_client().get("/api/v1/fails"))


def test_an_unexpected_error_says_no_more_than_its_trace_id(caplog: pytest.LogCaptureFixture) -> None:
    answer = _answer_to(ZeroDivisionError("the salary of Wang Min is 7"))
    assert (answer.status_code, answer.json["code"]) == (500, "INTERNAL_ERROR")
    assert "Wang" not in answer.text
    assert answer.json["trace_id"] in caplog.text and "Wang Min" in caplog.text


def test_the_reason_of_a_failed_step_may_quote_the_case_and_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answer = _answer_to(ExecutionFailed(element="divide", reason="'Wang Min' is no number"))
    assert (answer.status_code, answer.json["detail"]) == (422, "The step failed at divide.")
    assert "Wang" not in answer.text and "Wang Min" in caplog.text
