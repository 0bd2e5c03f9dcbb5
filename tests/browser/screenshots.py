"""Pictures of every page, in both languages, themes and widths, with a sheet to look at them all: `make screenshots`.

    python -m tests.browser.screenshots [--folder FOLDER] [--database FILE] [NAME ...]

NAMEs are those of `tests.all_pages`; without any, all. The demonstration is served from FILE; a new one is filled first.
"""

import argparse
import logging
import sys
from collections.abc import Iterable
from html import escape
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, FloatRect

from api import app as application
from api import demo, migrations, uploaded
from api.settings import Settings
from engine.database import unit_of_work
from tests import furnished
from tests.all_pages import PAGES, Shown
from tests.browser import chrome
from tests.browser.conftest import Company, served, visit

FOLDER = Path("var/screenshots")
LANGUAGES, THEMES, WIDTHS = ("en", "zh"), ("light", "dark"), (1280, 375)
HEIGHTS = {1280: 800, 375: 812}
TALLEST = 3000  # pixels; what is below shows nothing new
SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Redress: every page</title>
<style>body {{ font: 14px system-ui; margin: 24px; background: #ddd }} section {{ margin: 0 0 32px }}
div {{ display: flex; flex-wrap: wrap; gap: 12px; align-items: start }} figure {{ margin: 0 }} figcaption {{ color: #444 }}
img {{ display: block; height: 320px; max-width: 640px; object-fit: cover; object-position: top }}</style>
<h1>Every page</h1>{sections}</html>"""
FIGURE = '<figure><a href="{file}"><img loading="lazy" src="{file}" alt=""></a><figcaption>{caption}</figcaption></figure>'


def settings(file: Path) -> Settings:
    """A product on this file; letters and payments stay beside it."""
    return Settings(
        database_url=f"sqlite:///{file}",
        secret_key="of pictures",
        mail_url=str(file.parent / "letters"),
        payment_url=str(file.parent / "payments"),
        files_folder=str(file.parent / "files"),
    )


def fill(file: Path) -> None:
    """The demonstration, and what it lacks for some pages; nothing when it is there already."""
    logging.getLogger("redress.database").setLevel(logging.ERROR)  # nobody waits for a write lock while a company is made up
    database = application.open_product_database(settings(file))
    migrations.upgrade(database)
    if demo.fill(database, uploaded.uploads(settings(file))):
        with unit_of_work(database) as session:
            furnished.arrange_house(session)
    database.close()


def take_all(company: Company, browser: Browser, pages: Iterable[Shown], folder: Path) -> None:
    """One context for each width and language, one picture for each page and theme in it."""
    wanted = list(pages)
    for width, language in product(WIDTHS, LANGUAGES):
        context = browser.new_context(
            base_url=company.url,
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="zh-CN" if language == "zh" else "en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        for shown in wanted:
            _take(company, context, shown, folder, language=language, width=width)
        context.close()


def _take(company: Company, context: BrowserContext, shown: Shown, folder: Path, *, language: str, width: int) -> None:
    page = context.new_page()
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        visit(company, page, shown, language=language)
        for _ in range(2):  # in a window as high as the page what sticks to its edge lies over nothing; what is measured by it grows
            chrome.settle(page)
            height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
            page.set_viewport_size({"width": width, "height": height})
        whole = FloatRect(x=0, y=0, width=width, height=height)
        page.screenshot(path=folder / _file(shown.name, width, language, theme), full_page=True, clip=whole)
    page.close()


def _file(name: str, width: int, language: str, theme: str) -> str:
    return f"{name}-{width}-{language}-{theme}.png"


def write_sheet(pages: Iterable[Shown], folder: Path) -> Path:
    """index.html: a row of pictures for each page."""
    sections = []
    for shown in pages:
        files = {each: _file(shown.name, *each) for each in product(WIDTHS, LANGUAGES, THEMES)}
        pictures = [FIGURE.format(file=file, caption=" · ".join(str(part) for part in each)) for each, file in files.items()]
        sections.append(f"<section><h2>{escape(shown.name)}</h2><div>{''.join(pictures)}</div></section>")
    sheet = folder / "index.html"
    sheet.write_text(SHEET.format(sections="".join(sections)), encoding="utf-8")
    return sheet


def arguments() -> argparse.Namespace:
    """[--folder FOLDER] [--database FILE] [NAME ...]"""
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--database", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def main() -> None:
    """Fill, serve, take, and say where the sheet is."""
    given = arguments()
    executable = chrome.program()
    if executable is None:
        sys.exit("There is no Chromium on this machine.")
    pages = [shown for shown in PAGES if not given.names or shown.name in given.names]
    given.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        file = (given.database or Path(scratch) / "redress.db").absolute()
        fill(file)
        opened = application.create_app(settings=settings(file), scheduler=False)  # nothing changes between two pictures
        with served(opened, file.parent / "letters") as company, chrome.launched(executable) as browser:
            take_all(company, browser, pages, given.folder)
    print(write_sheet(pages, given.folder))


if __name__ == "__main__":
    main()
