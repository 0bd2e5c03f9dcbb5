"""Talking about a case: a comment that mentions somebody, with files to look at; and a customer who adds a photo on a telephone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.database import unit_of_work
from processes import cases, comments, people
from tests import files_to_send as files
from tests.browser.conftest import Company, Windows
from tests.browser.test_task_pane import end_sessions, sign_in_elsewhere

pytestmark = pytest.mark.browser


@pytest.fixture
def sent(tmp_path: Path) -> list[Path]:
    """A picture, a PDF and a text on somebody's disk."""
    found = [tmp_path / name for name in ("parcel.png", "note.pdf", "trace.txt")]
    for path, content in zip(found, (files.png(640, 420), files.PDF, b"picked up\ndelivered <late>\n"), strict=True):
        path.write_bytes(content)
    return found


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def says_with_a_mention_and_files(lead: Page, reference: str, sent: list[Path]) -> None:
    """By keyboard, and without one of the files after all."""
    lead.goto(f"/complaints/{reference}/conversation")
    lead.keyboard.press("m")
    field = lead.get_by_label("Comment for colleagues")
    expect(field).to_be_focused()
    field.press_sequentially("The carrier has answered. @lian")
    expect(lead.get_by_role("option", name="Liang Hui", selected=True)).to_be_visible()
    lead.keyboard.press("Enter")
    field.press_sequentially("look.")
    expect(field).to_have_value("The carrier has answered. @Liang Hui look.")
    lead.locator("#comment-files").set_input_files(sent)
    lead.get_by_role("button", name="Remove trace.txt").click()
    field.press("Control+Enter")
    said = lead.locator(".said .line").first
    expect(said.locator(".mention")).to_have_text("@Liang Hui")
    expect(said.get_by_role("link")).to_have_count(3)  # its time, and two files
    expect(lead.get_by_role("button", name="Watching")).to_be_visible()
    expect(field).to_have_value("")
    lead.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")  # they load when seen


def test_colleagues_talk_about_a_case_and_look_at_its_files(company: Company, windows: Windows, sent: list[Path]) -> None:
    reference = company.ask()
    lead = windows.sign_in("u_lead1")
    says_with_a_mention_and_files(lead, reference, sent)
    refuses_who_may_not_see_it(lead, sent[2])
    is_sent_after_signing_in_again(lead, company)
    looks_at_the_files(lead)
    manager = windows.sign_in("u_cm1", width=375)
    manager.goto(f"/complaints/{reference}")
    expect(manager.locator(".mention")).to_have_text("@Liang Hui")
    fits(manager)
    manager.goto(f"/complaints/{reference}/conversation")
    with unit_of_work(company.database) as session:
        comments.add(session, cases.by_reference(session, reference), "Found at the depot.", actor=people.actor_of(session, "u_lead1"))
    expect(manager.locator(".said .line").first).to_contain_text("Found at the depot.")


def refuses_who_may_not_see_it(page: Page, file: Path) -> None:
    """In a sentence; what was typed and chosen stays."""
    field = page.get_by_label("Comment for colleagues")
    field.fill("What does @u_fin1 say?")
    page.locator("#comment-files").set_input_files(file)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").first).to_contain_text("Jin Ling may not see this case")
    expect(page.get_by_label("Comment for colleagues")).to_have_value("What does @u_fin1 say?")
    expect(page.locator("[data-chosen]")).to_contain_text(file.name)


def is_sent_after_signing_in_again(page: Page, company: Company) -> None:
    """Said that one is signed out; sent from the same page as soon as one is not."""
    page.get_by_label("Comment for colleagues").fill("And the next morning?")
    end_sessions(company)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-problem]")).to_contain_text("You are signed out.")
    sign_in_elsewhere(page)
    page.get_by_role("button", name="Send").click()
    line = page.locator(".said .line").first
    expect(line).to_contain_text("And the next morning?")
    expect(line.get_by_role("link", name="trace.txt")).to_be_visible()


def looks_at_the_files(page: Page) -> None:
    """A picture in the page, a PDF in a frame of it, a download that is the file."""
    page.get_by_role("link", name="parcel.png").click()
    expect(page.get_by_role("img", name="parcel.png")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download").click()
    assert kept.value.suggested_filename == "parcel.png"
    page.go_back()
    page.get_by_role("link", name="note.pdf").click()
    expect(page.locator("iframe")).to_be_visible()


def test_a_customer_sends_a_photo_on_a_telephone(company: Company, windows: Windows, sent: list[Path]) -> None:
    page = windows.open(width=375)
    page.goto("/complain")
    page.get_by_label("Something I bought").check()
    page.get_by_label("Product, service or place").fill("快递")
    page.get_by_label("What happened?").fill("快递延误三天还没收到货")
    page.get_by_label("What would you like us to do?").fill("赔偿")
    page.get_by_label("Mobile number").fill("13800000001")
    page.get_by_label("Phone call").check()
    page.get_by_label("I agree that my details are used").check()
    page.locator("#files").set_input_files(sent[0])
    expect(page.get_by_text("parcel.png")).to_be_visible()
    page.get_by_role("button", name="Send the complaint").last.click()
    expect(page.get_by_role("alert").first).to_contain_text("Give your name")
    expect(page.get_by_label("parcel.png")).to_be_checked()  # not to be chosen again
    page.get_by_label("Your name").fill("王敏")
    page.get_by_role("button", name="Send the complaint").last.click()
    code = page.locator("[data-code]").inner_text()
    page.get_by_role("link", name="To the status page").click()
    page.get_by_label("Your secret code").fill(code)
    page.get_by_role("button", name="Show my complaint").click()
    expect(page.get_by_role("link", name="parcel.png")).to_be_visible()
    page.locator("#files").set_input_files(sent[1])
    page.get_by_role("button", name="Add to my complaint").click()
    expect(page.get_by_role("status").first).to_contain_text("we have added it to your complaint")
    expect(page.get_by_role("link", name="note.pdf")).to_be_visible()
    fits(page)
