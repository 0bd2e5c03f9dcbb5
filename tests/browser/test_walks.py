"""Each of the three user groups does its job once, in a browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DIAGRAMS, Company, Windows
from tests.eventually import eventually

pytestmark = pytest.mark.browser
TARGETS = "sla_watch/sla_targets.dmn"
OWN = Path(__file__).parents[1] / "api" / "diagrams"


def changed(path: str, old: str, new: str, *, after: str = "") -> dict[str, str | bytes]:
    """A file of diagrams/ with one text (the first behind `after`) replaced, ready to be chosen in a file field."""
    text = (DIAGRAMS / path).read_text()
    start = text.index(old, text.index(after))
    content = text[:start] + new + text[start + len(old) :]
    return {"name": path.rsplit("/", 1)[-1], "mimeType": "application/octet-stream", "buffer": content.encode()}


def vote(page: Page, label: str) -> None:
    """Choose a vote in the form drawn by form-js."""
    page.wait_for_selector("[data-task-form][data-ready]")
    page.get_by_label(label, exact=True).check()


def reload_until(page: Page, place: Locator, pattern: str) -> None:
    """Look again until the scheduler of the server has done what this tells of."""
    eventually(lambda: re.search(pattern, place.inner_text()), meanwhile=page.reload)


def upload(page: Page, file: dict[str, str | bytes], note: str) -> None:
    """Choose a changed file and have it checked."""
    page.get_by_label("Changed files").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload, as a plain dict
    page.get_by_label("What changed and why").fill(note)
    page.get_by_role("button", name="Check and make live").click()


def test_an_owner_changes_a_deadline_reads_a_problem_and_deploys(company: Company, windows: Windows) -> None:
    company.ask()
    page = windows.sign_in("u_po1")
    page.wait_for_selector("[data-diagram][data-drawn]")
    page.get_by_role("link", name="Deadline watch").click()
    reload_until(page, page.locator(".version-list li").nth(0), r"1\s*live\s*One running")

    upload(page, changed(TARGETS, "'8wh'", "'6wh", after="'C-APPROVE'"), "Approve faster")
    expect(page.get_by_text("These files cannot be deployed; nothing was changed.")).to_be_visible()
    problem = page.locator(".problem").filter(has_text="6wh").first
    expect(problem).to_contain_text(re.compile(r"sla_targets\.dmn · line \d+"))
    expect(problem).to_contain_text("48")
    expect(page.get_by_label("What changed and why")).to_have_value("Approve faster")

    upload(page, changed(TARGETS, "'8wh'", "'6wh'", after="'C-APPROVE'"), "Approve faster")
    expect(page.get_by_role("status")).to_contain_text("Version 2 is live: whatever starts from now on takes it.")
    expect(page.get_by_role("status")).to_contain_text("One running instance stays on the version it started with.")

    company.ask()
    reload_until(page, page.locator(".version-list li").nth(0), r"2\s*live\s*One running")
    expect(page.locator(".version-list li").nth(1)).to_contain_text(re.compile(r"1\s*One running"))
    page.locator(".version-list a").nth(1).click()
    page.locator(".wide-table a").first.click()
    expect(page.get_by_text("version 2 is live now; this one keeps its own")).to_be_visible()
    page.wait_for_selector("[data-diagram][data-drawn]")
    expect(page.locator('.djs-element.here[data-element-id="eg_watch"]')).to_be_visible()


def test_an_owner_is_led_to_the_place_of_a_mistake_in_a_drawing(company: Company, windows: Windows) -> None:
    page = windows.sign_in("u_po1")
    page.get_by_role("link", name="Compensation approval").click()
    upload(page, changed("compensation_approval/compensation_approval.bpmn", "working_time('PT8H')", "working_tme('PT8H')"), "Faster")
    problem = page.locator(".problem").filter(has_text="working_tme").first
    expect(problem).to_contain_text(re.compile(r"compensation_approval\.bpmn · line \d+"))
    page.wait_for_selector("[data-diagram][data-drawn]")
    problem.click()
    expect(page.locator(f'.djs-element.selected[data-element-id="{problem.get_attribute("data-select-element")}"]')).to_be_visible()
    expect(page.get_by_label("What changed and why")).to_have_value("Faster")


def test_a_worker_approves_and_is_refused_for_four_eyes(company: Company, windows: Windows) -> None:
    mine, own = company.ask("1500"), company.ask("900", by="u_lead1")
    company.task_of(own)  # the page it is looked up on does not change by itself
    page = windows.sign_in("u_lead1")
    page.get_by_role("link", name=re.compile(mine)).click()
    page.get_by_role("button", name="Claim").click()
    expect(page.locator("[data-toast]")).to_contain_text("The task is yours.")

    vote(page, "Approve")
    page.get_by_label("Approved amount").fill("9999")
    page.get_by_label("Comment for the file").fill("as agreed by phone")
    expect(page.locator("[data-saved-at]")).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"))
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_contain_text("Approve at most the 1,500.00 that were requested.")
    page.wait_for_selector("[data-task-form][data-ready]")
    expect(page.get_by_label("Comment for the file")).to_have_value("as agreed by phone")
    expect(page.locator(".fjs-form-field-error")).to_contain_text("Approve at most the 1,500.00")

    page.get_by_label("Approved amount").fill("1500")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator("[data-toast]")).to_contain_text("Done: Approve the compensation.")

    page.get_by_role("link", name="Compensations").click()
    page.get_by_role("link", name=own).click()
    page.get_by_role("link", name=re.compile("Approve the compensation")).click()
    expect(page.get_by_text("This task needs a second pair of eyes").first).to_be_visible()
    expect(page.get_by_text("Who can: Team lead")).to_be_visible()
    expect(page.get_by_role("button", name="Complete")).to_have_attribute("aria-disabled", "true")


def test_operations_see_an_incident_repair_it_and_see_the_case_end(company: Company, windows: Windows) -> None:
    reference = company.ask("1500")
    page = windows.sign_in("u_ops1")
    expect(page.get_by_text("Everything moves")).to_be_visible()

    kept = company.letters.rename(company.letters.with_name("letters away"))
    company.letters.write_text("not a folder")
    company.complete(reference, "u_lead1", vote="approve", approved_amount="1500")
    company.complete(reference, "u_fin1", result="ok", cost_center="LOGISTICS", duplicate_checked=True)
    expect(page.get_by_text("One thing waits for help")).to_be_visible()  # by itself: nobody touches the page
    expect(page.locator(".stuck .reason")).to_contain_text("the letter folder letters cannot be written to")

    company.letters.unlink()
    kept.rename(company.letters)
    page.locator("summary").filter(has_text="Retry").click()
    page.get_by_label("Why will it go better now?").fill("the folder is back")
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("row").filter(has_text="the folder is back")).to_contain_text("went through")
    expect(page.get_by_text("Everything moves")).to_be_visible()
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_text("Nothing: it has ended.")).to_be_visible()
    assert len(list(company.letters.glob("*.eml"))) == 1


def test_an_owner_starts_a_process_of_his_own_that_says_nothing_of_positions(windows: Windows) -> None:
    page = windows.sign_in("u_po1")
    page.goto("/processes/new")
    page.get_by_label("Files").set_input_files([OWN / "errand.bpmn", OWN / "errand.form"])
    page.get_by_role("button", name="Check and make live").click()
    page.locator("[data-diagram]").scroll_into_view_if_needed()  # drawn once somebody looks at it
    expect(page.get_by_text("Nothing can be drawn: the file says nothing of where its elements stand.")).to_be_visible()
    page.get_by_label("Reference (optional)").fill("A-17")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("It has begun.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-17")


def test_what_is_typed_into_a_repair_is_not_swept_away(company: Company, windows: Windows) -> None:
    kept = company.letters.rename(company.letters.with_name("letters away"))
    first, second = company.ask("1500"), company.ask("1500")
    page = windows.sign_in("u_ops1")
    company.complete(first, "u_lead1", vote="approve", approved_amount="1500")
    company.complete(first, "u_fin1", result="ok", cost_center="LOGISTICS", duplicate_checked=True)
    page.locator("summary").filter(has_text="Retry").click()
    page.get_by_label("Why will it go better now?").fill("half a rea")
    company.complete(second, "u_lead1", vote="approve", approved_amount="1500")
    company.complete(second, "u_fin1", result="ok", cost_center="LOGISTICS", duplicate_checked=True)
    other = windows.sign_in("u_ops1")
    expect(other.get_by_text("2 things wait for help")).to_be_visible()
    expect(page.get_by_label("Why will it go better now?")).to_have_value("half a rea")
    page.get_by_label("Why will it go better now?").fill("")
    page.locator("details[open] summary").click()
    page.get_by_role("heading", name="Operations").click()
    expect(page.get_by_text("2 things wait for help")).to_be_visible()
    kept.rename(company.letters)


def test_a_worker_does_the_same_in_chinese(company: Company, windows: Windows) -> None:
    reference = company.ask("1500")
    page = windows.open(language="en")
    page.goto("/tasks")
    page.get_by_role("button", name="中文").click()
    page.get_by_label("账号").fill("u_lead1")
    page.get_by_label("密码").fill("a long enough one")
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name=re.compile(reference)).click()
    page.get_by_role("button", name="认领").click()
    expect(page.locator("[data-toast]")).to_be_visible()
    page.get_by_role("link", name="流程图").click()
    page.wait_for_selector("[data-diagram][data-drawn]")
    expect(page.locator('.djs-element[data-element-id="ut_approve"]')).to_contain_text("审批")
    page.get_by_role("link", name="表单").click()
    vote(page, "同意")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".fjs-form-field-error")).to_contain_text("此项必填。")
    page.get_by_label("批准金额").fill("1500")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-toast]")).to_contain_text("已完成")


def test_a_worker_does_the_same_on_a_phone(company: Company, windows: Windows) -> None:
    reference = company.ask("1500")
    page = windows.sign_in("u_lead1", width=375)
    for path in ("/tasks", "/compensations", "/compensations/new", "/processes", "/processes/compensation_approval"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
    page.goto("/tasks")
    page.get_by_role("link", name=re.compile(reference)).click()
    vote(page, "Approve")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_label("Approved amount").fill("1500")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator("[data-toast]")).to_contain_text("Done: Approve the compensation.")


def test_a_worker_does_the_same_with_the_keyboard_alone(company: Company, windows: Windows) -> None:
    company.task_of(company.ask("1500"))
    page = windows.sign_in("u_lead1")
    page.keyboard.press("j")
    expect(page.locator(".task-list a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-task-form][data-ready]")
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Give back")).to_be_visible()
    page.wait_for_selector("[data-task-form][data-ready]")
    page.get_by_label("Approve", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Approved amount")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Approved amount")).to_be_focused()
    page.keyboard.type("1500")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Done: Approve the compensation.")


def test_a_task_is_done_without_scripts_too(company: Company, windows: Windows) -> None:
    reference = company.ask("1500")
    company.task_of(reference)  # without scripts the list does not grow by itself
    page = windows.sign_in("u_lead1", scripts=False)
    page.get_by_role("link", name=re.compile(reference)).click()
    page.get_by_label("Approve", exact=True).check()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_contain_text("Approved amount is required.")
    page.get_by_label("Approved amount").fill("1500")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Done: Approve the compensation.")).to_be_visible()


def test_who_is_second_finds_the_own_input_as_a_draft(company: Company, windows: Windows) -> None:
    reference = company.ask("1500")
    page = windows.sign_in("u_lead1")
    page.get_by_role("link", name=re.compile(reference)).click()
    vote(page, "Reject")
    page.locator("[data-task-form]").get_by_label(re.compile("^Reason")).fill("the parcel was found")
    company.complete(reference, "u_lead2", vote="approve", approved_amount="1500")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile("This task was already finished by Li Jun at .*the parcel was found", re.DOTALL)
    )
