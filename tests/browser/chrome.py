"""The Chromium of this machine, and when a page is ready to be looked at."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
LAUNCH = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Islands say when they are drawn: forms, diagrams, charts (whose card is hidden before), the API document. Diagrams wait until
# they are looked at.
READY = """
() => {
  const waiting = [...document.querySelectorAll("[data-diagram]:not([data-drawn])")].filter((each) => each.checkVisibility());
  waiting[0]?.scrollIntoView({ block: "center" });
  if (waiting.length || document.readyState !== "complete") return false;
  window.scrollTo(0, 0);
  return !document.querySelector("[data-task-form]:not([data-ready]), [data-chart][hidden]")
    && (!document.getElementById("docs") || document.querySelector("#docs .opblock") !== null);
}
"""


def program() -> str | None:
    """Where it is; None when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """A running browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(LAUNCH))
        yield browser
        browser.close()


def settle(page: Page) -> None:
    """Wait until everything that scripts draw is drawn."""
    page.wait_for_function(READY)
