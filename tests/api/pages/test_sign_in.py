"""Signing in and out, language, and what protects every page."""

import pytest

from api import accounts, demo
from engine.database import reading, unit_of_work
from processes import people
from tests.api.pages.conftest import Desk, Visitor, words

PASSWORD = "a long enough one"


@pytest.fixture
def stranger(desk: Desk) -> Visitor:
    """Nobody yet; u_lead1 has a password."""
    password_hash = accounts.hashed(PASSWORD)
    with unit_of_work(desk.office.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=password_hash)
    return desk.visitor()


def test_a_page_asks_who_it_is_and_then_shows_what_was_wanted(stranger: Visitor) -> None:
    asked = stranger.get("/tasks?scope=mine")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/tasks?scope%3Dmine")
    signed_in = stranger.post(asked.location, account="u_lead1", password=PASSWORD)
    assert (signed_in.status_code, signed_in.location) == (303, "/tasks?scope=mine")
    assert "Nothing is assigned to you" in words(stranger.get(signed_in.location))


def test_a_wrong_password_is_said_and_the_typed_account_is_kept(stranger: Visitor) -> None:
    answer = stranger.post("/sign-in", account="u_lead1", password="wrong")
    assert answer.status_code == 401
    assert "Account or password is wrong." in words(answer)
    assert 'value="u_lead1"' in answer.text


def test_after_too_many_attempts_the_page_says_how_long_to_wait(stranger: Visitor) -> None:
    for _ in range(5):
        stranger.post("/sign-in", account="u_lead1", password="wrong")
    answer = stranger.post("/sign-in", account="u_lead1", password=PASSWORD)
    assert answer.status_code == 429
    assert "Too many failed attempts; try again in 30 seconds." in words(answer)


def test_signing_out_ends_the_session_on_the_server_too(desk: Desk) -> None:
    lead, other_window = desk.visitor("u_lead1"), desk.visitor("u_lead1")
    assert lead.post("/sign-out").location == "/sign-in"
    assert lead.get("/tasks").status_code == 303
    assert other_window.get("/tasks").status_code == 303


def test_the_language_is_switched_on_the_sign_in_page_and_kept_for_the_person(desk: Desk) -> None:
    stranger = desk.visitor(language="en")
    stranger.post("/language", language="zh", next="/sign-in")
    assert "登录" in words(stranger.get("/sign-in"))
    lead = desk.visitor("u_lead1", language="en")
    lead.post("/language", language="en", next="/tasks")
    elsewhere = desk.visitor("u_lead1", language="")
    assert "Tasks" in words(elsewhere.get("/tasks"))


def test_whoever_the_sign_in_page_of_the_demonstration_names_reads_english(desk: Desk) -> None:
    with reading(desk.office.database) as session:
        assert {people.get(session, account).locale for account, _ in demo.SHOWN} == {"en"}


def test_another_site_is_not_a_place_to_go_on_to(stranger: Visitor) -> None:
    for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org"):
        answer = stranger.post("/sign-in", account="u_lead1", password=PASSWORD, next=elsewhere)
        assert answer.location == "/"
        stranger.post("/sign-out")


def test_a_form_without_its_token_changes_nothing(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    task_id = desk.task(desk.ask())
    answer = lead.client.post(f"/tasks/{task_id}/claim")
    assert answer.status_code == 403
    assert "nothing was changed" in words(answer)
    assert "unassigned" in words(lead.get(f"/tasks/{task_id}"))


@pytest.mark.parametrize("path", ["/tasks", "/compensations", "/compensations/new", "/operations", "/sign-in?next=/"])
def test_pages_without_islands_allow_no_inline_styles(desk: Desk, path: str) -> None:
    policy = desk.visitor("u_cm1").client.get(path, follow_redirects=True).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_pages_with_islands_allow_inline_styles_but_no_inline_scripts(desk: Desk) -> None:
    policy = desk.visitor("u_cm1").get("/processes").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline';" in policy
    assert "script-src 'self';" in policy


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_other_sites(stranger: Visitor) -> None:
    answer = stranger.post("/sign-in", account="u_lead1", password=PASSWORD)
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_what_is_not_there_is_answered_by_a_page(desk: Desk) -> None:
    answer = desk.visitor("u_lead1", language="zh").get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "此地址没有内容。" in words(answer)


@pytest.mark.parametrize(("path", "status"), [("/sign-out", 405), ("/nowhere", 404)])
def test_where_no_page_is_the_reader_still_has_the_places_to_go_to(desk: Desk, path: str, status: int) -> None:
    answer = desk.visitor("u_lead1").get(path)
    assert answer.status_code == status
    assert '<a href="/tasks"' in answer.text and "u_lead1" in words(answer)
    assert "GET" not in words(answer)
    assert '<a href="/tasks"' not in desk.visitor().get(path).text


def test_what_one_may_not_do_is_answered_with_who_can(desk: Desk) -> None:
    answer = desk.visitor("u_owner1").get("/operations")
    assert answer.status_code == 403
    assert "Operations" in words(answer).split("Who can:")[1]


def test_people_see_the_places_their_roles_can_go_to(desk: Desk) -> None:
    assert '<a href="/operations"' not in desk.visitor("u_owner1").get("/tasks").text
    assert desk.visitor("u_ops1").get("/").location == "/operations"
    assert desk.visitor("u_po1").get("/").location == "/processes"
    assert desk.visitor("u_lead1").get("/").location == "/tasks"
