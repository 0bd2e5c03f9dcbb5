"""axe-core looks at every page, in both themes and on a phone: nothing it calls serious or critical, nothing wider than the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from engine import clock
from engine.database import unit_of_work
from tests import furnished
from tests.all_pages import PAGES
from tests.browser import chrome
from tests.browser.conftest import Company, Windows, office_of, standing_still, visit
from tests.processes.conftest import MONDAY

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"  # `make setup` puts it there; never served
RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const why = (node) => node.failureSummary.split("\\n").slice(1).join(" ").trim();
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${why(node)}`));
}
"""


TOO_WIDE = """
() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
  .map((one) => `wider than the window: ${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)
"""


@pytest.fixture
def time() -> clock.MovableClock:
    return clock.MovableClock(MONDAY)


@pytest.fixture
def company(tmp_path: Path, staffed: Path, time: clock.MovableClock) -> Iterator[Company]:
    """A company with a bit of everything, where nothing moves meanwhile."""
    with standing_still(tmp_path, staffed, time) as opened:
        furnished.furnish(office_of(opened, time), rows=1)
        with unit_of_work(opened.database) as session:
            furnished.arrange_house(session)
        yield opened


def look_at(page: Page, theme: str) -> list[str]:
    """What axe finds on the page as it stands, in this theme, and what makes it scroll sideways."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    found: list[str] = page.evaluate(RUN) + page.evaluate(TOO_WIDE)
    return found


def test_axe_finds_nothing_serious_on_any_page(company: Company, windows: Windows) -> None:
    page = windows.open()
    page.add_init_script(path=AXE)
    found: dict[str, list[str]] = {}
    for shown in PAGES:
        visit(company, page, shown)
        chrome.settle(page)
        for theme, width in (("light", 1280), ("dark", 375)):
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{shown.name}, {theme}, {width} px"] = look_at(page, theme)
        page.set_viewport_size({"width": 1280, "height": 900})
    assert {name: what for name, what in found.items() if what} == {}
