"""A desk in front of a browser: what a person does on the pages of tasks, by mouse or by keys alone, in either language.

The walks say what is done; only here stands where it is on the page.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import PASSWORD, WAIT

MOST_TABS = 200  # to get anywhere on a page
MOST_OPTIONS = 40
TRIES = 3
FRAMES_OF_A_PRESS = 10  # a finger is slower than that, and what arrived is drawn by then
# Nobody presses two keys within one picture.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
OPTION = ".fjs-dropdownlist-item"
TASKS = re.compile(r"/tasks(\?.*)?$")


def said(words: str, language: str) -> str:
    """`Yes | 是` as forms write it, in the language of the reader."""
    english, _, chinese = words.partition(" | ")
    return chinese if language == "zh" and chinese else english


def lead_to(page: Page, url: re.Pattern[str], *keys: str) -> None:
    """Keys in a row go there. Where the machine was too busy the first was forgotten before the second: one presses again."""
    page.wait_for_load_state()  # keys are heard from then on
    for _ in range(TRIES):
        try:
            with page.expect_navigation(url=url, timeout=WAIT / TRIES):
                for key in keys:
                    page.keyboard.press(key)
        except TimeoutError:
            continue
        return
    raise AssertionError(f"{keys} do not lead to {url.pattern}")


@contextmanager
def pressing(what: Locator) -> Iterator[None]:
    """Slowly: the button goes down on it, something happens and is drawn, the button comes up where it went down."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    mouse = what.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    yield
    for _ in range(FRAMES_OF_A_PRESS):
        what.page.evaluate(DRAWN)
    mouse.up()


class Hands(Protocol):
    """How a person works a page."""

    def press(self, what: Locator) -> None:
        """A button or a link."""

    def mark(self, choice: Locator) -> None:
        """One of several, or a tick."""

    def write(self, field: Locator, text: str) -> None:
        """Words into a field."""

    def pick(self, field: Locator, options: Sequence[str]) -> None:
        """One or several of a list that opens."""

    def open_row(self, row: Locator) -> None:
        """A task of the list."""

    def go_to_tasks(self, page: Page) -> None:
        """The list of tasks, fetched anew, from wherever one is."""

    def claim(self, page: Page) -> None:
        """Take the task that is open."""

    def complete(self, page: Page) -> None:
        """Send the form that is open."""


class Mouse:
    """Points and clicks."""

    def press(self, what: Locator) -> None:
        what.click()

    def mark(self, choice: Locator) -> None:
        choice.check()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def pick(self, field: Locator, options: Sequence[str]) -> None:
        for option in options:
            if not field.page.locator(OPTION).first.is_visible():
                field.locator("..").click()
            field.page.locator(OPTION).get_by_text(option, exact=True).click()
        field.page.locator("#task-name").click()  # the list of several stays open until one goes elsewhere
        expect(field.page.locator(OPTION)).to_have_count(0)

    def open_row(self, row: Locator) -> None:
        row.get_by_role("link").click()

    def go_to_tasks(self, page: Page) -> None:
        way_back, tasks = page.locator(".way-back"), page.locator("[data-key='g t']")
        if not way_back.is_visible() and not tasks.is_visible():
            page.locator(".burger").click()
        with page.expect_navigation(url=TASKS):
            (way_back if way_back.is_visible() else tasks).click()

    def claim(self, page: Page) -> None:
        page.locator("[data-key=c]").click()

    def complete(self, page: Page) -> None:
        page.locator("[data-complete]").click()


class Keyboard:
    """Never touches the mouse: what cannot be reached with the tab key is not there."""

    def reach(self, what: Locator) -> None:
        """Go on from where one is until it has the focus."""
        for _ in range(MOST_TABS):
            if what.evaluate("(element) => element === document.activeElement"):
                return
            what.page.keyboard.press("Tab")
        raise AssertionError(f"{what} cannot be reached with the tab key")

    def press(self, what: Locator) -> None:
        self.reach(what)
        what.page.keyboard.press("Enter")

    def mark(self, choice: Locator) -> None:
        """The tab key leads to the first of several; arrows go on from there."""
        name = choice.get_attribute("name")
        if choice.get_attribute("type") != "radio":
            self.reach(choice)
            return choice.page.keyboard.press("Space")
        group = choice.page.locator(f'input[type=radio][name="{name}"]')
        self.reach(group.first)
        choice.page.keyboard.press("Space")
        for _ in range(group.count()):
            if choice.is_checked():
                return None
            choice.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{choice} cannot be chosen with the arrow keys")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        field.page.keyboard.press("Control+a")
        field.page.keyboard.type(text)

    def pick(self, field: Locator, options: Sequence[str]) -> None:
        self.reach(field)
        for option in options:
            self._go_to(field, option)
            field.page.keyboard.press("Enter")
            field.page.evaluate(DRAWN)

    def _go_to(self, field: Locator, option: str) -> None:
        here = field.page.locator(f"{OPTION}.focused")
        expect(here).to_be_visible()
        for arrow in ["ArrowDown"] * MOST_OPTIONS + ["ArrowUp"] * MOST_OPTIONS:
            if here.inner_text() == option:
                return
            field.page.keyboard.press(arrow)
            field.page.evaluate(DRAWN)
        raise AssertionError(f"{option} cannot be reached with the arrow keys")

    def open_row(self, row: Locator) -> None:
        link = row.get_by_role("link")
        for _ in range(MOST_TABS):
            link.page.keyboard.press("j")
            if link.evaluate("(element) => element === document.activeElement"):
                return link.page.keyboard.press("Enter")
        raise AssertionError(f"{row} cannot be reached with j")

    def go_to_tasks(self, page: Page) -> None:
        page.keyboard.press("Escape")
        lead_to(page, TASKS, "g", "t")

    def claim(self, page: Page) -> None:
        page.keyboard.press("c")

    def complete(self, page: Page) -> None:
        page.keyboard.press("Control+Enter")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One person at one window."""

    page: Page
    hands: Hands
    language: str

    def sign_in(self, account: str) -> "Desk":
        """With account and password; the cursor is where one types."""
        self.page.goto("/sign-in")
        self.hands.write(self.page.locator("#account"), account)
        self.hands.write(self.page.locator("#password"), PASSWORD)
        self.hands.press(self.page.locator("main button.primary"))
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def open(self, reference: str, title: str) -> Locator:
        """The task of this case with this title: where one was led, or from the list. Gives its form."""
        heading = self.page.locator("#task-name")
        if not (heading.count() and heading.inner_text() == title and self.page.get_by_text(reference).first.is_visible()):
            self.hands.go_to_tasks(self.page)
            self.hands.open_row(self.row(reference, title))
        expect(heading).to_have_text(title)
        self.page.wait_for_selector("[data-task-form][data-ready]")
        return self.page.locator("[data-task-form]")

    def row(self, reference: str, title: str) -> Locator:
        """The line of the list."""
        return self.page.locator(".task-list li").filter(has_text=reference).filter(has_text=title)

    def claim(self) -> None:
        """Take the open task."""
        self.hands.claim(self.page)
        expect(self.page.locator("[data-key=u]")).to_be_visible()
        self.page.wait_for_selector("[data-task-form][data-ready]")

    def field(self, key: str) -> Locator:
        """What one types into; the first of two where a day has a time."""
        return self.page.locator(f'[data-island] :is(input, textarea)[id*="Field_{key}"]:not([type=hidden])').first

    def write(self, key: str, text: str) -> None:
        """Type into a field of the form."""
        self.hands.write(self.field(key), text)

    def mark(self, key: str, label: str) -> None:
        """One of a few, by its words."""
        words = re.compile(f"^{re.escape(said(label, self.language))}$")
        of_field = f'input:is([name*="Field_{key}"], [id*="Field_{key}"])'
        labels = self.page.locator(f"[data-island] .fjs-inline-label:has({of_field})")
        self.hands.mark(labels.filter(has_text=words).locator("input"))

    def tick(self, key: str) -> None:
        """The only box of a field."""
        self.hands.mark(self.field(key))

    def pick(self, key: str, *labels: str) -> None:
        """Out of a list that opens, one or several."""
        field = self.page.locator(f'[data-island] input[id$="Field_{key}"]')
        self.hands.pick(field, [said(label, self.language) for label in labels])

    def day(self, key: str, day: str, time: str | None = None) -> None:
        """A day as the reader writes it, given as 2026-03-10; and a time."""
        year, month, date = day.split("-")
        shown = f"{year}/{month}/{date}" if self.language == "zh" else f"{date}/{month}/{year}"
        fields = self.page.locator(f'[data-island] input[id*="Field_{key}"]:not([type=hidden])')
        self.hands.write(fields.first, shown)
        self.page.keyboard.press("Enter")
        if time is not None:
            self.hands.write(fields.nth(1), time)
            self.page.keyboard.press("Enter")

    def complete(self, title: str) -> None:
        """Send the form; the toast says that it is done."""
        self.hands.complete(self.page)
        expect(self.page.locator("[data-toast]")).to_contain_text(said(f"Done: {title}. | 已完成：{title}。", self.language))
