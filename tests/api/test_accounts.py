"""Signing in and out with a password, and the throttle before it."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters

from api import accounts
from api.errors import NotSignedIn
from api.tables import ApiToken, SignInAttempt
from engine import clock
from engine.database import reading, unit_of_work
from engine.errors import Invalid
from processes.tables.people import Account
from tests.api.conftest import Office, Reply

PASSWORD = "correct horse battery"


@pytest.fixture
def lead(office: Office) -> Office:
    """The office; u_lead1 has a password."""
    with unit_of_work(office.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=accounts.hashed(PASSWORD))
    return office


def _sign_in(office: Office, account: str, password: str) -> Reply:
    return office.stranger().post("/tokens", {"account": account, "password": password})


def test_a_password_gets_a_token_that_says_who_one_is(lead: Office) -> None:
    answer = _sign_in(lead, "u_lead1", PASSWORD)
    assert answer.status_code == 201
    me = lead.stranger().get("/accounts/me", Authorization=f"Bearer {answer.json['token']}").json
    assert (me["id"], me["groups"]) == ("u_lead1", ["team_lead"])
    assert "task:assign" in me["permissions"]
    assert me["expires_at"] == answer.json["expires_at"]


def test_signing_out_ends_the_token_at_once(lead: Office) -> None:
    token = _sign_in(lead, "u_lead1", PASSWORD).json["token"]
    header = {"Authorization": f"Bearer {token}"}
    assert lead.stranger().delete("/tokens/current", **header).status_code == 204
    assert lead.stranger().get("/accounts/me", **header).status_code == 401


def test_only_a_digest_of_the_token_is_stored(lead: Office) -> None:
    token = _sign_in(lead, "u_lead1", PASSWORD).json["token"]
    with reading(lead.database) as session:
        row = session.query(ApiToken).filter_by(account_id="u_lead1").one()
        assert token not in (row.id, row.sha256, row.name)
        assert row.sha256 == accounts.digest(token)


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer_after_the_same_work(
    lead: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify, hashed = PasswordHasher.verify, []

    def counted(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        hashed.append(extract_parameters(password_hash))
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    answers = [_sign_in(lead, account, "wrong").json | {"trace_id": ""} for account in ("u_lead1", "u_nobody")]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "SIGN_IN_FAILED"
    assert len(hashed) == 2 and hashed[0] == hashed[1]


def test_an_account_that_is_not_active_cannot_sign_in_and_its_tokens_are_dead(lead: Office) -> None:
    person = lead.person("u_lead1")
    with unit_of_work(lead.database) as session:
        session.get_one(Account, "u_lead1").active = False
    assert _sign_in(lead, "u_lead1", PASSWORD).status_code == 401
    assert person.get("/accounts/me").status_code == 401


def test_the_fifth_failure_makes_even_the_right_password_wait(lead: Office) -> None:
    for _ in range(5):
        assert _sign_in(lead, "u_lead1", "wrong").status_code == 401
    answer = _sign_in(lead, "u_lead1", PASSWORD)
    assert (answer.status_code, answer.json["code"], answer.json["retryable"]) == (429, "TOO_MANY_ATTEMPTS", True)
    assert 0 < int(answer.headers["Retry-After"]) <= 31


def test_after_the_wait_the_right_password_works_and_the_failures_are_forgotten(lead: Office) -> None:
    for _ in range(5):
        _sign_in(lead, "u_lead1", "wrong")
    with unit_of_work(lead.database) as session:
        for attempt in session.query(SignInAttempt):
            attempt.blocked_until = clock.elapsed()
    assert _sign_in(lead, "u_lead1", PASSWORD).status_code == 201
    assert _sign_in(lead, "u_lead1", "wrong").status_code == 401
    assert _sign_in(lead, "u_lead1", PASSWORD).status_code == 201


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(lead: Office) -> None:
    waits = []
    for _ in range(12):
        with unit_of_work(lead.database) as session:
            for attempt in session.query(SignInAttempt):
                attempt.blocked_until = None
        _sign_in(lead, "u_lead1", "wrong")
        with reading(lead.database) as session:
            rows = session.query(SignInAttempt).filter(SignInAttempt.blocked_until.is_not(None)).all()
            waits += [round((row.blocked_until - row.failed_at).total_seconds()) for row in rows if row.blocked_until]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_failures_are_counted_for_names_that_do_not_exist_and_no_name_is_kept(lead: Office) -> None:
    for _ in range(5):
        _sign_in(lead, "my password by mistake", "wrong")
    assert _sign_in(lead, "my password by mistake", "wrong").status_code == 429
    with reading(lead.database) as session:
        assert all(len(row.subject) == 64 for row in session.query(SignInAttempt))


def test_a_token_ends_with_its_time(lead: Office) -> None:
    person = lead.person("u_lead1")
    with unit_of_work(lead.database) as session:
        session.get_one(ApiToken, "u_lead1").expires_at = clock.elapsed() - timedelta(seconds=1)
    assert person.get("/accounts/me").status_code == 401


def test_a_new_password_signs_everybody_out(lead: Office) -> None:
    person = lead.person("u_lead1")
    with unit_of_work(lead.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=accounts.hashed("another good password"))
    assert person.get("/accounts/me").status_code == 401


def test_a_browser_session_is_another_kind_of_secret(lead: Office) -> None:
    issued = accounts.sign_in_for_session(lead.database, account_id="u_lead1", password=PASSWORD, address="127.0.0.1", hours=12)
    with reading(lead.database) as session:
        assert accounts.by_session(session.connection(), issued.secret).actor.id == "u_lead1"
        with pytest.raises(NotSignedIn):
            accounts.by_token(session.connection(), issued.secret)


def test_a_short_password_is_refused_with_a_sentence() -> None:
    with pytest.raises(Invalid) as refused:
        accounts.hashed("short")
    assert refused.value.problems[0].message == "A password has 10 to 200 characters."
