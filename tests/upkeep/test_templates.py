"""What templates and style sheets define is used: by a template, by a script, or by the code that names it."""

import re
from pathlib import Path

API = Path(__file__).parents[2] / "api"
TEMPLATES = {path: path.read_text() for path in sorted(API.glob("templates/**/*.html"))}
SCRIPTS = "".join(path.read_text() for path in sorted(API.glob("static/js/*.js")))
SHEETS = {path: path.read_text() for path in sorted(API.glob("static/css/*.css"))}
CODE = "".join(path.read_text() for path in sorted(API.glob("**/*.py")))
IMPORT = re.compile(r'\{% from "[^"]+" import ([^%]+?)(?: with context)? %\}')
# Drawn by libraries, or named by a script that puts the name together.
OF_OTHERS = re.compile(r"fjs-|djs-|bjs-|cds-|flatpickr|swagger|opblock|btn$|authorize$|version-stamp$|htmx-|problem-|l[1-4]$")


def names(found: str) -> list[str]:
    """`csrf, notice as told`: what these are called in the template."""
    return [one.split(" as ")[-1].strip() for one in found.split(",")]


def test_every_template_uses_what_it_imports() -> None:
    unused = [
        f"{path.relative_to(API)}: {name}"
        for path, text in TEMPLATES.items()
        for found in IMPORT.findall(text)
        for name in names(found)
        if len(re.findall(rf"\b{name}\b", text)) < 2
    ]
    assert unused == []


def test_every_macro_is_called() -> None:
    whole = "".join(TEMPLATES.values())
    defined = {name for text in TEMPLATES.values() for name in re.findall(r"\{%-? macro (\w+)", text)}
    assert {name for name in defined if not re.search(rf"(?<!macro )\b{name}\(", whole)} == set()


def test_every_class_of_a_style_sheet_is_somewhere() -> None:
    said = set(re.findall(r"[\w-]+", "".join(TEMPLATES.values()) + SCRIPTS + CODE))
    unused = {
        (path.name, name)
        for path, text in SHEETS.items()
        for name in re.findall(r"\.([a-zA-Z_][\w-]*)", re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", text, flags=re.DOTALL))
        if name not in said and not OF_OTHERS.match(name)
    }
    assert unused == set()
